"""The channels that are sent to, built over an App."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from anyio import CapacityLimiter

from bot import assembly
from bot.assembly import App, Ground, SpeakerBook
from bot.channels.telegram import Telegram, TelegramParts
from bot.channels.telegram_bots import BotSettings
from bot.channels.telegram_messages import together
from bot.clock import SystemClock
from bot.conversations.sending import Limits, Sending
from bot.conversations.store import Conversation
from bot.errors import BadInput
from bot.outreach.gate import ContactGate
from bot.record.events import NewEvent
from bot.settings import ONLY_SPEAKER
from bot.web.telegram_backend import TelegramBackend


def telegram(app: App, limits: Limits | None = None) -> Telegram | None:
    """The Telegram channel for the configured bots, not yet started; None where there is none."""
    chosen = app.settings.telegram
    if not chosen.bots:
        return None
    wall, threads = SystemClock(), 1 if app.database.dialect == "sqlite" else assembly.TELEGRAM_THREADS
    port = TelegramBackend(
        app.database,
        clock=app.clock,
        wall=wall,
        speakers=SpeakerBook(app.policies, app.catalogues),
        policies=app.policies,
    )
    # Its loop is not that of the web server, so it needs a limiter of its own.
    backend = replace(app, writers=CapacityLimiter(threads)).backend()
    return Telegram(
        TelegramParts(
            bots=bots(app),
            base=chosen.api,
            webhook=chosen.webhook,
            port=port,
            sending=_sending(app, limits),
            wall=wall,
            threads=threads,
            handle_soon=app.worker.handle_soon,
            listen=app.wakeups.listen,
            record=backend.own_record,
        )
    )


def _sending(app: App, limits: Limits | None) -> Sending[Any]:
    return Sending(
        app.database,
        clock=app.clock,
        wall=SystemClock(),
        gate=ContactGate(app.policies),
        lost=_lost,
        together=together,
        limits=limits,
    )


def _lost(work: Any, conversation: Conversation, now: datetime) -> Sequence[NewEvent]:  # noqa: ARG001
    return ()


def bots(ground: Ground) -> list[BotSettings]:
    """The configured bots; UnknownSpeaker for a name that nobody here speaks under."""
    found = []
    for given, token in ground.settings.telegram.bots.items():
        name = _only_speaker(ground) if given == ONLY_SPEAKER else given
        ground.policies.speaker(name.partition(".")[0])
        found.append(BotSettings(name, token))
    return found


def _only_speaker(ground: Ground) -> str:
    names = [speaker.id for speaker in ground.policies.speakers()]
    if len(names) != 1:
        raise BadInput("BOT_TELEGRAM_TOKENS", f"say whose bot it is: one of {', '.join(names)}, as name=token")
    return names[0]
