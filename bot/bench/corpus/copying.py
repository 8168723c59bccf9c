"""Makes any number of conversations of one recording: new ids, people, times and words, and chains that verify."""

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

import sqlalchemy as sa

from bot.bench.corpus.recording import Recording, Row
from bot.bench.corpus.sayings import Sayings
from bot.keys import Keys
from bot.record.chain import GENESIS, SALT_BYTES
from bot.storage.columns import Instant, metadata
from bot.storage.fields import Fields, plain

_ID = re.compile(r"\b[0-9a-f]{32}\b")
_HOUR = 3_600_000_000  # microseconds
# Conversations and events are put together anew; the others belong to sign-in, and to nobody.
_NOT_COPIED = frozenset({"events", "conversations", "attempts", "check_codes"})
_OTHER_WORDS, _WITH_DETAIL = 0.75, 0.4  # of the typed messages that may be told otherwise
# Sealed fields are bound to their row: they are opened and sealed again for each copy.
_SEALED = {"hardships": ("means",), "hardship_details": ("reason", "detail"), "disputes": ("words",)}


@dataclass(frozen=True, slots=True)
class _Saying:
    """A place in a body where a typed message stands that may as well be told in other words."""

    text: str
    intent: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One event: what of its body stays, with the places where something new comes in between."""

    kind: str
    at: int
    parts: Sequence[str]  # one more than there are places
    places: Sequence[int | str | _Saying]  # an id by its number, "reference", "name", or words


class Master:
    """A recording taken apart; `copies` puts new ones together."""

    def __init__(self, recording: Recording, keys: Keys, staff: Collection[str]) -> None:
        self._recording, self._keys = recording, keys
        found = sorted({hit for text in _texts(recording) for hit in _ID.findall(text)}.difference(staff))
        self._ids = {old: number for number, old in enumerate(found)}
        whole = "\n".join(str(event["body"]) for event in recording.rows["events"])
        read = _understood(recording.rows["events"])
        self._lines = {
            chat["id"]: [
                self._line(event, whole, read)
                for event in recording.rows["events"]
                if event["conversation_id"] == chat["id"]
            ]
            for chat in recording.rows["conversations"]
        }
        self._tables = [(table, rows) for table, rows in recording.rows.items() if table not in _NOT_COPIED]

    @cached_property
    def _fields(self) -> Fields:
        return Fields(self._keys.data, self._keys.earlier)

    def __getstate__(self) -> dict[str, Any]:
        """Ciphers can't be sent to another process; they are made again there."""
        return {name: value for name, value in self.__dict__.items() if name != "_fields"}

    @property
    def conversations(self) -> int:
        return len(self._lines)

    def copy(self, says: Sayings, chance: Random) -> Iterator[tuple[str, Row]]:
        """The rows of one more borrower and their conversations, each with the name of its table."""
        ids = [f"{chance.getrandbits(128):032x}" for _ in self._ids]
        later = int(chance.triangular(-11 * _HOUR, 11 * _HOUR, 3 * _HOUR))
        reference = f"RC-{chance.randrange(10**14):014d}"
        named = {"reference": reference, "name": says.person(self._recording.locale)}
        for table, rows in self._tables:
            for row in rows:
                yield table, self._row(table, row, ids, later, named, chance)
        for chat in self._recording.rows["conversations"]:
            lines = list(self._events(chat, ids, later, named, says, chance))
            row = self._row("conversations", chat, ids, later, named, chance)
            last = lines[-1]
            yield "conversations", {**row, "chain_length": last["seq"], "chain_head": last["hash"]}
            yield from (("events", line) for line in lines)

    def _events(
        self, chat: Row, ids: Sequence[str], later: int, named: Mapping[str, str], says: Sayings, chance: Random
    ) -> Iterator[Row]:
        conversation_id = self._renamed(chat["id"], ids)
        previous = GENESIS
        lines = self._lines[chat["id"]]
        salts = os.urandom(SALT_BYTES * len(lines))
        for seq, line in enumerate(lines, start=1):
            body = self._body(line, ids, named, says, chance)
            salt, at = salts[(seq - 1) * SALT_BYTES : seq * SALT_BYTES], line.at + later
            digest = hashlib.sha256(salt + body.encode()).digest()
            head = f"{conversation_id}\n{seq}\n{line.kind}\n{at}\n".encode()
            previous = hashlib.sha256(head + digest + previous).digest()
            yield {
                "conversation_id": conversation_id,
                "seq": seq,
                "kind": line.kind,
                "at": at,
                "body": body,
                "salt": salt,
                "digest": digest,
                "hash": previous,
            }

    def _body(
        self, line: _Line, ids: Sequence[str], named: Mapping[str, str], says: Sayings, chance: Random
    ) -> str:
        made = [line.parts[0]]
        for place, part in zip(line.places, line.parts[1:], strict=True):
            if isinstance(place, int):
                made.append(ids[place])
            elif isinstance(place, str):
                made.append(_escaped(named[place]))
            else:
                made.append(_escaped(self._words(place, says, chance)))
            made.append(part)
        return "".join(made)

    def _words(self, place: _Saying, says: Sayings, chance: Random) -> str:
        locale = self._recording.locale
        said = (says.of(place.intent, locale) if chance.random() < _OTHER_WORDS else None) or place.text
        return f"{said} {says.detail(locale)}" if chance.random() < _WITH_DETAIL else said

    def _line(self, event: Row, whole: str, read: Mapping[Any, str]) -> _Line:
        """Find the places of `event` at which copies differ."""
        body = str(event["body"])
        places: dict[int, tuple[int, int | str | _Saying]] = {}
        for name, text in (("reference", self._recording.reference), ("name", self._recording.name)):
            for hit in re.finditer(re.escape(_escaped(text)), body):
                places[hit.start()] = (hit.end(), name)
        for hit in _ID.finditer(body):
            if hit[0] in self._ids:
                places[hit.start()] = (hit.end(), self._ids[hit[0]])
        for start, (end, saying) in _free_words(event, body, whole, read):
            if not any(start <= other < end for other in places):
                places[start] = (end, saying)
        ordered = sorted(places)
        starts, ends = [*ordered, len(body)], [0, *(places[start][0] for start in ordered)]
        parts = [body[end:start] for end, start in zip(ends, starts, strict=True)]
        return _Line(str(event["kind"]), int(event["at"]), parts, [places[start][1] for start in ordered])

    def _row(
        self, table: str, row: Row, ids: Sequence[str], later: int, named: Mapping[str, str], chance: Random
    ) -> Row:
        moments = _moments(table)
        made = {
            name: value + later
            if name in moments and value is not None
            else self._renamed(value, ids)
            if isinstance(value, str)
            else value
            for name, value in row.items()
        }
        if table == "borrowers":
            made |= self._person(row["id"], made["id"], named, row)
        elif table == "accounts":
            made |= self._account(row, made["id"], chance)
        elif table == "payments":
            made |= self._payment(made["id"], chance)
        for name in _SEALED.get(table, ()):
            made[name] = self._sealed_again(table, name, row, made)
        if table == "conversations" and row["sender"].isdigit():
            made["sender"] = str(chance.randrange(10**13, 10**14))
        return made

    def _person(self, old: str, new: str, named: Mapping[str, str], row: Row) -> dict[str, Any]:
        seal, known = self._fields.seal, self._fields.open
        same = {
            name: seal(f"borrowers.{name}:{new}", known(f"borrowers.{name}:{old}", row[name]))
            for name in ("birth_date", "document_last4")
        }
        return {
            **same,
            "reference": seal(f"borrowers.reference:{new}", named["reference"]),
            "reference_lookup": self._fields.lookup("borrower", plain(named["reference"])),
            "name": seal(f"borrowers.name:{new}", named["name"]),
            "phone": None,
            "phone_lookup": None,
        }

    def _account(self, row: Row, new: str, chance: Random) -> dict[str, Any]:
        """Another number that ends as the recorded one, since the messages name its end."""
        ends = self._fields.open(f"accounts.reference:{row['id']}", row["reference"])[-4:]
        reference = f"{chance.randrange(10**16):016d}{ends}"
        return {
            "reference": self._fields.seal(f"accounts.reference:{new}", reference),
            "reference_lookup": self._fields.lookup("account", plain(reference)),
        }

    def _payment(self, new: str, chance: Random) -> dict[str, Any]:
        """Another number of the bank's: a lender books each once."""
        reference = f"{chance.randrange(10**20):020d}"
        return {
            "reference": self._fields.seal(f"payments.reference:{new}", reference),
            "reference_lookup": self._fields.lookup("payment", plain(reference)),
        }

    def _sealed_again(self, table: str, name: str, row: Row, made: Row) -> bytes | None:
        if row[name] is None:
            return None
        key = "hardship_id" if table == "hardship_details" else "id"
        kind = "hardships" if table == "hardship_details" else table
        content = self._fields.open_bytes(f"{kind}.{name}:{row[key]}", row[name])
        return self._fields.seal_bytes(f"{kind}.{name}:{made[key]}", content)

    def _renamed(self, value: str, ids: Sequence[str]) -> str:
        number = self._ids.get(value)
        if number is not None:
            return ids[number]
        return _ID.sub(lambda hit: self._new(hit[0], ids), value) if len(value) > 32 else value

    def _new(self, old: str, ids: Sequence[str]) -> str:
        number = self._ids.get(old)
        return old if number is None else ids[number]


