"""What a message or a press means to the flows, in the state that the conversation is in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bot.dialogue.afterwards import corrected, just_answered, meant
from bot.dialogue.commands import (
    AnswerAnew,
    CancelFlow,
    CannotHandle,
    Clarify,
    Command,
    CorrectSlot,
    RepeatQuestion,
    SetSlot,
    SlotValue,
    StartFlow,
)
from bot.dialogue.domain import Domain
from bot.dialogue.flows import Flows
from bot.dialogue.payloads import INTENT, WITHOUT_FLOW, YES_NO, bad_value, flow_for, parse_set_slots, written
from bot.dialogue.stack import Stack
from bot.dialogue.tracker import Tracker
from bot.dialogue.understanding import Awaiting, Entity, Understood

MOST_CHOICES = 3
# Nothing that anybody would pick from a list of what they may have meant.
_NO_CHOICE = frozenset({"out_of_scope", "greet", "goodbye", "thank", "affirm", "deny", "go_back", "abuse"})
_ELSE = "out_of_scope"
_AROUND = frozenset({"phone", "unknown", "withheld", "none"})
_PLAINLY = 0.8


def awaiting(tracker: Tracker, flows: Flows, domain: Domain) -> Awaiting | None:
    """The open question, with the buttons that were shown for it."""
    frame = tracker.top
    flow = flows.get(frame.flow) if frame else None
    if frame is None or flow is None or not frame.asked or frame.step not in flow.steps:
        return None
    collect = flow.steps[frame.step].collect
    if collect is None:
        return None
    choices = _choices(tracker, collect.slot)
    kind = domain.slots[collect.slot].kind
    currency = tracker.slots.get("currency")
    return Awaiting(
        slot=collect.slot,
        # A button beside a question in free words is a way around it, not the list of its answers.
        kind="choice" if kind == "text" and len(set(choices.values()) - _AROUND) > 1 else kind,
        choices=choices,
        currency=currency if isinstance(currency, str) else None,
    )


def _choices(tracker: Tracker, slot: str) -> Mapping[str, str]:
    pairs = ((title, dict(parse_set_slots(payload) or ())) for title, payload in tracker.buttons)
    return {title: sets[slot] for title, sets in pairs if slot in sets}


def pressed(payload: str, tracker: Tracker, flows: Flows, domain: Domain) -> list[Command]:
    """The commands of a button's payload; CannotHandle if it has none."""
    pairs = parse_set_slots(payload)
    open_question = awaiting(tracker, flows, domain)
    if pairs is not None:
        if bad_value(pairs, domain):
            return [CannotHandle("bad_payload")]
        stack = Stack(tracker, flows)
        return [_put(name, value, stack, tracker, domain, open_question) for name, value in pairs]
    match = INTENT.fullmatch(payload.strip())
    if match is None:
        return [CannotHandle("bad_payload")]
    commands = _of_intent(match[1], open_question, flows, under_way=bool(tracker.stack))
    return [*commands, *_json_slots(match[2], domain)] if commands else [CannotHandle("bad_payload")]


def _put(
    name: str, value: str, stack: Stack, tracker: Tracker, domain: Domain, open_question: Awaiting | None
) -> Command:
    taken = domain.slots[name].coerce(written(value))
    told = tracker.slots.get(name) is not None and stack.asking(name) is not None
    if told and not (open_question and open_question.slot == name):
        return CorrectSlot(name, taken)
    return SetSlot(name, taken)


def _json_slots(text: str | None, domain: Domain) -> list[Command]:
    """The entities of '/intent{"entity": value}', as the slots that each one alone fills."""
    try:
        entities = json.loads(text) if text else {}
    except ValueError:
        return []
    slots = {name: domain.by_entity.get(name, ()) for name in entities}
    return [SetSlot(slots[name][0], value) for name, value in entities.items() if len(slots[name]) == 1]


def _of_intent(intent: str, open_question: Awaiting | None, flows: Flows, *, under_way: bool) -> list[Command]:
    if intent in YES_NO and open_question is not None:
        return [SetSlot(open_question.slot, YES_NO[intent])] if open_question.kind == "yes_no" else []
    if intent == "go_back" and under_way:
        return [CancelFlow()]
    flow = flow_for(intent, flows)
    if flow is None and intent in WITHOUT_FLOW:
        return [WITHOUT_FLOW[intent]]
    return [StartFlow(flow.id)] if flow else []


