"""A conversation as a reviewer reads it: what became of each message, why the bot said it, what was checked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.record.events import Event

Body = Mapping[str, Any]
Shown = Sequence[tuple[Event, Body | None]]
SPOKEN = frozenset({"bot", "agent", "notice"})


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a sent message, and which event tells it; `state`: sent, delivered, failed."""

    seq: int
    at: datetime
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Did:
    """An action of the dialogue, and the flow that called it."""

    name: str
    flow: str
    step: str  # at which the flow ended, where it did in this turn


@dataclass(frozen=True, slots=True)
class Why:
    """The turn that a bot message belongs to, and the part of it that said this message."""

    seq: int
    body: Body
    did: Sequence[Did]
    sources: Sequence[Body] = ()  # of law: title, article, url
    same_as: int | None = None  # the message before, when all but the sources is alike


@dataclass(frozen=True, slots=True)
class Reading:
    """One event as the page shows it; `beside` are the events told with it rather than as lines of their own."""

    event: Event
    body: Body | None
    fate: Fate | None = None
    why: Why | None = None
    wording: Sequence[Body] | None = None  # doubts that a collector overruled; None: nothing is known of a check
    beside: Sequence[tuple[Event, Body]] = field(default=())


def readings(shown: Shown) -> list[Reading]:
    """Every event in order, without those that are told beside a message."""
    fates, answers = _fates(shown), _answers(shown)
    told = {event.seq for event, _ in [*answers.values(), *beside_messages(shown)]}
    found, turn, before = [], None, None
    for event, body in shown:
        if event.kind in ("user", "turn"):
            turn, before = (event, body) if event.kind == "turn" and body else None, None
        if event.seq not in told:
            answer = answers.get(event.seq)
            why = _why(turn, body, before) if event.kind == "bot" and body else None
            before = (event.seq, why) if why and why.same_as is None else before
            wording = answer[1].get("wording", ()) if answer else None
            found.append(Reading(event, body, fates.get(event.seq), why, wording, (answer,) if answer else ()))
    return found


def _fates(shown: Shown) -> dict[int, Fate]:
    """The last word on each message that was sent."""
    return {
        seq: Fate(event.seq, event.at, str(body.get("state", "")), str(body.get("why") or ""))
        for event, body in shown
        if event.kind == "delivery" and body
        for seq in body.get("seqs", ())
    }


def beside_messages(shown: Shown) -> list[tuple[Event, Body]]:
    """Events of delivery that stand as marks on messages of this conversation."""
    spoken = {event.seq for event, _ in shown if event.kind in SPOKEN}
    return [
        (event, body)
        for event, body in shown
        if event.kind == "delivery" and body and spoken.issuperset(body.get("seqs") or (0,))
    ]


def _answers(shown: Shown) -> dict[int, tuple[Event, Body]]:
    """For each collector message the event of the case that keeps what the wording check said."""
    found: dict[int, tuple[Event, Body]] = {}
    said: Event | None = None
    for event, body in shown:
        if said and body and event.kind == "case" and body.get("event") == "answered":
            found[said.seq] = (event, body)
        said = event if event.kind == "agent" else None
    return found


def _why(turn: tuple[Event, Body | None] | None, body: Body, before: tuple[int, Why] | None) -> Why | None:
    if turn is None or turn[1] is None:
        return None
    did, response = did_in(turn[1]), body.get("response")
    # A response that the flow calls by itself is an action of that name; else any action may have said it.
    own = [one for one in did if one.name == response]
    said = own or [one for one in did if one.name.startswith("action_")]
    did = said or did
    alike = before[0] if before and list(before[1].did) == did else None
    return Why(turn[0].seq, turn[1], did, list(_sources(body.get("args"))), alike)


def did_in(turn: Body) -> list[Did]:
    """The actions of a turn in order, each with the flow that was uppermost."""
    steps = [step for step in turn.get("trace", ()) if isinstance(step, Mapping)]
    ended = {step["flow_id"]: str(step["step_id"]) for step in steps if step.get("step_id") and "flow_id" in step}
    found, open_flows = [], []
    for step in steps:
        flow = str(step.get("flow_id", ""))
        match step.get("event"):
            case "flow_started" | "flow_resumed":
                open_flows.append(flow)
            case "flow_completed" | "flow_cancelled" | "flow_interrupted" if flow in open_flows:
                open_flows.remove(flow)
            case "action":
                current = open_flows[-1] if open_flows else _carried_on(steps)
                found.append(Did(str(step.get("name", "")), current, ended.get(current, "")))
    return found


def _carried_on(steps: Sequence[Body]) -> str:
    """The flow that was under way before the turn, as far as the turn ended it."""
    started = {step.get("flow_id") for step in steps if step.get("event") in ("flow_started", "flow_resumed")}
    ended = (str(step["flow_id"]) for step in steps if step.get("event") == "flow_completed" and "flow_id" in step)
    return next((flow for flow in ended if flow not in started), "")


def _sources(value: Any) -> Iterator[Body]:
    """Sources of law among the values of a message, however deep they stand."""
    if isinstance(value, Mapping):
        if {"title", "article", "url"} <= value.keys():
            yield value
        else:
            for inner in value.values():
                yield from _sources(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _sources(inner)
