"""The borrower's pages: the chat, its widget, one-time links, checking a code, and the demo's start page."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Form, Header, HTTPException, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from bot.channels import web_models
from bot.channels.backend import ChatBackend, Speaker
from bot.channels.web_session import Limiter, accepted
from bot.clock import Clock
from bot.lender.demo.people import DemoPerson
from bot.locale import SOURCE, negotiate
from bot.web.colours import accents, theme
from bot.web.headers import asset_headers, page_headers
from bot.web.templating import STATIC, Pages, digest

MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
CODE_MOST = 20
Language = Annotated[str | None, Header(alias="Accept-Language", include_in_schema=False)]
SpeakerId = Annotated[str, Path(max_length=40)]


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """A demo member of staff, as the start page introduces them."""

    name: str
    role: str
    user: str
    password: str
    page: str


@dataclass(frozen=True, slots=True)
class ChatPages:
    """What the pages are made of. `frame_ancestors` are lenders' origins that may embed the chat."""

    backend: ChatBackend
    pages: Pages
    clock: Clock
    languages: Mapping[str, str]  # every locale on offer, by its own name
    frame_ancestors: Sequence[str] = ()
    people: Sequence[DemoPerson] = ()  # demo mode only
    staff: Sequence[DemoSignIn] = ()  # demo mode only
    record_key: str = ""  # id of the key that signs copies of chats
    tries: Limiter = field(default_factory=lambda: Limiter(burst=10, every=6.0))

    def speaker(self, public_id: str) -> Speaker:
        speaker = self.backend.speaker(public_id)
        if speaker is None:
            raise HTTPException(404, "There is no lender of this name here.")
        return speaker

    def page(self, template: str, locale: str, *, embeddable: bool = False, **context: Any) -> HTMLResponse:
        ancestors = ("'self'", *self.frame_ancestors) if embeddable else ()
        return HTMLResponse(self.pages.render(template, locale, **context), headers=page_headers(ancestors))

    def locale(self, wished: str | None, header: str | None) -> str:
        """The page's language: the one asked for, else the browser's, else English."""
        return negotiate([wished, *accepted(header)], self.languages) or SOURCE

    def words(self) -> dict[str, dict[str, str]]:
        return {locale: self.pages.words("chat_words.html", locale) for locale in self.languages}


def chat_data(
    parts: ChatPages, speaker: Speaker, locale: str, embedded: bool, person: DemoPerson | None
) -> Mapping[str, Any]:
    """What the chat's script reads: the words in every language, the limits, and under which key it keeps."""
    return {
        "speaker": speaker.id,
        "names": dict(speaker.names),
        "key": f"{speaker.id}/{person.borrower.reference}" if person else speaker.id,
        "locale": locale,
        "locales": list(parts.languages),
        "words": parts.words(),
        "embedded": embedded,
        "demo": person.borrower.name if person else None,
        "textMost": web_models.TEXT_MOST,
        "fileMost": web_models.FILE_MOST,
        "mediaTypes": list(web_models.MEDIA_TYPES),
    }


def pages(parts: ChatPages) -> APIRouter:
    """Every route that a borrower's browser opens; they stand in no OpenAPI page."""
    routes = APIRouter(include_in_schema=False)
    _chat(routes, parts)
    _verify(routes, parts)
    _start(routes, parts)
    _assets(routes, parts)
    return routes


def _chat(routes: APIRouter, parts: ChatPages) -> None:
    @routes.get("/chat/{speaker_id}")
    async def chat(
        speaker_id: SpeakerId,
        embed: bool = False,
        locale: Annotated[str | None, Query(max_length=35)] = None,
        demo: Annotated[str | None, Query(max_length=40)] = None,
        language: Language = None,
    ) -> HTMLResponse:
        speaker = parts.speaker(speaker_id)
        person = next((p for p in parts.people if p.speaker == speaker.id and p.borrower.reference == demo), None)
        chosen = parts.locale(locale or (person.borrower.locale if person else None), language)
        return parts.page(
            "chat.html",
            chosen,
            embeddable=True,
            speaker=speaker,
            lender=speaker.name(chosen),
            languages=parts.languages.items(),
            embedded=embed,
            person=person.borrower if person else None,
            data=chat_data(parts, speaker, chosen, embed, person),
        )

    @routes.get("/chat/{speaker_id}/theme.css")
    async def colours(speaker_id: SpeakerId) -> Response:
        text = theme(parts.speaker(speaker_id).colour)
        return Response(text, media_type="text/css", headers=asset_headers(immutable=False))

    @routes.get("/l/{link}")
    async def one_time_link(link: Annotated[str, Path(max_length=200)], language: Language = None) -> HTMLResponse:
        return parts.page("link.html", parts.locale(None, language), link=link)


