"""What a turn of the flows does to the outside: words said, slots set, actions run, each with its trace."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue import patterns
from bot.dialogue.commands import ActionResult, Command, SlotValue
from bot.dialogue.domain import Domain
from bot.dialogue.messages import Button, DynamicButton, Utterance
from bot.dialogue.tracker import Frame, Tracker

ROUNDS = 3  # so many turns in a row that end with the same words are a circle
Act = Callable[[str], ActionResult]


def said_once(utterances: Sequence[Utterance]) -> list[Utterance]:
    """Two wishes of one message may come to the same words: they stand where they were said last."""
    return [said for place, said in enumerate(utterances) if said not in utterances[place + 1 :]]


@dataclass(slots=True)
class Outcome:
    """What a turn says, and what it did as Rasa's event JSON (flow_started, action, slot, flow_completed …)."""

    utterances: list[Utterance] = field(default_factory=list)
    trace: list[dict[str, Any]] = field(default_factory=list)

    def then(self, after: "Outcome") -> "Outcome":
        return Outcome(said_once(self.utterances + after.utterances), self.trace + after.trace)


class Effects:
    """Collects one turn's outcome and keeps the tracker's slots."""

    def __init__(self, domain: Domain, tracker: Tracker, act: Act) -> None:
        self._domain = domain
        self._tracker = tracker
        self._act = act
        self._out = Outcome()

    def _do(self, name: str) -> Sequence[Command]:
        """Run an action or say a response; returns the commands that the action asks for."""
        self._out.trace.append({"event": "action", "name": name})
        if name in self._domain.responses:
            self._say(Utterance(name))
            return ()
        if name in patterns.BUILT_IN_ACTIONS:
            return ()
        result = self._act(name)
        for slot, value in result.slots:
            self._set(slot, value)
        for utterance in result.utterances:
            self._say(utterance)
        return result.commands

    def _say(self, utterance: Utterance) -> None:
        self._out.utterances[:] = said_once([*self._out.utterances, utterance])

    def _set(self, name: str, value: SlotValue) -> None:
        self._tracker.slots[name] = value
        self._out.trace.append({"event": "slot", "name": name, "value": value})

    def _trace(self, event: str, frame: Frame, **more: str) -> None:
        self._out.trace.append({"event": event, "flow_id": frame.flow, **more})

    def _state(self, context: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
        return {"slots": self._tracker.slots, "context": context}

    def _goes_round(self) -> bool:
        """Count the turns that end with the same words; true at every third in a row that offers no person."""
        if not self._out.utterances:
            return False
        last = self._out.utterances[-1].response
        self._tracker.again = self._tracker.again + 1 if last == self._tracker.said_last else 0
        self._tracker.said_last = last
        return self._tracker.again % ROUNDS == ROUNDS - 1 and not self._offers(patterns.PERSON)

    def _offers(self, payload: str) -> bool:
        return any(button.payload == payload for said in self._out.utterances for button in self._buttons(said))

    def _buttons(self, said: Utterance) -> Sequence[Button | DynamicButton]:
        response = self._domain.responses.get(said.response)
        return [*said.buttons, *(response.buttons if response else ())]

    def _offers_choice(self) -> bool:
        if not self._out.utterances:
            return False
        return bool(self._buttons(self._out.utterances[-1]))
