"""Who of the staff a case can go to: bounds, skills, presence, and room for one more."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.access import Permission, Staff
from bot.conversations.store import Conversation
from bot.desk.queue_store import Bounds
from bot.desk.routing import Route
from bot.desk.store import CaseReason, CaseState, DeskWork
from bot.errors import BotError

# Who may take it, where not every collector: those who had no part in it, and those who know fraud.
TEAMS: Mapping[str, Permission] = {"fraud": "desk.fraud", "complaint": "desk.complaints"}
# Why a case can't go to somebody.
Unfit = Literal["not_allowed", "elsewhere", "not_here", "full"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A colleague to whom a case could go, and how many they hold."""

    staff: Staff
    held: int

    @property
    def full(self) -> bool:
        return self.held >= self.staff.capacity


class AtCapacity(BotError):
    """Somebody holds as many cases as they can answer."""

    def __init__(self, staff: Staff, held: int) -> None:
        super().__init__(f"{staff.login} holds {held} cases of at most {staff.capacity}")
        self.staff, self.held = staff, held


class KeptForColleague(BotError):
    """The borrower is back, and the colleague whom they met has a few minutes before anybody else."""

    def __init__(self, case_id: str, colleague: str) -> None:
        super().__init__(f"case {case_id} is kept for {colleague}")
        self.case_id, self.colleague = case_id, colleague


def sees(reader: Staff, state: CaseState) -> bool:
    """Whether the case is this reader's to see: by their bounds, or since they have or last had it."""
    if not reader.covers(state.speaker, state.creditor):
        return False
    return reader.id in (state.holder, state.served_by) or reader.covers(state.speaker, state.creditor, state.team)


def check_room(work: DeskWork, staff: Staff) -> None:
    """AtCapacity when they hold as many as they can."""
    held = work.desk.held_by(staff.id)
    if held >= staff.capacity:
        raise AtCapacity(staff, held)


def require_room(work: DeskWork, staff: Staff) -> None:
    """The same with their row locked, so that two cases don't slip in at once: after every other lock."""
    check_room(work, work.staff.lock(staff.id) or staff)


def kept_from(staff: Staff, state: CaseState, now: datetime) -> bool:
    """Whether the case waits for a colleague whom the borrower met before."""
    if state.reserved_for in (None, staff.id) or state.reserved_until is None:
        return False
    return now < state.reserved_until


def unfit(
    work: DeskWork, colleague: Staff, speaker: str, creditor: str | None, reason: CaseReason, now: datetime
) -> Unfit | None:
    """Why a case of this kind can't go to the colleague now; None when it can."""
    if not (colleague.may("desk.answer") and colleague.may(TEAMS.get(reason, "desk.answer"))):
        return "not_allowed"
    if not colleague.covers(speaker, creditor):
        return "elsewhere"
    if colleague.id not in work.staff.present(now):
        return "not_here"
    return "full" if work.desk.held_by(colleague.id) >= colleague.capacity else None


def candidates(work: DeskWork, state: CaseState, now: datetime) -> list[Candidate]:
    """The colleagues who are there and could take the case, full or not; without whoever holds it."""
    present = work.staff.present(now)
    held = {load.staff: load.held for load in work.queue.loads(Bounds(""))}
    needed = TEAMS.get(state.reason, "desk.answer")
    return [
        Candidate(one, held.get(one.id, 0))
        for one in work.staff.everyone()
        if one.id in present
        and one.id != state.holder
        and one.may("desk.answer")
        and one.may(needed)
        and one.covers(state.speaker, state.creditor)
    ]


def anybody_here(work: DeskWork, state: CaseState, now: datetime) -> bool:
    """Whether somebody is at the desk now who could take the case, full or not."""
    present = work.staff.present(now)
    needed = TEAMS.get(state.reason, "desk.answer")
    able = (one for one in work.staff.everyone() if one.id in present) if present else iter(())
    return any(one.may(needed) and one.covers(state.speaker, state.creditor, state.team) for one in able)


def met_before(
    work: DeskWork,
    conversation: Conversation,
    reason: CaseReason,
    creditor: str | None,
    route: Route,
    at: datetime,
) -> dict[str, str]:
    """For whom the case of a borrower who is back is kept, as JSON facts; for nobody in distress."""
    before = _last(work, conversation)
    if before is None or before.served_by is None or before.closed_at is None or reason == "distress":
        return {}
    if at - before.closed_at >= route.same_person:
        return {}
    colleague = work.staff.by_id(before.served_by)
    if colleague is None or unfit(work, colleague, conversation.speaker, creditor, reason, at):
        return {}
    return {"reserved_for": colleague.id, "reserved_until": (at + route.kept).isoformat(), "again": before.id}


def _last(work: DeskWork, conversation: Conversation) -> CaseState | None:
    """The case that this borrower had here last."""
    theirs = (case for case in work.desk.cases(conversation.id) if case.borrower_id == conversation.borrower_id)
    return max((case for case in theirs if not case.open), key=lambda case: case.opened_at, default=None)


def served_with(work: DeskWork, state: CaseState) -> frozenset[str] | None:
    """The teams whose cases the same people answer, so that they come before this one too; None: all of them."""
    theirs = [
        one
        for one in work.staff.everyone()
        if one.may("desk.answer") and one.covers(state.speaker, None, state.team)
    ]
    if any(one.teams is None for one in theirs):
        return None
    return frozenset({state.team}.union(*(one.teams or () for one in theirs)))
