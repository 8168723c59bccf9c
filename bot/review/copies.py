"""Whether a borrower's copy of a conversation is what was given out: from the file alone, without any database."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bot.errors import BotError
from bot.record import copies
from bot.record.chain import verify
from bot.record.checkpoint import key_id
from bot.record.copies import ARTICLE, END, RECORD, SEAL, SPOKEN, TAIL
from bot.record.events import Event

_SIGNATURE_BYTES = 64


class Altered(BotError):
    """The file is not what was given out; `seq` is the message with which that begins, where it can be told."""

    def __init__(self, problem: str, seq: int | None = None) -> None:
        super().__init__(f"message {seq}: {problem}" if seq else problem)
        self.seq = seq


@dataclass(frozen=True, slots=True)
class Proof:
    """What holds of a file: `shown` of its `length` events can be read, the rest are there by digest."""

    conversation_id: str
    made_at: datetime
    length: int
    shown: int
    head: str
    key: Ed25519PublicKey

    @property
    def key_id(self) -> str:
        return key_id(self.key)


@dataclass(frozen=True, slots=True)
class _Record:
    known: Mapping[str, Any]
    events: Sequence[Event]


def installation_key(secret: bytes) -> str:
    """The id of the key that belongs to the installation's secret one."""
    return key_id(Ed25519PrivateKey.from_private_bytes(secret).public_key())


def prove(file: bytes) -> Proof:
    """Check everything that a copy claims; raises Altered with the first thing that does not hold."""
    start, seal = _parts(file)
    try:
        return _proof(start, seal)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError) as wrong:
        # Only a file that was written by somebody else holds what cannot even be compared.
        raise Altered(f"the record inside the file can't be read ({type(wrong).__name__})") from None


def _proof(start: str, seal: str) -> Proof:
    record = _record(start)
    broken = verify(record.events, (record.known["length"], bytes.fromhex(record.known["head"])))
    if broken:
        raise Altered(broken.problem, broken.seq)
    shown = _check_page(start, record)
    key = _check_seal(start, seal, record.known)
    return Proof(
        conversation_id=record.known["conversation"],
        made_at=datetime.fromisoformat(record.known["made_at"]),
        length=record.known["length"],
        shown=shown,
        head=record.known["head"],
        key=key,
    )


def _parts(file: bytes) -> tuple[str, str]:
    """The page up to its seal, and the seal's line."""
    try:
        text = file.decode()
    except UnicodeDecodeError:
        raise Altered("the file holds bytes that are no text") from None
    start, mark, rest = text.rpartition(SEAL)
    if not mark or not rest.endswith(END + TAIL):
        raise Altered("this is no copy of a conversation, or its end was altered")
    return start, mark + rest.removesuffix(TAIL)


def _record(start: str) -> _Record:
    line = start.removesuffix("\n").rpartition("\n")[2]
    if not line.startswith(RECORD) or not line.endswith(END):
        raise Altered("the record inside the file is missing")
    known = json.loads(line[len(RECORD) : -len(END)])
    if known["format"] != copies.FORMAT:
        raise Altered(f"it has the format {known['format']!r}, which this version can't read")
    return _Record(known, [_event(known["conversation"], entry) for entry in known["events"]])


def _event(conversation_id: str, entry: Mapping[str, Any]) -> Event:
    return Event(
        conversation_id=conversation_id,
        seq=int(entry["seq"]),
        kind=entry["kind"],
        at=datetime.fromisoformat(entry["at"]),
        body=entry.get("body"),
        salt=bytes.fromhex(entry["salt"]) if "salt" in entry else None,
        digest=bytes.fromhex(entry["digest"]),
        hash=bytes.fromhex(entry["hash"]),
    )


def _check_page(start: str, record: _Record) -> int:
    """Every message that may be read stands on the page once, in order, word for word; how many there are."""
    page = start[: start.rindex(RECORD)]
    lines = {int(found["seq"]): (found[0], found) for found in ARTICLE.finditer(page)}
    listed = {int(seq): digest for seq, digest in record.known["shown"].items() if seq.isdecimal()}
    for event in record.events:
        if event.seq in listed or event.seq in lines or copies.content(event) is not None:
            _check_line(event, lines.get(event.seq), listed.get(event.seq))
    order = [int(seq) for seq in re.findall(r'<article id="m(\d+)"', page)]
    for place, seq in zip(sorted(listed), [*order, *[0] * len(listed)], strict=False):
        if place != seq:
            raise Altered("it is not in its place on the page", place)
    if len(order) != len(listed):
        raise Altered("there are messages on the page that the record does not know")
    return len(listed)


def _check_line(event: Event, line: tuple[str, re.Match[str]] | None, listed: str | None) -> None:
    if line is None:
        raise Altered("it is missing from the page, or not as it was written there", event.seq)
    text, parts = line
    expected = copies.content(event)
    if expected is not None and parts["content"] != expected:
        raise Altered("its words on the page are not those of the record", event.seq)
    if (parts["kind"], parts["at"]) != (event.kind, event.at.isoformat()) or event.kind not in SPOKEN:
        raise Altered("who said it, or when, is not as the record has it", event.seq)
    if copies.digest(text) != listed:
        raise Altered("its line on the page was altered", event.seq)


def _check_seal(start: str, seal: str, known: Mapping[str, Any]) -> Ed25519PublicKey:
    given = json.loads(seal[len(SEAL) : -len(END)])
    key, signature = bytes.fromhex(given["key"]), bytes.fromhex(given["signature"])
    public = Ed25519PublicKey.from_public_bytes(key)
    if copies.seal_line(key, signature) != seal or len(signature) != _SIGNATURE_BYTES:
        raise Altered("the seal was altered")
    signed = copies.statement(
        known["conversation"], known["made_at"], known["length"], known["head"], copies.digest(start)
    )
    try:
        public.verify(signature, signed)
    except InvalidSignature:
        raise Altered("no message was altered, but something else in the file or its seal was") from None
    return public
