"""Handoff cases: their events, and the state that the fold of these gives, written together."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.desk.store import CaseEvent, CaseState, NoSuchCase
from bot.storage.columns import literal, per_dialect
from bot.storage.schema import conversations
from bot.storage.schema_staff import case_events, cases
from bot.storage.session import Session

_FIELDS = tuple(CaseState.__slots__)
_COLUMNS = tuple(cases.c[name] for name in _FIELDS)
_FIXED = {"id", "conversation_id", "opened_at"}
_OPEN = cases.c.status.in_([literal("waiting"), literal("held")])

_SAVE = per_dialect(
    lambda insert: (new := insert(cases)).on_conflict_do_update(
        index_elements=["id"], set_={name: new.excluded[name] for name in _FIELDS if name not in _FIXED}
    )
)
_ADD_EVENT = sa.insert(case_events)
_CASE = sa.select(*_COLUMNS).where(cases.c.id == bindparam("which"))
_LOCK = _CASE.with_for_update(key_share=True)
_OF_CONVERSATION = (
    sa.select(*_COLUMNS)
    .where(cases.c.conversation_id == bindparam("conversation"))
    .order_by(cases.c.opened_at, cases.c.id)
)
_THEIRS = (
    sa.select(cases.c.id)
    .where(cases.c.borrower_id == bindparam("borrower"))
    .union_all(  # opened before anybody was known, in a chat that is theirs by now
        sa.select(cases.c.id)
        .join(conversations, conversations.c.id == cases.c.conversation_id)
        .where(
            conversations.c.borrower_id == bindparam("borrower"), sa.func.coalesce(cases.c.borrower_id, "") == ""
        )
    )
)
_OF_BORROWER = sa.select(*_COLUMNS).where(cases.c.id.in_(_THEIRS)).order_by(cases.c.opened_at, cases.c.id)
_OPEN_CASE = sa.select(*_COLUMNS).where(cases.c.conversation_id == bindparam("conversation"), _OPEN)
_AHEAD = (
    sa.select(sa.func.count())
    .select_from(cases)
    .where(
        _OPEN,  # what the index is made for
        cases.c.status == literal("waiting"),
        cases.c.speaker == bindparam("speaker"),
        sa.tuple_(cases.c.urgency, cases.c.waiting_since, cases.c.id)
        < sa.tuple_(
            bindparam("urgency", type_=sa.Integer),
            bindparam("since", type_=cases.c.waiting_since.type),
            bindparam("which", type_=sa.Text),
        ),
    )
)
_AHEAD_IN = _AHEAD.where(cases.c.team.in_(bindparam("teams", expanding=True)))
_HELD_BY = sa.select(sa.func.count()).where(cases.c.holder == bindparam("who"), _OPEN)
_EVENTS = (
    sa.select(*(case_events.c[name] for name in CaseEvent.__slots__))
    .where(case_events.c.case_id == bindparam("which"))
    .order_by(case_events.c.number)
)


class DeskRecords:
    """Implements DeskStore."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection

    def add(self, state: CaseState, event: CaseEvent) -> None:
        self._connection.execute(_SAVE[self._session.dialect], {name: getattr(state, name) for name in _FIELDS})
        row: dict[str, Any] = {name: getattr(event, name) for name in CaseEvent.__slots__}
        self._connection.execute(_ADD_EVENT, row)

    def lock(self, case_id: str) -> CaseState:
        row = self._connection.execute(_LOCK, {"which": case_id}).first()
        if row is None:
            raise NoSuchCase(f"there is no case {case_id}")
        return CaseState(*row)

    def case(self, case_id: str) -> CaseState | None:
        row = self._connection.execute(_CASE, {"which": case_id}).first()
        return CaseState(*row) if row else None

    def open_case(self, conversation_id: str) -> CaseState | None:
        row = self._connection.execute(_OPEN_CASE, {"conversation": conversation_id}).first()
        return CaseState(*row) if row else None

    def cases(self, conversation_id: str) -> list[CaseState]:
        rows = self._connection.execute(_OF_CONVERSATION, {"conversation": conversation_id})
        return [CaseState(*row) for row in rows]

    def cases_of_borrower(self, borrower_id: str) -> list[CaseState]:
        return [CaseState(*row) for row in self._connection.execute(_OF_BORROWER, {"borrower": borrower_id})]

    def ahead(self, state: CaseState, teams: Collection[str] | None = None) -> int:
        if state.waiting_since is None:
            return 0
        place: dict[str, Any] = {
            "speaker": state.speaker,
            "urgency": state.urgency,
            "since": state.waiting_since,
            "which": state.id,
        }
        if teams is None:
            return int(self._connection.execute(_AHEAD, place).scalar_one())
        return int(self._connection.execute(_AHEAD_IN, {**place, "teams": sorted(teams)}).scalar_one())

    def held_by(self, staff_id: str) -> int:
        return int(self._connection.execute(_HELD_BY, {"who": staff_id}).scalar_one())

    def events(self, case_id: str) -> list[CaseEvent]:
        return [CaseEvent(*row) for row in self._connection.execute(_EVENTS, {"which": case_id})]
