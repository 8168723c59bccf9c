"""What a conversation came to, folded from its record: the facets by which it is found and counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from bot.lending.hardship import REASONS, SENSITIVE
from bot.lending.plans import Frequency, PlanStatus
from bot.record.events import Event
from bot.review.talks import Talk, honoured, talks, times

Filter = Literal[
    "speaker", "creditor", "channel", "locale", "outcome", "intent", "hold", "collector", "plan", "lateness",
    "satisfaction", "flag", "case", "waited", "solved", "right", "hardship", "unclear", "hour",
]  # fmt: skip
FACETS: tuple[Filter, ...] = get_args(Filter)  # by which conversations are found
Kept = Literal["exactly", "kept", "first_due"]  # beside them, for the figures alone
Facet = Filter | Kept
Outcome = Literal["agreed", "promised", "disputed", "hardship", "person", "stopped", "informed", "unverified"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
Plan = Literal["offered", "own_idea", "agreed", "first_kept", "completed", "broken", "cancelled"]
PLANS: tuple[Plan, ...] = get_args(Plan)
Flag = Literal["verified", "saw_balance", "not_understood", "corrected", "safety", "put_aside"]
FLAGS: tuple[Flag, ...] = get_args(Flag)
APART = "apart"  # of a reason for hardship that touches on health or the like: not which one
RIGHTS = (
    "stop_contact", "contact_preference", "dispute_debt", "report_fraud", "already_paid", "wrong_person",
    "third_party", "report_death", "report_bankruptcy", "has_representative", "refuse_to_pay", "distress",
    "complain", "request_human", "report_minor", "report_moratorium",
)  # fmt: skip
HOURS = tuple(f"{hour:02d}" for hour in range(24))
_SAW_BALANCE = ("utter_debts_total", "utter_debt_overdue", "utter_debt_current", "utter_debt_row")
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
class PlanSoFar:
    """An agreement as it stands now; `first_kept` once as much was paid as the first instalment asked for."""

    id: str
    status: PlanStatus
    frequency: Frequency
    first_due: date
    first_kept: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What stands beside the record: who the borrower is, since when they are late, and how their plans go."""

    account: str  # the channel account
    speaker: str
    locale: str
    creditor: str | None
    overdue_since: date | None
    last_at: datetime
    time_zone: str | None = None  # of the borrower
    plans: tuple[PlanSoFar, ...] = ()


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
    cases = talks(events)
    for event in events:
        if event.body is not None:
            own.update(_of_event(event, event.body, cases))
    own.update(times(cases))
    own.update(("case", reason) for talk in cases.values() for reason in talk.reasons)
    own.update(_hours(known, events))
    own.update(_plans(known, events))
    outcomes = {value for facet, value in own if facet == "outcome"}
    if "verified" in outcomes:
        own.discard(("outcome", "verified"))
        own.add(("flag", "verified"))
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


def _hours(known: Known, events: Sequence[Event]) -> Iterator[tuple[Facet, str]]:
    """At which hours the borrower wrote, by their own clock; of nobody yet known there is none."""
    if known.time_zone is not None:
        clock = ZoneInfo(known.time_zone)
        yield from (("hour", f"{event.at.astimezone(clock):%H}") for event in events if event.kind == "user")


def _plans(known: Known, events: Sequence[Event]) -> Iterator[tuple[Facet, str]]:
    """What became of the plans that were agreed in this very conversation."""
    turns = (event.body.get("facts", {}) for event in events if event.kind == "turn" and event.body)
    agreed = {str(facts["agreement"]) for facts in turns if facts.get("agreement")}
    for plan in known.plans:
        if plan.id in agreed:
            yield "kept", f"{plan.frequency}:{plan.status}"
            yield "first_due", plan.first_due.isoformat()
            if plan.status != "live":
                yield "plan", plan.status
            if plan.first_kept:
                yield "plan", "first_kept"


def _of_event(event: Event, body: Mapping[str, Any], cases: Mapping[str, Talk]) -> Iterator[tuple[Facet, str]]:
    if event.kind == "turn":
        yield from _of_turn(body)
        yield from _of_facts(event, body.get("facts", {}), cases)
    elif event.kind == "access" and body.get("what") == "verified":
        yield "outcome", "verified"
    elif event.kind == "case":
        yield from _of_case(body)
    elif event.kind == "bot":
        response = str(body.get("response"))
        if response == "utter_corrected":
            yield "flag", "corrected"
        if response.startswith(_SAW_BALANCE):
            yield "flag", "saw_balance"


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
            guesses = (read or {}).get("intents") or [["none", 0.0]]
            yield "unclear", str(guesses[0][0])
        elif command.get("command") == "CorrectSlot":
            yield "flag", "corrected"
    for step in body.get("trace", ()):
        if step.get("event") == "slot" and step.get("name") == "hardship_reason" and step.get("value") in REASONS:
            yield "hardship", APART if step["value"] in SENSITIVE else str(step["value"])


def _of_facts(event: Event, facts: Mapping[str, Any], cases: Mapping[str, Talk]) -> Iterator[tuple[Facet, str]]:
    for right, done in facts.get("rights", {}).items():
        yield "right", right
        yield "exactly", f"right:{event.seq}:{right}:{honoured(event.at, done, cases)}"
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
