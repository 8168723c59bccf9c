"""Staff, their sign-ins, and failed tries at one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.access import SESSION_IDLE, LoginTaken, Role, Session, Staff
from bot.storage.columns import per_dialect
from bot.storage.schema_staff import failed_sign_ins, staff, staff_sessions
from bot.storage.session import Session as Transaction

_FIELDS = tuple(Staff.__slots__)
_COLUMNS = tuple(staff.c[name] for name in _FIELDS)
_SESSION_FIELDS = tuple(Session.__slots__)
# Whether they are away is theirs to say, whatever else of them is saved at the same time.
_SAVED = tuple(name for name in _FIELDS if name not in ("id", "login", "away"))
_BOUNDS = ("speakers", "creditors", "teams", "languages")

_ADD = per_dialect(
    lambda insert: insert(staff).on_conflict_do_nothing(index_elements=["login_key"]).returning(staff.c.id)
)
_SAVE = sa.update(staff).where(staff.c.id == bindparam("which")).values({name: bindparam(name) for name in _SAVED})
_SET_PASSWORD = sa.update(staff).where(staff.c.id == bindparam("which")).values(password_hash=bindparam("new_hash"))
_BY_ID = sa.select(*_COLUMNS).where(staff.c.id == bindparam("which"))
_LOCK = _BY_ID.with_for_update(key_share=True)
_LOCK_ROLE = (
    sa.select(*_COLUMNS)
    .where(staff.c.role == bindparam("of_role"))
    .order_by(staff.c.id)
    .with_for_update(key_share=True)
)
_SET_AWAY = sa.update(staff).where(staff.c.id == bindparam("which")).values(away=bindparam("is_away"))
_PRESENT = (
    sa.select(staff.c.id)
    .where(~staff.c.away, ~staff.c.disabled)
    .where(
        sa.exists().where(
            staff_sessions.c.staff_id == staff.c.id,
            staff_sessions.c.ends_at > bindparam("now", type_=staff_sessions.c.ends_at.type),
            staff_sessions.c.seen_at > bindparam("used_since", type_=staff_sessions.c.seen_at.type),
        )
    )
)
_BY_LOGIN = sa.select(*_COLUMNS, staff.c.password_hash).where(staff.c.login_key == bindparam("login"))
_EVERYONE = sa.select(*_COLUMNS).order_by(staff.c.login_key)
_NAMES = sa.select(staff.c.id, staff.c.name)
_ADD_SESSION = sa.insert(staff_sessions)
_SESSION = sa.select(*(staff_sessions.c[name] for name in _SESSION_FIELDS)).where(
    staff_sessions.c.digest == bindparam("which")
)
_TOUCH = (
    sa.update(staff_sessions).where(staff_sessions.c.digest == bindparam("which")).values(seen_at=bindparam("at"))
)
_END = sa.delete(staff_sessions).where(staff_sessions.c.digest == bindparam("which"))
_SESSIONS = (
    sa.select(*(staff_sessions.c[name] for name in _SESSION_FIELDS))
    .where(staff_sessions.c.staff_id == bindparam("which"), staff_sessions.c.ends_at > bindparam("now"))
    .order_by(staff_sessions.c.started_at.desc())
)
_END_ALL = sa.delete(staff_sessions).where(
    staff_sessions.c.staff_id == bindparam("which"), staff_sessions.c.digest != bindparam("kept")
)
_ADD_FAILED = sa.insert(failed_sign_ins)
_FAILED = (
    sa.select(failed_sign_ins.c.at)
    .where(
        failed_sign_ins.c.subject_lookup == bindparam("subject"),
        failed_sign_ins.c.at >= bindparam("since"),
    )
    .order_by(failed_sign_ins.c.at)
)
_CLEAR_FAILED = sa.delete(failed_sign_ins).where(failed_sign_ins.c.subject_lookup == bindparam("subject"))


class StaffRecords:
    """Implements StaffStore."""

    def __init__(self, transaction: Transaction) -> None:
        self._dialect = transaction.dialect
        self._connection = transaction.connection
        self._fields = transaction.fields

    def add(self, person: Staff, password_hash: str) -> None:
        row = _row(person, _FIELDS) | {"login_key": person.login.casefold(), "password_hash": password_hash}
        if self._connection.execute(_ADD[self._dialect], row).first() is None:
            raise LoginTaken(f"somebody signs in as {person.login} already")

    def save(self, person: Staff) -> None:
        self._connection.execute(_SAVE, _row(person, _SAVED) | {"which": person.id})

    def set_password(self, staff_id: str, password_hash: str) -> None:
        self._connection.execute(_SET_PASSWORD, {"which": staff_id, "new_hash": password_hash})

    def by_id(self, staff_id: str) -> Staff | None:
        row = self._connection.execute(_BY_ID, {"which": staff_id}).first()
        return _staff(row) if row else None

    def by_login(self, login: str) -> tuple[Staff, str] | None:
        key = login.casefold().replace("\0", "")
        row = self._connection.execute(_BY_LOGIN, {"login": key}).first()
        return (_staff(row[:-1]), row[-1]) if row else None

    def everyone(self) -> list[Staff]:
        return [_staff(row) for row in self._connection.execute(_EVERYONE)]

    def names(self) -> dict[str, str]:
        return {row.id: row.name for row in self._connection.execute(_NAMES)}

    def lock(self, staff_id: str) -> Staff | None:
        row = self._connection.execute(_LOCK, {"which": staff_id}).first()
        return _staff(row) if row else None

    def lock_role(self, role: Role) -> list[Staff]:
        return [_staff(row) for row in self._connection.execute(_LOCK_ROLE, {"of_role": role})]

    def set_away(self, staff_id: str, *, away: bool) -> None:
        self._connection.execute(_SET_AWAY, {"which": staff_id, "is_away": away})

    def present(self, now: datetime) -> frozenset[str]:
        since = {"now": now, "used_since": now - SESSION_IDLE}
        return frozenset(self._connection.execute(_PRESENT, since).scalars())

    def add_session(self, session: Session) -> None:
        self._connection.execute(_ADD_SESSION, {name: getattr(session, name) for name in _SESSION_FIELDS})

    def session(self, digest: str) -> Session | None:
        row = self._connection.execute(_SESSION, {"which": digest}).first()
        return Session(*row) if row else None

    def touch_session(self, digest: str, at: datetime) -> None:
        self._connection.execute(_TOUCH, {"which": digest, "at": at})

    def end_session(self, digest: str) -> None:
        self._connection.execute(_END, {"which": digest})

    def sessions(self, staff_id: str, now: datetime) -> list[Session]:
        rows = self._connection.execute(_SESSIONS, {"which": staff_id, "now": now})
        return [Session(*row) for row in rows]

    def end_sessions(self, staff_id: str, but: str | None = None) -> int:
        return self._connection.execute(_END_ALL, {"which": staff_id, "kept": but or ""}).rowcount

    def failed_sign_ins(self, subject: str, since: datetime) -> Sequence[datetime]:
        wanted = {"subject": self._subject(subject), "since": since}
        return list(self._connection.execute(_FAILED, wanted).scalars())

    def add_failed_sign_in(self, subject: str, at: datetime) -> None:
        self._connection.execute(_ADD_FAILED, {"subject_lookup": self._subject(subject), "at": at})

    def clear_failed_sign_ins(self, subject: str) -> None:
        self._connection.execute(_CLEAR_FAILED, {"subject": self._subject(subject)})

    def _subject(self, subject: str) -> bytes:
        return self._fields.lookup("sign-in", subject.casefold())


def _row(person: Staff, names: Sequence[str]) -> dict[str, Any]:
    row = {name: getattr(person, name) for name in names}
    for bound in set(_BOUNDS) & set(names):
        row[bound] = None if row[bound] is None else list(row[bound])
    return row


def _staff(row: Sequence[Any]) -> Staff:
    values = dict(zip(_FIELDS, row, strict=True))
    for bound in _BOUNDS:
        values[bound] = None if values[bound] is None else tuple(values[bound])
    return Staff(**values)