def _texts(recording: Recording) -> Iterator[str]:
    """Every text of a recording, where ids are looked for."""
    for rows in recording.rows.values():
        for row in rows:
            yield from (value for value in row.values() if isinstance(value, str))


def _moments(table: str) -> frozenset[str]:
    if table not in _MOMENTS:
        columns: sa.Table = metadata.tables[table]
        _MOMENTS[table] = frozenset(column.name for column in columns.c if isinstance(column.type, Instant))
    return _MOMENTS[table]


_MOMENTS: dict[str, frozenset[str]] = {}


def _understood(events: Sequence[Row]) -> dict[Any, str]:
    """By conversation and input: the intent of each message in which nothing else was read."""
    found = {}
    for event in events:
        body = json.loads(event["body"])
        read = body.get("understood") if event["kind"] == "turn" else None
        if read and read["intents"] and not read["entities"] and read["answer"] is None:
            found[event["conversation_id"], body["input"]] = str(read["intents"][0][0])
    return found


def _free_words(
    event: Row, body: str, whole: str, read: Mapping[Any, str]
) -> Iterator[tuple[int, tuple[int, _Saying]]]:
    """The words of a typed message, if nothing else of the record repeats them."""
    said = json.loads(body) if event["kind"] == "user" else {}
    intent = read.get((event["conversation_id"], said.get("input")))
    text = said.get("text")
    if said.get("kind") != "text" or intent is None or not text or whole.count(_escaped(text)) != 1:
        return
    start = body.index(_escaped(text), body.index('"text":'))
    yield start, (start + len(_escaped(text)), _Saying(text, intent))


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]
