"""The application on the strict server: the demo's bank behind a bot, by polling or by webhook."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Literal

from fastapi import FastAPI

from bot.assembly import App
from bot.channels.telegram_setup import webhook_secret
from bot.conversations.sending import Limits
from bot.dialogue.understanding import Understanding
from bot.messengers import telegram
from bot.settings import TelegramSettings
from bot.web import telegram_hook
from tests.conversations.driver import demo_app
from tests.listening import listening
from tests.telegram.asking import Asking
from tests.telegram.server import Served
from tests.telegram.world import Bot

Way = Literal["polling", "webhook"]
WAYS: tuple[Way, ...] = ("polling", "webhook")
AT_ONCE = Limits(chat_seconds=0.0, bot_seconds=0.0)


def settings_for(served: Served, bot: Bot, way: Way, speaker: str = "harbour") -> TelegramSettings:
    return TelegramSettings(bots={speaker: bot.token}, api=served.url, webhook=way == "webhook")


def environment_for(served: Served, bot: Bot, way: Way) -> dict[str, str]:
    """The same for a process of its own."""
    return {
        "BOT_TELEGRAM_TOKENS": f"harbour={bot.token}",
        "BOT_TELEGRAM_API": served.url,
        "BOT_TELEGRAM_MODE": way,
    }


@contextmanager
def on_telegram(
    served: Served,
    bot: Bot,
    way: Way,
    database_url: str,
    state: Path,
    at: datetime,
    model: Understanding,
    *,
    speaker: str = "harbour",
    limits: Limits = AT_ONCE,
) -> Iterator[App]:
    """The assembled application and its Telegram channel, at `at`, started and stopped."""
    app = demo_app(database_url, state, at, model, telegram=settings_for(served, bot, way, speaker))
    messenger = telegram(app, limits)
    assert messenger
    hook = FastAPI()
    hook.include_router(telegram_hook.router(messenger, webhook_secret))
    messenger.start()
    try:
        with listening(hook) if way == "webhook" else nullcontext(0) as port:
            if way == "webhook":
                webhook_at(Asking(served, bot), f"http://127.0.0.1:{port}/telegram/{speaker}")
            yield app
            Asking(served, bot).ok("deleteWebhook")
    finally:
        messenger.stop()
        app.close()


def webhook_at(api: Asking, url: str) -> None:
    """Have updates brought there, with the secret that the channel expects."""
    api.ok("setWebhook", url=url, secret_token=webhook_secret(api.bot.token))
