"""What the Bot API may answer and what comes of it, over HTTP from a server that says what it is told."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.channels import telegram_api as api
from bot.channels.telegram_api import Api, quietly
from bot.channels.telegram_messages import Piece
from bot.channels.telegram_updates import RemoteFile
from tests.listening import listening

T = TypeVar("T")
TOKEN = "123:abc"
HELLO = Piece("<b>Hello</b>", keyboard=((("Yes", "1-1"), ("No", "1-2")),))


@dataclass
class Server:
    """Answers every method with what stands in `answers` for it, true without; notes what it was asked."""

    answers: dict[str, Response | Any] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    base: str = ""

    async def method(self, request: Request) -> Response:
        name = request.path_params["method"]
        form = await request.form()
        self.asked.append((name, dict(form)))
        answer = self.answers.get(name, True)
        return answer if isinstance(answer, Response) else JSONResponse({"ok": True, "result": answer})

    async def file(self, request: Request) -> Response:
        return Response(b"content of " + request.path_params["path"].encode())


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    routes = [
        Route(f"/bot{TOKEN}/{{method}}", server.method, methods=["GET", "POST"]),
        Route(f"/file/bot{TOKEN}/{{path:path}}", server.file),
    ]
    with listening(Starlette(routes=routes)) as port:
        server.base = f"http://127.0.0.1:{port}"
        yield server


def ask(server: Server, do: Callable[[Api], Awaitable[T]]) -> T:
    async def go() -> T:
        made = Api(TOKEN, server.base)
        try:
            return await do(made)
        finally:
            await made.close()

    return asyncio.run(go())


def refusal(code: int, **parameters: Any) -> Response:
    body = {"ok": False, "error_code": code, "description": "why"}
    return JSONResponse(body | ({"parameters": parameters} if parameters else {}), code)


def send(made: Api) -> Awaitable[int | None]:
    return made.send(7, HELLO)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal(400), api.NotTaken),
        (refusal(400, migrate_to_chat_id=-5), api.NotTaken),
        (refusal(401), api.BadToken),
        (refusal(403), api.Blocked),
        (refusal(404), api.BadToken),
        (refusal(409), api.SomebodyElse),
        (refusal(429), api.TooFast),
        (refusal(500), api.Unavailable),
        (refusal(502), api.Unavailable),
        (PlainTextResponse("<html>the proxy is ill</html>", 503), api.Unavailable),
    ],
)
def test_what_goes_wrong_has_one_name(server: Server, answer: Response, error: type[Exception]) -> None:
    server.answers["sendMessage"] = answer
    with pytest.raises(error):
        ask(server, send)


@pytest.mark.parametrize("seconds", [1, 37, 0.5])
def test_a_429_says_how_long_to_wait(server: Server, seconds: float) -> None:
    server.answers["sendMessage"] = refusal(429, retry_after=seconds)
    with pytest.raises(api.TooFast) as early:
        ask(server, send)
    assert early.value.seconds == seconds


def test_nobody_there_may_pass(server: Server) -> None:
    server.base = "http://127.0.0.1:9"
    with pytest.raises(api.Unavailable):
        ask(server, send)


@pytest.mark.parametrize("answer", [True, {}, {"message_id": 5}, []])
def test_what_was_taken_is_sent_however_odd_the_answer_is(server: Server, answer: Any) -> None:
    server.answers["sendMessage"] = answer
    assert ask(server, send) is None
    assert len(server.asked) == 1


def test_a_message_is_sent_as_telegram_takes_it(server: Server) -> None:
    server.answers["sendMessage"] = {"message_id": 9, "date": 1, "chat": {"id": 7, "type": "private"}}
    assert ask(server, send) == 9
    ((method, asked),) = server.asked
    assert (method, asked["chat_id"], asked["text"], asked["parse_mode"]) == (
        "sendMessage",
        "7",
        "<b>Hello</b>",
        "HTML",
    )
    assert asked["reply_markup"].count("callback_data") == 2
    assert "protect_content" not in asked


def test_updates_come_as_they_are(server: Server) -> None:
    server.answers["getUpdates"] = [{"update_id": 5, "message": {"never": "seen"}}, "strange"]
    assert ask(server, lambda made: made.updates(4, 0)) == server.answers["getUpdates"]
    ((method, asked),) = server.asked
    assert (method, asked["offset"]) == ("getUpdates", "4")


def test_an_answer_that_brings_no_updates_is_none(server: Server) -> None:
    server.answers["getUpdates"] = {"update_id": 5}
    with pytest.raises(api.Unavailable):
        ask(server, lambda made: made.updates(None, 0))


def test_a_file_is_fetched_unless_it_is_too_large(server: Server) -> None:
    file = RemoteFile("f1", "slip.pdf", "application/pdf", None)
    server.answers["getFile"] = {"file_id": "f1", "file_unique_id": "u", "file_size": 100, "file_path": "d/1.pdf"}
    assert ask(server, lambda made: made.fetch(file, 100)) == b"content of d/1.pdf"
    with pytest.raises(api.NotTaken):
        ask(server, lambda made: made.fetch(file, 99))


def test_a_courtesy_that_fails_is_no_trouble(server: Server) -> None:
    server.answers["sendChatAction"] = refusal(429, retry_after=1)
    server.answers["editMessageReplyMarkup"] = {"odd": 1}

    async def courtesies(made: Api) -> None:
        await quietly(made.typing(7))
        await quietly(made.take_keyboard(7, 3))

    ask(server, courtesies)
    assert [method for method, _ in server.asked] == ["sendChatAction", "editMessageReplyMarkup"]