def commands(understood: Understood, tracker: Tracker, flows: Flows, domain: Domain) -> list[Command]:
    """Answer to the open question first, then the intents in order; never empty."""
    typed = understood.text.strip().casefold()
    for title, payload in tracker.buttons:
        if typed == title.strip().casefold():
            return pressed(payload, tracker, flows, domain)
    # Messengers teach people to type /help. Slots are never set so: that takes a button that was offered.
    if typed[:1] == "/" and typed[1:] in flows.by_intent:
        return pressed(typed, tracker, flows, domain)
    if meant(understood.text, tracker) and corrected(understood, tracker, edited=False):
        return _anew(understood, tracker, domain)
    return _Reading(understood, tracker, flows, domain).commands()


def values(
    understood: Understood, tracker: Tracker, flows: Flows, domain: Domain, begun: Sequence[str]
) -> list[Command]:
    """What the message tells for the questions of these flows, where it is plain which one it answers."""
    return _Reading(understood, tracker, flows, domain).carried(begun)


def edited(understood: Understood, tracker: Tracker, flows: Flows, domain: Domain) -> list[Command]:
    """The message that was answered last, in its new words: another answer, or another wish."""
    if corrected(understood, tracker, edited=True):
        return _anew(understood, tracker, domain)
    return _Reading(replace(understood, answer=None), tracker, flows, domain).commands()


def _anew(understood: Understood, tracker: Tracker, domain: Domain) -> list[Command]:
    question = just_answered(tracker)
    if question is None:
        return []
    ends = [f"{question.slot}_high"] if f"{question.slot}_high" in domain.slots else []
    found: list[Command] = [AnswerAnew(question.slot, slot_form(understood.answer))]
    return found + [SetSlot(name, slot_form(understood.answer_high)) for name in ends]


