import asyncio
import json
import uuid
from collections.abc import AsyncGenerator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from bot.channels import webchat
from bot.channels.web_session import address_of, new_token
from bot.channels.webchat import STREAMS_MOST, _events
from bot.channels.webchat_parts import WebChat
from bot.clock import FixedClock, SystemClock
from bot.dialogue.messages import Incoming
from tests.channels.memory import MemoryBackend
from tests.channels.site import application, looks_right
from tests.listening import listening

CLOCK = FixedClock(datetime(2026, 11, 21, 4, tzinfo=UTC))
ADDRESS = address_of(new_token("harbour"))
assert ADDRESS is not None


def said(block: str) -> list[dict[str, Any]]:
    data = next((line[6:] for line in block.split("\n") if line.startswith("data: ")), None)
    messages: list[dict[str, Any]] = json.loads(data)["messages"] if data else []
    return messages


async def until(events: AsyncGenerator[str, None], count: int) -> list[dict[str, Any]]:
    """The messages of a stream, until there are `count` of them."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        found += said(await asyncio.wait_for(anext(events), 5))
    return found


async def write(backend: MemoryBackend, n: int) -> None:
    assert ADDRESS is not None
    await backend.submit(Incoming(ADDRESS.account, ADDRESS.sender, f"x/{n}", "text", text=f"message {n}"))


def test_a_stream_that_is_cut_anywhere_goes_on_without_loss_or_repetition() -> None:
    async def run() -> None:
        assert ADDRESS is not None
        backend = MemoryBackend(CLOCK)
        chat = WebChat(backend, CLOCK, looks_right, heartbeat=0.05)
        seen: list[int] = []
        for n in range(6):
            events = _events(chat, ADDRESS, seen[-1] if seen else 0)
            await write(backend, n)
            seen += [message["seq"] for message in await until(events, 1 + n % 2)]
            await events.aclose()
        await asyncio.sleep(0.05)
        seen += [message["seq"] for message in await until(_events(chat, ADDRESS, seen[-1]), 12 - len(seen))]
        assert seen == list(range(1, 13))
        assert not chat.streams

    asyncio.run(run())


def test_a_quiet_stream_gives_signs_of_life_and_no_empty_messages() -> None:
    async def run() -> None:
        assert ADDRESS is not None
        events = _events(WebChat(MemoryBackend(CLOCK), CLOCK, looks_right, heartbeat=0.01), ADDRESS, 0)
        first, *rest = [await anext(events) for _ in range(4)]
        assert first.startswith("id: 0\nevent: messages\n")
        assert rest == [": alive\n\n"] * 3
        await events.aclose()

    asyncio.run(run())


def test_the_stream_tells_when_a_person_takes_over() -> None:
    async def run() -> None:
        assert ADDRESS is not None
        backend = MemoryBackend(CLOCK)
        events = _events(WebChat(backend, CLOCK, looks_right), ADDRESS, 0)
        await anext(events)
        backend.say(ADDRESS, "notice", {"notice": "joined"})
        block = await asyncio.wait_for(anext(events), 5)
        assert '"with_person": true' in block
        assert said(block)[0]["notice"] == "joined"
        await events.aclose()

    asyncio.run(run())


def test_over_a_real_connection_what_is_said_arrives() -> None:
    clock = SystemClock()
    backend = MemoryBackend(clock)
    with listening(application(backend, clock, heartbeat=0.1)) as port:
        url = f"http://127.0.0.1:{port}/api/chat"
        token = httpx.post(f"{url}/sessions", json={"speaker": "harbour"}).json()["token"]
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.stream("GET", f"{url}/stream", headers=headers, timeout=5) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            httpx.post(f"{url}/messages", headers=headers, json={"id": str(uuid.uuid4()), "start": True})
            texts = (said(line) for line in stream.iter_lines())
            assert next(messages for messages in texts if messages)[0]["from"] == "bot"


def test_many_sessions_of_one_network_have_only_so_many_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webchat, "STREAMS_OF_A_NETWORK", 3)
    clock = SystemClock()
    with listening(application(MemoryBackend(clock), clock, heartbeat=0.1)) as port, ExitStack() as stack:
        client = stack.enter_context(httpx.Client(timeout=5))
        statuses, bodies = [], []
        for _ in range(4):
            headers = {"Authorization": f"Bearer {new_token('harbour')}"}
            url = f"http://127.0.0.1:{port}/api/chat/stream"
            stream = stack.enter_context(client.stream("GET", url, headers=headers))
            bodies.append(stream.iter_raw())
            next(bodies[-1])
            statuses.append(stream.status_code)
        assert statuses == [200, 200, 200, 429]


def test_one_session_has_only_so_many_streams_at_once() -> None:
    clock = SystemClock()
    with listening(application(MemoryBackend(clock), clock, heartbeat=0.1)) as port, ExitStack() as stack:
        headers = {"Authorization": f"Bearer {new_token('harbour')}"}
        client = stack.enter_context(httpx.Client(headers=headers, timeout=5))
        statuses, bodies = [], []
        for _ in range(STREAMS_MOST + 1):
            stream = stack.enter_context(client.stream("GET", f"http://127.0.0.1:{port}/api/chat/stream"))
            bodies.append(stream.iter_raw())  # kept: a body that is let go closes its stream
            next(bodies[-1])
            statuses.append(stream.status_code)
        assert statuses == [200] * STREAMS_MOST + [429]
