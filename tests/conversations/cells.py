"""The cells of docs/intents.md (an intent in a state), and the proof that a conversation went through one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.dialogue.understanding import corpus
from bot.errors import BadInput
from bot.settings import ROOT
from tests.conversations.driver import Chat

# The columns of the table, by the name that marks use; the first that fits a chat is its state.
STATES: Mapping[str, str] = {
    "unverified": "Unverified",
    "verified": "Verified",
    "plan": "Plan under way",
    "flow": "In the middle of another flow",
    "taken": "Taken by a collector",
}


def vocabulary() -> frozenset[str]:
    """Every intent that messages are understood as."""
    return frozenset(example.intent for example in corpus.read(ROOT / "dialogues" / "nlu"))


@dataclass(frozen=True, slots=True)
class Cell:
    """What is done about `intent` in a chat that is in `state`."""

    intent: str
    state: str

    def __str__(self) -> str:
        return f"{self.intent}/{self.state}"


def read_cells(place: str, marks: Iterable[str], intents: frozenset[str]) -> tuple[Cell, ...]:
    """ "intent/state" as cells; BadInput for one that the table does not have."""
    cells = []
    for mark in marks:
        intent, _, state = str(mark).partition("/")
        if intent not in intents or state not in STATES:
            raise BadInput(place, f"{mark!r} is no cell: an intent, a stroke, and one of {', '.join(STATES)}")
        cells.append(Cell(intent, state))
    return tuple(cells)


@dataclass(frozen=True, slots=True)
class Moment:
    """A chat as a message finds it: its state, the flows under way, and what has been handed to the desk."""

    state: str
    under_way: frozenset[str]
    delivered: int


def moment(chat: Chat) -> Moment:
    app = chat.app
    with app.database.reading() as work:
        conversation = work.conversations.get(chat.conversation_id)
        tracker = work.conversations.tracker(chat.conversation_id)
        assert conversation is not None
        assert tracker is not None
        known = conversation.borrower_id if conversation.verified(app.clock.now()) else None
        planned = known is not None and bool(work.lending.agreements(known, "live"))
        case = work.desk.open_case(chat.conversation_id)
        delivered = [event for event in work.desk.events(case.id) if event.kind == "message"] if case else []
    in_order = {
        "taken": conversation.held_by is not None,
        "unverified": known is None,
        "flow": app.dialogue.awaiting(tracker) is not None,
        "plan": planned,
    }
    state = next((name for name, fits in in_order.items() if fits), "verified")
    return Moment(state, frozenset(frame.flow for frame in tracker.stack), len(delivered))


def proven(cell: Cell, before: Moment, after: Moment, turns: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the turns between the two moments were this intent's, in this state; while held, the desk has it."""
    if cell.state != before.state or not any(_carried(cell.intent, turn) for turn in turns):
        return False
    if cell.state == "taken":
        return after.delivered > before.delivered
    return cell.state != "flow" or cell.intent not in before.under_way


def _carried(intent: str, turn: Mapping[str, Any]) -> bool:
    """By the words, by the right that they were taken for, or by what a press or an answer came to."""
    understood = turn.get("understood") or {}
    said = understood.get("carries", ()) if understood.get("band") != "ask" else ()
    answered = {"true": "affirm", "false": "deny"}.get(str(understood.get("answer")).lower())
    started = [command.get("flow") for command in turn.get("commands", ())]
    return intent in (*said, turn.get("facts", {}).get("right"), answered, *started)
