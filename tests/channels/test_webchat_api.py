import asyncio
import json
import uuid
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bot.channels.web_session import address_of
from bot.clock import FixedClock
from tests.channels.memory import MemoryBackend
from tests.channels.site import application

Scene = Callable[[httpx.AsyncClient, MemoryBackend, FixedClock], Coroutine[Any, Any, None]]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def play(scene: Scene) -> None:
    """Run a scene against the application, in process."""

    async def run() -> None:
        clock = FixedClock(datetime(2026, 11, 21, 4, tzinfo=UTC))
        backend = MemoryBackend(clock)
        transport = httpx.ASGITransport(application(backend, clock, heartbeat=0.05))
        async with httpx.AsyncClient(transport=transport, base_url="http://chat.test") as client:
            await scene(client, backend, clock)

    asyncio.run(run())


async def opened(client: httpx.AsyncClient, **body: str) -> dict[str, str]:
    answer = await client.post("/api/chat/sessions", json={"speaker": "harbour"} | body)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def send(client: httpx.AsyncClient, headers: dict[str, str], **body: Any) -> httpx.Response:
    return await client.post("/api/chat/messages", headers=headers, json={"id": str(uuid.uuid4())} | body)


async def chat(client: httpx.AsyncClient, headers: dict[str, str], after: int = 0) -> dict[str, Any]:
    """The chat once nothing waits for an answer."""
    for _ in range(100):
        found: dict[str, Any] = (await client.get(f"/api/chat/messages?after={after}", headers=headers)).json()
        if not found["busy"]:
            return found
        await asyncio.sleep(0.01)
    raise AssertionError("still busy")


def test_a_chat_is_opened_answered_and_read_by_cursor() -> None:
    async def scene(client: httpx.AsyncClient, backend: MemoryBackend, clock: FixedClock) -> None:
        headers = await opened(client)
        assert (await send(client, headers, start=True, locale="zh-TW")).status_code == 202
        first = await chat(client, headers)
        assert [m["from"] for m in first["messages"]] == ["bot"] * 3
        assert first["messages"][0]["text"].startswith("您好，我是海港銀行")
        choice = first["messages"][-1]["buttons"][0]
        await send(client, headers, choice=choice["id"])
        second = await chat(client, headers, first["after"])
        assert (second["messages"][0]["choice"], second["messages"][0]["text"]) == (choice["id"], choice["title"])
        assert all(m["seq"] > first["after"] for m in second["messages"])
        assert (await chat(client, headers, second["after"]))["messages"] == []

    play(scene)


def test_the_browsers_language_is_taken_where_none_is_named() -> None:
    async def scene(client: httpx.AsyncClient, backend: MemoryBackend, clock: FixedClock) -> None:
        client.headers["Accept-Language"] = "zh-TW,zh;q=0.9,en;q=0.8"
        opening = await client.post("/api/chat/sessions", json={"speaker": "harbour"})
        assert opening.json()["locale"] == "zh_Hant"
        headers = {"Authorization": f"Bearer {opening.json()['token']}"}
        await send(client, headers, start=True)
        assert (await chat(client, headers))["messages"][0]["locale"] == "zh_Hant"

    play(scene)


def test_a_repeated_message_is_stored_once() -> None:
    async def scene(client: httpx.AsyncClient, backend: MemoryBackend, clock: FixedClock) -> None:
        headers = await opened(client)
        body = {"id": str(uuid.uuid4()), "text": "hello"}
        answers = [await client.post("/api/chat/messages", headers=headers, json=body) for _ in range(3)]
        assert [a.json()["duplicate"] for a in answers] == [False, True, True]
        own = [m for m in (await chat(client, headers))["messages"] if m["from"] == "user"]
        assert [(m["text"], m["id"]) for m in own] == [("hello", body["id"])]

    play(scene)


def test_another_session_sees_nothing_even_with_the_same_message_id() -> None:
    async def scene(client: httpx.AsyncClient, backend: MemoryBackend, clock: FixedClock) -> None:
        one, other = await opened(client), await opened(client)
        same = str(uuid.uuid4())
        await send(client, one, id=same, text="mine")
        assert (await chat(client, other))["messages"] == []
        assert (await send(client, other, id=same, text="theirs")).json()["duplicate"] is False

    play(scene)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({}, "exactly one"),
        ({"text": "a", "choice": "1-1"}, "exactly one"),
        ({"text": "   "}, "empty"),
        ({"text": "x" * 4001}, "text"),
        ({"choice": "1-1; drop"}, "choice"),
        ({"text": "a", "id": "seven"}, "id"),
        ({"text": "a", "extra": 1}, "extra"),
        ({"text": "a\ud800"}, ""),
    ],
)
def test_a_malformed_message_is_refused_in_plain_words(body: dict[str, Any], says: str) -> None:
    async def scene(client: httpx.AsyncClient, backend: MemoryBackend, clock: FixedClock) -> None:
        headers = await opened(client) | {"Content-Type": "application/json"}
        content = json.dumps({"id": str(uuid.uuid4())} | body)
        answer = await client.post("/api/chat/messages", headers=headers, content=content)
        assert answer.status_code == 422
        error = answer.json()["error"]
        assert error["code"] == "bad_request"
        assert says in error["message"]
        assert backend.inputs == {}

    play(scene)


