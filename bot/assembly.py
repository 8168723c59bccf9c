"""Builds every part and connects them; the only place that knows all."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from bot import keys
from bot.actions import accounts as account_actions
from bot.actions import (
    callbacks,
    channels,
    claims,
    consequences,
    contact,
    creditors,
    debts,
    disputes,
    handoff,
    hardship,
    holds,
    identity,
    offers,
    patterns,
    payments,
    plans,
    promises,
    records,
    reminders,
    safety,
    satisfaction,
    vulnerability,
    writers,
)
from bot.actions.identity import Session
from bot.actions.parts import ActionWork, Parts
from bot.actions.rights import RightsOnEveryMessage
from bot.actions.runner import Runner
from bot.actions.server_turns import RasaTurns
from bot.clock import Clock, SystemClock
from bot.conversations.turn import Turns
from bot.conversations.wakeups import Wakeups
from bot.conversations.worker import Worker
from bot.desk.handoffs import Desk
from bot.dialogue import understanding
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.responses import Responses
from bot.dialogue.understanding import Understanding
from bot.keys import Keys
from bot.lending.policy import Policies
from bot.lending.policy_set import read_set
from bot.locale import Catalogues
from bot.review import policy_control
from bot.settings import Settings
from bot.storage.engine import Database
from bot.storage.work import Work
from bot.web.chat_backend import Backend
from bot.web.documents import Documents
from bot.web.own_record import OwnRecords

T = TypeVar("T")
_READERS = 4  # connections beside the turns', for pages
_CLAIMS = 1  # kept by the indexer beside the one that it writes with
TELEGRAM_THREADS = 4  # that send and receive on PostgreSQL

_ACTIONS = (
    account_actions, callbacks, channels, claims, consequences, contact, creditors, debts, disputes, handoff,
    hardship, holds, identity, offers, patterns, payments, plans, promises, records,
    reminders, safety, satisfaction, vulnerability, writers,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Base:
    """The database, brought up to date, and the keys to it."""

    settings: Settings
    clock: Clock
    keys: Keys
    database: Database

    def close(self) -> None:
        self.database.close()


@dataclass(frozen=True, slots=True)
class Ground(Base):
    """What every command needs: also the lenders' policies that are in force."""

    policies: Policies


@dataclass(frozen=True, slots=True)
class Spoken(Ground):
    """What a turn understands, says and does by."""

    catalogues: Catalogues
    dialogue: Dialogue
    responses: Responses
    understanding: Understanding
    parts: Parts
    actions: Runner


@dataclass(frozen=True, slots=True)
class App(Spoken):
    """One installation, running in this process."""

    turns: Turns[ActionWork]
    worker: Worker[ActionWork]
    wakeups: Wakeups
    writers: CapacityLimiter

    async def run(self, fn: Callable[[Work], T], *, reading: bool = False) -> T:
        """Call `fn` in a thread with a transaction of its own; the entry point of staff pages."""
        opened = self.database.reading if reading else self.database.transaction

        def work() -> T:
            with opened() as transaction:
                return fn(transaction)

        return await to_thread.run_sync(work, limiter=None if reading else self.writers)

    @property
    def records(self) -> OwnRecords:
        return OwnRecords(self.catalogues.localizer, self.keys.checkpoint)

    def backend(self) -> Backend:
        return Backend(
            database=self.database,
            turns=self.turns,
            worker=self.worker,
            wakeups=self.wakeups,
            policies=self.policies,
            languages=self.catalogues.names,
            clock=self.clock,
            writers=self.writers,
            documents=Documents(
                database=self.database,
                policies=self.policies,
                clock=self.clock,
                writers=self.writers,
                records=self.records,
                localizer=self.catalogues.localizer,
            ),
        )

    def close(self) -> None:
        self.worker.close()
        Ground.close(self)


class SpeakerBook:
    """Implements the turn's Speakers over the creditors' files."""

    def __init__(self, policies: Policies, catalogues: Catalogues) -> None:
        self._policies = policies
        self._catalogues = catalogues

    def speaker_of(self, account: str) -> str:
        # A speaker with several bots names them "<speaker>.<anything>".
        return self._policies.speaker(account.partition(":")[2].partition(".")[0]).id

    def time_zone(self, speaker: str) -> str:
        return self._policies.speaker(speaker).time_zone

    def first_locale(self, speaker: str, wished: str | None) -> str:  # noqa: ARG002 - one set of languages today
        return self._catalogues.negotiate(wished) or "en"


