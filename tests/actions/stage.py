"""A chat with the demo's people, one input a step, on a real database and without the flows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from bot.actions import (
    accounts,
    claims,
    consequences,
    contact,
    creditors,
    debts,
    disputes,
    handoff,
    holds,
    identity,
    patterns,
    plans,
    safety,
    vulnerability,
    writers,
)
from bot.actions.effects import ActionTurn
from bot.actions.identity import Session
from bot.actions.parts import Parts
from bot.actions.rights import RightsOnEveryMessage
from bot.actions.runner import Runner
from bot.clock import FixedClock
from bot.conversations.ports import Invoked, Turn
from bot.conversations.store import Conversation
from bot.desk.store import CaseState
from bot.dialogue.commands import ActionResult, Command, SlotValue
from bot.dialogue.messages import FileRef, Incoming, InputKind, Utterance
from bot.dialogue.tracker import Frame, Tracker
from bot.dialogue.understanding import Distress, IntentScore, Understood
from bot.lender.demo import people
from bot.lending.debts import Account
from bot.lending.holds import Hold, SubjectKind
from bot.lending.identity import Borrower
from bot.lending.policy import Policies
from bot.storage.engine import Database
from bot.storage.work import Work

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
CREDITORS = Path(people.__file__).with_name("creditors")
PARTS = Parts(Policies.load(CREDITORS), ("en", "zh_Hans", "zh_Hant"))
FEATURES = (
    accounts, claims, consequences, contact, creditors, debts, disputes, handoff, holds, identity, patterns, plans,
    safety, vulnerability, writers,
)  # fmt: skip
RUNNER = Runner([action for feature in FEATURES for action in feature.actions(PARTS)])
T = TypeVar("T")


@dataclass
class Step:
    """What one input came to."""

    invoked: Invoked | None
    first: Sequence[Command]  # what runs before the input's own commands
    results: list[ActionResult]
    facts: dict[str, object]
    events: list[dict[str, object]]
    answer: object  # what is left of the message as the answer to the open question

    @property
    def said(self) -> list[str]:
        return [utterance.response for utterance in self.utterances]

    @property
    def utterances(self) -> list[Utterance]:
        return [utterance for result in self.results for utterance in result.utterances]


@dataclass
class Chat:
    """One sender's chat with one speaker; state is in the database and read back at each step."""

    database: Database
    speaker: str = "harbour"
    sender: str = "a"
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    count: int = 0

    def __post_init__(self) -> None:
        with self.database.transaction() as work:
            if work.lending.borrower_by_reference(["harbour"], "HB-1001") is None:
                people.load(work.lending, self.clock)
        self.id = ""
        self.step(kind="start")

    def step(
        self,
        *run: str,
        understood: Understood | None = None,
        kind: InputKind = "text",
        slots: dict[str, SlotValue] | None = None,
        stack: Sequence[Frame] | None = None,
        file: FileRef | None = None,
    ) -> Step:
        """Handle one input: session, rights, then the actions `run` with the slots given."""
        self.count += 1
        text = understood.text if understood else ("…" if kind == "text" else None)
        update = f"{self.sender}-{self.count}"
        incoming = Incoming(f"web:{self.speaker}", self.sender, update, kind, text, file=file)
        if kind == "button":
            incoming = Incoming(f"web:{self.speaker}", self.sender, update, kind, choice="1-1")
        with self.database.transaction() as work:
            received = work.inbox.receive(incoming, self.speaker, "en", self.clock.now())
            self.id = received.conversation_id
            turn = self._turn(work, understood)
            turn.tracker.slots.update(slots or {})
            turn.tracker.stack[:] = stack if stack is not None else turn.tracker.stack
            refreshed = Session(PARTS).refresh(turn)
            turn.tracker.slots.update(dict(refreshed.slots))
            invoked = RightsOnEveryMessage(PARTS).invoke(turn)
            if invoked:
                turn.tracker.slots.update(dict(invoked.slots))
            results = [self._run(name, turn) for name in run]
            work.conversations.save(turn.conversation)
            work.conversations.save_tracker(turn.tracker)
            work.inbox.handled(turn.input.id, turn.now)
            answer = turn.understood.answer if turn.understood else None
            events = [{"kind": event.kind, **event.body} for event in turn.events]
            return Step(invoked, refreshed.commands, results, turn.facts, events, answer)

    def _turn(self, work: Work, understood: Understood | None) -> ActionTurn:
        stored = work.inbox.oldest_unhandled(self.id)
        assert stored is not None
        conversation = work.conversations.lock(self.id)
        tracker = work.conversations.tracker(self.id) or Tracker(self.id, "en")
        return Turn(work, conversation, tracker, stored, self.clock.now(), understood)

    def _run(self, name: str, turn: ActionTurn) -> ActionResult:
        result = RUNNER.run(name, turn)
        for slot, value in result.slots:
            turn.tracker.slots[slot] = value
        return result

    def read(self, fn: Callable[[Work], T]) -> T:
        with self.database.reading() as work:
            return fn(work)

    @property
    def conversation(self) -> Conversation:
        found = self.read(lambda work: work.conversations.get(self.id))
        assert found is not None
        return found

    @property
    def tracker(self) -> Tracker:
        found = self.read(lambda work: work.conversations.tracker(self.id))
        assert found is not None
        return found

    @property
    def case(self) -> CaseState | None:
        return self.read(lambda work: work.desk.open_case(self.id))

    def case_events(self) -> list[str]:
        """What happened to the chat's open case, in order; empty when there is none."""
        case = self.case
        return [event.kind for event in self.read(lambda work: work.desk.events(case.id))] if case else []

    def prove(self, reference: str, born: str, document: str) -> Step:
        """The three answers at once, then the check."""
        answers: dict[str, SlotValue] = {
            "identity_reference": reference,
            "identity_birth_date": born,
            "identity_document": document,
        }
        return self.step("action_check_identity", slots=answers)

    def borrower(self, reference: str) -> Borrower:
        creditors = PARTS.policies.speaker(self.speaker).creditors
        found = self.read(lambda work: work.lending.borrower_by_reference(creditors, reference))
        assert found is not None
        return found

    def verify(self, reference: str = "HB-1001") -> Borrower:
        borrower = self.borrower(reference)
        said = self.prove(reference, borrower.birth_date.isoformat(), borrower.document_last4).said
        assert said[0] == "utter_identity_verified"
        return borrower

    def accounts(self, borrower: Borrower) -> list[Account]:
        return [account for account, _ in self.read(lambda work: work.lending.accounts(borrower.id))]

    def holds(self, kind: SubjectKind, subject: str) -> list[Hold]:
        return self.read(lambda work: work.lending.holds([(kind, subject)]))

    def pass_time(self, by: timedelta) -> None:
        self.clock.advance(by)


def sure(*intents: str, text: str = "words", distress: Distress = "no") -> Understood:
    """A message whose meaning is plain."""
    scores = tuple(IntentScore(intent, 0.97) for intent in intents)
    return Understood(text, scores, "act", intents, (), "en", distress)


def likely(intent: str, text: str = "words", distress: Distress = "no") -> Understood:
    """A message that probably means `intent`."""
    return Understood(text, (IntentScore(intent, 0.6),), "ask", (), (), "en", distress)


def unclear(distress: Distress = "no") -> Understood:
    return Understood("words", (IntentScore("out_of_scope", 0.3),), "reject", (), (), "en", distress)
