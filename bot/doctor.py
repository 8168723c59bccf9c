"""Says in plain words what of an installation is misconfigured, and what is well."""

import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot import assembly, keys, messengers, words
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.understanding import assisted, encoder
from bot.dialogue.understanding.endpoint import Address, Endpoint, NoAnswer
from bot.errors import BotError
from bot.lending.policy import Policies
from bot.lending.policy_set import changed_files, read_set
from bot.locale import Catalogues
from bot.review import policy_control
from bot.review.policy_control import Standing
from bot.settings import ROOT, TELEGRAM_API, Settings
from bot.storage.engine import Database


@dataclass(frozen=True, slots=True)
class Finding:
    good: bool
    what: str


Check = Callable[[Settings], Iterator[Finding]]


def examine(settings: Settings) -> Iterator[Finding]:
    """Every check, whatever the others find; an error that a check meets is its finding."""
    for check in _CHECKS:
        try:
            yield from check(settings)
        except (BotError, OSError) as error:
            yield Finding(False, str(error))


def _address(settings: Settings) -> Iterator[Finding]:
    if settings.public_url is None:
        yield Finding(settings.demo, "BOT_PUBLIC_URL is not set: one-time links will point to this machine")
    elif not settings.public_url.startswith("https://"):
        yield Finding(False, f"BOT_PUBLIC_URL is {settings.public_url}: borrowers need https")
    else:
        yield Finding(True, f"borrowers reach this server at {settings.public_url}")


def _state(settings: Settings) -> Iterator[Finding]:
    settings.state.mkdir(parents=True, exist_ok=True)
    probe = settings.state / ".writable"
    probe.touch()
    probe.unlink()
    yield Finding(True, f"{settings.state} can be written")


def _keys(settings: Settings) -> Iterator[Finding]:
    if settings.demo and not settings.key_file.exists():
        yield Finding(True, "the demo makes its own key file when it first runs")
        return
    keys.load(settings.key_file)
    loose = stat.S_IMODE(settings.key_file.stat().st_mode) & 0o077
    if loose:
        yield Finding(False, f"{settings.key_file} can be read by others than its owner: chmod 600 it")
    else:
        yield Finding(True, f"{settings.key_file} holds the keys and is its owner's alone")


def _policies(settings: Settings) -> Iterator[Finding]:
    policies = Policies.load(settings.creditors)
    names = ", ".join(speaker.id for speaker in policies.speakers())
    yield Finding(bool(names), f"{settings.creditors} has files for: {names or 'nobody'}")


def _words(settings: Settings) -> Iterator[Finding]:
    dialogue = Dialogue.load(settings.dialogues)
    yield Finding(True, f"{settings.dialogues} loads: {len(dialogue.flows.by_id)} flows")
    names = Catalogues.load(settings.locales).names
    problems = words.check(words.Places(ROOT))
    yield Finding(True, f"{settings.locales} has {', '.join(names)}")
    yield from (Finding(False, problem) for problem in problems[:10])


def _understanding(settings: Settings) -> Iterator[Finding]:
    assembly.load_understanding(settings)
    yield Finding(True, f"messages are understood offline; the trained model is kept in {settings.state / 'model'}")
    yield from _language_model(settings)
    degraded = encoder.available() is None
    yield Finding(
        not degraded,
        f"the sentence embeddings ({encoder.PACKAGE}) "
        + ("do not load: messages are understood by their words alone, and worse" if degraded else "are there"),
    )


def _language_model(settings: Settings) -> Iterator[Finding]:
    """Asked once with no borrower's words."""
    chosen = settings.language_model
    if chosen is None:
        yield Finding(True, "no language model is asked (BOT_LLM_URL): no message leaves this machine")
        return
    endpoint = Endpoint(Address(chosen.url, chosen.name, chosen.key, chosen.seconds))
    try:
        assisted.proposals(endpoint.answer(assisted.instructions(), '{"text": "hello"}'))
    except NoAnswer as error:
        yield Finding(False, f"the language model {chosen.name} at {chosen.url} is of no help: {error}")
        return
    yield Finding(True, f"unsure messages are shown to {chosen.name} at {chosen.url}, personal data masked")


def _database(settings: Settings) -> Iterator[Finding]:
    if settings.database_url.startswith("sqlite:///") and not Path(settings.database_url[10:]).exists():
        yield Finding(True, "the SQLite database is made when the program first runs")
        return
    if not settings.key_file.exists():
        yield Finding(False, "the database cannot be opened without the key file")
        return
    with closing(Database(settings.database_url, keys.load(settings.key_file).data, pool=1)) as database:
        if not database.is_current():
            yield Finding(True, f"the {database.dialect} database is brought up to date when the program next runs")
            return
        with database.reading() as work:
            waiting = len(work.inbox.waiting(1000))
            found = policy_control.standing(work)
        yield Finding(True, f"the {database.dialect} database answers; {waiting} conversations wait to be handled")
        yield from _two_people(settings, found)


def _two_people(settings: Settings, found: Standing) -> Iterator[Finding]:
    if found.alone or settings.demo or found.agreed is None:
        yield Finding(
            True,
            "there are not two admins yet: roles change by command, policies with the folder (docs/two-people.md)",
        )
        return
    policy_control.load(found.agreed)
    files = changed_files(found.agreed, read_set(settings.creditors))
    if files:
        differing = f"{', '.join(files)}: not as two people agreed on; the agreed ones stay in force"
        yield Finding(False, f"{differing} (`two-people policies` shows and proposes the difference)")
    else:
        yield Finding(True, "the policies are those that two people agreed on")


def _telegram(settings: Settings) -> Iterator[Finding]:
    chosen = settings.telegram
    if not chosen.bots:
        yield Finding(True, "no Telegram bot is configured (BOT_TELEGRAM_TOKENS)")
        return
    names = ", ".join(bot.name for bot in messengers.bots(settings, Policies.load(settings.creditors)))
    how = "delivered to this server" if chosen.webhook else "fetched"
    yield Finding(True, f"Telegram bots of {names}; their updates are {how}; `telegram setup` tries their tokens")
    if chosen.webhook and not (settings.public_url or "").startswith("https://"):
        yield Finding(False, "BOT_TELEGRAM_MODE is webhook, and BOT_PUBLIC_URL no https address to deliver to")
    if chosen.api != TELEGRAM_API:
        yield Finding(True, f"the Bot API is that of {chosen.api}, not Telegram's own")


_CHECKS: tuple[Check, ...] = (_address, _state, _keys, _policies, _words, _understanding, _database, _telegram)