def ground(settings: Settings, clock: Clock | None = None) -> Ground:
    """Policies, keys and the database; BadInput names what is wrong with any file."""
    base = base_of(settings, clock)
    try:
        policies = _policies(base)
    except BaseException:
        base.close()
        raise
    return Ground(base.settings, base.clock, base.keys, base.database, policies)


def base_of(settings: Settings, clock: Clock | None = None) -> Base:
    """Keys and the database, without the policies: for what must work when those in force do not load."""
    secret = keys.load(settings.key_file)
    pool = settings.workers + _READERS + _CLAIMS + (TELEGRAM_THREADS if settings.telegram.bots else 0)
    database = Database(
        settings.database_url,
        secret.data,
        earlier_keys=secret.earlier,
        pool=pool,
    )
    database.migrate()
    return Base(settings, clock or SystemClock(), secret, database)


def _policies(base: Base) -> Policies:
    """Those that two people agreed on; before two could, and in the demo, those in the folder."""
    with base.database.reading() as work:
        found = policy_control.standing(work)
        if base.settings.demo:
            policy_control.require_demo(work)
    if found.agreed and not (found.alone or base.settings.demo):
        return policy_control.load(found.agreed)
    written = read_set(base.settings.creditors)
    policies = Policies.of(written)
    if found.agreed is None or found.agreed.fingerprint != written.fingerprint:
        alone = "fewer than two could agree" if found.alone else "the first"
        why = policy_control.DEMO if base.settings.demo else alone
        with base.database.transaction() as work:
            policy_control.adopt(work, written, why, base.clock.now())
    return policies


def build(ground: Ground, *, model: Understanding | None = None) -> App:
    """Connect every part; BadInput names what is wrong with any file.

    `model` saves tests from loading the same understanding again and again.
    """
    spoken = _spoken(ground, model)
    wakeups = Wakeups()
    turns = _turns(spoken, wakeups)
    # SQLite has one writer; more threads would only queue for it.
    threads = 1 if ground.database.dialect == "sqlite" else ground.settings.workers
    return App(
        **{part.name: getattr(spoken, part.name) for part in fields(spoken)},
        turns=turns,
        worker=Worker(turns, ground.database, threads),
        wakeups=wakeups,
        writers=CapacityLimiter(threads),
    )


def _spoken(ground: Ground, model: Understanding | None) -> Spoken:
    settings = ground.settings
    catalogues = Catalogues.load(settings.locales)
    dialogue = Dialogue.load(settings.dialogues)
    address = settings.public_url or f"http://{settings.host}:{settings.port}"
    parts = Parts(ground.policies, catalogues.names, address)
    actions = Runner([action for module in _ACTIONS for action in module.actions(parts)])
    dialogue.check_actions(actions.names())
    return Spoken(
        settings=settings,
        clock=ground.clock,
        keys=ground.keys,
        database=ground.database,
        policies=ground.policies,
        catalogues=catalogues,
        dialogue=dialogue,
        responses=Responses(dialogue.domain, catalogues, flows=dialogue.flows),
        understanding=model or load_understanding(settings),
        parts=parts,
        actions=actions,
    )


def _turns(spoken: Spoken, wakeups: Wakeups) -> Turns[ActionWork]:
    return Turns(
        database=spoken.database,
        clock=spoken.clock,
        speakers=SpeakerBook(spoken.policies, spoken.catalogues),
        understanding=spoken.understanding,
        dialogue=spoken.dialogue,
        responses=spoken.responses,
        actions=spoken.actions,
        session=Session(spoken.parts),
        rights=RightsOnEveryMessage(spoken.parts),
        handoffs=Desk(),
        changed=wakeups.changed,
    )


def rasa_turns(app: App, speaker: str) -> RasaTurns[ActionWork]:
    """The turns that a Rasa server drives for a speaker, over the same actions as our own."""
    return RasaTurns(
        speaker=app.policies.speaker(speaker).id,
        locales=app.catalogues.names,
        database=app.database,
        clock=app.clock,
        speakers=SpeakerBook(app.policies, app.catalogues),
        understanding=app.understanding,
        dialogue=app.dialogue,
        responses=app.responses,
        actions=app.actions,
        session=Session(app.parts),
        rights=RightsOnEveryMessage(app.parts),
        handoffs=Desk(),
        changed=app.wakeups.changed,
    )


def load_understanding(settings: Settings) -> Understanding:
    """The local understanding, with a language model's second opinion where one is configured."""
    local = understanding.load(settings.dialogues / "nlu", settings.state / "model")
    chosen = settings.language_model
    if chosen is None:
        return local
    return understanding.with_second_opinion(local, chosen.url, chosen.name, chosen.key, chosen.seconds)
