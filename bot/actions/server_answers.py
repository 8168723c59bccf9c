"""An answer that Rasa has filled into a slot, read as our own understanding reads it."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.actions.server_tracker import Call
from bot.conversations.ports import Turn
from bot.conversations.store import W
from bot.dialogue.adapter import slot_form
from bot.dialogue.commands import SlotValue
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.messages import Utterance
from bot.dialogue.responses import Responses
from bot.dialogue.tracker import Frame, Tracker
from bot.dialogue.understanding import Awaiting


class Reading:
    """Amounts, dates and choices are understood here as in process, whatever Rasa's pipeline makes of them."""

    def __init__(self, dialogue: Dialogue, responses: Responses) -> None:
        self._dialogue = dialogue
        self._responses = responses
        flows = dialogue.flows.by_id.values()
        self._set_by_flows: dict[str, list[SlotValue]] = {}
        for name, value in (pair for flow in flows for step in flow.steps.values() for pair in step.sets):
            self._set_by_flows.setdefault(name, []).append(value)
        self._asking = {
            step.collect.utter: (flow.id, step.id) for flow in flows for step in flow.steps.values() if step.collect
        }
        self._actions: Mapping[str, frozenset[str]] = {
            flow.id: frozenset(step.target for step in flow.steps.values() if step.kind == "action")
            for flow in flows
        }

    @property
    def validators(self) -> frozenset[str]:
        """validate_<slot> for every question: Rasa runs it on each answer, where its domain lists it."""
        flows = self._dialogue.flows.by_id.values()
        return frozenset(f"validate_{collect.slot}" for flow in flows for collect in flow.collects)

    def tellable(self, slot: str, value: Any) -> bool:
        """Whether Rasa may say what a slot holds: an answer, or what a flow sets, never what actions decide."""
        if not self._dialogue.domain.slots[slot].controlled:
            return True
        return any(value == own for own in self._set_by_flows.get(slot, ()))

    def actions_of(self, flow: str) -> frozenset[str]:
        return self._actions.get(flow, frozenset())

    def meant(self, call: Call, flow: str) -> bool:
        """Whether Rasa starts this flow for the message by itself."""
        started = {
            by_intent[0].id for name in call.meant if (by_intent := self._dialogue.flows.by_intent.get(name))
        }
        return flow in call.meant | started

    def coerced(self, slot: str, value: Any) -> SlotValue:
        """A value in the slot's own form, None for one that has none."""
        try:
            return self._dialogue.domain.slots[slot].coerce(value)
        except (ValueError, TypeError):
            return None

    def awaiting(self, call: Call, tracker: Tracker) -> Awaiting | None:
        """The question that Rasa had open when the message came."""
        asked = next((name for name in reversed(call.before) if name in self._asking), None)
        if asked is None:
            return None
        flow, step = self._asking[asked]
        stack = [Frame(flow, step, asked=True)]
        probe = Tracker(tracker.conversation_id, tracker.locale, dict(tracker.slots), stack)
        probe.buttons = tracker.buttons or self._shown(asked, tracker.locale)
        return self._dialogue.awaiting(probe)

    def _shown(self, asked: str, locale: str) -> list[tuple[str, str]]:
        """The buttons of a question that Rasa has put into words itself."""
        response = self._dialogue.domain.responses.get(asked)
        if response is None or response.placeholders:
            return []
        reply = self._responses.render(Utterance(asked), locale)
        return [(button.title, button.payload) for button in reply.buttons]

    def answer(self, turn: Turn[W], call: Call, slot: str) -> Sequence[tuple[str, SlotValue]]:
        """What the message says to the question of `slot`; nothing changes where Rasa's value stands."""
        sent = call.slots.get(slot)
        if turn.understood is None or sent is None or slot not in self._dialogue.domain.slots:
            return ()
        question = self.awaiting(call, turn.tracker)
        asked = question is not None and question.slot == slot
        if asked and turn.understood.answer is not None:
            return self._read(slot, slot_form(turn.understood.answer), turn.understood.answer_high)
        whole = isinstance(sent, str) and sent.strip() == turn.understood.text.strip()
        free = asked and question is not None and question.kind == "text"
        # The same text in every slot that takes one: it answers the question that was asked and no other.
        return ((slot, None),) if whole and not free else ()

    def _read(self, slot: str, value: SlotValue, high: Any) -> Sequence[tuple[str, SlotValue]]:
        name = f"{slot}_high"
        upper = [(name, slot_form(high))] if name in self._dialogue.domain.slots else []
        return [(slot, self.coerced(slot, value)), *upper]
