"""What the commands about proof do; each function is one."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

from bot import keys
from bot.commands import opened
from bot.errors import BadInput
from bot.record.checkpoint import Checkpoint, key_id, take
from bot.record.deposit import deposited, verify_deposit
from bot.review import copies
from bot.review.copies import Altered
from bot.review.verification import CHECKPOINTS, Verdict, verify_all, verify_conversation, verify_span
from bot.settings import Settings


def verify_copy(settings: Settings, file: Path, signed_by: str | None) -> Iterator[str]:
    """What is proved by a borrower's copy of a chat, from the file alone; raises Altered.

    `signed_by` is the id of the key that must have signed it; without, this installation's, if it has one.
    """
    ours = copies.installation_key(keys.load(settings.key_file).checkpoint) if settings.key_file.exists() else None
    proof = copies.prove(file.read_bytes())
    expected = signed_by or ours
    if expected not in (None, proof.key_id):
        raise Altered(f"it is signed with the key {proof.key_id}, not with {expected}")
    whose = {signed_by: "the one you named", ours: "this installation's"}.get(proof.key_id)
    yield f"{file}: nothing was altered"
    yield f"signed {proof.made_at.isoformat(' ', 'minutes')} with the key {proof.key_id}, " + (
        whose or "which is not known here: compare it with the one on the lender's page"
    )
    yield (
        f"covers the words, senders, times and order of {proof.shown} messages, and that none was left out of the "
        f"conversation's {proof.length} events; the other {proof.length - proof.shown} are in it by digest only"
    )
    yield "does not cover what was said after it was signed, nor who typed the borrower's words"


def verify(settings: Settings, conversation_id: str | None) -> Iterator[Verdict]:
    """Recompute the chain of one conversation, or of all, of the audit trail, and the checkpoints' signatures."""
    with opened(settings) as ground, ground.database.reading() as work:
        if conversation_id:
            yield verify_conversation(work, conversation_id)
        else:
            yield from verify_all(work, ground.keys.proving)


def verify_day(settings: Settings, day: str) -> Iterator[Verdict]:
    """Recompute every conversation that was under way on a day of this machine's clock (YYYY-MM-DD)."""
    try:
        began = datetime.combine(datetime.fromisoformat(day).date(), time()).astimezone()
    except ValueError:
        raise BadInput("--day", f"{day!r} is no date like 2026-11-30") from None
    with opened(settings) as ground, ground.database.reading() as work:
        yield from verify_span(work, began, began + timedelta(days=1))


def verify_against(settings: Settings, file: Path) -> Iterator[Verdict]:
    """Hold the database against a checkpoint that was deposited elsewhere."""
    kept = deposited(file.read_text("utf-8"), str(file))
    with opened(settings) as ground, ground.database.reading() as work:
        broken = verify_deposit(work.checkpoints, kept, ground.keys.proving)
    yield Verdict(CHECKPOINTS, kept.number, kept.heads_digest.hex(), broken)


def checkpoint(settings: Settings) -> Checkpoint | None:
    """Sign what has moved; the newest checkpoint, None where there is nothing to sign yet."""
    with opened(settings) as ground, ground.database.transaction() as work:
        taken = take(work.checkpoints, ground.keys.signing, ground.clock.now())
        return taken or work.checkpoints.newest()


def rotate(settings: Settings) -> tuple[str, str]:
    """Sign with a new key from now on, the last checkpoint of the old one taken first; ids of both keys."""
    checkpoint(settings)
    before = keys.load(settings.key_file)
    after = keys.rotate_checkpoint(settings.key_file)
    return key_id(before.signing.public_key()), key_id(after.signing.public_key())
