"""One turn: an input is stored (T1), understood outside any transaction, and handled in one transaction (T2)."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Generic, Protocol
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.conversations.inputs import TYPED, Inputs
from bot.conversations.ports import Actions, Handoffs, Rights, Session, Turn
from bot.conversations.store import Conversation, Database, Received, StoredInput, W
from bot.conversations.trace import bot_event, turn_event, user_event
from bot.dialogue.commands import CannotHandle, Clarify, Command, StartFlow
from bot.dialogue.interpreter import Dialogue, Outcome
from bot.dialogue.messages import Incoming, Reply, Utterance
from bot.dialogue.responses import Responses
from bot.dialogue.tracker import Tracker
from bot.dialogue.understanding import Awaiting, Understanding, Understood
from bot.record.events import NewEvent

log = logging.getLogger(__name__)

TRIES = 3  # an input that fails so often is put aside, and the next one runs


class Speakers(Protocol):
    """What the turn must know of the creditor or agency that a channel account speaks for."""

    def speaker_of(self, account: str) -> str:
        """The speaker of "<channel>:<public id>"; raises UnknownSpeaker."""
        ...

    def time_zone(self, speaker: str) -> str: ...
    def first_locale(self, speaker: str, wished: str | None) -> str:
        """The locale a chat begins in: what the borrower's app is set to, if the speaker offers it."""
        ...


@dataclass(frozen=True, slots=True)
class _Read:
    """A text as it was understood, and the state that it was read against."""

    input_id: int
    turn: int
    understood: Understood


@dataclass(frozen=True, slots=True)
class _Unread:
    """The oldest input is a text that was not yet understood against the present state."""

    input: StoredInput
    turn: int
    locale: str
    awaiting: Awaiting | None


