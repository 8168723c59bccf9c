"""Erasure: what is old enough, what a legal hold keeps, and taking words away everywhere that they stand."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.review.protection_store import DataRequest, HeldKind, Kept, LegalHold
from bot.storage.columns import literal
from bot.storage.schema import conversations, events, files, inbox, outbox, trackers
from bot.storage.schema_acting import approvals, referrals, staff_offers
from bot.storage.schema_channels import channel_addresses, channel_chats, channel_updates
from bot.storage.schema_lending import contact_preferences, disputes, hardship_details, hardships, support_notes
from bot.storage.schema_protection import erasures, legal_holds
from bot.storage.schema_staff import case_events, cases, mentions
from bot.storage.search_index import SearchIndex
from bot.storage.session import Session

_OPEN_CASE = sa.exists().where(
    cases.c.conversation_id == conversations.c.id, cases.c.status.in_([literal("waiting"), literal("held")])
)
_ERASED = sa.exists().where(erasures.c.conversation_id == conversations.c.id)
_IDLE = (
    sa.select(
        conversations.c.id, conversations.c.id, conversations.c.borrower_id, conversations.c.speaker,
        conversations.c.last_at,
    )
    .where(conversations.c.last_at < bindparam("before"), conversations.c.id > bindparam("after"))
    .where(~_OPEN_CASE, ~_ERASED)
    .order_by(conversations.c.id)
    .limit(bindparam("most"))
)  # fmt: skip
_FILES = (
    sa.select(files.c.id, conversations.c.id, conversations.c.borrower_id, conversations.c.speaker, files.c.kept_at)
    .join(conversations, conversations.c.id == files.c.conversation_id)
    .where(files.c.kept_at < bindparam("before"), files.c.id > bindparam("after"), ~_OPEN_CASE)
    .order_by(files.c.id)
    .limit(bindparam("most"))
)
_TOLD = sa.union_all(
    sa.select(hardships.c.borrower_id, hardships.c.reported_at.label("at")).join(
        hardship_details, hardship_details.c.hardship_id == hardships.c.id
    ),
    sa.select(support_notes.c.borrower_id, support_notes.c.noted_at.label("at")),
).subquery()
_DETAILS = (
    sa.select(_TOLD.c.borrower_id, sa.func.max(_TOLD.c.at).label("at"))
    .where(_TOLD.c.borrower_id > bindparam("after"))
    .group_by(_TOLD.c.borrower_id)
    .having(sa.func.max(_TOLD.c.at) < bindparam("before"))
    .order_by(_TOLD.c.borrower_id)
    .limit(bindparam("most"))
)
_HOLDS = sa.select(*(legal_holds.c[name] for name in LegalHold.__slots__)).order_by(legal_holds.c.placed_at)
_ERASURE = sa.select(erasures.c.erased_at).where(erasures.c.conversation_id == bindparam("which"))
_OF_BORROWER = (
    sa.select(conversations.c.id)
    .where(conversations.c.borrower_id == bindparam("borrower"), ~_ERASED)
    .order_by(conversations.c.id)
)
_BY_ADDRESS = sa.select(conversations.c.id).where(
    conversations.c.account == bindparam("on"), conversations.c.sender == bindparam("sent_by")
)
_REQUESTS = (
    sa.select(disputes)
    .where(disputes.c.kind == literal("data_request"), disputes.c.status == literal("open"))
    .order_by(disputes.c.answer_by, disputes.c.raised_at, disputes.c.id)
)
# Identifiers, codes and times; what a person wrote is none of these.
_CODE = re.compile(r"[A-Za-z0-9_:+.\-]{1,64}")
_WORDS = frozenset({"card", "text", "line", "agreed", "name", "borrower_id"})


class Protection:
    """Implements ProtectionStore."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection
        self._fields = session.fields

    def idle(self, before: datetime, after: str, limit: int = 200) -> Sequence[Kept]:
        return self._kept(_IDLE, before, after, limit)

    def old_files(self, before: datetime, after: str, limit: int = 200) -> Sequence[Kept]:
        return self._kept(_FILES, before, after, limit)

    def old_details(self, before: datetime, after: str, limit: int = 200) -> Sequence[Kept]:
        rows = self._connection.execute(_DETAILS, {"before": before, "after": after, "most": limit})
        return [Kept(borrower, None, borrower, None, at) for borrower, at in rows]

    def _kept(self, statement: sa.Select[Any], before: datetime, after: str, limit: int) -> list[Kept]:
        values = {"before": before, "after": after, "most": limit}
        return [Kept(*row) for row in self._connection.execute(statement, values)]

    def erase_conversation(self, conversation_id: str, at: datetime) -> int:
        chat = self._connection.execute(
            sa.select(conversations.c.account, conversations.c.sender).where(conversations.c.id == conversation_id)
        ).one()
        count = self._run(
            sa.update(events)
            .where(events.c.conversation_id == conversation_id, events.c.body.is_not(None))
            .where(events.c.kind != "delivery")
            .values(body=None, salt=None)
        )
        for table in (inbox, outbox, trackers, files, channel_chats):
            self._run(sa.delete(table).where(table.c.conversation_id == conversation_id))
        self._erase_address(chat.account, chat.sender)
        self._erase_cases(conversation_id)
        gone = {"sender": f"erased-{conversation_id}", "borrower_id": None, "verified_until": None}
        self._run(sa.update(conversations).where(conversations.c.id == conversation_id).values(**gone))
        self._run(sa.insert(erasures).values(conversation_id=conversation_id, erased_at=at))
        SearchIndex(self._session).forget([conversation_id])
        return count

    def _erase_address(self, account: str, sender: str) -> None:
        for table in (channel_addresses, channel_updates):
            self._run(sa.delete(table).where(table.c.account == account, table.c.sender == sender))
        self._empty_disputes(disputes.c.address == f"{account}/{sender}")

    def _empty_disputes(self, which: sa.ColumnElement[bool]) -> None:
        for (dispute_id,) in self._connection.execute(sa.select(disputes.c.id).where(which)).all():
            nothing = self._fields.seal_bytes(f"disputes.words:{dispute_id}", b"")
            self._run(sa.update(disputes).where(disputes.c.id == dispute_id).values(words=nothing, address=None))

    def _erase_cases(self, conversation_id: str) -> None:
        of_chat = sa.select(cases.c.id).where(cases.c.conversation_id == conversation_id)
        told = sa.select(case_events.c.case_id, case_events.c.number, case_events.c.body)
        for case_id, number, body in self._connection.execute(told.where(case_events.c.case_id.in_(of_chat))).all():
            this = (case_events.c.case_id == case_id) & (case_events.c.number == number)
            self._run(sa.update(case_events).where(this).values(body=_codes(body)))
        for case_id, wants in self._connection.execute(
            sa.select(cases.c.id, cases.c.wants).where(cases.c.conversation_id == conversation_id)
        ).all():
            self._run(sa.update(cases).where(cases.c.id == case_id).values(wants=_code(wants), borrower_id=None))
        self._run(sa.delete(mentions).where(mentions.c.case_id.in_(of_chat)))
        offers = sa.select(staff_offers.c.id).where(staff_offers.c.conversation_id == conversation_id)
        self._run(sa.update(approvals).where(approvals.c.offer_id.in_(offers)).values(line="", decision=""))
        here = referrals.c.conversation_id == conversation_id
        self._run(sa.update(referrals).where(here).values(reason="", outcome=""))

    def erase_file(self, file_id: str) -> None:
        self._run(sa.delete(files).where(files.c.id == file_id))

    def erase_details(self, borrower_id: str) -> None:
        of_borrower = sa.select(hardships.c.id).where(hardships.c.borrower_id == borrower_id)
        self._run(sa.delete(hardship_details).where(hardship_details.c.hardship_id.in_(of_borrower)))
        self._run(sa.delete(support_notes).where(support_notes.c.borrower_id == borrower_id))

    def is_erased(self, conversation_id: str) -> bool:
        return self._connection.execute(_ERASURE, {"which": conversation_id}).first() is not None

    def conversations_of(self, borrower_id: str) -> list[str]:
        return list(self._connection.execute(_OF_BORROWER, {"borrower": borrower_id}).scalars())

    def erase_person(self, borrower_id: str) -> None:
        self.erase_details(borrower_id)
        for table in (hardships, contact_preferences):
            self._run(sa.delete(table).where(table.c.borrower_id == borrower_id))
        self._empty_disputes(disputes.c.borrower_id == borrower_id)

    def open_requests(self) -> list[DataRequest]:
        found = []
        for row in self._connection.execute(_REQUESTS).all():
            words = self._fields.open(f"disputes.words:{row.id}", row.words)
            asked_in = self._asked_in(row.address)
            found.append(DataRequest(row.id, row.borrower_id, asked_in, words, row.raised_at, row.answer_by))
        return found

    def _asked_in(self, address: str | None) -> str | None:
        account, _, sender = (address or "").partition("/")
        return self._connection.execute(_BY_ADDRESS, {"on": account, "sent_by": sender}).scalar()

    def place_legal_hold(self, hold: LegalHold) -> None:
        self._run(sa.insert(legal_holds).values({name: getattr(hold, name) for name in LegalHold.__slots__}))

    def lift_legal_holds(self, kind: HeldKind, subject: str) -> int:
        held = (legal_holds.c.subject_kind == kind) & (legal_holds.c.subject == subject)
        return self._run(sa.delete(legal_holds).where(held))

    def legal_holds(self, subjects: Sequence[tuple[HeldKind, str]] | None = None) -> list[LegalHold]:
        statement = _HOLDS
        if subjects is not None:
            kind, subject = legal_holds.c.subject_kind, legal_holds.c.subject
            on = [(kind == of_kind) & (subject == of) for of_kind, of in subjects]
            statement = statement.where(sa.or_(sa.false(), *on))
        return [LegalHold(*row) for row in self._connection.execute(statement)]

    def _run(self, statement: sa.Delete | sa.Update | sa.Insert) -> int:
        return int(self._connection.execute(statement).rowcount)


def _codes(body: Mapping[str, Any]) -> dict[str, Any]:
    """A case's event without what anybody wrote: the fold over it gives the same state."""
    return {
        name: _code(value) if isinstance(value, str) else value
        for name, value in body.items()
        if name not in _WORDS and not isinstance(value, list)
    }


def _code(value: str) -> str:
    return value if _CODE.fullmatch(value) else ""
