"""What a Rasa server sends with an action call, taken apart. It is Rasa's word: nothing in it proves anything."""

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from bot.dialogue.flows import Flow, Flows
from bot.dialogue.messages import InputKind
from bot.dialogue.patterns import CLARIFICATION
from bot.dialogue.tracker import Frame, FrameKind
from bot.errors import BadInput

COLLECTING = "pattern_collect_information"  # Rasa's frame above a flow whose question is open
SESSION_START = "action_session_start"
READ_MESSAGE = "action_read_message"  # called with every message, before any flow, where Rasa's domain says so
_START_MESSAGE = "/session_start"
_OF_FRAMES = frozenset({"type", "flow_id", "step_id", "frame_id", "frame_type"})


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of the borrower; `id` is unique among all senders' messages."""

    at: float
    id: str
    kind: InputKind
    text: str | None


@dataclass(frozen=True, slots=True)
class Uttered:
    """What Rasa itself said, by a response of its domain."""

    at: float
    response: str
    text: str
    buttons: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One action call. `told` are the words on both sides in order, the last Heard being the present message.

    `before`: names of the actions that ran between the message before and this one. `meant`: the intent that Rasa
    has found in the message, and the flows that it starts for it.
    """

    action: str
    sender: str
    slots: Mapping[str, Any]
    stack: Sequence[Mapping[str, Any]]
    told: Sequence[Heard | Uttered]
    before: Sequence[str]
    meant: frozenset[str]

    @property
    def message(self) -> Heard:
        return next(word for word in reversed(self.told) if isinstance(word, Heard))

    @property
    def until(self) -> float:
        """When the last of `told` was said."""
        return max(word.at for word in self.told)


def read_call(body: Mapping[str, Any]) -> Call:
    """BadInput names the part of the call that is not as Rasa's API has it."""
    body = _encodable(body)
    action, tracker = str(body["next_action"]), _mapping("tracker", body.get("tracker"))
    sender = tracker.get("sender_id")
    if not isinstance(sender, str) or not sender:
        raise BadInput("tracker.sender_id", "must be a text")
    events = [event for event in _list("tracker.events", tracker.get("events")) if isinstance(event, dict)]
    return Call(
        action=action,
        sender=sender,
        slots=_mapping("tracker.slots", tracker.get("slots") or {}),
        stack=[frame for frame in _list("tracker.stack", tracker.get("stack")) if isinstance(frame, dict)],
        told=_told(action, sender, tracker, events),
        before=_before(events),
        meant=_meant(tracker.get("latest_message")),
    )


