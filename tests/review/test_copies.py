"""A borrower's copy of a conversation: whatever is altered in it is found, and nothing of ours is told by it."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from bot.locale import Catalogues
from bot.record import copies
from bot.record.chain import GENESIS, canonical, content_digest, link_hash
from bot.record.checkpoint import key_id
from bot.record.disclosure import open_to
from bot.record.events import Event, EventKind
from bot.review.copies import Altered, prove
from bot.settings import ROOT
from bot.web.own_record import OwnRecords

KEY = bytes(range(32))
AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
RECORDS = OwnRecords(Catalogues.load(ROOT / "locales").localizer, KEY)
LOCALES = ("en", "zh_Hans", "zh_Hant")
MINE, OTHERS = "borrower-1", "borrower-2"
New = tuple[EventKind, Mapping[str, Any]]

TALK: Sequence[New] = (
    ("user", {"kind": "start", "input": 1}),
    ("turn", {"trace": ["TRACE"]}),
    ("bot", {"text": "Hello <you> & “all”", "buttons": [{"title": "Start", "payload": "/start_chat"}]}),
    ("user", {"kind": "text", "text": "4417"}),
    ("turn", {"trace": ["TRACE"]}),
    ("access", {"what": "verified", "borrower": MINE}),
    ("bot", {"text": "¥12,600.00\nare owed. </script>"}),
    (
        "user",
        {"kind": "file", "file": {"id": "f", "name": "工资单.pdf", "media_type": "application/pdf", "size": 9}},
    ),
    ("case", {"event": "note", "text": "STAFF NOTE"}),
    ("agent", {"text": "300 a month is fine.", "name": "Mei"}),
    ("notice", {"text": "Mei has handed back.", "notice": "handed_back"}),
)


def chained(new: Sequence[New], conversation_id: str = "c1") -> list[Event]:
    events: list[Event] = []
    last = GENESIS
    for seq, (kind, body) in enumerate(new, start=1):
        at, salt = AT + timedelta(seconds=7 * seq), bytes([seq % 256]) * 16
        digest = content_digest(salt, canonical(body))
        last = link_hash(conversation_id, seq, kind, at, digest, last)
        events.append(Event(conversation_id, seq, kind, at, body, salt, digest, last))
    return events


def written(events: Sequence[Event], borrower: str = MINE, locale: str = "en") -> bytes:
    made = RECORDS.write(
        events, borrower, lender="Harbour Bank", locale=locale, zone="Asia/Shanghai", at=AT + timedelta(days=1)
    )
    return made.content


@pytest.mark.parametrize("locale", LOCALES)
def test_what_was_given_out_is_proved(locale: str) -> None:
    events = chained(TALK)
    proof = prove(written(events, locale=locale))
    assert (proof.length, proof.shown, proof.head) == (11, 6, events[-1].hash.hex())
    assert proof.key_id == key_id(RECORDS.public_key)


def test_the_page_says_who_when_and_what_was_offered() -> None:
    page = written(chained(TALK), locale="zh_Hant").decode()
    line = next(line for line in page.splitlines() if line.startswith('<article id="m3"'))
    assert line == (
        '<article id="m3" class="bot"><h2>自動助理 <time datetime="2026-11-21T04:00:21+00:00">2026年11月21日 12:00'
        "</time></h2><p>Hello &lt;you&gt; &amp; “all”</p><ul><li>Start</li></ul></article>"
    )
    assert "工资单.pdf" in page
    assert "<p>300 a month is fine.</p>" in page


def test_what_is_ours_alone_is_there_by_digest_only() -> None:
    page = written(chained(TALK)).decode()
    assert "STAFF NOTE" not in page
    assert "TRACE" not in page
    entries = _known(page)["events"]
    assert [entry["kind"] for entry in entries if "body" not in entry] == ["turn", "turn", "access", "case"]
    assert not any("salt" in entry for entry in entries if "body" not in entry)


_TWO: Sequence[New] = (
    ("user", {"text": "mine, before it was proved"}),
    ("access", {"what": "verified", "borrower": OTHERS}),
    ("bot", {"text": "OTHER PERSON'S BALANCE"}),
    ("user", {"text": "i am somebody else"}),
    ("access", {"what": "lapsed"}),
    ("bot", {"text": "who are you?"}),
    ("access", {"what": "verified", "borrower": MINE}),
    ("bot", {"text": "your balance"}),
)


def test_nobody_gets_what_was_said_with_somebody_before_them() -> None:
    events = chained(_TWO)
    assert open_to(events, MINE) == {4, 6, 8}
    assert open_to(events, OTHERS) == {1, 3}
    page = written(events).decode()
    assert "OTHER PERSON" not in page
    assert prove(page.encode()).shown == 3


def test_what_was_deleted_keeps_its_place() -> None:
    events = chained(TALK)
    third = events[2]
    events[2] = Event(third.conversation_id, 3, third.kind, third.at, None, None, third.digest, third.hash)
    page = written(events).decode()
    assert "<p>This message was deleted.</p>" in page
    assert prove(page.encode()).shown == 6


def test_a_file_of_another_format_or_none_says_so() -> None:
    for file in (b"", b"<p>hello</p>", b"\xff\xfe", written(chained(TALK)).replace(b"record/1", b"record/2")):
        with pytest.raises(Altered):
            prove(file)


_TEXTS = st.text(max_size=60) | st.sampled_from(
    ["</article>", "\u2028", '"><b>', "a\r\nb\x00\x85", "𠮷👩‍👩‍👧", "&amp;"]
)
_SAID = st.lists(st.tuples(st.sampled_from(["user", "bot", "agent", "notice", "turn", "case"]), _TEXTS), max_size=8)


@given(_SAID, st.sampled_from(LOCALES))
def test_whatever_was_said_is_proved(said: Sequence[tuple[EventKind, str]], locale: str) -> None:
    new: list[New] = [
        ("access", {"what": "verified", "borrower": MINE}),
        *((kind, {"text": t}) for kind, t in said),
    ]
    assert prove(written(chained(new), locale=locale)).length == len(new)


FILE = written(chained(TALK))


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
def test_any_byte_altered_is_found(place: int, change: int) -> None:
    altered = bytearray(FILE)
    altered[place] ^= change
    with pytest.raises(Altered):
        prove(bytes(altered))


@given(st.integers(0, len(FILE) - 1), st.integers(1, 40), st.binary(max_size=40))
def test_anything_cut_or_put_in_is_found(place: int, length: int, put: bytes) -> None:
    altered = FILE[:place] + put + FILE[place + length :]
    if altered != FILE:
        with pytest.raises(Altered):
            prove(altered)


def _lines() -> list[tuple[int, bytes]]:
    return [(int(found[1]), found[0]) for found in re.finditer(rb'<article id="m(\d+)".*</article>\n', FILE)]


@given(st.sampled_from(_lines()), st.data())
def test_it_is_said_which_message_was_altered(line: tuple[int, bytes], data: st.DataObject) -> None:
    """Any letter that a reader sees of a message, replaced by another."""
    seq, text = line
    seen = [n for n, part in _letters(text)]
    place = data.draw(st.sampled_from(seen))
    letter = data.draw(st.sampled_from([b"x", b"7", b"."]).filter(lambda new: new != text[place : place + 1]))
    with pytest.raises(Altered) as found:
        prove(FILE.replace(text, text[:place] + letter + text[place + 1 :]))
    assert found.value.seq == seq


def _letters(line: bytes) -> list[tuple[int, int]]:
    """Places of the ASCII letters between the tags of a line."""
    shown = re.sub(rb"<[^>]*>|&\w+;", lambda tag: b"\0" * len(tag[0]), line)
    return [(n, part) for n, part in enumerate(shown) if 32 < part < 127]


def test_a_message_taken_away_or_moved_is_named() -> None:
    lines = _lines()
    for place, (seq, text) in enumerate(lines):
        with pytest.raises(Altered) as gone:
            prove(FILE.replace(text, b""))
        assert gone.value.seq == seq
        if place:
            before = lines[place - 1][1]
            with pytest.raises(Altered) as moved:
                prove(FILE.replace(before + text, text + before))
            assert moved.value.seq == lines[place - 1][0]


def test_content_altered_on_the_page_and_in_the_record_breaks_the_chain() -> None:
    with pytest.raises(Altered, match="content was altered") as found:
        prove(FILE.replace(b"300 a month", b"900 a month"))
    assert found.value.seq == 10


def test_whoever_makes_it_all_anew_cannot_sign_it() -> None:
    """With another key the file holds together, and bears another key's name."""
    forger = OwnRecords(Catalogues.load(ROOT / "locales").localizer, bytes(32))
    forged = forger.write(chained(TALK[:4]), MINE, lender="Harbour Bank", locale="en", zone="UTC", at=AT)
    assert prove(forged.content).key_id != key_id(RECORDS.public_key)
    line = copies.seal_line(RECORDS.public_key.public_bytes_raw(), Ed25519PrivateKey.generate().sign(b"x"))
    start = forged.content.decode().rpartition(copies.SEAL)[0]
    with pytest.raises(Altered, match="seal"):
        prove((start + line + copies.TAIL).encode())


def _known(page: str) -> dict[str, Any]:
    line = next(line for line in page.splitlines() if line.startswith(copies.RECORD))
    known: dict[str, Any] = json.loads(line.removeprefix(copies.RECORD).removesuffix(copies.END))
    return known
