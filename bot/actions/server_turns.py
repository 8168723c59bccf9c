"""A turn that a Rasa server drives: one action call is one transaction over our own record and our own facts.

The conversation is that of (account "rasa:<speaker>", Rasa's sender_id). Rasa decides which flow runs and keeps
what the borrower answers; who somebody is, what is held and what was agreed is read from storage alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic
from zoneinfo import ZoneInfo

from bot.actions import server_record as written
from bot.actions.server_answers import Reading
from bot.actions.server_record import Kept
from bot.actions.server_tracker import READ_MESSAGE, SESSION_START, Call, frames
from bot.clock import Clock
from bot.conversations.inputs import WHILE_HELD
from bot.conversations.ports import Actions, Handoffs, Rights, Session, Turn
from bot.conversations.store import Conversation, Database, StoredInput, W
from bot.conversations.turn import Speakers
from bot.dialogue.commands import ActionResult, CannotHandle, Command, SlotValue, StartFlow
from bot.dialogue.interpreter import Dialogue, Outcome
from bot.dialogue.messages import Incoming, Reply
from bot.dialogue.patterns import CANNOT_HANDLE, CLARIFICATION
from bot.dialogue.responses import Responses
from bot.dialogue.tracker import Tracker
from bot.dialogue.understanding import Understanding, Understood
from bot.locale import negotiate

LANGUAGE = "language"  # Rasa's own slot, as a BCP 47 tag


@dataclass(frozen=True, slots=True)
class Answer:
    """What Rasa is told: slots to set, and messages in words, those of a collector among them."""

    slots: Sequence[tuple[str, SlotValue]]
    replies: Sequence[Reply]


@dataclass(frozen=True, slots=True)
class _Read:
    """The message as it was understood, and the state that it was read against."""

    turn: int
    understood: Understood | None


class RasaTurns(Generic[W]):
    """An entry point like the turns of our own channels: it owns its transactions and nobody below commits."""

    def __init__(
        self,
        *,
        speaker: str,
        locales: Sequence[str],
        database: Database[W],
        clock: Clock,
        speakers: Speakers,
        understanding: Understanding,
        dialogue: Dialogue,
        responses: Responses,
        actions: Actions[W],
        session: Session[W],
        rights: Rights[W],
        handoffs: Handoffs[W],
        changed: Callable[[str], None],
    ) -> None:
        self._speaker = speaker
        self._account = f"rasa:{speaker}"
        self._locales = locales
        self._database = database
        self._clock = clock
        self._speakers = speakers
        self._understanding = understanding
        self._dialogue = dialogue
        self._responses = responses
        self._actions = actions
        self._session = session
        self._rights = rights
        self._handoffs = handoffs
        self._changed = changed
        self._reading = Reading(dialogue, responses)

    def names(self) -> frozenset[str]:
        """The actions that may be called: those of the flows, and those that read messages and answers."""
        return self._actions.names() | self._reading.validators | {READ_MESSAGE}

    def handle(self, call: Call) -> Answer:
        """Run the action that Rasa asks for; the message is recorded once, with the first call for it."""
        while True:
            read = self._understand(call)
            answered = self._attempt(call, read)
            if answered is not None:
                self._changed(answered[0])
                return answered[1]

    def _understand(self, call: Call) -> _Read:
        """Outside the transaction that acts on it, as in every turn."""
        with self._database.reading() as work:
            conversation = work.conversations.find(self._account, call.sender)
            kept = work.conversations.tracker(conversation.id) if conversation else None
        tracker = kept or Tracker("", self._locale(call, conversation.locale if conversation else None))
        if call.message.kind != "text":
            return _Read(tracker.turn, None)
        awaiting = self._dialogue.awaiting(tracker) if tracker.stack else self._reading.awaiting(call, tracker)
        understood = self._understanding.understand(
            call.message.text or "",
            locale=tracker.locale,
            today=self._today(self._clock.now()),
            awaiting=awaiting,
        )
        return _Read(tracker.turn, understood)

    def _today(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self._speakers.time_zone(self._speaker))).date()

    def _locale(self, call: Call, present: str | None) -> str:
        """What Rasa's own slot says, else what the chat is in, else what the speaker begins with."""
        wished = call.slots.get(LANGUAGE)
        tag = wished if isinstance(wished, str) else None
        return negotiate([tag], self._locales) or present or self._speakers.first_locale(self._speaker, tag)

    def _attempt(self, call: Call, read: _Read) -> tuple[str, Answer] | None:
        """None when the state has moved on since the message was read."""
        with self._database.transaction() as work:
            now = self._clock.now()
            conversation = work.conversations.find(self._account, call.sender)
            if conversation is not None:
                conversation = work.conversations.lock(conversation.id)
                tracker = work.conversations.tracker(conversation.id)
                if (tracker.turn if tracker else 0) != read.turn:
                    return None
            received = work.inbox.receive(self._incoming(call), self._speaker, self._locale(call, None), now)
            conversation = work.conversations.lock(received.conversation_id)
            kept = written.kept(work, conversation.id, received.input_id)
            tracker = work.conversations.tracker(conversation.id) or Tracker(conversation.id, conversation.locale)
            turn = Turn(
                work=work,
                conversation=conversation,
                tracker=tracker,
                input=StoredInput(received.input_id, conversation.id, self._incoming(call), now, 0),
                now=now,
                understood=read.understood,
            )
            answer = self._run(turn, call, kept, fresh=not received.duplicate)
        return conversation.id, answer

    def _incoming(self, call: Call) -> Incoming:
        message = call.message
        return Incoming(self._account, call.sender, message.id, message.kind, text=message.text)

    def _run(self, turn: Turn[W], call: Call, kept: Kept, *, fresh: bool) -> Answer:
        own = bool(turn.tracker.stack)
        waiting = written.waiting(turn)
        heard = written.said_before(turn, call, kept, fresh=fresh)
        turn.facts.update(kept.facts)
        self._see(turn, call, own=own)
        if fresh:
            turn.tracker.buttons = turn.tracker.buttons if own else []
            top = turn.tracker.top
            lost = not own and top is not None and top.flow in (CANNOT_HANDLE, CLARIFICATION)
            turn.tracker.misunderstood = turn.tracker.misunderstood + 1 if lost else 0
        commands, outcome, taken = self._respond(turn, call, kept, own=own, fresh=fresh)
        said = [self._responses.render(utterance, turn.tracker.locale) for utterance in outcome.utterances]
        if not taken:
            turn.tracker.stack = []  # Rasa's own, not ours to keep
        turn.note(rasa={"action": call.action, "until": call.until, "taken": taken})
        message_seq = written.record(turn, heard, commands, outcome, said)
        self._save(turn, said)
        if fresh and turn.conversation.held_by is not None and message_seq is not None:
            self._handoffs.deliver(turn.work, turn.conversation, message_seq, turn.now)
        return Answer(self._slots(turn, call), [*waiting, *said])

    def _see(self, turn: Turn[W], call: Call, *, own: bool) -> None:
        """Take over the borrower's answers from Rasa; what actions decided stays as we know it."""
        tracker = turn.tracker
        tracker.locale = self._locale(call, turn.conversation.locale)
        turn.conversation = replace(turn.conversation, locale=tracker.locale)
        if own:
            return
        open_question = self._reading.awaiting(call, tracker)
        tracker.stack = frames(call, self._dialogue.flows, open_question.slot if open_question else None)
        for name in self._dialogue.domain.slots:
            if name in call.slots and name != LANGUAGE and self._reading.tellable(name, call.slots[name]):
                tracker.slots[name] = self._reading.coerced(name, call.slots[name])

    def _respond(
        self, turn: Turn[W], call: Call, kept: Kept, *, own: bool, fresh: bool
    ) -> tuple[Sequence[Command], Outcome, bool]:
        """Commands and outcome, and whether we have taken the message over from Rasa's flows."""
        refreshed = self._session.refresh(turn)
        for name, value in refreshed.slots:
            turn.tracker.slots[name] = value
        if not fresh and (kept.taken or own):
            return [], Outcome([], []), True
        if fresh:
            commands = self._taken_over(turn, call, refreshed.commands, own=own)
            if commands is not None:
                outcome = self._dialogue.run(turn.tracker, commands, lambda name: self._actions.run(name, turn))
                return commands, outcome, True
        if turn.conversation.held_by is not None and not _speaks(call.action):
            return [], Outcome([], []), False
        return [], self._act(turn, call), False

    def _taken_over(
        self, turn: Turn[W], call: Call, first: Sequence[Command], *, own: bool
    ) -> Sequence[Command] | None:
        """What our own flows answer instead of the action: a right, a lapsed check, a question of ours."""
        invoked = self._rights.invoke(turn)
        if invoked is not None:
            turn.note(right=invoked.right)
            if call.action in self._reading.actions_of(invoked.flow) or self._reading.meant(call, invoked.flow):
                return None  # Rasa has understood the same, and its flow says it
            if invoked.clears_stack or not own:
                self._forget(turn, own=own)
            for name, value in invoked.slots:
                turn.tracker.slots[name] = value
            return [StartFlow(invoked.flow)]
        if turn.conversation.held_by is not None:
            return None
        if own:
            return [*first, *self._own(turn)]
        if first:
            self._forget(turn, own=False)
        return first or None

    def _forget(self, turn: Turn[W], *, own: bool) -> None:
        """Begin from nothing: with our own talk given up, or without Rasa's, which stays Rasa's to end."""
        if own:
            self._dialogue.abandon(turn.tracker)
        turn.tracker.stack = []

    def _own(self, turn: Turn[W]) -> Sequence[Command]:
        """The answer to a question of our own: only what was offered may be pressed."""
        if turn.understood is not None:
            return self._dialogue.commands(turn.understood, turn.tracker)
        text = turn.input.incoming.text or ""
        offered = text in {payload for _, payload in turn.tracker.buttons}
        if offered or not text.startswith("/SetSlots"):
            return self._dialogue.pressed(text, turn.tracker)
        return [CannotHandle("bad_payload")]

    def _act(self, turn: Turn[W], call: Call) -> Outcome:
        outcome = Outcome([], [{"event": "action", "name": call.action}])
        if call.action == READ_MESSAGE:
            return outcome
        slot = call.action.removeprefix("validate_")
        if slot != call.action:
            read = self._reading.answer(turn, call, slot)
            for name, value in read:
                turn.tracker.slots[name] = value
            if turn.tracker.slots.get(slot) is None or call.action not in self._actions.names():
                return _with_slots(outcome, read)
        result: ActionResult = self._actions.run(call.action, turn)
        for name, value in result.slots:
            turn.tracker.slots[name] = value
        outcome.utterances += result.utterances
        return _with_slots(outcome, result.slots)

    def _save(self, turn: Turn[W], said: Sequence[Reply]) -> None:
        tracker, work = turn.tracker, turn.work
        if any(reply.buttons for reply in said):
            self._dialogue.remember(tracker, said)
        tracker.turn += 1
        work.conversations.save_tracker(tracker)
        after: Conversation = replace(turn.conversation, locale=tracker.locale, last_input_at=turn.now)
        work.conversations.save(after)

    def _slots(self, turn: Turn[W], call: Call) -> list[tuple[str, SlotValue]]:
        """Every slot that Rasa has otherwise than we do; all of them where its session begins anew."""
        anew = call.action == SESSION_START
        known: Mapping[str, Any] = {} if anew else call.slots
        ours = {name: turn.tracker.slots.get(name) for name in self._dialogue.domain.slots if name != LANGUAGE}
        changed = [(name, value) for name, value in ours.items() if value != known.get(name)]
        tag = turn.tracker.locale.replace("_", "-")
        if LANGUAGE in call.slots and call.slots[LANGUAGE] != tag:
            changed.append((LANGUAGE, tag))
        return changed


def _speaks(action: str) -> bool:
    """Whether the action only changes the language, which is served while a collector has the chat."""
    return action.removeprefix("action_") in WHILE_HELD


def _with_slots(outcome: Outcome, slots: Sequence[tuple[str, SlotValue]]) -> Outcome:
    outcome.trace += [{"event": "slot", "name": name, "value": value} for name, value in slots]
    return outcome
