"""What a conversation came to, folded from its record: the facets by which it is found and counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args

from bot.record.events import Event

Facet = Literal[
    "speaker", "creditor", "channel", "locale", "outcome", "intent", "hold", "collector", "plan", "lateness",
    "satisfaction", "flag",
]  # fmt: skip
FACETS: tuple[Facet, ...] = get_args(Facet)
Outcome = Literal["agreed", "promised", "disputed", "hardship", "person", "stopped", "informed", "unverified"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
Plan = Literal["offered", "own_idea", "agreed"]
PLANS: tuple[Plan, ...] = get_args(Plan)
Flag = Literal["not_understood", "corrected", "safety", "put_aside"]
FLAGS: tuple[Flag, ...] = get_args(Flag)
# Days past due on the day of the last message, of the debt that is latest; the last one is open.
LATENESS = (
    ("none", 0),
    ("1-30", 30),
    ("31-60", 60),
    ("61-90", 90),
    ("91-180", 180),
    ("181-365", 365),
    ("366", None),
)
# What the turn's own facts tell, whatever stands in them.
_TOLD: Sequence[tuple[str, tuple[Facet, str]]] = (
    ("hold", ("hold", "hardship")),
    ("offers", ("plan", "offered")),
    ("idea", ("plan", "own_idea")),
    ("agreement", ("plan", "agreed")),
    ("agreement", ("outcome", "agreed")),
    ("promise", ("outcome", "promised")),
    ("dispute", ("outcome", "disputed")),
    ("hardship", ("outcome", "hardship")),
)
# The hold that a right places, where it has another name.
_HOLD_OF_RIGHT = {
    "report_death": "death", "report_fraud": "fraud", "dispute_debt": "dispute", "refuse_to_pay": "refusal",
    "has_representative": "representative", "report_bankruptcy": "bankruptcy", "complain": "complaint",
    "report_minor": "minor", "report_moratorium": "moratorium",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What stands beside the record: who the borrower is, and since when their latest debt is overdue."""

    account: str  # the channel account
    speaker: str
    locale: str
    creditor: str | None
    overdue_since: date | None
    last_at: datetime


Facets = frozenset[tuple[Facet, str]]


def fold(known: Known, events: Sequence[Event]) -> Facets:
    """Everything by which the conversation is found, besides its words and its time."""
    own: set[tuple[Facet, str]] = {
        ("speaker", known.speaker),
        ("creditor", known.creditor or "none"),
        ("channel", known.account.partition(":")[0]),
        ("locale", known.locale),
        ("lateness", lateness(known)),
    }
    for event in events:
        if event.body is not None:
            own.update(_of_event(event, event.body))
    outcomes = {value for facet, value in own if facet == "outcome"}
    if "verified" in outcomes:
        own.discard(("outcome", "verified"))
        if outcomes == {"verified"}:
            own.add(("outcome", "informed"))
    else:
        own.add(("outcome", "unverified"))
    return frozenset(own)


def lateness(known: Known) -> str:
    """The bucket of days past due when the last message came; unknown while nobody knows whose chat it is."""
    if known.creditor is None:
        return "unknown"
    days = (known.last_at.date() - known.overdue_since).days if known.overdue_since else 0
    return next(name for name, most in LATENESS if most is None or days <= most)


def _of_event(event: Event, body: Mapping[str, Any]) -> Iterator[tuple[Facet, str]]:
    if event.kind == "turn":
        yield from _of_turn(body)
    elif event.kind == "access" and body.get("what") == "verified":
        yield "outcome", "verified"
    elif event.kind == "case":
        yield from _of_case(body)
    elif event.kind == "bot" and body.get("response") == "utter_corrected":
        yield "flag", "corrected"


def _of_turn(body: Mapping[str, Any]) -> Iterator[tuple[Facet, str]]:
    read = body.get("understood")
    if read and read.get("intents") and read.get("band") == "act":
        yield "intent", str(read["intents"][0][0])
    if read and read.get("distress") not in (None, "no"):
        yield "flag", "safety"
    if "put_aside" in body:
        yield "flag", "put_aside"
    for command in body.get("commands", ()):
        if command.get("command") == "CannotHandle":
            yield "flag", "not_understood"
        elif command.get("command") == "CorrectSlot":
            yield "flag", "corrected"
    yield from _of_facts(body.get("facts", {}))


def _of_facts(facts: Mapping[str, Any]) -> Iterator[tuple[Facet, str]]:
    for right, done in facts.get("rights", {}).items():
        if done.get("hold"):
            yield "hold", _HOLD_OF_RIGHT.get(right, right)
        if right == "stop_contact":
            yield "outcome", "stopped"
        if right == "distress":
            yield "flag", "safety"
    yield from (facet for fact, facet in _TOLD if facts.get(fact))


def _of_case(body: Mapping[str, Any]) -> Iterator[tuple[Facet, str]]:
    yield "outcome", "person"
    if body.get("staff"):
        yield "collector", str(body["staff"])
    if body.get("event") == "scored":
        yield "satisfaction", str(body.get("score"))
