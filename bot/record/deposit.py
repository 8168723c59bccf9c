"""A checkpoint to be deposited elsewhere: with it, even whoever holds the signing key cannot rewrite the past."""

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot.errors import BadInput
from bot.record.chain import Break
from bot.record.checkpoint import Checkpoint, CheckpointStore, heads_digest, signed_by

FORMAT = "checkpoint-deposit/1"
_BYTES = ("heads_digest", "previous", "signature")


def deposit(checkpoint: Checkpoint) -> str:
    """The checkpoint as a line of JSON: a few hundred bytes, no personal data, for a letter, a notary or a log."""
    body: dict[str, Any] = {"format": FORMAT}
    for field in fields(checkpoint):
        value = getattr(checkpoint, field.name)
        body[field.name] = value.hex() if isinstance(value, bytes) else value
    body["at"] = checkpoint.at.astimezone(UTC).isoformat()
    return json.dumps(body, sort_keys=True) + "\n"


def deposited(text: str, place: str) -> Checkpoint:
    """Read a deposit; BadInput names the place."""
    try:
        body = json.loads(text)
        if body.pop("format") != FORMAT:
            raise BadInput(place, f"is not a deposit of the format {FORMAT}")
        values = body | {name: bytes.fromhex(body[name]) for name in _BYTES}
        return Checkpoint(**values | {"number": int(body["number"]), "at": datetime.fromisoformat(body["at"])})
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise BadInput(place, f"is no deposited checkpoint ({type(problem).__name__})") from problem


def verify_deposit(store: CheckpointStore, kept: Checkpoint, keys: Sequence[Ed25519PublicKey]) -> Break | None:
    """Whether the database still has the checkpoint that was deposited, with the very heads that it covered."""
    if not signed_by(kept, keys):
        return Break(kept.number, "the deposit itself is not signed by a key of this installation")
    ours = store.numbered(kept.number)
    if ours is None:
        return Break(kept.number, "the deposited checkpoint is gone")
    if ours != kept:
        return Break(kept.number, "the checkpoint is not the one that was deposited")
    if heads_digest(store.heads(kept.number)) != kept.heads_digest:
        return Break(kept.number, "the heads that it covers were altered")
    return None
