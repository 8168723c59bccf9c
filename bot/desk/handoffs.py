"""A person in the chat: take, answer, hand back, resolve. All on the caller's transaction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal, get_args

from bot.access import Staff
from bot.conversations.ports import Talk
from bot.conversations.store import Conversation
from bot.desk import colleagues, mentions, watches, wording
from bot.desk.acting import end_with_case
from bot.desk.colleagues import TEAMS, KeptForColleague
from bot.desk.mention_store import Mention
from bot.desk.opening import Opened, open_case, to_team
from bot.desk.store import CaseState, CaseTaken, DeskWork
from bot.desk.telling import NoticeWords, add_event, locked, notice, on_record, tell
from bot.errors import BotError
from bot.record.events import Event, NewEvent

__all__ = [
    "LONGEST_ANSWER", "OUTCOMES", "Desk", "NotHolding", "NoticeWords", "Opened", "Outcome", "UnfitAnswer",
    "add_event", "answer", "end_talk", "fit", "hand_back", "locked", "note", "notice", "on_record", "open_case",
    "resolve", "take", "tell", "tell_bot", "to_team",
]  # fmt: skip

Outcome = Literal["agreed", "informed", "referred", "dispute_opened", "no_reply", "other"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
LONGEST_ANSWER = 4000


class UnfitAnswer(BotError):
    """An answer is empty or too long to be one message."""


class NotHolding(BotError):
    """Only the collector who has taken a case may speak in it."""


def take(work: DeskWork, case_id: str, by: Staff, at: datetime, words: NoticeWords) -> CaseState:
    """Give the case to `by` alone; CaseTaken if a colleague was faster."""
    conversation, state = locked(work, case_id, by)
    by.require(TEAMS.get(state.reason, "desk.answer"))
    if state.holder == by.id:
        return state
    if state.holder is not None:
        raise CaseTaken(case_id, state.holder)
    if colleagues.kept_from(by, state, at):
        raise KeptForColleague(case_id, state.reserved_for or "")
    colleagues.require_room(work, by)
    after, event = add_event(work.desk, state, "taken", by, {}, at)
    work.conversations.save(replace(conversation, held_by=by.id))
    joined = notice("joined", "utter_notice_joined", conversation, words, name=by.name)
    tell(work, conversation, [on_record(event), joined], at)
    watches.spoken(work.jobs, after, at)
    return after


def answer(
    work: DeskWork,
    case_id: str,
    by: Staff,
    text: str,
    at: datetime,
    *,
    sure: bool = False,
    ground: wording.Ground | None = None,
) -> tuple[CaseState, Event]:
    """Say the collector's words to the borrower, after the wording check; `sure` sends what is only doubtful."""
    text = fit(text)
    conversation, state = locked(work, case_id, by)
    doubts = wording.admit(text, sure=sure, ground=ground)
    return say(work, conversation, state, by, {"text": text}, doubts, at)


def say(
    work: DeskWork,
    conversation: Conversation,
    state: CaseState,
    by: Staff,
    body: Mapping[str, Any],
    doubts: list[dict[str, str]],
    at: datetime,
) -> tuple[CaseState, Event]:
    """Send what was checked (words, a file) to the borrower of a locked case that `by` holds."""
    by.require("desk.answer")
    if state.holder != by.id:
        raise NotHolding(state.id)
    said = NewEvent("agent", {**body, "name": by.name})
    # What the borrower may have a copy of stands apart from what is ours alone.
    ours = NewEvent("case", {"case": state.id, "event": "answered", "staff": by.id, "wording": doubts})
    recorded, _ = tell(work, conversation, [said, ours], at)
    after, _ = add_event(work.desk, state, "answered", by, {"seq": recorded.seq}, at)
    watches.spoken(work.jobs, after, at)
    return after, recorded


