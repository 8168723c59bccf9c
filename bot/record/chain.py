"""The chain of hashes over a conversation's events: how it is made, and how a break in it is found."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

GENESIS = bytes(32)  # the hash before the first event
SALT_BYTES = 16

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class Link(Protocol):
    """What the chain needs to know of an event; an erased one has neither body nor salt."""

    @property
    def conversation_id(self) -> str: ...
    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def body(self) -> Any: ...
    @property
    def salt(self) -> bytes | None: ...
    @property
    def digest(self) -> bytes: ...
    @property
    def hash(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Break:
    """The first link that does not hold: its place in the chain, and what is wrong with it."""

    seq: int
    problem: str


def canonical(body: Any) -> bytes:
    """The one way to write `body`: JSON with sorted keys, no spaces, UTF-8.

    Half of a surrogate pair, which no UTF-8 can hold, becomes U+FFFD. Floats that are not numbers are refused.
    """
    text = _encode(body)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _LONE_SURROGATE.sub("\ufffd", text).encode()


def content_digest(salt: bytes, content: bytes) -> bytes:
    """SHA-256(salt ‖ content): erasing both leaves a digest that nobody can guess back."""
    return hashlib.sha256(salt + content).digest()


def link_hash(chain: str, seq: int, kind: str, at: datetime, digest: bytes, previous: bytes) -> bytes:
    """SHA-256 over an event's place, kind, time and digest, and the hash before it."""
    micros = (at - _EPOCH) // _MICROSECOND
    head = f"{chain}\n{seq}\n{kind}\n{micros}\n".encode()
    return hashlib.sha256(head + digest + previous).digest()


def verify(events: Iterable[Link], head: tuple[int, bytes]) -> Break | None:
    """The first broken link of a whole chain, or None; `head` is its length and last hash as kept apart."""
    length, last = 0, GENESIS
    for event in events:
        problem = _problem(event, length + 1, last)
        if problem:
            return Break(length + 1, problem)
        length, last = event.seq, event.hash
    if length != head[0]:
        return Break(min(length, head[0]) + 1, f"the chain has {length} events and should have {head[0]}")
    if last != head[1]:
        return Break(length, "the last hash is not the one that was kept")
    return None


def _problem(event: Link, expected: int, previous: bytes) -> str | None:
    if event.seq != expected:
        return f"event {expected} is missing or out of order"
    if (event.body is None) != (event.salt is None):
        return "it is erased by half"
    if event.salt is not None and content_digest(event.salt, canonical(event.body)) != event.digest:
        return "its content was altered"
    made = link_hash(event.conversation_id, event.seq, event.kind, event.at, event.digest, previous)
    return None if made == event.hash else "its place, kind, time or predecessor was altered"
