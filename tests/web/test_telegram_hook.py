"""The webhook's door: who may deliver, how much, and when it says that an update has arrived."""

from dataclasses import dataclass, field

import anyio
import httpx
import pytest
from fastapi import FastAPI

from bot.channels.telegram_bots import BotSettings
from bot.channels.telegram_setup import webhook_secret
from bot.web.telegram_hook import BODY_MOST, router

BOT = BotSettings("harbour", "123:abc")
SECRET = webhook_secret(BOT.token)


@dataclass
class Receiver:
    """Keeps what arrives, or fails as a database does."""

    broken: bool = False
    kept: list[bytes] = field(default_factory=list)

    def bot(self, name: str) -> BotSettings | None:
        return BOT if name == BOT.name else None

    def receive(self, bot: BotSettings, body: bytes) -> None:
        if self.broken:
            raise OSError("disk full")
        self.kept.append(body)


def deliver(receiver: Receiver, body: bytes, secret: str | None = SECRET, name: str = "harbour") -> int:
    app = FastAPI()
    app.include_router(router(receiver, webhook_secret))
    headers = {} if secret is None else {b"X-Telegram-Bot-Api-Secret-Token": secret.encode()}

    async def ask() -> int:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bot") as client:
            return (await client.post(f"/telegram/{name}", content=body, headers=headers)).status_code

    return anyio.run(ask)


def test_an_update_is_said_to_have_arrived_once_it_is_kept() -> None:
    receiver = Receiver()
    assert deliver(receiver, b'{"update_id": 1}') == 200
    assert receiver.kept == [b'{"update_id": 1}']


def test_what_could_not_be_kept_is_brought_again() -> None:
    assert deliver(Receiver(broken=True), b"{}") == 503


@pytest.mark.parametrize("secret", [None, "", SECRET[:-1], SECRET + "0", "é" * 64])
def test_nobody_delivers_without_the_secret(secret: str | None) -> None:
    receiver = Receiver()
    assert deliver(receiver, b"{}", secret) == 403
    assert receiver.kept == []


def test_an_unknown_bot_is_no_other_than_a_wrong_secret() -> None:
    assert deliver(Receiver(), b"{}", name="nobody") == 403
    assert deliver(Receiver(), b"{}", secret="", name="nobody") == 403


def test_a_body_may_be_so_large_and_no_larger() -> None:
    receiver = Receiver()
    assert deliver(receiver, b"x" * BODY_MOST) == 200
    assert deliver(receiver, b"x" * (BODY_MOST + 1)) == 413
    assert len(receiver.kept) == 1


def test_the_secret_is_one_that_telegram_takes_and_does_not_show_the_token() -> None:
    assert len(SECRET) <= 256
    assert SECRET.isalnum()
    assert BOT.token not in SECRET
    assert webhook_secret("123:abd") != SECRET