def test_without_a_token_of_ours_there_is_no_chat() -> None:
    async def scene(client: httpx.AsyncClient, backend: MemoryBackend, clock: FixedClock) -> None:
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Bearer nobody." + "a" * 43}):
            answer = await client.get("/api/chat/messages", headers=headers)
            assert answer.status_code == 401
            assert answer.json()["error"]["code"] == "no_session"
        answer = await client.post("/api/chat/sessions", json={"speaker": "nobody"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_speaker")

    play(scene)


def test_a_flood_is_refused_kindly_and_then_taken_again() -> None:
    async def scene(client: httpx.AsyncClient, backend: MemoryBackend, clock: FixedClock) -> None:
        headers = await opened(client)
        answers = [await send(client, headers, text=f"{n}") for n in range(21)]
        assert [a.status_code for a in answers] == [202] * 20 + [429]
        assert "Nothing is lost" in answers[-1].json()["error"]["message"]
        clock.advance(timedelta(seconds=int(answers[-1].headers["Retry-After"])))
        assert (await send(client, headers, text="again")).status_code == 202

    play(scene)


def test_a_file_is_checked_by_its_content_and_kept_before_the_input() -> None:
    async def scene(client: httpx.AsyncClient, backend: MemoryBackend, clock: FixedClock) -> None:
        headers = await opened(client)
        params = {"id": str(uuid.uuid4()), "name": "payslip.png"}
        for _ in range(2):
            answer = await client.post("/api/chat/files", params=params, headers=headers, content=PNG)
            assert answer.status_code == 202
        assert list(backend.files.values()) == [PNG]
        (own,) = [m for m in (await chat(client, headers))["messages"] if m["from"] == "user"]
        assert own["file"] == {"name": "payslip.png", "media_type": "image/png", "size": len(PNG)}
        assert own["id"] == params["id"]

    play(scene)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"MZ not a picture", 415, "bad_file"),
        (b"", 422, "empty_file"),
        (PNG + b"0" * (10 * 1024 * 1024), 413, "too_large"),
    ],
)
def test_a_file_that_cant_be_taken_is_not_kept(content: bytes, status: int, code: str) -> None:
    async def scene(client: httpx.AsyncClient, backend: MemoryBackend, clock: FixedClock) -> None:
        headers = await opened(client)
        params = {"id": str(uuid.uuid4()), "name": "x.png"}
        answer = await client.post("/api/chat/files", params=params, headers=headers, content=content)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
        assert backend.files == {}
        assert backend.inputs == {}

    play(scene)


def test_a_link_works_once_and_looking_at_its_page_does_not_use_it() -> None:
    async def scene(client: httpx.AsyncClient, backend: MemoryBackend, clock: FixedClock) -> None:
        link = "a-link-of-enough-length"
        backend.links[link] = "swiftlend"
        assert (await client.get(f"/l/{link}")).status_code == 200
        answer = await client.post("/api/chat/links", json={"link": link})
        assert answer.status_code == 201
        session = answer.json()
        assert session["speaker"] == "swiftlend"
        assert address_of(session["token"]) in backend.rooms
        again = await client.post("/api/chat/links", json={"link": link})
        never = await client.post("/api/chat/links", json={"link": "another-link-altogether"})
        assert again.status_code == 410
        assert again.json() == never.json()

    play(scene)


def test_about_tells_who_speaks() -> None:
    async def scene(client: httpx.AsyncClient, backend: MemoryBackend, clock: FixedClock) -> None:
        found = (await client.get("/api/chat/about?speaker=harbour")).json()
        assert found["names"]["zh_Hant"] == "海港銀行"
        assert found["verify_page"] == "https://harbour.example/verify"
        assert found["text_most"] == 4000

    play(scene)


def test_every_answer_of_the_api_is_described_and_none_is_cached() -> None:
    async def scene(client: httpx.AsyncClient, backend: MemoryBackend, clock: FixedClock) -> None:
        described = (await client.get("/openapi.json")).json()
        for path, methods in described["paths"].items():
            for route in methods.values():
                assert route["summary"], path
                refused = {s: r for s, r in route["responses"].items() if int(s) >= 400}
                assert refused, path
                for answer in refused.values():
                    assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/ProblemOut")
        assert (await client.get("/api/chat/about?speaker=harbour")).headers["cache-control"] == "no-store"
        page = await client.get("/docs")
        assert page.status_code == 200
        assert all(path in page.text for path in described["paths"])

    play(scene)


def test_the_chat_as_a_file_is_for_who_has_proved_that_it_is_theirs() -> None:
    async def scene(client: httpx.AsyncClient, backend: MemoryBackend, clock: FixedClock) -> None:
        headers = await opened(client)
        refused = [await client.get("/api/chat/record", headers=headers)]
        await send(client, headers, text="hello <b>")
        await chat(client, headers)
        refused.append(await client.get("/api/chat/record", headers=headers))
        assert [answer.status_code for answer in refused] == [403, 403]
        assert refused[0].content == refused[1].content
        assert refused[0].json()["error"]["code"] == "not_proved"
        here = address_of(headers["Authorization"].removeprefix("Bearer "))
        assert here is not None
        backend.proved.add(here)
        given = await client.get("/api/chat/record", headers=headers)
        assert "hello &lt;b&gt;" in given.text
        assert given.headers["content-disposition"] == 'attachment; filename="conversation-2026-11-21.html"'
        assert "sandbox" in given.headers["content-security-policy"]
        assert (given.headers["x-content-type-options"], given.headers["cache-control"]) == ("nosniff", "no-store")
        assert (await client.get("/api/chat/record")).status_code == 401

    play(scene)
