"""From hand to hand: to a colleague, to a team, the next case for whoever is free. On the caller's transaction."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

from bot.access import Staff
from bot.conversations.ports import Talk
from bot.conversations.store import Conversation
from bot.desk import colleagues, watches
from bot.desk.colleagues import TEAMS, Unfit
from bot.desk.handoffs import NotHolding, take, tell_bot
from bot.desk.queue import bounds_of
from bot.desk.store import CaseReason, CaseState, DeskWork
from bot.desk.telling import NoticeWords, add_event, locked, notice, on_record, tell
from bot.errors import BotError
from bot.lending.policy import Policies
from bot.record.events import NewEvent

TransferReason = Literal["language", "skill", "shift_ends", "conflict", "asked", "workload", "other"]
TRANSFER_REASONS: tuple[TransferReason, ...] = get_args(TransferReason)
_REASONS: tuple[CaseReason, ...] = get_args(CaseReason)
_TRIES = 5  # to find a case that nobody takes in the same moment


class Unsuitable(BotError):
    """The case can't go to this colleague: `why`."""

    def __init__(self, staff_id: str, why: Unfit) -> None:
        super().__init__(f"{staff_id}: {why}")
        self.staff_id, self.why = staff_id, why


class NoSuchTeam(BotError):
    """The policy of whoever the case is for names no such team."""


class SameHands(BotError):
    """The case is there already."""


@dataclass(frozen=True, slots=True)
class Switchboard:
    """What passing a case on is done by: the lenders' rules, words for the borrower, the bot's side of the talk."""

    policies: Policies
    words: NoticeWords
    talk: Talk


@dataclass(frozen=True, slots=True)
class Passing:
    """Where a case goes and why: to the colleague, if one is named, else to the team; `line` is for colleagues."""

    reason: TransferReason
    team: str | None = None
    colleague: str | None = None
    line: str = ""


@dataclass(frozen=True, slots=True)
class _Move:
    """One case under way from hand to hand."""

    work: DeskWork
    board: Switchboard
    conversation: Conversation
    state: CaseState
    by: Staff
    passing: Passing
    at: datetime


def transfer(
    work: DeskWork, board: Switchboard, case_id: str, by: Staff, passing: Passing, at: datetime
) -> CaseState:
    """Pass on what one holds; with desk.assign also what a colleague holds or what waits, beyond capacity too.

    NotHolding, Unsuitable, NoSuchTeam, SameHands.
    """
    conversation, state = locked(work, case_id, by)
    if state.holder != by.id and not by.may("desk.assign"):
        raise NotHolding(case_id)
    move = _Move(work, board, conversation, state, by, passing, at)
    return _to_colleague(move, passing.colleague) if passing.colleague else _to_team(move, passing.team or "")


def next_case(work: DeskWork, by: Staff, at: datetime, words: NoticeWords) -> CaseState | None:
    """Take the first waiting case that fits; None when there is none. AtCapacity before anything else."""
    by.require("desk.answer")
    colleagues.check_room(work, by)
    reasons = [reason for reason in _REASONS if by.may(TEAMS.get(reason, "desk.answer"))]
    bounds, waiting = bounds_of(by), False
    for _ in range(_TRIES):
        found = work.queue.next_for(bounds, by.languages, reasons, at, waiting=waiting)
        if found is None:
            if waiting:
                return None
            waiting = True  # what somebody else is just working on may be free again in a moment
            continue
        state = work.desk.case(found.id)
        if state and state.status == "waiting" and not colleagues.kept_from(by, state, at):
            return take(work, found.id, by, at, words)
    return None


def _to_colleague(move: _Move, staff_id: str) -> CaseState:
    work, state = move.work, move.state
    colleague = work.staff.lock(staff_id)
    if colleague is None:
        raise Unsuitable(staff_id, "not_here")
    if colleague.id == state.holder:
        raise SameHands(state.id)
    why = colleagues.unfit(work, colleague, state.speaker, state.creditor, state.reason, move.at)
    if why and not (why == "full" and move.by.may("desk.assign")):
        raise Unsuitable(colleague.id, why)
    response = "utter_notice_other_person" if state.holder else "utter_notice_joined"
    told = notice("joined", response, move.conversation, move.board.words, name=colleague.name)
    after = _pass(move, state.team, colleague, [told])
    watches.spoken(work.jobs, after, move.at)
    return after


def _to_team(move: _Move, team: str) -> CaseState:
    work, board, state = move.work, move.board, move.state
    if team not in board.policies.for_speaker(state.speaker).desk.teams:
        raise NoSuchTeam(f"{state.speaker} has no team {team!r}")
    if state.holder is None and team == state.team:
        raise SameHands(state.id)
    told: list[NewEvent] = []
    if state.holder:
        left = work.staff.by_id(state.holder)
        name = left.name if left else ""
        told.append(notice("left", "utter_notice_passed_on", move.conversation, board.words, name=name))
        tell_bot(work, move.conversation.id, "", board.talk)
    return _pass(move, team, None, told)


def _pass(move: _Move, team: str, colleague: Staff | None, told: list[NewEvent]) -> CaseState:
    work, passing = move.work, move.passing
    holder = colleague.id if colleague else None
    body = {
        "team": team,
        "holder": holder,
        "from": move.state.holder,
        "reason": passing.reason,
        "line": passing.line.strip(),
    }
    after, event = add_event(work.desk, move.state, "transferred", move.by, body, move.at)
    work.conversations.save(replace(move.conversation, held_by=holder))
    tell(work, move.conversation, [on_record(event), *told], move.at)
    return after
