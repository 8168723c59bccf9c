"""The index of search: what documents are made of, and where they are kept."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.lending.identity import Borrower
from bot.record.events import Event
from bot.review.documents import Document, Material, Said
from bot.review.facts import Known, PlanSoFar
from bot.review.search_words import Likely
from bot.storage.columns import per_dialect
from bot.storage.people_rows import borrower_of
from bot.storage.schema import conversations, events
from bot.storage.schema_lending import accounts, agreements, borrowers, instalments, parties
from bot.storage.schema_search import WORDS_TABLE, conversation_facts
from bot.storage.search_texts import event_of, read_ahead, worded
from bot.storage.session import Session

_IDS: Any = bindparam("ids", expanding=True)
_MOVED = conversations.c.chain_length != conversations.c.indexed_length
_UNINDEXED = (
    sa.select(conversations.c.id).where(_MOVED).order_by(conversations.c.last_at.desc()).limit(bindparam("most"))
)
_CHATS = sa.select(
    conversations.c.id,
    conversations.c.account,
    conversations.c.speaker,
    conversations.c.locale,
    conversations.c.borrower_id,
    conversations.c.last_at,
    conversations.c.chain_length,
    conversations.c.indexed_length,
).where(conversations.c.id.in_(_IDS))
_EVENTS = (
    sa.select(events).where(events.c.conversation_id.in_(_IDS)).order_by(events.c.conversation_id, events.c.seq)
)
_PEOPLE = sa.select(borrowers).where(borrowers.c.id.in_(_IDS))
_OVERDUE = (
    sa.select(parties.c.borrower_id, sa.func.min(accounts.c.overdue_since))
    .join(accounts, accounts.c.id == parties.c.account_id)
    .where(parties.c.borrower_id.in_(_IDS))
    .group_by(parties.c.borrower_id)
)
_PLANS = (
    sa.select(
        agreements.c.borrower_id,
        agreements.c.id,
        agreements.c.status,
        agreements.c.frequency,
        instalments.c.due,
        agreements.c.paid >= instalments.c.amount,
    )
    .join(
        instalments,
        sa.and_(
            instalments.c.borrower_id == agreements.c.borrower_id,
            instalments.c.agreement_id == agreements.c.id,
            instalments.c.number == 1,
        ),
    )
    .where(agreements.c.borrower_id.in_(_IDS))
)
_FACETS = sa.select(conversation_facts.c.conversation_id, conversation_facts.c.facets).where(
    conversation_facts.c.conversation_id.in_(_IDS)
)
_KEPT = ("length", "last_at", "speaker", "creditor", "borrower_id", "facets", "words")
_KEEP = per_dialect(
    lambda insert: (new := insert(conversation_facts)).on_conflict_do_update(
        index_elements=["conversation_id"], set_={name: new.excluded[name] for name in _KEPT}
    )
)
_FORGET = sa.delete(conversation_facts).where(conversation_facts.c.conversation_id.in_(_IDS))
_INDEXED = (
    sa.update(conversations)
    .where(conversations.c.id == bindparam("conversation"), conversations.c.indexed_length == bindparam("known"))
    .values(indexed_length=bindparam("made_of"))
)
_UNMADE = sa.update(conversations).where(conversations.c.id.in_(_IDS)).values(indexed_length=0)
# Another number each time, which no chain has: whoever has read the material meanwhile does not take it for done.
_INDEX_ANEW = (
    sa.update(conversations)
    .where(conversations.c.borrower_id.in_(_IDS))
    .values(
        indexed_length=sa.case((conversations.c.indexed_length > 0, 0), else_=conversations.c.indexed_length) - 1
    )
)
_OF_BORROWERS = (
    sa.select(conversations.c.id)
    .where(conversations.c.borrower_id.in_(_IDS))
    .order_by(conversations.c.id)
    .with_for_update(key_share=True)
)
_SOME = sa.select(conversation_facts.c.conversation_id).limit(bindparam("most"))
# SQLite's full-text table reads the words from the facts when it forgets them: before they change.
_WORDS_OUT = sa.text(
    f"INSERT INTO {WORDS_TABLE}({WORDS_TABLE}, rowid, words) "  # noqa: S608 - a name of our own
    "SELECT 'delete', number, words FROM conversation_facts WHERE conversation_id IN :ids"
).bindparams(_IDS)
_WORDS_IN = sa.text(
    f"INSERT INTO {WORDS_TABLE}(rowid, words) "  # noqa: S608 - a name of our own
    "SELECT number, words FROM conversation_facts WHERE conversation_id IN :ids"
).bindparams(_IDS)
# What it forgets, it only marks as gone until its parts are merged into one.
_MERGED = sa.text(f"INSERT INTO {WORDS_TABLE}({WORDS_TABLE}) VALUES ('optimize')")  # noqa: S608 - a name of our own


class SearchIndex:
    """The part of SearchStore that makes and unmakes the index."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection

    def unindexed(self, limit: int) -> Sequence[str]:
        return list(self._connection.execute(_UNINDEXED, {"most": limit}).scalars())

    def material(self, conversation_ids: Sequence[str]) -> list[Material]:
        ids = {"ids": list(conversation_ids)}
        chats = self._connection.execute(_CHATS, ids).all()
        told = self._told(ids)
        owners = {chat.borrower_id for chat in chats if chat.borrower_id}
        people, overdue = self._people(owners), self._overdue(owners)
        plans = self._plans(owners)
        return [
            Material(
                conversation_id=chat.id,
                length=chat.chain_length,
                indexed=chat.indexed_length,
                known=_known(chat, people.get(chat.borrower_id), overdue.get(chat.borrower_id), plans),
                borrower=people.get(chat.borrower_id),
                events=told[chat.id],
            )
            for chat in chats
        ]

    def said(self, conversation_ids: Sequence[str], likely: Likely) -> dict[str, Said]:
        chats = self._connection.execute(_CHATS, {"ids": list(conversation_ids)}).all()
        people = self._people({chat.borrower_id for chat in chats if chat.borrower_id})
        told = worded(self._session, {chat.id: chat.chain_length for chat in chats}, likely)
        return {chat.id: Said(people.get(chat.borrower_id), told[chat.id]) for chat in chats}

    def _told(self, ids: Mapping[str, list[str]]) -> dict[str, list[Event]]:
        told: dict[str, list[Event]] = defaultdict(list)
        with read_ahead(self._session):
            rows = self._connection.execute(_EVENTS, ids).all()
        for row in rows:
            told[row[0]].append(event_of(row))
        return told

    def facets(self, conversation_ids: Sequence[str]) -> dict[str, dict[str, list[str]]]:
        return {row[0]: row[1] for row in self._connection.execute(_FACETS, {"ids": list(conversation_ids)})}

    def _people(self, ids: Collection[str]) -> dict[str, Borrower]:
        if not ids:
            return {}
        rows = self._connection.execute(_PEOPLE, {"ids": list(ids)})
        return {row.id: borrower_of(row, self._session.fields) for row in rows}

    def _overdue(self, ids: Collection[str]) -> dict[str, date]:
        if not ids:
            return {}
        return {row[0]: row[1] for row in self._connection.execute(_OVERDUE, {"ids": list(ids)})}

    def _plans(self, owners: Collection[str]) -> dict[str, tuple[PlanSoFar, ...]]:
        found: dict[str, tuple[PlanSoFar, ...]] = defaultdict(tuple)
        if owners:
            for owner, *plan in self._connection.execute(_PLANS, {"ids": list(owners)}):
                found[owner] += (PlanSoFar(*plan),)
        return found

    def keep(self, documents: Sequence[Document]) -> None:
        ordered = sorted(documents, key=lambda document: document.conversation_id)
        if not ordered:
            return
        ids = {"ids": [document.conversation_id for document in ordered]}
        sqlite = self._session.dialect == "sqlite"
        if sqlite:
            self._connection.execute(_WORDS_OUT, ids)
        self._connection.execute(_KEEP[self._session.dialect], [row_of(document) for document in ordered])
        if sqlite:
            self._connection.execute(_WORDS_IN, ids)
        # Last, in one order: it waits for the turns of these conversations, and they for it, as briefly as can be.
        made = [
            {"conversation": each.conversation_id, "known": each.indexed, "made_of": each.length}
            for each in ordered
        ]
        self._connection.execute(_INDEXED, made)

    def index_anew(self, borrower_ids: Collection[str]) -> None:
        ids = {"ids": sorted(borrower_ids)}
        if not borrower_ids:
            return
        if self._session.dialect != "sqlite":
            self._connection.execute(_OF_BORROWERS, ids).all()  # in one order, as everybody takes them
        self._connection.execute(_INDEX_ANEW, ids)

    def forget(self, conversation_ids: Collection[str]) -> None:
        if not conversation_ids:
            return
        self._take_out(conversation_ids)
        if self._session.dialect == "sqlite":
            self._connection.execute(_MERGED)

    def forget_all(self, limit: int) -> int:
        some = list(self._connection.execute(_SOME, {"most": limit}).scalars())
        if some:
            self._take_out(some)
        return len(some)

    def _take_out(self, conversation_ids: Collection[str]) -> None:
        ids = {"ids": sorted(conversation_ids)}
        if self._session.dialect == "sqlite":
            self._connection.execute(_WORDS_OUT, ids)
        self._connection.execute(_FORGET, ids)
        self._connection.execute(_UNMADE, ids)


def _known(
    chat: Any,
    borrower: Borrower | None,
    overdue_since: date | None,
    plans: Mapping[str, tuple[PlanSoFar, ...]],
) -> Known:
    return Known(
        account=chat.account,
        speaker=chat.speaker,
        locale=chat.locale,
        creditor=borrower.creditor if borrower else None,
        overdue_since=overdue_since,
        last_at=chat.last_at,
        time_zone=borrower.time_zone if borrower else None,
        plans=plans.get(borrower.id, ()) if borrower else (),
    )


def row_of(document: Document) -> dict[str, Any]:
    return {
        "conversation_id": document.conversation_id,
        "length": document.length,
        "last_at": document.last_at,
        "speaker": document.speaker,
        "creditor": document.creditor,
        "borrower_id": document.borrower_id,
        "facets": _by_facet(document.facets),
        "words": " ".join(sorted(document.tokens)),
    }


def _by_facet(facets: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for facet, value in sorted(facets):
        found[facet].append(value)
    return dict(found)
