"""A signed checkpoint shows what a chain alone cannot: that somebody cut its end and moved the head along."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot import keys
from bot.dialogue.messages import Incoming
from bot.record.chain import verify
from bot.record.checkpoint import take, verify_checkpoints, verify_marks
from bot.record.events import NewEvent
from bot.storage.engine import Database
from bot.storage.schema import checkpoint_heads, checkpoints, conversations, events

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def _said(database: Database, sender: str, count: int) -> str:
    with database.transaction() as work:
        incoming = Incoming("web:harbour", sender, f"{sender}-{count}", "start")
        conversation_id = work.inbox.receive(incoming, "harbour", "en", NOW).conversation_id
        work.record.append(conversation_id, [NewEvent("user", {"n": n}) for n in range(count)], NOW)
    return conversation_id


def _sign(database: Database) -> int:
    with database.transaction() as work:
        work.audit.append("sign_in", "", "s1", {}, NOW)
        taken = take(work.checkpoints, KEY, NOW)
    assert taken is not None
    return taken.number


def _problem(database: Database) -> str | None:
    with database.reading() as work:
        broken = verify_checkpoints(work.checkpoints, [KEY.public_key()])
    return broken.problem if broken else None


def test_only_what_moved_is_covered_again(database: Database) -> None:
    first, second = _said(database, "s1", 3), _said(database, "s2", 2)
    assert _sign(database) == 1
    _said(database, "s2", 1)
    assert _sign(database) == 2
    with database.reading() as work:
        covered = [{(head.chain, head.length) for head in work.checkpoints.heads(number)} for number in (1, 2)]
        assert work.checkpoints.moved() == []
    assert covered == [{(first, 3), (second, 2), ("audit", 1)}, {(second, 3), ("audit", 2)}]
    assert _problem(database) is None


def test_nothing_is_signed_when_nothing_moved(database: Database) -> None:
    with database.transaction() as work:
        assert take(work.checkpoints, KEY, NOW) is None


def test_a_cut_tail_shows_although_the_head_was_moved_along(database: Database) -> None:
    conversation_id = _said(database, "s1", 3)
    _sign(database)
    with database.transaction() as work:
        kept = work.record.events(conversation_id)[1]
        work.connection.execute(sa.delete(events).where(events.c.seq == 3))
        work.connection.execute(sa.update(conversations).values(chain_length=2, chain_head=kept.hash))
    with database.reading() as work:
        left = work.record.events(conversation_id)
        marks = work.checkpoints.marks(conversation_id)
        assert verify(left, work.record.head(conversation_id)) is None
    broken = verify_marks({event.seq: event.hash for event in left}, marks)
    assert broken is not None
    assert (broken.seq, "gone" in broken.problem) == (3, True)


def test_a_chain_made_anew_shows(database: Database) -> None:
    conversation_id = _said(database, "s1", 3)
    _sign(database)
    with database.reading() as work:
        marks = work.checkpoints.marks(conversation_id)
    broken = verify_marks({3: bytes(32)}, marks)
    assert broken is not None
    assert "signed over" in broken.problem


@pytest.mark.parametrize(
    ("forgery", "problem"),
    [
        (sa.update(checkpoints).where(checkpoints.c.number == 1).values(signature=bytes(64)), "signature"),
        (sa.update(checkpoints).where(checkpoints.c.number == 2).values(key_id="0" * 16), "not known"),
        (sa.update(checkpoint_heads).where(checkpoint_heads.c.checkpoint == 2).values(head=bytes(32)), "altered"),
        (sa.delete(checkpoint_heads).where(checkpoint_heads.c.checkpoint == 1), "altered"),
        (sa.update(checkpoints).where(checkpoints.c.number == 2).values(previous=bytes(32)), "before it"),
        (sa.update(checkpoints).where(checkpoints.c.number == 2).values(number=3), "missing"),
    ],
)
def test_a_forged_checkpoint_is_found(database: Database, forgery: sa.UpdateBase, problem: str) -> None:
    _said(database, "s1", 3)
    _sign(database)
    _said(database, "s1", 4)
    _sign(database)
    assert _problem(database) is None
    with database.transaction() as work:
        if "missing" in problem:
            work.connection.execute(sa.delete(checkpoint_heads).where(checkpoint_heads.c.checkpoint == 2))
        work.connection.execute(forgery)
    assert problem in str(_problem(database))


def test_a_new_key_signs_from_now_on_and_the_old_one_still_proves_what_it_signed(
    database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "keys.json"
    before = keys.create(file)
    _said(database, "s1", 2)
    with database.transaction() as work:
        take(work.checkpoints, before.signing, NOW)
    after = keys.rotate_checkpoint(file)
    _said(database, "s2", 2)
    with database.transaction() as work:
        take(work.checkpoints, after.signing, NOW)
    with database.reading() as work:
        first, second = work.checkpoints.all()
        assert first.key_id != second.key_id
        assert verify_checkpoints(work.checkpoints, after.proving) is None
        assert verify_checkpoints(work.checkpoints, [after.signing.public_key()]) is not None
    assert (after.data, after.earlier) == (before.data, before.earlier)
    assert before.checkpoint.hex() not in file.read_text("ascii"), "the old secret is gone"
    assert file.stat().st_mode & 0o777 == 0o600