def _verify(routes: APIRouter, parts: ChatPages) -> None:
    def page(speaker: Speaker, language: str | None, result: str | None) -> HTMLResponse:
        locale = parts.locale(None, language)
        return parts.page(
            "verify.html", locale, speaker=speaker, lender=speaker.name(locale), result=result, key=parts.record_key
        )

    @routes.get("/verify/{speaker_id}")
    async def ask(speaker_id: SpeakerId, language: Language = None) -> HTMLResponse:
        return page(parts.speaker(speaker_id), language, None)

    @routes.post("/verify/{speaker_id}")
    async def check(
        speaker_id: SpeakerId,
        code: Annotated[str, Form(max_length=CODE_MOST)],
        request: Request,
        language: Language = None,
    ) -> HTMLResponse:
        speaker = parts.speaker(speaker_id)
        if parts.tries.wait(request.client.host if request.client else "unknown", parts.clock.now()):
            return page(speaker, language, "wait")
        typed = "".join(code.split()).upper()
        known = await parts.backend.check_code(speaker.id, typed)
        return page(speaker, language, "ours" if known else "unknown")


def _start(routes: APIRouter, parts: ChatPages) -> None:
    @routes.get("/")
    async def start(language: Language = None) -> HTMLResponse:
        locale = parts.locale(None, language)
        speakers = {speaker.id: speaker for speaker in parts.backend.speakers()}
        known = [person for person in parts.people if person.speaker in speakers]
        return parts.page(
            "start.html", locale, speakers=speakers, people=known, staff=parts.staff, languages=parts.languages
        )

    @routes.get("/docs")
    async def docs(request: Request) -> HTMLResponse:
        described = request.app.openapi()
        return parts.page("api.html", "en", api=described, example=_example)


def _example(schema: Mapping[str, Any]) -> str:
    """The name that a schema refers to, or its type, for the API page."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " | ".join(_example(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_example(schema.get('items', {}))}"
    if "const" in schema or "enum" in schema:
        return " | ".join(json.dumps(each) for each in schema.get("enum", [schema.get("const")]))
    return str(schema.get("format") or schema.get("type") or "any")


def _assets(routes: APIRouter, parts: ChatPages) -> None:
    known = {
        path.name: path for path in STATIC.iterdir() if path.suffix in MEDIA_TYPES and path.name != "widget.js"
    }

    @routes.get("/static/{name}")
    async def static(name: str, v: str | None = None) -> Response:
        path = known.get(name)
        if path is None:
            raise HTTPException(404)
        headers = asset_headers(immutable=v == digest(name))
        return Response(path.read_bytes(), media_type=MEDIA_TYPES[path.suffix], headers=headers)

    @lru_cache(maxsize=1)
    def widget_script() -> str:
        wanted = ("open", "close", "unread")
        words = {locale: {key: all_words[key] for key in wanted} for locale, all_words in parts.words().items()}
        return (STATIC / "widget.js").read_text("utf-8").replace("/*WORDS*/{}", json.dumps(words))

    @routes.get("/widget.js")
    async def widget() -> Response:
        headers = asset_headers(immutable=False, embeddable=True)
        return Response(widget_script(), media_type=MEDIA_TYPES[".js"], headers=headers)

    @routes.get("/widget/{speaker_id}.css")
    async def widget_colour(speaker_id: SpeakerId) -> Response:
        light, _ = accents(parts.speaker(speaker_id).colour)
        headers = asset_headers(immutable=False, embeddable=True)
        return Response(f":host{{--colour:{light.colour}}}", media_type="text/css", headers=headers)
