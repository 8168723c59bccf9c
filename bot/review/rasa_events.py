"""Conversations as Rasa's tracker events, one JSON object a line, as its event brokers write them.

What Rasa has no event for keeps its place as an action (`case_…`, `delivery_…`, `identity_…`, `erased`), so that
nothing is left out and every line loads; `metadata.seq` says which event of the record a line is of.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.record.events import Event
from bot.review.documents import Material
from bot.review.masking import Mask

Body = Mapping[str, Any]
Line = dict[str, Any]
# Events of a case between which the bot is silent: Rasa calls that paused.
_PAUSE = {"taken": "pause", "returned": "resume", "resolved": "resume"}
# What a turn's trace may hold as it stands; all else becomes an action.
_TRACED = frozenset(
    {"action", "slot", "flow_started", "flow_resumed", "flow_interrupted", "flow_completed", "flow_cancelled"}
)


def rasa_lines(told: Material, *, masked: bool) -> Iterator[str]:
    """Each line ends with a newline. `sender_id` is the conversation's id, timestamps are seconds since 1970."""
    channel = told.known.account.partition(":")[0]
    shown = _shown(told, masked=masked)
    turns = {body["input"]: body for event, body in shown if event.kind == "turn" and body and "input" in body}
    for event, body in shown:
        for line in _lines(event, body, turns, channel):
            stamp = {"sender_id": event.conversation_id, "timestamp": event.at.timestamp()}
            known = {"seq": event.seq, "kind": event.kind, "hash": event.hash.hex(), **line.pop("metadata", {})}
            whole = {**line, **stamp, "metadata": {**known, "masked": True} if masked else known}
            yield json.dumps(whole, ensure_ascii=False, sort_keys=True) + "\n"


def _shown(told: Material, *, masked: bool) -> Sequence[tuple[Event, Body | None]]:
    if masked:
        return Mask(told.borrower).events(told.events)
    return [(event, event.body) for event in told.events]


def _lines(event: Event, body: Body | None, turns: Mapping[Any, Body], channel: str) -> Iterator[Line]:
    if body is None:
        yield {"event": "user", "text": None} if event.kind == "user" else _action("erased")
    elif event.kind == "user":
        yield from _user(body, turns.get(body.get("input"), {}), channel)
    elif event.kind == "turn":
        yield from (_step(step) for step in body.get("trace", ()))
    elif event.kind in ("bot", "notice"):
        yield _bot(body)
    elif event.kind == "agent":
        yield {
            "event": "agent",
            "text": body.get("text"),
            "data": {"file": body.get("file")},
            "metadata": dict(body),
        }
    else:
        yield _beside(event.kind, body)


def _user(body: Body, turn: Body, channel: str) -> Iterator[Line]:
    if body.get("kind") == "start":
        yield _action("action_session_start")
        yield {"event": "session_started"}
        return
    noted = {key: body[key] for key in ("choice", "edits", "file", "message", "what") if key in body}
    noted |= {key: turn[key] for key in ("facts", "commands", "put_aside") if key in turn}
    yield {
        "event": "user",
        "text": body.get("text"),
        "input_channel": channel,
        "message_id": str(body.get("update_id", "")),
        "parse_data": _parsed(body.get("text"), turn.get("understood") or {}),
        "metadata": {"input": body.get("kind"), **noted},
    }


def _parsed(text: str | None, read: Body) -> Line:
    ranking = [{"name": name, "confidence": confidence} for name, confidence in read.get("intents", ())]
    entities = read.get("entities")
    return {
        "text": text,
        "intent": ranking[0] if ranking else {"name": None, "confidence": 0.0},
        "intent_ranking": ranking,
        "entities": entities if isinstance(entities, list) else [],  # covered as a whole where they were private
        "metadata": {key: read[key] for key in ("band", "language", "distress") if key in read},
    }


def _step(step: Body) -> Line:
    if step.get("event") in _TRACED:
        return dict(step)
    return {**_action(f"action_{step.get('event', 'unknown')}"), "metadata": dict(step)}


def _bot(body: Body) -> Line:
    known = {key: body[key] for key in ("locale", "args", "notice") if key in body}
    data = dict.fromkeys(("elements", "quick_replies", "attachment", "image"))
    return {
        "event": "bot",
        "text": body.get("text"),
        "data": {**data, "buttons": body.get("buttons"), "custom": body.get("card")},
        "metadata": {"utter_action": body.get("response"), **known},
    }


def _beside(kind: str, body: Body) -> Line:
    what = str(body.get({"case": "event", "delivery": "state", "access": "what"}.get(kind, "")) or "unknown")
    if kind == "case" and what in _PAUSE:
        return {"event": _PAUSE[what], "metadata": dict(body)}
    name = {"access": "identity"}.get(kind, kind)
    return {**_action(f"{name}_{what}"), "metadata": dict(body)}


def _action(name: str) -> Line:
    return {"event": "action", "name": name, "policy": None, "confidence": None}
