"""No event can be altered, taken out, put in, moved or cut off without the chain showing where."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialogue.messages import Incoming
from bot.record.chain import GENESIS, canonical, content_digest, link_hash, verify
from bot.record.events import Event, NewEvent
from bot.storage.engine import Database
from bot.storage.schema import events as table

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
_senders = count()

json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
bodies = st.lists(st.dictionaries(st.text(), json, max_size=3), min_size=2, max_size=6)
CHANGES: dict[str, dict[str, object]] = {
    "alter": {"body": '{"text":"I never said that"}'},
    "kind": {"kind": "agent"},
    "time": {"at": NOW + timedelta(microseconds=1)},
    "salt": {"salt": bytes(16)},
    "digest": {"digest": bytes(32)},
    "hash": {"hash": bytes(32)},
    "erase": {"body": None, "salt": None, "digest": bytes(32)},
}
tampering = st.sampled_from([*CHANGES, "delete", "insert", "swap", "cut"])
on_both = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _write(database: Database, contents: list[dict[str, object]]) -> str:
    incoming = Incoming("web:harbour", f"chain-{next(_senders)}", f"c-{next(_senders)}", "start")
    with database.transaction() as work:
        conversation_id = work.inbox.receive(incoming, "harbour", "en", NOW).conversation_id
        for body in contents:
            work.record.append(conversation_id, [NewEvent("user", body)], NOW)
    return conversation_id


def _verify(database: Database, conversation_id: str) -> int | None:
    with database.reading() as work:
        broken = verify(work.record.events(conversation_id), work.record.head(conversation_id))
    return broken.seq if broken else None


@on_both
@given(bodies)
def test_what_was_written_verifies(database: Database, contents: list[dict[str, object]]) -> None:
    conversation_id = _write(database, contents)
    assert _verify(database, conversation_id) is None
    with database.reading() as work:
        assert [event.seq for event in work.record.events(conversation_id)] == list(range(1, len(contents) + 1))


@on_both
@given(bodies, tampering, st.randoms(use_true_random=False))
def test_every_tampering_in_the_database_is_found(
    database: Database, contents: list[dict[str, object]], how: str, chance: random.Random
) -> None:
    conversation_id = _write(database, contents)
    first = chance.randint(1, len(contents) - 1)
    broken_at = {"cut": len(contents), "insert": len(contents) + 1}.get(how, first)
    with database.transaction() as work:
        _tamper(work.connection, conversation_id, how, first, len(contents))
    assert _verify(database, conversation_id) == broken_at


def _tamper(connection: sa.Connection, conversation_id: str, how: str, seq: int, length: int) -> None:
    def at(number: int) -> sa.ColumnElement[bool]:
        return (table.c.conversation_id == conversation_id) & (table.c.seq == number)

    def change(number: int, **values: object) -> None:
        connection.execute(sa.update(table).where(at(number)).values(**values))

    if how in CHANGES:
        change(seq, **CHANGES[how])
    elif how in ("delete", "cut"):
        connection.execute(sa.delete(table).where(at(seq if how == "delete" else length)))
    elif how == "swap":
        change(seq, seq=-1)
        change(seq + 1, seq=seq)
        change(-1, seq=seq + 1)
    else:
        last = connection.execute(sa.select(table.c.hash).where(at(length))).scalar_one()
        forged = _next(Event(conversation_id, length, "user", NOW, {}, b"", b"", last))
        row = {name: getattr(forged, name) for name in Event.__slots__} | {"body": "{}"}
        connection.execute(sa.insert(table).values(**row))


def _next(last: Event) -> Event:
    """A link that fits, made by somebody who knows how links are made."""
    salt = bytes(16)
    digest = content_digest(salt, b"{}")
    made = link_hash(last.conversation_id, last.seq + 1, "user", NOW, digest, last.hash)
    return Event(last.conversation_id, last.seq + 1, "user", NOW, {}, salt, digest, made)


def test_a_chain_of_another_conversation_does_not_verify() -> None:
    first = _next(Event("a", 0, "user", NOW, {}, b"", b"", GENESIS))
    assert verify([first], (1, first.hash)) is None
    moved = replace(first, conversation_id="b")
    assert verify([moved], (1, first.hash)) is not None


def test_a_cut_tail_and_a_moved_head_are_told_apart() -> None:
    first = _next(Event("a", 0, "user", NOW, {}, b"", b"", GENESIS))
    second = _next(first)
    cut = verify([first], (2, second.hash))
    moved = verify([first, second], (2, first.hash))
    assert cut is not None
    assert moved is not None
    assert (cut.seq, cut.problem) == (2, "the chain has 1 events and should have 2")
    assert (moved.seq, moved.problem) == (2, "the last hash is not the one that was kept")


def test_canonical_bytes_do_not_depend_on_order() -> None:
    assert canonical({"b": 1, "a": [1.5, None, True]}) == canonical({"a": [1.5, None, True], "b": 1})
    assert canonical({"b": 1, "a": "好"}) == '{"a":"好","b":1}'.encode()


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_in_json_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical({"n": number})
