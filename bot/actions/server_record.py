"""How a turn that Rasa drives stands in the record: the same events as any other, with what Rasa said by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.actions.server_tracker import Call, Heard, Uttered
from bot.conversations.ports import Turn
from bot.conversations.store import StoredInput, W
from bot.conversations.trace import bot_event, turn_event, user_event
from bot.dialogue.commands import Command
from bot.dialogue.interpreter import Outcome
from bot.dialogue.messages import Incoming, Reply
from bot.record.events import NewEvent

_STEP = 100  # events looked through at once for the last turn


@dataclass(frozen=True, slots=True)
class Kept:
    """What the last call has left: how far Rasa's words are on record, and for the same message what was done.

    `taken`: our own flows have answered the message instead of Rasa's. `facts`: rights that it has invoked.
    """

    until: float = -1.0
    taken: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


def kept(work: W, conversation_id: str, input_id: int) -> Kept:
    """Read from the record's last turn that Rasa drove; nothing of it lives in this process."""
    after, _ = work.record.head(conversation_id)
    while after > 0:
        after = max(0, after - _STEP)
        turns = work.record.events(conversation_id, after=after, limit=_STEP, kinds=["turn"])
        for event in reversed(turns):
            facts = (event.body or {}).get("facts", {})
            if "rasa" in facts:
                same = (event.body or {}).get("input") == input_id
                done = {"rights": facts["rights"]} if same and "rights" in facts else {}
                return Kept(facts["rasa"]["until"], same and facts["rasa"]["taken"], done)
    return Kept()


def waiting(turn: Turn[W]) -> list[Reply]:
    """What a collector has said since the last call: it goes out with this answer, before our own words."""
    length, _ = turn.work.record.head(turn.conversation.id)
    seqs = turn.work.outbox.fetched(turn.conversation.id, length, turn.now)
    events = (turn.work.record.event(turn.conversation.id, seq) for seq in seqs)
    bodies = [event.body for event in events if event is not None and event.body]
    locale = turn.conversation.locale
    return [Reply(str(body["text"]), str(body.get("response", "")), locale=locale) for body in bodies]


def said_before(turn: Turn[W], call: Call, kept: Kept, *, fresh: bool) -> list[tuple[NewEvent, bool]]:
    """Words on both sides that are not on record yet; True marks the present message."""
    events: list[tuple[NewEvent, bool]] = []
    for word in call.told:
        if word is call.message:
            if fresh:
                events.append((user_event(turn.input, _title(turn, word)), True))
                turn.work.inbox.handled(turn.input.id, turn.now)
        elif word.at > kept.until:
            events += [(event, False) for event in _earlier(turn, word)]
    return events


def _earlier(turn: Turn[W], word: Heard | Uttered) -> list[NewEvent]:
    """A word that called for no action at the time it was said."""
    if isinstance(word, Uttered):
        return [_uttered(turn, word)]
    incoming = replace(turn.input.incoming, update_id=word.id, kind=word.kind, text=word.text)
    received = turn.work.inbox.receive(incoming, turn.conversation.speaker, turn.conversation.locale, turn.now)
    if received.duplicate:
        return []
    turn.work.inbox.handled(received.input_id, turn.now)
    return [user_event(_stored(turn, received.input_id, incoming), _title(turn, word))]


def _stored(turn: Turn[W], input_id: int, incoming: Incoming) -> StoredInput:
    return StoredInput(input_id, turn.conversation.id, incoming, turn.now, 0)


def _title(turn: Turn[W], word: Heard) -> str | None:
    """A press with the title that was shown, as far as the button was one of ours."""
    return next((title for title, payload in turn.tracker.buttons if payload == word.text), None)


def _uttered(turn: Turn[W], word: Uttered) -> NewEvent:
    body: dict[str, Any] = {
        "text": word.text,
        "response": word.response,
        "locale": turn.conversation.locale,
        "args": {},
        "by": "rasa",
    }
    if word.buttons:
        body["buttons"] = [dict(button) for button in word.buttons]
    return NewEvent("bot", body)


def record(
    turn: Turn[W],
    heard: Sequence[tuple[NewEvent, bool]],
    commands: Sequence[Command],
    outcome: Outcome,
    said: Sequence[Reply],
) -> int | None:
    """Append everything in order; our own words go out with the answer. Returns the present message's seq."""
    before = [event for event, _ in heard]
    happened = [turn_event(turn, commands, outcome), *turn.events]
    spoken = [bot_event(reply, utterance) for reply, utterance in zip(said, outcome.utterances, strict=True)]
    appended = turn.work.record.append(turn.conversation.id, [*before, *happened, *spoken], turn.now)
    seqs = [event.seq for event in appended[len(before) + len(happened) :]]
    turn.work.outbox.put(turn.conversation.id, seqs, unasked=False, at=turn.now)
    if seqs:
        turn.work.outbox.fetched(turn.conversation.id, seqs[-1], turn.now)
    present = [event.seq for event, (_, now) in zip(appended, heard, strict=False) if now]
    return present[0] if present else None
