"""Files for the borrower over the web chat's API: their own record, what they agreed, what a person sent them."""

from collections.abc import Awaitable
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response

from bot.channels import web_models as api
from bot.channels.backend import Address, Document, NotProved, NotThere
from bot.channels.webchat_parts import ERRORS, WebChat, network
from bot.channels.webchat_route import Refused

_PAGE: api.Responses = {200: {"content": {"text/html": {}}, "description": "The file, to be saved."}}
_UNPROVED: api.Responses = {
    403: {"model": api.ProblemOut, "description": "Nobody has proved just now that this is theirs."}
}
_GONE: api.Responses = {404: {"model": api.ProblemOut, "description": "No such file was sent in this chat."}}
_ANSWERS: api.Responses = ERRORS | _UNPROVED | _PAGE


def add(routes: APIRouter, chat: WebChat, here: Any) -> None:
    @routes.get("/record", responses=_ANSWERS, response_class=Response, summary="The chat as one file")
    async def record(address: here, request: Request) -> Response:
        """What was said as a page that proves itself: `python -m bot review verify FILE` says what was altered.

        A bot message with the card `{"type": "record"}` offers it.
        """
        _slow_down(chat, address, request)
        return await _saved(chat.backend.own_record(address))

    @routes.get("/agreements/{id}", responses=_ANSWERS, response_class=Response, summary="A plan as a page to keep")
    async def agreement(id: UUID, address: here, request: Request) -> Response:
        """The instalments, and the words that were confirmed.

        A bot message with the card `{"type": "agreement", "agreement": id}` offers it.
        """
        _slow_down(chat, address, request)
        return await _saved(chat.backend.agreement(address, id.hex))

    @routes.get(
        "/files/{id}", responses=ERRORS | _GONE, response_class=Response, summary="A file that a person sent"
    )
    async def sent_file(id: UUID, address: here, request: Request) -> Response:
        """A picture or a PDF, to be saved. A message with the card `{"type": "file", "file": id}` offers it."""
        _slow_down(chat, address, request)
        return await _saved(chat.backend.sent_file(address, id.hex))


def _slow_down(chat: WebChat, address: Address, request: Request) -> None:
    chat.slow_down(chat.by_network, network(request))
    chat.slow_down(chat.by_session, address.sender)


async def _saved(making: Awaitable[Document]) -> Response:
    """Saved, never shown: opened here it could do nothing at all."""
    try:
        made = await making
    except NotProved as unproved:
        raise Refused(403, "not_proved", "Please say in the chat who you are, then try again.") from unproved
    except NotThere as gone:
        raise Refused(404, "no_file", "This file isn't here any more.") from gone
    exactly = "" if made.name.isascii() else f"; filename*=UTF-8''{quote(made.name)}"
    plain = made.name.encode("ascii", "replace").decode().translate({34: "_", 63: "_", 92: "_"})
    headers = {
        "Content-Disposition": f'attachment; filename="{plain}"{exactly}',
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(made.content, media_type=made.media_type, headers=headers)
