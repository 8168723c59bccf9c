"""The desk's queue: pages of what is open, counts, the next case for somebody, workload and waiting times."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.desk.queue_store import Bounds, Cursor, Load, QueueFilter, Tally, Waited
from bot.desk.states import CaseState
from bot.storage.columns import literal, to_micros
from bot.storage.schema import conversations
from bot.storage.schema_staff import cases
from bot.storage.session import Session

_COLUMNS = tuple(cases.c[name] for name in CaseState.__slots__)
_OPEN = cases.c.status.in_([literal("waiting"), literal("held")])
# Whoever waits for nothing comes after everybody who waits for something.
_NEVER = 2**62
_SINCE = sa.func.coalesce(sa.type_coerce(cases.c.waiting_since, sa.BigInteger), sa.literal_column(str(_NEVER)))
_ORDER = (cases.c.urgency, _SINCE, cases.c.id)
_UNANSWERED = cases.c.answered_at.is_(None)
_WARN = sa.case((_UNANSWERED, cases.c.answer_warn), else_=cases.c.resolve_warn)
_BY = sa.case((_UNANSWERED, cases.c.answer_by), else_=cases.c.resolve_by)
_NOW: Any = bindparam("now", type_=cases.c.opened_at.type)
_ONE: Any = sa.literal_column("1")
_MINE = cases.c.holder == bindparam("reader")
_ALIKE = (cases.c.team, cases.c.locale, cases.c.reason, cases.c.creditor, cases.c.status)
_TALLIES = (
    sa.select(
        *_ALIKE,
        sa.func.coalesce(_MINE, sa.false()).label("mine"),
        sa.func.count(),
        sa.func.count(sa.case(((_WARN <= _NOW) & (_BY > _NOW), _ONE))),
        sa.func.count(sa.case((_BY <= _NOW, _ONE))),
    )
    .where(_OPEN)
    .group_by(*_ALIKE, sa.text("mine"))
)
_LOADS = (
    sa.select(
        cases.c.holder,
        sa.func.count(),
        sa.func.count(cases.c.waiting_since),
        sa.func.min(cases.c.waiting_since, type_=cases.c.waiting_since.type),
    )
    .where(_OPEN, cases.c.holder.is_not(None))
    .group_by(cases.c.holder)
    .order_by(cases.c.holder)
)
_WAITED = (
    sa.select(*(cases.c[name] for name in Waited.__slots__))
    .where(
        cases.c.opened_at >= bindparam("since", type_=cases.c.opened_at.type),
        cases.c.opened_at < bindparam("until", type_=cases.c.opened_at.type),
    )
    .order_by(cases.c.opened_at)
)


class QueueRecords:
    """Implements QueueStore."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    def page(self, bounds: Bounds, wanted: QueueFilter, after: Cursor | None, limit: int) -> list[CaseState]:
        query = sa.select(*_COLUMNS).where(_OPEN, *_within(bounds), *_wanted(bounds, wanted))
        if after is not None:
            since = _NEVER if after.waiting_since is None else to_micros(after.waiting_since)
            place = (sa.literal(after.urgency), sa.literal(since, sa.BigInteger), sa.literal(after.id))
            query = query.where(sa.tuple_(*_ORDER) > sa.tuple_(*place))
        return [CaseState(*row) for row in self._connection.execute(query.order_by(*_ORDER).limit(limit))]

    def tallies(self, bounds: Bounds, now: datetime) -> list[Tally]:
        query = _TALLIES.where(*_within(bounds))
        rows = self._connection.execute(query, {"now": now, "reader": bounds.reader})
        return [Tally(*row) for row in rows]

    def next_for(
        self,
        bounds: Bounds,
        languages: Collection[str] | None,
        reasons: Collection[str],
        now: datetime,
        *,
        waiting: bool,
    ) -> CaseState | None:
        kept = cases.c.reserved_for == bounds.reader
        free = cases.c.reserved_for.is_(None) | kept | (cases.c.reserved_until <= now)
        due = cases.c.callback_at.is_(None) | (cases.c.callback_at <= now)
        query = (
            sa.select(*_COLUMNS)
            .join(conversations, conversations.c.id == cases.c.conversation_id)
            .where(_OPEN, cases.c.status == literal("waiting"), *_within(bounds, strictly=True))
            .where(cases.c.reason.in_(list(reasons)), free, due)
            .order_by(cases.c.urgency, sa.case((kept, 0), else_=1), _SINCE, cases.c.id)
            .limit(1)
            # The conversation, since that is what everybody locks first.
            .with_for_update(of=conversations, key_share=True, skip_locked=not waiting)
        )
        if languages is not None:
            query = query.where(cases.c.locale.in_(list(languages)))
        row = self._connection.execute(query).first()
        return CaseState(*row) if row else None

    def loads(self, bounds: Bounds) -> list[Load]:
        return [Load(*row) for row in self._connection.execute(_LOADS.where(*_within(bounds)))]

    def waited(self, bounds: Bounds, since: datetime, until: datetime) -> list[Waited]:
        query = _WAITED.where(*_within(bounds))
        rows = self._connection.execute(query, {"since": since, "until": until})
        return [Waited(*row) for row in rows]


def _within(bounds: Bounds, *, strictly: bool = False) -> list[sa.ColumnElement[bool]]:
    """What the reader's bounds leave; `strictly`: by team alone, whoever had it before."""
    found: list[sa.ColumnElement[bool]] = []
    if bounds.speakers is not None:
        found.append(cases.c.speaker.in_(bounds.speakers))
    if bounds.creditors is not None:
        found.append(cases.c.creditor.is_(None) | cases.c.creditor.in_(bounds.creditors))
    if bounds.teams is not None:
        team = cases.c.team.in_(bounds.teams)
        own = (cases.c.holder == bounds.reader) | (cases.c.served_by == bounds.reader)
        found.append(team if strictly else team | own)
    return found


def _wanted(bounds: Bounds, wanted: QueueFilter) -> list[sa.ColumnElement[bool]]:
    exact = ((cases.c.team, wanted.team), (cases.c.locale, wanted.language), (cases.c.reason, wanted.reason))
    found: list[sa.ColumnElement[bool]] = [column == value for column, value in exact if value is not None]
    if wanted.creditor is not None:
        found.append(cases.c.creditor == wanted.creditor)
    if wanted.mine:
        found.append(cases.c.holder == bounds.reader)
    if wanted.unassigned:
        found.append(cases.c.status == literal("waiting"))
    return found
