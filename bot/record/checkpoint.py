"""Signed checkpoints over the heads of all chains: what a chain alone cannot show, that its end was cut off."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.record.chain import GENESIS, Break, canonical


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where a chain stood: a conversation's id (or another chain's name), its length and last hash."""

    chain: str
    length: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Covers the heads that moved since the one before; `previous` is that one's digest."""

    number: int
    at: datetime
    heads_digest: bytes
    previous: bytes
    key_id: str
    signature: bytes


class CheckpointStore(Protocol):
    """Checkpoints and the heads that each covers. Implemented by `storage`."""

    def moved(self) -> list[ChainHead]:
        """Heads as they stand now that no checkpoint covers yet."""
        ...

    def add(self, checkpoint: Checkpoint, heads: Sequence[ChainHead]) -> None: ...
    def newest(self) -> Checkpoint | None: ...
    def all(self) -> list[Checkpoint]: ...
    def recent(self, limit: int) -> list[Checkpoint]:
        """The newest first."""
        ...

    def numbered(self, number: int) -> Checkpoint | None: ...
    def heads(self, number: int) -> list[ChainHead]: ...
    def gone(self, after: str = "", limit: int = 500) -> list[ChainHead]:
        """Of conversations that a checkpoint covers and that are no longer there, the longest head of each."""
        ...

    def marks(self, chain: str) -> list[ChainHead]:
        """Every head of one chain that a checkpoint covers, shortest first."""
        ...


def heads_digest(heads: Iterable[ChainHead]) -> bytes:
    """SHA-256 over the heads in order of their chain."""
    lines = sorted(f"{head.chain} {head.length} {head.hash.hex()}\n" for head in heads)
    return hashlib.sha256("".join(lines).encode()).digest()


def key_id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


def digest(checkpoint: Checkpoint) -> bytes:
    """What the next checkpoint refers to."""
    return hashlib.sha256(_content(checkpoint) + checkpoint.signature).digest()


def take(store: CheckpointStore, key: Ed25519PrivateKey, at: datetime) -> Checkpoint | None:
    """Sign every head that has moved; None when none has."""
    heads = store.moved()
    if not heads:
        return None
    before = store.newest()
    unsigned = Checkpoint(
        number=before.number + 1 if before else 1,
        at=at,
        heads_digest=heads_digest(heads),
        previous=digest(before) if before else GENESIS,
        key_id=key_id(key.public_key()),
        signature=b"",
    )
    signed = replace(unsigned, signature=key.sign(_content(unsigned)))
    store.add(signed, heads)
    return signed


def verify_checkpoints(store: CheckpointStore, keys: Sequence[Ed25519PublicKey]) -> Break | None:
    """The first checkpoint that does not hold: its number, its signature, its heads, or the one before it."""
    known = {key_id(key): key for key in keys}
    expected, previous = 1, GENESIS
    for checkpoint in store.all():
        problem = _problem(checkpoint, expected, previous, store.heads(checkpoint.number), known)
        if problem:
            return Break(expected, problem)
        expected, previous = expected + 1, digest(checkpoint)
    return None


def verify_marks(hashes: Mapping[int, bytes], marks: Sequence[ChainHead]) -> Break | None:
    """The first checkpointed head that a chain no longer has; `hashes` are the chain's, by place."""
    for mark in marks:
        found = hashes.get(mark.length)
        if found is None:
            return Break(mark.length, "it was there when a checkpoint was signed, and is gone")
        if found != mark.hash:
            return Break(mark.length, "it is not the one that a checkpoint was signed over")
    return None


def signed_by(checkpoint: Checkpoint, keys: Sequence[Ed25519PublicKey]) -> bool:
    """Whether one of the keys made the checkpoint's signature."""
    for key in keys:
        if key_id(key) == checkpoint.key_id:
            try:
                key.verify(checkpoint.signature, _content(checkpoint))
            except InvalidSignature:
                return False
            return True
    return False


def _problem(
    checkpoint: Checkpoint,
    expected: int,
    previous: bytes,
    heads: Sequence[ChainHead],
    keys: Mapping[str, Ed25519PublicKey],
) -> str | None:
    if checkpoint.number != expected:
        return "a checkpoint is missing"
    if checkpoint.previous != previous:
        return "the checkpoint before it was altered"
    if checkpoint.key_id not in keys:
        return f"it is signed with the key {checkpoint.key_id}, which is not known"
    if not signed_by(checkpoint, [keys[checkpoint.key_id]]):
        return "its signature does not hold"
    return None if heads_digest(heads) == checkpoint.heads_digest else "the heads that it covers were altered"


def _content(checkpoint: Checkpoint) -> bytes:
    return canonical(
        {
            "number": checkpoint.number,
            "at": checkpoint.at.astimezone(UTC).isoformat(),
            "heads": checkpoint.heads_digest.hex(),
            "previous": checkpoint.previous.hex(),
            "key": checkpoint.key_id,
        }
    )
