"""The channels that are sent to, built over an App."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from anyio import CapacityLimiter

from bot import assembly
from bot.assembly import App, SpeakerBook
from bot.channels.documents import fetch
from bot.channels.telegram import Telegram, TelegramParts
from bot.channels.telegram_api import TooFast
from bot.channels.telegram_bots import BotSettings
from bot.channels.telegram_messages import together
from bot.channels.telegram_setup import BotWords, Setup, languages, name_of, problem
from bot.channels.telegram_updates import COMMANDS
from bot.clock import SystemClock
from bot.conversations.sending import Limits, Sending
from bot.desk.unreachable import Unreachable
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.messages import Names
from bot.dialogue.responses import Responses
from bot.errors import BadInput, BotError
from bot.lending.policy import Policies, Speaker
from bot.locale import SOURCE, Catalogues
from bot.outreach.gate import ContactGate
from bot.settings import ONLY_SPEAKER, Settings
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
            bots=bots(app.settings, app.policies),
            base=chosen.api,
            webhook=chosen.webhook,
            port=port,
            sending=_sending(app, limits),
            wall=wall,
            threads=threads,
            handle_soon=app.worker.handle_soon,
            listen=app.wakeups.listen,
            documents=partial(fetch, backend),
            words=lambda locale: commands_in(app.responses, locale),
        )
    )


def _sending(app: App, limits: Limits | None) -> Sending[Any]:
    return Sending(
        app.database,
        clock=app.clock,
        wall=SystemClock(),
        gate=ContactGate(app.policies),
        lost=Unreachable(app.policies),
        together=together,
        limits=limits,
    )


def set_up(settings: Settings) -> Iterator[tuple[bool, str]]:
    """Register every configured bot's words, menu and webhook; each step with whether it went well."""
    policies = Policies.load(settings.creditors)
    catalogues = Catalogues.load(settings.locales)
    dialogue = Dialogue.load(settings.dialogues)
    responses = Responses(dialogue.domain, catalogues)
    chosen = bots(settings, policies)
    if not chosen:
        yield False, "BOT_TELEGRAM_TOKENS is not set; @BotFather gives a token for /newbot"
    for bot in chosen:
        hook = _hook(settings, bot)
        speaker = policies.speaker(bot.name.partition(".")[0])
        words = _words(responses, catalogues, speaker)
        yield from asyncio.run(_all(Setup(bot, settings.telegram.api, words, hook)))


async def _all(setup: Setup) -> list[tuple[bool, str]]:
    return [step async for step in setup.run()]


def _hook(settings: Settings, bot: BotSettings) -> str | None:
    if not settings.telegram.webhook:
        return None
    if not settings.public_url or not settings.public_url.startswith("https://"):
        raise BadInput("BOT_PUBLIC_URL", "Telegram delivers to an https address only; or BOT_TELEGRAM_MODE=polling")
    return f"{settings.public_url.rstrip('/')}/telegram/{bot.name}"


def _words(responses: Responses, catalogues: Catalogues, speaker: Speaker) -> dict[str, BotWords]:
    """The bot's words by two-letter language code, and under "" for everybody else."""
    by_code = languages(catalogues.names, speaker.jurisdiction, catalogues.negotiate)
    return {code: _words_in(responses, locale, speaker) for code, locale in {"": SOURCE, **by_code}.items()}


def _words_in(responses: Responses, locale: str, speaker: Speaker) -> BotWords:
    names = {"speaker": Names(dict(speaker.names))}
    who = responses.text("utter_hello_who", locale, names)
    return BotWords(
        commands_in(responses, locale),
        f"{who}\n\n{responses.text('utter_hello_identity', locale)}",
        who,
    )


def commands_in(responses: Responses, locale: str) -> dict[str, str]:
    """What each command does, in words."""
    return {name: responses.text(f"utter_command_{name}", locale) for name in COMMANDS}


def link(settings: Settings, policies: Policies, speaker: str, token: str) -> str:
    """A link that opens the speaker's bot with a one-time link's token as its payload."""
    bot = bot_of(settings, policies, speaker)
    try:
        name = asyncio.run(name_of(bot.token, settings.telegram.api))
    except (BotError, TooFast) as error:
        raise BadInput("BOT_TELEGRAM_TOKENS", problem(error)) from error
    return f"https://t.me/{name}?start={token}"


def bot_of(settings: Settings, policies: Policies, speaker: str) -> BotSettings:
    """The speaker's first bot; BadInput if it has none."""
    bot = next((bot for bot in bots(settings, policies) if bot.name.partition(".")[0] == speaker), None)
    if bot is None:
        raise BadInput("BOT_TELEGRAM_TOKENS", f"{speaker} has no bot")
    return bot


def bots(settings: Settings, policies: Policies) -> list[BotSettings]:
    """The configured bots; UnknownSpeaker for a name that nobody here speaks under."""
    found = []
    for given, token in settings.telegram.bots.items():
        name = _only_speaker(policies) if given == ONLY_SPEAKER else given
        speaker = policies.speaker(name.partition(".")[0])
        found.append(BotSettings(name, token, speaker.protect_figures))
    return found


def _only_speaker(policies: Policies) -> str:
    names = [speaker.id for speaker in policies.speakers()]
    if len(names) != 1:
        raise BadInput("BOT_TELEGRAM_TOKENS", f"say whose bot it is: one of {', '.join(names)}, as name=token")
    return names[0]
