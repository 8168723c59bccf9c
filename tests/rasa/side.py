"""The Rasa side of the action server's protocol: our interpreter runs the flows, each action is a call."""

import itertools
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import httpx

from bot.dialogue.commands import ActionResult, Command, SessionStart
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.messages import Button, DynamicButton, Reply, Utterance
from bot.dialogue.responses import Responses
from bot.dialogue.tracker import Frame, Tracker
from bot.dialogue.understanding import Understanding

Send = Callable[[Mapping[str, Any]], httpx.Response]
DIGEST = "the digest of this domain"


@dataclass
class RasaSide:
    """One conversation of a Rasa server. `said` holds what the borrower has been told since they last spoke."""

    dialogue: Dialogue
    responses: Responses
    understanding: Understanding
    send: Send
    sender: str = field(default_factory=lambda: uuid.uuid4().hex)
    today: date = date(2026, 11, 21)
    meant: str | None = None  # the intent that Rasa says to have found
    every_turn: str | None = None  # an action that the domain has run with every message
    forged: Mapping[str, Any] = field(default_factory=dict)  # slots that are sent whatever the tracker holds
    said: list[Reply] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    tracker: Tracker = field(init=False)

    def __post_init__(self) -> None:
        self.tracker = Tracker(self.sender, "en", dict.fromkeys(self.dialogue.domain.slots))
        # Without responses the interpreter comes to us for them too, in the order in which Rasa would say them.
        self._flows = replace(self.dialogue, domain=replace(self.dialogue.domain, responses={}))
        self._clock = itertools.count(1_763_000_000)

    def start(self) -> list[Reply]:
        return self._turn([SessionStart()])

    def type(self, text: str) -> list[Reply]:
        self.hear(text)
        understood = self.understanding.understand(
            text, locale=self.tracker.locale, today=self.today, awaiting=self._flows.awaiting(self.tracker)
        )
        return self._turn(self._flows.commands(understood, self.tracker))

    def press(self, payload: str) -> list[Reply]:
        self.hear(payload)
        return self._turn(self._flows.pressed(payload, self.tracker))

    @property
    def text(self) -> str:
        return "\n".join(reply.text for reply in self.said)

    @property
    def offered(self) -> list[str]:
        return [button.payload for reply in self.said for button in reply.buttons]

    def hear(self, text: str) -> None:
        self.event("user", text=text, message_id=uuid.uuid4().hex, input_channel="rest", metadata={})
        self.said = []

    def event(self, kind: str, **body: Any) -> None:
        self.events.append({"event": kind, "timestamp": float(next(self._clock)), **body})

    def _turn(self, commands: Sequence[Command]) -> list[Reply]:
        if self.every_turn is not None and self.events:
            for slot, value in self._act(self.every_turn).slots:
                self.tracker.slots[slot] = value
        self._flows.run(self.tracker, commands, self._act)
        self._flows.remember(self.tracker, self.said)
        self.event("action", name="action_listen")
        return self.said

    def _act(self, name: str) -> ActionResult:
        self.event("action", name=name)
        if name in self.dialogue.domain.responses:
            return self._say([self.responses.render(Utterance(name), self.tracker.locale)], utter_action=name)
        answer = self.call(name)
        slots = [(event["name"], event["value"]) for event in answer["events"] if event["event"] == "slot"]
        for slot, value in slots:
            self.event("slot", name=slot, value=value)
        return replace(self._say([_reply(message) for message in answer["responses"]]), slots=slots)

    def _say(self, replies: Sequence[Reply], **metadata: Any) -> ActionResult:
        for reply in replies:
            buttons = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
            self.event("bot", text=reply.text, data={"buttons": buttons or None}, metadata=metadata)
        names = [f"said {len(self.said) + number}" for number in range(len(replies))]
        self.said += replies
        # The interpreter must know that something was said, and which presses it offers.
        return ActionResult(
            utterances=[
                Utterance(name, buttons=tuple(DynamicButton("said", b.payload) for b in reply.buttons))
                for name, reply in zip(names, replies, strict=True)
            ]
        )

    def call(self, name: str) -> dict[str, Any]:
        """One webhook call: first without the domain, and with it when the server does not know it (449)."""
        body = {
            "version": "3.14.0",
            "next_action": name,
            "sender_id": self.sender,
            "tracker": self.state(),
            "domain_digest": DIGEST,
        }
        response = self.send(body)
        self.statuses.append(response.status_code)
        if response.status_code == 449:
            response = self.send({**body, "domain": {"version": "3.1"}})
            self.statuses.append(response.status_code)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    def state(self) -> dict[str, Any]:
        """The tracker as Rasa sends it."""
        heard = next((event for event in reversed(self.events) if event["event"] == "user"), None)
        language = self.tracker.locale.replace("_", "-")
        state = {
            "sender_id": self.sender,
            "slots": {**self.tracker.slots, "language": language, **self.forged},
            "latest_message": self._latest(heard) if heard else {},
            "latest_event_time": self.events[-1]["timestamp"] if self.events else None,
            "followup_action": None,
            "paused": False,
            "events": self.events,
            "latest_input_channel": "rest",
            "active_loop": {},
            "latest_action": {},
            "latest_action_name": "action_listen",
            "stack": [raw for frame in self.tracker.stack for raw in self._stack(frame)],
        }
        return dict(json.loads(json.dumps(state)))

    def _latest(self, heard: Mapping[str, Any]) -> dict[str, Any]:
        intent = {"name": self.meant, "confidence": 0.9}
        return {"text": heard["text"], "message_id": heard["message_id"], "intent": intent, "entities": []}

    def _stack(self, frame: Frame) -> list[dict[str, Any]]:
        flow = self.dialogue.flows.by_id[frame.flow]
        kind = frame.flow if flow.is_pattern else "flow"
        own = {"type": kind, "flow_id": frame.flow, "step_id": frame.step, "frame_id": frame.frame_id}
        raw = {**frame.context, **own, "frame_type": frame.kind}
        collect = flow.steps[frame.step].collect
        if collect is None:
            return [raw]
        asking = {"type": "pattern_collect_information", "collect": collect.slot, "utter": collect.utter}
        return [
            raw,
            {**asking, "flow_id": "pattern_collect_information", "step_id": "ask_collect", "frame_id": "c"},
        ]


def _reply(message: Mapping[str, Any]) -> Reply:
    """A message as Rasa takes it; a slip in its form fails here."""
    assert set(message) == {"text", "buttons", "elements", "custom", "template", "response", "image", "attachment"}
    assert message["text"]
    assert message["response"] is None
    buttons = tuple(Button(button["title"], button["payload"]) for button in message["buttons"])
    return Reply(message["text"], "said", buttons, card=message["custom"] or None)