class Turns(Generic[W]):
    """The entry point for every input of every channel; it owns its transactions and nobody below commits."""

    def __init__(
        self,
        *,
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
        self._inputs = Inputs(dialogue)
        self._changed = changed

    def receive(self, incoming: Incoming) -> Received:
        """T1: keep the raw input. Only when this has returned may the channel be told that it was received."""
        speaker = self._speakers.speaker_of(incoming.account)
        locale = self._speakers.first_locale(speaker, incoming.locale)
        with self._database.transaction() as work:
            return work.inbox.receive(incoming, speaker, locale, self._clock.now())

    def drain(self, conversation_id: str) -> None:
        """Handle the conversation's inputs until none waits."""
        while self.handle(conversation_id):
            pass

    def handle(self, conversation_id: str) -> bool:
        """Handle the oldest waiting input (T2); true when another one waits. What keeps failing is put aside."""
        read: _Read | None = None
        while True:
            taken: list[StoredInput] = []
            try:
                result = self._attempt(conversation_id, read, taken)
                if isinstance(result, _Unread):
                    read = self._understand(result)
                    continue
            except Exception as error:
                if not taken:
                    raise
                log.exception("input %s of conversation %s failed", taken[0].id, conversation_id)
                self._failed(taken[0], error)
                result = True
            if taken:
                self._changed(conversation_id)
            return result

    def _attempt(self, conversation_id: str, read: _Read | None, taken: list[StoredInput]) -> "bool | _Unread":
        with self._database.transaction() as work:
            conversation = work.conversations.lock(conversation_id)
            waiting = work.inbox.take(conversation_id)
            if waiting is None:
                return False
            stored = waiting.input
            taken.append(stored)
            tracker = waiting.tracker or Tracker(conversation_id, conversation.locale)
            typed = stored.incoming.kind in TYPED
            edited = self._inputs.edited(work, conversation_id, stored.incoming)
            if typed and (read is None or (read.input_id, read.turn) != (stored.id, tracker.turn)):
                question = self._inputs.question(stored.incoming.text or "", tracker, edited)
                return _Unread(stored, tracker.turn, tracker.locale, question)
            turn = Turn(
                work=work,
                conversation=conversation,
                tracker=tracker,
                input=stored,
                now=self._clock.now(),
                understood=read.understood if read and typed else None,
                edited=edited,
            )
            self._handle(turn)
            return waiting.more

    def _understand(self, unread: _Unread) -> _Read:
        speaker = self._speakers.speaker_of(unread.input.incoming.account)
        understood = self._understanding.understand(
            unread.input.incoming.text or "",
            locale=unread.locale,
            today=self._today(unread.input.received_at, speaker),
            awaiting=unread.awaiting,
        )
        return _Read(unread.input.id, unread.turn, understood)

    def _today(self, at: datetime, speaker: str) -> date:
        return at.astimezone(ZoneInfo(self._speakers.time_zone(speaker))).date()

    def _handle(self, turn: Turn[W]) -> None:
        """Everything that one input does, on the turn's transaction."""
        press = self._inputs.press(turn)
        # Recorded before it is handled: a case that opens in this turn shows the words that opened it.
        heard = user_event(turn.input, press.title if press else None, turn.edited.seq if turn.edited else None)
        refreshed = self._session.refresh(turn)
        for name, value in refreshed.slots:
            turn.tracker.slots[name] = value
        commands, outcome = self._respond(turn, press.payload if press else None, refreshed.commands)
        said = [self._responses.render(utterance, turn.tracker.locale) for utterance in outcome.utterances]
        self._record(turn, heard, commands, outcome, said)

    def _respond(
        self, turn: Turn[W], payload: str | None, first: Sequence[Command]
    ) -> tuple[Sequence[Command], Outcome]:
        commands: Sequence[Command]
        invoked = self._rights.invoke(turn)
        if invoked is not None:
            turn.note(right=invoked.right)
            if invoked.clears_stack:
                self._dialogue.abandon(turn.tracker)
            for name, value in invoked.slots:
                turn.tracker.slots[name] = value
            commands = self._inputs.begin(turn, [invoked.flow])
        elif turn.conversation.held_by is not None:
            commands = self._inputs.while_held(turn, payload)
            if any(isinstance(command, StartFlow) for command in commands):
                # What was open before is the collector's to ask.
                self._dialogue.abandon(turn.tracker)
        else:
            heard = self._inputs.commands(turn, payload)
            # Whoever must prove again who they are is asked that alone, and not what they may have meant.
            commands = [*first, *(one for one in heard if not first or not isinstance(one, Clarify | CannotHandle))]
        if not commands:
            return commands, Outcome([], [])
        outcome = self._run(turn, commands)
        if invoked is not None and invoked.goes_on and (others := self._others(turn, invoked.flow)):
            after = self._run(turn, others)
            outcome = outcome.then(after)
            commands = [*commands, *others]
        return commands, outcome

    def _run(self, turn: Turn[W], commands: Sequence[Command]) -> Outcome:
        return self._dialogue.run(turn.tracker, commands, lambda name: self._actions.run(name, turn))

    def _others(self, turn: Turn[W], flow: str) -> Sequence[Command]:
        """What a message asks for beside the right that it invoked."""
        if turn.conversation.held_by is not None:
            return ()
        found = self._inputs.commands(turn, None)
        others = [command.flow for command in found if isinstance(command, StartFlow) and command.flow != flow]
        return self._inputs.begin(turn, others)

    def _record(
        self, turn: Turn[W], heard: NewEvent, commands: Sequence[Command], outcome: Outcome, said: Sequence[Reply]
    ) -> None:
        work, tracker, conversation = turn.work, turn.tracker, turn.conversation
        events = [heard, turn_event(turn, commands, outcome), *turn.events]
        spoken = [bot_event(reply, utterance) for reply, utterance in zip(said, outcome.utterances, strict=True)]
        appended = work.record.append(conversation.id, [*events, *spoken], turn.now)
        seqs = [event.seq for event in appended[len(events) :]]
        offering = [seq for seq, reply in zip(seqs, said, strict=True) if reply.buttons]
        if said or conversation.held_by is None:  # silence while a person talks leaves their offer's buttons
            tracker.offered = offering[-1] if offering else None
            self._dialogue.remember(tracker, said)
        tracker.turn += 1
        work.conversations.save_tracker(tracker)
        work.conversations.save(_after(conversation, tracker, turn.now))
        work.outbox.put(conversation.id, seqs, unasked=False, at=turn.now)
        work.inbox.handled(turn.input.id, turn.now)
        if conversation.held_by is not None:
            self._handoffs.deliver(work, conversation, appended[0].seq, turn.now)

    def _failed(self, stored: StoredInput, error: Exception) -> None:
        """Count the failure in its own transaction; at the last try the borrower is told and it is put aside."""
        aside = stored.failures + 1 >= TRIES
        with self._database.transaction() as work:
            conversation = work.conversations.lock(stored.conversation_id)
            work.inbox.failed(stored.id, f"{type(error).__name__}: {error}", put_aside=aside)
            if not aside:
                return
            apology = Utterance("utter_internal_error")
            reply = self._responses.render(apology, conversation.locale)
            appended = work.record.append(
                conversation.id,
                [user_event(stored, None), _aside(stored, error), bot_event(reply, apology)],
                self._clock.now(),
            )
            work.outbox.put(conversation.id, [appended[-1].seq], unasked=False, at=self._clock.now())


def _aside(stored: StoredInput, error: Exception) -> NewEvent:
    body: Mapping[str, Any] = {"input": stored.id, "put_aside": type(error).__name__}
    return NewEvent("turn", body)


def _after(conversation: Conversation, tracker: Tracker, now: datetime) -> Conversation:
    return replace(conversation, locale=tracker.locale, last_input_at=now)
