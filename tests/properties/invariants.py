"""What must hold after every input, whatever it was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.actions.effects import RIGHTS
from bot.conversations.inputs import WHILE_HELD
from bot.conversations.store import Conversation
from bot.dialogue.stack import MAX_FRAMES
from bot.dialogue.tracker import Frame, Tracker
from bot.record.chain import verify
from bot.storage.work import Work
from tests.conversations.driver import Chat, Said
from tests.properties.plans import Standing, check_agreements, standing
from tests.properties.sayings import PERSON
from tests.properties.secrets import Secrets
from tests.properties.visit import Visit

MOST_MESSAGES = 12  # the longest real turn says nine
MOST_REPEATS = 3  # so many turns in a row may end with the same words, the last of them with a person offered
CLEARING = frozenset(name for name, right in RIGHTS.items() if right.clears)


@dataclass(frozen=True, slots=True)
class Before:
    """What was so before an input: `standing` is the borrower's holds and plans."""

    conversation: Conversation | None
    tracker: Tracker | None
    verified: bool
    standing: Standing

    @property
    def held(self) -> bool:
        return self.conversation is not None and self.conversation.held_by is not None


def look(visit: Visit, chat: Chat) -> Before:
    with visit.app.database.reading() as work:
        conversation = work.conversations.get(chat.conversation_id) if chat.conversation_id else None
        tracker = work.conversations.tracker(chat.conversation_id) if chat.conversation_id else None
        known = conversation is not None and conversation.verified(visit.app.clock.now())
        return Before(conversation, tracker, known, standing(work, visit, chat))


def check(
    visit: Visit, chat: Chat, before: Before, secrets: Secrets, *, news: bool, contested: bool = False
) -> None:
    """`news`: the last input had not been delivered before; `contested`: a collector acted at the same instant."""
    if not news:
        assert (chat.turns, chat.replies) == ([], []), "an input that was delivered twice was handled twice"
        return
    assert len(chat.turns) == 1, f"one input was handled {len(chat.turns)} times"
    turn = chat.turns[0]
    with visit.app.database.reading() as work:
        _check_inbox(work, chat)
        tracker = work.conversations.tracker(chat.conversation_id)
        assert tracker is not None
        assert len(tracker.stack) <= MAX_FRAMES
        if turn.get("facts", {}).get("agreement"):
            check_agreements(work, visit, before.standing)
    _check_words(chat, before, turn, contested=contested)
    _check_rights(turn, tracker)
    if not before.verified:
        _check_silence(chat, secrets)


def _check_inbox(work: Work, chat: Chat) -> None:
    assert work.inbox.oldest_unhandled(chat.conversation_id) is None, "an input is left waiting"
    handled = work.record.events(chat.conversation_id, kinds=["user"])
    inputs = [(event.body or {})["update_id"] for event in handled]
    assert len(inputs) == len(set(inputs)) == len({sent.update_id for sent in chat.sent})


def _check_words(chat: Chat, before: Before, turn: Mapping[str, Any], *, contested: bool) -> None:
    """Everybody gets an answer, not too long, from one voice, and is not asked the same for ever."""
    assert not any(step["event"] == "internal_error" for step in chat.trace), "the flows went round in a circle"
    assert len(chat.replies) <= MOST_MESSAGES
    if contested:
        return  # whether the bot or the collector had the chat by then is decided by the lock
    if before.held:
        flows = {step.get("flow_id") for step in chat.trace if step["event"] == "flow_started"}
        right = (turn.get("facts") or {}).get("right")
        assert not chat.replies or right or flows & WHILE_HELD, "the bot speaks while a collector holds the chat"
        return
    assert chat.replies, "an input got no word"
    assert all(said.text.strip() for said in chat.replies), "an empty message"


def repeats(asked: Sequence[Sequence[Said]]) -> bool:
    """Whether the newest turns ask the same again and again and none of them offers a person."""
    latest = asked[-MOST_REPEATS:]
    if len(latest) < MOST_REPEATS or not all(latest):
        return False
    same = len({turn[-1].response for turn in latest}) == 1
    return same and not any(_offers_person(said) for turn in latest for said in turn)


def called(visit: Visit, chat: Chat) -> bool:
    """Whether a person was asked in: then none is offered."""
    with visit.app.database.reading() as work:
        return work.desk.open_case(chat.conversation_id) is not None


def _offers_person(said: Said) -> bool:
    payloads = {button["payload"] for button in said.buttons}
    return "/request_human" in payloads or any("=person" in payload for payload in payloads)


def _check_rights(turn: Mapping[str, Any], tracker: Tracker) -> None:
    """After such a right nothing that was open before it is on the table."""
    facts = turn.get("facts") or {}
    exercised = set(facts.get("rights", {}))
    if not exercised & CLEARING:
        return
    open_before = [talk for talk in _talks(tracker) if not talk[0].frame_id.startswith(f"{turn['turn']}.")]
    old = [frame.flow for talk in open_before for frame in talk]
    if facts.get("right") in exercised & CLEARING:
        assert not old, f"after {sorted(exercised)}, {old} is still open"
        return
    # Somebody who is being heard out may name a second right in their story, and is heard to the end.
    heard_out = len(open_before) <= 1 and all(talk[0].flow in RIGHTS for talk in open_before)
    assert heard_out, f"after {sorted(exercised)}, {old} is still open"


def _talks(tracker: Tracker) -> list[list[Frame]]:
    """The flows that were begun, each with those that it called, the oldest first."""
    talks: list[list[Frame]] = []
    for frame in tracker.stack:
        if frame.kind == "call" and talks:
            talks[-1].append(frame)
        else:
            talks.append([frame])
    return talks


def _check_silence(chat: Chat, secrets: Secrets) -> None:
    heard = [sent.text for sent in chat.sent if sent.text]
    for said in chat.replies:
        if said.response == "utter_identity_verified":
            return
        told = secrets.told_by(said, heard)
        assert told is None, f"before identity, {said.response} tells {told!r}: {said.text}"


def check_end(visit: Visit) -> None:
    """The record is whole, and wherever the talk has come to, a person can be had."""
    for chat in visit.started():
        with visit.app.database.reading() as work:
            conversation = work.conversations.get(chat.conversation_id)
            events, head = work.record.events(chat.conversation_id), work.record.head(chat.conversation_id)
        assert verify(events, head) is None
        assert conversation is not None
        if conversation.held_by is None:
            chat.type(PERSON[conversation.locale])
            with visit.app.database.reading() as work:
                assert work.desk.open_case(chat.conversation_id) is not None, "nobody was called"
            assert any(said.response.startswith("utter_handoff") for said in chat.replies), chat.replies