def _encodable(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same with half a character (a lone surrogate, which JSON can carry) made a question mark."""
    text = json.dumps(body, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        cleaned: Mapping[str, Any] = json.loads(text.encode("utf-8", "replace"))
        return cleaned
    return body


def _mapping(place: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadInput(place, "must be an object")
    return value


def _list(place: str, value: object) -> list[Any]:
    if value is not None and not isinstance(value, list):
        raise BadInput(place, "must be a list")
    return value or []


def _told(
    action: str, sender: str, tracker: Mapping[str, Any], events: Sequence[Mapping[str, Any]]
) -> list[Heard | Uttered]:
    told = [word for number, event in enumerate(events) if (word := _word(sender, number, event))]
    latest = tracker.get("latest_message")
    if not any(isinstance(word, Heard) for word in told) and isinstance(latest, dict) and latest.get("text"):
        told.append(_heard(sender, len(events), latest))
    heard = [word for word in told if isinstance(word, Heard)]
    if not heard or (action == SESSION_START and heard[-1].kind != "start"):
        at = max([_moment(tracker, "latest_event_time"), *(word.at for word in told)])
        told.append(Heard(at, _id(sender, f"start at {at}"), "start", None))
    return told


def _word(sender: str, number: int, event: Mapping[str, Any]) -> Heard | Uttered | None:
    if event.get("event") == "user":
        return _heard(sender, number, event)
    metadata = event.get("metadata")
    response = metadata.get("utter_action") if isinstance(metadata, dict) else None
    # What an action said carries no response's name: it is on record already.
    if event.get("event") != "bot" or not isinstance(response, str) or not isinstance(event.get("text"), str):
        return None
    return Uttered(_moment(event, "timestamp"), response, event["text"], tuple(_buttons(event.get("data"))))


def _heard(sender: str, number: int, event: Mapping[str, Any]) -> Heard:
    text = event.get("text") if isinstance(event.get("text"), str) else None
    at = _moment(event, "timestamp")
    message_id = event.get("message_id") or f"{at}, event {number}: {text}"
    return Heard(at, _id(sender, str(message_id)), _kind(text), text)


def _kind(text: str | None) -> InputKind:
    if not text:
        return "unreadable"
    if text == _START_MESSAGE:
        return "start"
    return "button" if text.startswith("/") else "text"


def _id(sender: str, message_id: str) -> str:
    # A sender cannot take up another's message by sending its id.
    return hashlib.sha256(f"{sender}\0{message_id}".encode()).hexdigest()


def _moment(event: Mapping[str, Any], key: str) -> float:
    value = event.get(key)
    known = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if known else 0.0  # type: ignore[arg-type]  # a number, as was just asked


def _buttons(data: object) -> Iterator[Mapping[str, str]]:
    listed = data.get("buttons") if isinstance(data, dict) else None
    for button in listed if isinstance(listed, list) else ():
        if isinstance(button, dict):
            yield {"title": str(button.get("title", "")), "payload": str(button.get("payload", ""))}


def _meant(latest: object) -> frozenset[str]:
    if not isinstance(latest, dict):
        return frozenset()
    found = [latest.get("intent"), *(commands if isinstance(commands := latest.get("commands"), list) else ())]
    names = (item.get(key) for item in found if isinstance(item, dict) for key in ("name", "flow"))
    return frozenset(name for name in names if isinstance(name, str))


def _before(events: Sequence[Mapping[str, Any]]) -> list[str]:
    heard = [number for number, event in enumerate(events) if event.get("event") == "user"]
    if not heard:
        return []
    since = heard[-2] if len(heard) > 1 else 0
    return [str(event.get("name")) for event in events[since : heard[-1]] if event.get("event") == "action"]


def frames(call: Call, flows: Flows, open_slot: str | None) -> list[Frame]:
    """Rasa's stack as ours; what our flows do not have is left out. `open_slot`: the question that was asked."""
    found: list[Frame] = []
    for raw in call.stack:
        flow = flows.get(str(raw.get("flow_id")))
        if raw.get("flow_id") == COLLECTING and found:
            found[-1].asked = raw.get("collect") == open_slot
        elif flow is not None:
            found.append(_frame(raw, flow, flows, first=not found))
    return found


def _frame(raw: Mapping[str, Any], flow: Flow, flows: Flows, *, first: bool) -> Frame:
    kinds: tuple[FrameKind, ...] = get_args(FrameKind)
    kind = next((kind for kind in kinds if kind == raw.get("frame_type")), "regular" if first else "interrupt")
    step = str(raw.get("step_id"))
    context = {key: value for key, value in raw.items() if key not in _OF_FRAMES}
    if flow.id == CLARIFICATION:
        context["flows"] = list(_named(raw.get("names"), flows))
    return Frame(
        flow.id,
        step if step in flow.steps else flow.first,
        kind,
        str(raw.get("frame_id", "")),
        context=context,
    )


def _named(names: object, flows: Flows) -> Iterator[str]:
    """The flows that Rasa calls by their names."""
    by_name = {flow.name: flow.id for flow in flows.by_id.values()}
    for name in names if isinstance(names, list) else ():
        if name in flows.by_id or name in by_name:
            yield name if name in flows.by_id else by_name[name]