@dataclass(slots=True)
class _Reading:
    """One understood message against the state that it was read in."""

    understood: Understood
    tracker: Tracker
    flows: Flows
    domain: Domain

    def commands(self) -> list[Command]:
        open_question = awaiting(self.tracker, self.flows, self.domain)
        answer = self._answer(open_question)
        if answer and open_question and open_question.kind == "text":
            return answer  # free words are the answer, whatever else they speak of
        starts = self._intents(open_question, answered=bool(answer))
        flows = [command.flow for command in starts if isinstance(command, StartFlow)]
        begun = self._under_way()
        new = [flow for flow in flows if flow not in begun]
        carried = self.carried(new) if new else []
        told = self._told(open_question, answered=bool(answer)) if not new else []
        if told:  # the same wish once more, with another value: a correction, not a new start
            starts = [command for command in starts if not isinstance(command, StartFlow)]
        found = [*answer, *told, *starts, *carried]
        return found or self._unsure()

    def _under_way(self) -> set[str]:
        stack = Stack(self.tracker, self.flows)
        return {frame.flow for frame in stack.frames[stack.group_start() :]} if stack.frames else set()

    def _answer(self, open_question: Awaiting | None) -> list[Command]:
        if open_question is None or self.understood.answer is None:
            return []
        if self._meant_for_other_words(open_question):
            return [RepeatQuestion()]
        found: list[Command] = [SetSlot(open_question.slot, slot_form(self.understood.answer))]
        return found + self._high(open_question.slot, self.understood.answer_high)

    def _meant_for_other_words(self, open_question: Awaiting) -> bool:
        """A yes that comes after other buttons than the question's own may be meant for those."""
        others = bool(self.tracker.buttons) and not open_question.choices
        return open_question.kind == "yes_no" and others and self.understood.answer is True

    def _high(self, slot: str, high: Decimal | None) -> list[Command]:
        name = f"{slot}_high"
        return [SetSlot(name, slot_form(high))] if name in self.domain.slots else []

    def _intents(self, open_question: Awaiting | None, *, answered: bool) -> list[Command]:
        if self.understood.band != "act":
            return []
        found: list[Command] = []
        scores = {score.name: score.confidence for score in self.understood.intents}
        for intent in self.understood.carries:
            if (answered and intent in YES_NO) or not self._sure_enough(intent, scores):
                continue
            meant = _of_intent(intent, open_question, self.flows, under_way=bool(self.tracker.stack))
            found += [command for command in meant if command not in found]
        return found

    def _sure_enough(self, intent: str, scores: Mapping[str, float]) -> bool:
        if len(self.understood.carries) > 1:
            return True  # each is plain in its own part of the message, whatever the whole sounds like
        triggered = self.flows.by_intent.get(intent)
        return triggered is None or scores.get(intent, 1.0) >= triggered[1]

    def carried(self, flow_ids: Sequence[str]) -> list[Command]:
        """Values told together with the wish, where it is plain which question they answer."""
        found: list[Command] = []
        for entity in self.understood.entities:
            for flow_id in flow_ids:
                takers = self._takers(flow_id, entity)
                if len(takers) == 1:
                    found += self._fill(takers[0], entity)
                    break
        return found

    def _takers(self, flow_id: str, entity: Entity) -> list[str]:
        slots = self.domain.by_entity.get(entity.name, ())
        asked = [c.slot for c in self.flows.questions(flow_id) if not c.ask_before_filling and c.slot in slots]
        return list(dict.fromkeys(asked))

    def _fill(self, slot: str, entity: Entity) -> list[Command]:
        value = slot_form(entity.value)
        try:
            self.domain.slots[slot].coerce(value)
        except ValueError:
            return []
        return [SetSlot(slot, value), *self._high(slot, entity.high)]

    def _told(self, open_question: Awaiting | None, *, answered: bool) -> list[Command]:
        """Entities beside the answer: another value for what was told before, or an answer in advance."""
        stack = Stack(self.tracker, self.flows)
        if not stack.frames:
            return []
        found: list[Command] = []
        for entity in self.understood.entities:
            kin = self.domain.by_entity.get(entity.name, ())
            if not (answered and open_question and open_question.slot in kin):
                # A word beside an answer is no second choice: "2 cards" at a later question changes no reason.
                told = [name for name in kin if not (answered and self.domain.slots[name].kind == "choice")]
                # Nor is a figure beside a choice of plans: it belongs to what was chosen.
                chosen = answered and open_question is not None and open_question.kind == "choice"
                found += [] if chosen or self._for_another(entity) else self._correction(entity, told, stack)
                if not found and self.understood.band != "ask":
                    found += self._in_advance(entity, stack)
        return found

    def _for_another(self, entity: Entity) -> bool:
        """Whether the figure belongs to what is only probably meant: that is asked about first."""
        likely = self.flows.by_intent.get(self.understood.intents[0].name) if self.understood.intents else None
        unsure = self.understood.band == "ask" and likely is not None and likely[0].id not in self._under_way()
        return unsure and likely is not None and bool(self._takers(likely[0].id, entity))

    def _correction(self, entity: Entity, slots: Sequence[str], stack: Stack) -> list[Command]:
        told = [name for frame in stack.frames[stack.group_start() :] for name in frame.slots_set if name in slots]
        value = slot_form(entity.value)
        if not told or self.tracker.slots.get(told[-1]) in (None, value):
            return []
        return [CorrectSlot(told[-1], value)] if self._fill(told[-1], entity) else []

    def _in_advance(self, entity: Entity, stack: Stack) -> list[Command]:
        takers = self._takers(stack.frames[stack.group_start()].flow, entity)
        unfilled = len(takers) == 1 and self.tracker.slots.get(takers[0]) is None
        return self._fill(takers[0], entity) if unfilled else []

    def _unsure(self) -> list[Command]:
        if self.understood.band == "reject":
            return self._of_something_else() or [CannotHandle()]
        ranked = [score.name for score in self.understood.intents if score.name not in _NO_CHOICE]
        triggered = (self.flows.by_intent.get(name) for name in dict.fromkeys([*self.understood.carries, *ranked]))
        flows = tuple(dict.fromkeys(entry[0].id for entry in triggered if entry))[:MOST_CHOICES]
        return [Clarify(flows)] if flows and self.understood.band == "ask" else [CannotHandle()]

    def _of_something_else(self) -> list[Command]:
        """Small talk, plainly none of ours, is told so; asking for other words would lead them on."""
        best, others = self.understood.intents[:1], self.understood.intents[1:]
        plain = best and others and best[0].name == _ELSE and best[0].confidence >= _PLAINLY
        return _of_intent(_ELSE, None, self.flows, under_way=False) if plain else []


def slot_form(value: object) -> SlotValue:
    """A value as slots hold it: amounts and other decimals as text, dates in ISO form."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value  # type: ignore[return-value]  # the understanding gives nothing else than JSON scalars besides