def note(work: DeskWork, case_id: str, by: Staff, text: str, at: datetime, *, sensitive: bool = False) -> CaseState:
    """Keep a private note, never shown to the borrower in the chat; colleagues whom it names are told.

    A `sensitive` one, about health or the like, is shown to its writer and to those who may see such details.
    """
    conversation, state = locked(work, case_id, by)
    by.require("desk.answer")
    text = fit(text)
    named = mentions.named(work.staff, text, state, by, sensitive=sensitive)
    body = {"text": text, **({"sensitive": True} if sensitive else {})}
    after, event = add_event(work.desk, state, "note", by, body, at)
    for colleague in named:
        work.mentions.add(Mention(colleague.id, state.id, event.number, by.id, at))
    work.record.append(conversation.id, [on_record(event)], at)
    return after


def hand_back(
    work: DeskWork,
    case_id: str,
    by: Staff,
    agreed: str,
    at: datetime,
    words: NoticeWords,
    talk: Talk,
    *,
    sure: bool = False,
    ground: wording.Ground | None = None,
) -> CaseState:
    """Give the chat back to the bot, which tells the borrower so and what was agreed, if anything was."""
    agreed = agreed.strip()
    doubts = wording.admit(agreed, sure=sure, ground=ground) if agreed else []
    body: dict[str, Any] = {"agreed": agreed, **({"wording": doubts} if doubts else {})}
    return _close(work, case_id, by, "returned", body, at, words, talk)


def resolve(
    work: DeskWork,
    case_id: str,
    by: Staff,
    outcome: Outcome,
    line: str,
    at: datetime,
    words: NoticeWords,
    talk: Talk,
) -> CaseState:
    """Close the case with an outcome and a line for colleagues."""
    return _close(work, case_id, by, "resolved", {"outcome": outcome, "line": line.strip()}, at, words, talk)


class Desk:
    """Implements conversations' Handoffs."""

    def deliver(self, work: DeskWork, conversation: Conversation, seq: int, at: datetime) -> None:
        state = work.desk.open_case(conversation.id)
        if state:
            after, _ = add_event(work.desk, work.desk.lock(state.id), "message", None, {"seq": seq}, at)
            if state.waiting_since is None:  # who is waited for is another from now on
                watches.spoken(work.jobs, after, at)


def _close(
    work: DeskWork,
    case_id: str,
    by: Staff,
    kind: Literal["returned", "resolved"],
    body: Mapping[str, Any],
    at: datetime,
    words: NoticeWords,
    talk: Talk,
) -> CaseState:
    conversation, state = locked(work, case_id, by)
    if state.holder != by.id and not by.may("desk.release"):
        raise NotHolding(case_id)
    agreed = body.get("agreed", "")
    response = "utter_notice_handed_back_agreed" if agreed else "utter_notice_handed_back"
    told = notice("handed_back", response, conversation, words, name=by.name, agreed=agreed)
    after = end_talk(work, conversation, state, kind, by, body, told, talk, at)
    to_team(work, conversation, after, by, at)
    return after


def end_talk(
    work: DeskWork,
    conversation: Conversation,
    state: CaseState,
    kind: Literal["returned", "resolved"],
    by: Staff | None,
    body: Mapping[str, Any],
    told: NewEvent,
    talk: Talk,
    at: datetime,
) -> CaseState:
    """The bot has the chat again and knows what was agreed; the borrower reads the notice `told`."""
    after, event = add_event(work.desk, state, kind, by, body, at)
    work.conversations.save(replace(conversation, held_by=None))
    tell_bot(work, conversation.id, body.get("agreed", ""), talk)
    tell(work, conversation, [on_record(event), told], at)
    watches.over(work.jobs, after, at)
    end_with_case(work, state.id, at)
    return after


def tell_bot(work: DeskWork, conversation_id: str, agreed: str, talk: Talk) -> None:
    """What was open before a person came is not asked again; what was agreed is known to the flows."""
    tracker = work.conversations.tracker(conversation_id)
    if tracker:
        talk.abandon(tracker)
        tracker.turn += 1  # a text that is just being read against the state before is read again
        tracker.slots["colleague_agreed"] = agreed or None
        work.conversations.save_tracker(tracker)


def fit(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST_ANSWER:
        raise UnfitAnswer(f"an answer has 1 to {LONGEST_ANSWER} characters, not {len(text)}")
    return text
