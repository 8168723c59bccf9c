"""The web chat's JSON API: sessions, messages with a cursor, a live stream, files, one-time links."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import StreamingResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bot.channels import web_models as api
from bot.channels import web_session as pure
from bot.channels import webchat_documents
from bot.channels.backend import Address, LinkRefused, Speaker
from bot.channels.webchat_parts import ERRORS, NO_SPEAKER, WebChat, network
from bot.channels.webchat_route import ChatRoute, Refused
from bot.dialogue.messages import Incoming
from bot.errors import BotError
from bot.locale import negotiate

STREAMS_OF_A_NETWORK = 400  # an office or a phone network shares an address; sessions cost nothing to open
STREAMS_MOST = 8  # open at once in one session: tabs, and connections that died unnoticed


_bearer = HTTPBearer(auto_error=False, description="The token of POST /api/chat/sessions.")
After = Annotated[int, Query(ge=0, le=2**53, description="The highest `seq` or `after` that you have; 0 for all.")]
Language = Annotated[str | None, Header(alias="Accept-Language", include_in_schema=False)]


def router(chat: WebChat) -> APIRouter:
    """Every route of the API, over the given parts."""
    routes = APIRouter(prefix="/api/chat", tags=["Chat"], route_class=ChatRoute)

    async def address(
        token: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> Address:
        found = pure.address_of(token.credentials) if token else None
        if found is None or chat.backend.speaker(found.account.partition(":")[2]) is None:
            raise Refused(401, "no_session", "This chat isn't open here. Please open it again.")
        return found

    here = Annotated[Address, Depends(address)]
    _sessions(routes, chat)
    _messages(routes, chat, here)
    _stream(routes, chat, here)
    _files(routes, chat, here)
    webchat_documents.add(routes, chat, here)
    return routes


def _sessions(routes: APIRouter, chat: WebChat) -> None:
    @routes.get("/about", responses=NO_SPEAKER, summary="Whom this chat speaks for")
    async def about(speaker: Annotated[str, Query(max_length=40)]) -> api.About:
        found = chat.speaker(speaker)
        return api.About(
            speaker=found.id, names=dict(found.names), languages=list(found.languages),
            verify_page=found.verify_page, colour=found.colour,
        )  # fmt: skip

    @routes.post("/sessions", status_code=201, responses=ERRORS | NO_SPEAKER, summary="Open a chat")
    async def open_session(body: api.NewSession, request: Request, language: Language = None) -> api.SessionOut:
        chat.slow_down(chat.by_network, network(request))
        speaker = chat.speaker(body.speaker)
        locale = _locale(speaker, body.locale, language)
        return api.SessionOut(token=pure.new_token(speaker.id), speaker=speaker.id, locale=locale)

    @routes.post(
        "/links",
        status_code=201,
        responses=ERRORS | {410: {"model": api.ProblemOut, "description": "Not a link that can be used."}},
        summary="Use a one-time link",
    )
    async def use_link(body: api.NewLink, request: Request, language: Language = None) -> api.SessionOut:
        """Use the link up and open its chat. It finds the account but verifies nobody: the bot still asks."""
        chat.slow_down(chat.by_secret, network(request))
        token = pure.new_token("link")
        wished = body.locale or next(iter(pure.accepted(language)), None)
        try:
            found = await chat.backend.spend_link(body.link, pure.CHANNEL, pure.sender_of(token), wished)
        except LinkRefused as refused:
            message = "This link can't be used (any more). You can open the chat without it."
            raise Refused(410, "link_refused", message) from refused
        speaker = chat.speaker(found)
        secret = token.rpartition(".")[2]
        locale = _locale(speaker, body.locale, language)
        return api.SessionOut(token=f"{speaker.id}.{secret}", speaker=speaker.id, locale=locale)


def _locale(speaker: Speaker, wished: str | None, header: str | None) -> str:
    return negotiate([wished, *pure.accepted(header)], speaker.languages) or speaker.languages[0]


def _messages(routes: APIRouter, chat: WebChat, here: Any) -> None:
    @routes.post("/messages", status_code=202, responses=ERRORS, summary="Send a message, a choice, or start")
    async def send(
        body: api.NewMessage, address: here, request: Request, language: Language = None
    ) -> api.Accepted:
        """202 means stored for good. Anything else, or no answer: send it again with the same `id`."""
        chat.slow_down(chat.by_network, network(request))
        chat.slow_down(chat.by_session, address.sender)
        speaker = chat.speaker(address.account.partition(":")[2])
        received = await chat.backend.submit(
            Incoming(
                account=address.account,
                sender=address.sender,
                update_id=pure.update_id(address, str(body.id)),
                kind=body.kind,
                text=body.text,
                choice=body.choice,
                message=body.message,
                locale=_locale(speaker, body.locale, language),
            )
        )
        return api.Accepted(id=str(body.id), duplicate=received.duplicate)

    @routes.post("/typing", status_code=204, responses=ERRORS, summary="Say that somebody is writing")
    async def typing(address: here, request: Request) -> None:
        """Shown for a few seconds to the person who has the chat, and kept nowhere. Every three seconds will do."""
        chat.slow_down(chat.by_network, network(request))
        await chat.backend.typing(address)

    @routes.get("/messages", responses=ERRORS, summary="What was said after a cursor")
    async def messages(address: here, after: After = 0) -> api.Messages:
        return api.Messages.of(await chat.backend.read(address, after), after)


def _stream(routes: APIRouter, chat: WebChat, here: Any) -> None:
    described: api.Responses = {200: {"content": {"text/event-stream": {}}, "description": "Server-sent events."}}

    @routes.get("/stream", responses=ERRORS | described, response_class=StreamingResponse, summary="The chat, live")
    async def stream(address: here, request: Request, after: After = 0) -> StreamingResponse:
        """Read it with `fetch` (an EventSource can't send the token).

        `event: messages` has the body of GET /messages, its `id` is the cursor: open the stream again with
        `after` set to it and nothing is missed or repeated. Comment lines are signs of life, every 15 seconds.
        """
        where = network(request)
        if chat.streams[address.sender] >= STREAMS_MOST or chat.streams[where] >= STREAMS_OF_A_NETWORK:
            raise Refused(429, "too_many_streams", "This chat is open in too many places.", chat.heartbeat)
        headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
        events = _events(chat, address, after, where)
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _events(chat: WebChat, address: Address, after: int, network: str = "") -> AsyncGenerator[str, None]:
    """Server-sent events for ever: a message block whenever something changed, a comment when nothing did."""
    state: tuple[bool, bool, float | None] | None = None
    chat.streams.update((address.sender, network))
    try:
        while True:
            read = await chat.backend.read(address, after)
            new, before = api.Messages.of(read, after), state
            state = (read.busy, read.with_person, read.typing)
            if new.messages or state != before:
                yield f"id: {new.after}\nevent: messages\ndata: {_json(new)}\n\n"
            else:
                yield ": alive\n\n"
            after = new.after
            await chat.backend.wait(address, after, chat.heartbeat)
    finally:
        chat.streams.subtract((address.sender, network))
        chat.streams += Counter()  # forget those at zero


def _json(messages: api.Messages) -> str:
    return json.dumps(messages.model_dump(mode="json", by_alias=True), ensure_ascii=False)


def _files(routes: APIRouter, chat: WebChat, here: Any) -> None:
    content = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in api.MEDIA_TYPES}
    errors: api.Responses = {
        409: {"model": api.ProblemOut, "description": "Nothing was ever sent in this chat: `start` it first."},
        413: {"model": api.ProblemOut, "description": f"Larger than {api.FILE_MOST} bytes."},
        415: {"model": api.ProblemOut, "description": "Not a kind of file that is taken, by its content."},
    }

    @routes.post(
        "/files",
        status_code=202,
        responses=ERRORS | errors,
        openapi_extra={"requestBody": {"required": True, "content": content}},
        summary="Send a photo or a PDF",
    )
    async def send_file(
        id: Annotated[UUID, Query(description="A UUID that you make, as for a message.")],
        name: Annotated[str, Query(min_length=1, max_length=200, description="The file's name, to be shown.")],
        address: here,
        request: Request,
        language: Language = None,
    ) -> api.Accepted:
        """The body is the file itself. Its kind is told from its content, not from its name or header."""
        chat.slow_down(chat.by_network, network(request))
        chat.slow_down(chat.by_session, address.sender)
        content = await _body(request)
        media_type = await asyncio.to_thread(chat.check, content)
        key = pure.update_id(address, str(id))
        try:
            kept = await chat.backend.keep_file(address, key, name, media_type, content)
        except BotError as early:
            raise Refused(409, "not_open", "Please open the chat before you send a file.") from early
        locale = _locale(chat.speaker(address.account.partition(":")[2]), None, language)
        received = await chat.backend.submit(
            Incoming(address.account, address.sender, key, "file", file=kept, locale=locale)
        )
        return api.Accepted(id=str(id), duplicate=received.duplicate)


async def _body(request: Request) -> bytes:
    """The request's body, given up as soon as it is larger than a file may be."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > api.FILE_MOST:
            raise Refused(413, "too_large", f"The file is larger than {api.FILE_MOST // 2**20} MB.")
    if not content:
        raise Refused(422, "empty_file", "The file is empty.")
    return bytes(content)
