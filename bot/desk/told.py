"""What the chat has been through, read from its record: consequences explained, plans offered and the answers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, get_args

from bot.money import Money
from bot.record.events import Event, EventKind, RecordStore

# What has been explained of an unpaid debt, in the order in which the card names it.
Topic = Literal[
    "so_far", "cost_of_waiting", "next_steps", "court", "cannot", "what_stops_it", "credit_record", "limitation",
    "missed_instalment", "sources",
]  # fmt: skip
TOPICS: tuple[Topic, ...] = get_args(Topic)
# The names of responses begin so (dialogues/domain/consequences.yml, plans.yml).
_SAYS: Mapping[str, Topic] = {
    "utter_so_far": "so_far",
    "utter_waiting": "cost_of_waiting",
    "utter_steps": "next_steps",
    "utter_cannot_": "cannot",
    "utter_not_a_crime_": "cannot",
    "utter_stops_": "what_stops_it",
    "utter_plan_stops_steps": "what_stops_it",
    "utter_record_": "credit_record",
    "utter_limitation_passed": "limitation",
    "utter_if_missed": "missed_instalment",
    "utter_sources": "sources",
}
_COURT = ("utter_step_court", "utter_step_payment_order")

Answer = Literal[
    "open", "chosen", "agreed", "none_fits", "own_idea", "later", "again", "person", "accepted", "nearest",
    "above_surplus",
]  # fmt: skip
# By the slot that an answer fills and its value; another value names the plan that was chosen.
_ANSWERS: Mapping[tuple[str, str], Answer] = {
    ("plan_choice", "none"): "none_fits",
    ("plan_choice", "own"): "own_idea",
    ("plan_choice", "later"): "later",
    ("idea_reply", "take"): "chosen",
    ("idea_reply", "again"): "again",
    ("idea_reply", "person"): "person",
    ("idea_reply", "later"): "later",
}
# What the bot makes of an idea by the policy: allowed as it is, answered with the nearest allowed, for a person.
_OUTCOMES: Mapping[str, Answer] = {"accepted": "accepted", "nearest": "nearest", "confirm": "above_surplus"}
_TERMS = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3}) × (\d+), (\d{4}-\d\d-\d\d) – (\d{4}-\d\d-\d\d)")
_ASKED = '"name":"{}"'
MARKS: Mapping[EventKind, Sequence[str]] = {
    "access": (),
    "bot": tuple(f'"response":"{start}' for start in _SAYS),
    "turn": (
        '"offers":[', '"agreement":', '"idea":{', _ASKED.format("plan_choice"), _ASKED.format("idea_reply"),
    ),
}  # fmt: skip
MOST = 400  # such events of one chat; more are not read
LOOK_BACK = 2000  # events among which they are looked for: weeks of talk, and what a case costs to open


@dataclass(frozen=True, slots=True)
class Explained:
    topic: Topic
    at: datetime  # the last time
    seq: int


@dataclass(frozen=True, slots=True)
class Terms:
    """Equal payments from `first` to `last`."""

    amount: Money
    count: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Round:
    """Terms that were put, and what came of them. `by`: the bot offered, or the borrower proposed."""

    by: Literal["bot", "borrower"]
    terms: tuple[Terms, ...]
    idea: Mapping[str, Any] | None
    answer: Answer
    chosen: str  # the letter of the plan that was chosen
    at: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Told:
    """`verified_how`: by what the borrower proved who they are, the newest time."""

    verified_how: tuple[str, ...]
    explained: tuple[Explained, ...]
    rounds: tuple[Round, ...]  # oldest first


def told(record: RecordStore, conversation_id: str) -> Told:
    """Read it in one pass over the conversation's latest events."""
    length, _ = record.head(conversation_id)
    events = record.marked(conversation_id, MARKS, MOST, max(0, length - LOOK_BACK))
    return Told(_how(events), _explained(events), _rounds(events))


def _how(events: Sequence[Event]) -> tuple[str, ...]:
    known = [event.body["how"] for event in events if event.kind == "access" and event.body and "how" in event.body]
    return tuple(str(known[-1]).split(", ")) if known else ()


def _explained(events: Sequence[Event]) -> tuple[Explained, ...]:
    last: dict[Topic, Explained] = {}
    for event in events:
        if event.kind == "bot" and event.body:
            for topic in _topics(event.body):
                last[topic] = Explained(topic, event.at, event.seq)
    return tuple(last[topic] for topic in TOPICS if topic in last)


def _topics(body: Mapping[str, Any]) -> set[Topic]:
    response = str(body.get("response", ""))
    topics = {topic for start, topic in _SAYS.items() if response.startswith(start)}
    if "next_steps" in topics or "cost_of_waiting" in topics:
        labels = set(_labels(body.get("args")))
        topics |= {"next_steps"} if any(label.startswith("utter_step_") for label in labels) else set()
        topics |= {"court"} if labels & set(_COURT) else set()
    return topics


def _labels(value: Any) -> list[str]:
    """The names of the responses that stand among the values of a message."""
    if isinstance(value, str):
        return [value] if value.startswith("utter_") else []
    if isinstance(value, Mapping):
        value = list(value.values())
    return [label for part in value for label in _labels(part)] if isinstance(value, list | tuple) else []


def _rounds(events: Sequence[Event]) -> tuple[Round, ...]:
    rounds: list[Round] = []
    for event in events:
        if event.kind != "turn" or not event.body:
            continue
        answer = _answer(event.body)
        if answer and rounds:
            rounds[-1] = replace(rounds[-1], answer=answer[0], chosen=answer[1] or rounds[-1].chosen)
        put = _put(event)
        if put is not None:
            rounds.append(put)
    return tuple(rounds)


def _put(event: Event) -> Round | None:
    facts = (event.body or {}).get("facts", {})
    if facts.get("offers"):
        terms = (_terms(str(one)) for one in facts["offers"])
        return Round("bot", tuple(one for one in terms if one), None, "open", "", event.at, event.seq)
    if facts.get("idea"):
        idea = {key: value for key, value in facts["idea"].items() if value not in (None, "", [])}
        answer = _OUTCOMES.get(str(facts.get("outcome")), "person")
        return Round("borrower", (), idea, answer, "", event.at, event.seq)
    return None


def _terms(text: str) -> Terms | None:
    """As the plan flow notes an offer: "700.00 CNY × 18, 2026-12-10 – 2028-05-10"."""
    found = _TERMS.fullmatch(text)
    if found is None:
        return None
    amount, currency, count, first, last = found.groups()
    money = Money(Decimal(amount), currency)
    return Terms(money, int(count), date.fromisoformat(first), date.fromisoformat(last))


def _answer(body: Mapping[str, Any]) -> tuple[Answer, str] | None:
    """What a turn says to the terms before it."""
    if body.get("facts", {}).get("agreement"):
        return "agreed", ""
    for command in body.get("commands", ()):
        name, value = command.get("name"), str(command.get("value"))
        known = _ANSWERS.get((str(name), value))
        if known is not None:
            return known, ""
        if name == "plan_choice":
            return "chosen", value.upper()
    return None
