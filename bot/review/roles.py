"""How roles change: at once where nobody gains by it, else by two people; by command until there are two."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from uuid import uuid4

from bot.access import PERMISSIONS, LoginTaken, Permission, Role, Staff
from bot.errors import BotError
from bot.review.store import ReviewWork
from bot.review.two_people import Asking, Change, NotOpen, able, all_able, ask, decides_alone, enough
from bot.review.two_people_store import Proposal

_PLAIN = frozenset(name for name, roles in PERMISSIONS.items() if "collector" in roles)
_BOUNDS = ("speakers", "creditors")
_LISTS = (*_BOUNDS, "teams", "languages")
_ADDED = (
    "login", "name", "role", "speakers", "creditors", "locale", "teams", "languages", "capacity", "time_zone",
)  # fmt: skip


class NoSuchStaff(BotError):
    """Nobody has this id."""


def add(work: ReviewWork, staff: Staff, password_hash: str, asking: Asking) -> tuple[Staff, Proposal | None]:
    """Add somebody, or propose it where they may more than a collector; LoginTaken."""
    new = numbered(staff)
    if not _gains(None, new) or decides_alone(work, asking):
        return added(work, new, password_hash, asking.at, asking.who), None
    if work.staff.by_login(new.login):
        raise LoginTaken(f"somebody signs in as {new.login} already")
    after = _values(new, _ADDED)
    return new, ask(work, Change("role", f"staff:{new.id}", {}, after, password_hash), asking)


def change(work: ReviewWork, staff_id: str, wanted: Mapping[str, Any], asking: Asking) -> Proposal | None:
    """Give somebody another name, role, bound or skill, shut them out or let them in; None: it is done.

    `wanted` are fields of Staff. NoSuchStaff.
    """
    admins = all_able(work)
    before = work.staff.lock(staff_id)
    if before is None:
        raise NoSuchStaff(staff_id)
    after = replace(before, **wanted)
    names = [name for name in wanted if getattr(before, name) != getattr(after, name)]
    left = [after if admin.id == before.id else admin for admin in admins]
    needed = before.role != after.role or _gains(before, after) or (enough(admins) and not enough(left))
    if not needed or decides_alone(work, asking):
        changed(work, after, names, asking.at, asking.who)
        return None
    change = Change("role", f"staff:{before.id}", _values(before, names), _values(after, names))
    return ask(work, change, asking)


def set_password(work: ReviewWork, staff: Staff, password_hash: str, asking: Asking) -> tuple[int, Proposal | None]:
    """Give somebody a new password; of whoever may agree, since it would let another agree in their name.

    Returns how many sessions ended.
    """
    if not able(staff) or decides_alone(work, asking):
        return given_password(work, staff.id, password_hash, asking.who, asking.at), None
    change = Change("role", f"staff:{staff.id}", {}, {"password": "new"}, password_hash)
    return 0, ask(work, change, asking)


def apply(work: ReviewWork, proposal: Proposal, by: str, at: datetime) -> None:
    """Make what was agreed; NotOpen when the person has changed since."""
    staff_id = proposal.subject.removeprefix("staff:")
    if "login" in proposal.after:
        new = Staff(staff_id, **_read(proposal.after))
        if work.staff.by_login(new.login):
            raise NotOpen(f"somebody signs in as {new.login} already")
        added(work, new, proposal.secret or "", at, by)
        return
    known = work.staff.lock(staff_id)
    if known is None or _values(known, tuple(proposal.before)) != dict(proposal.before):
        raise NotOpen("what it would change has changed since")
    if proposal.secret:
        given_password(work, staff_id, proposal.secret, by, at)
    else:
        changed(work, replace(known, **_read(proposal.after)), sorted(proposal.after), at, by)


def numbered(staff: Staff) -> Staff:
    """Somebody new under an id of their own."""
    return replace(staff, id=uuid4().hex, login=staff.login.strip().lower(), name=staff.name.strip())


def added(work: ReviewWork, staff: Staff, password_hash: str, at: datetime, by: str | None = None) -> Staff:
    """Put somebody who has an id of their own among the staff; LoginTaken."""
    work.staff.add(staff, password_hash)
    detail = {name: getattr(staff, name) for name in ("login", "role", "speakers", "creditors", "teams")}
    work.audit.append("add_staff", f"staff:{staff.id}", by, detail, at)
    return staff


def changed(work: ReviewWork, staff: Staff, names: Sequence[str], at: datetime, by: str | None = None) -> None:
    """Save what was changed of somebody, by the names of the fields; it holds from their next page on."""
    work.staff.save(staff)
    if "disabled" in names:
        ended = work.staff.end_sessions(staff.id) if staff.disabled else 0
        action, detail = "disable_staff" if staff.disabled else "enable_staff", {"sessions": ended}
        work.audit.append(action, f"staff:{staff.id}", by, detail, at)
    others = {name: getattr(staff, name) for name in names if name != "disabled"}
    if others:
        work.audit.append("change_staff", f"staff:{staff.id}", by, others, at)


def given_password(
    work: ReviewWork, staff_id: str, password_hash: str, by: str | None, at: datetime, but: str | None = None
) -> int:
    """Give a new password; every session that the old one opened ends, but the one with the digest `but`."""
    work.staff.set_password(staff_id, password_hash)
    work.audit.append("set_password", f"staff:{staff_id}", by, {}, at)
    return work.staff.end_sessions(staff_id, but)


def _gains(before: Staff | None, after: Staff) -> bool:
    """Whether somebody would come to more than a plain collector has and they had: a right, or whom they see."""
    more = _rights(after) - _PLAIN
    if before is None:
        return bool(more)
    return bool(more - _rights(before)) or (
        bool(more) and any(_loosened(before, after, bound) for bound in _BOUNDS)
    )


def _rights(staff: Staff) -> frozenset[Permission]:
    return frozenset(name for name in PERMISSIONS if staff.may(name))


def _loosened(before: Staff, after: Staff, bound: str) -> bool:
    was, now = getattr(before, bound), getattr(after, bound)
    return was is not None and (now is None or not set(now) <= set(was))


def _values(staff: Staff, names: Sequence[str]) -> dict[str, Any]:
    """Fields as JSON holds them."""
    found = {name: getattr(staff, name) for name in names}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    if "role" in found:
        found["role"] = cast(Role, found["role"])
    return found
