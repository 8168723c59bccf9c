"""A copy of one conversation that proves itself: a page to read, the chain behind it, and a seal over both.

The page is HTML. What a person reads stands in one line a message; `RECORD` carries the chain as JSON, with the
content and salt of what is shown and only the digest of the rest; `SEAL` carries an Ed25519 signature.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.record.chain import canonical
from bot.record.events import Event

FORMAT = "conversation-record/1"
RECORD = '<script type="application/json" id="record">'
SEAL = '<script type="application/json" id="seal">'
END = "</script>"
TAIL = "\n</body>\n</html>\n"
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
SPOKEN = ("user", "bot", "agent", "notice")
ARTICLE = re.compile(
    r'<article id="m(?P<seq>\d+)" class="(?P<kind>\w+)"><h2>[^<]*<time datetime="(?P<at>[^"<]*)">[^<]*</time></h2>'
    r"(?P<content>.*)</article>"
)


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy is made of: `events` from the first on, `open_to` the places whose content it shows."""

    conversation_id: str
    made_at: datetime
    events: Sequence[Event]
    open_to: frozenset[int]

    @property
    def head(self) -> tuple[int, str]:
        return (self.events[-1].seq, self.events[-1].hash.hex()) if self.events else (0, "")

    def shown(self, deleted: str) -> list[tuple[Event, str]]:
        """The events that a reader sees, each with the markup of its content; `deleted` stands for what is gone."""
        gone = f"<p>{_marked(deleted)}</p>"
        said = [event for event in self.events if event.seq in self.open_to]
        pairs = ((event, gone if event.body is None else content(event)) for event in said)
        return [(event, markup) for event, markup in pairs if markup is not None]


def content(event: Event) -> str | None:
    """What the borrower saw of an event, as markup; None for what shows nothing."""
    body = event.body
    if body is None or event.kind not in SPOKEN:
        return None
    text, file, edits = body.get("text"), body.get("file"), body.get("edits")
    if not text and not file and not edits:
        return None
    parts = [f"<p>{_marked(str(text))}</p>"] if text else []
    if edits:
        sign = "✎" if text else "✗"
        parts.append(f'<p class="edits">{sign} <a href="#m{int(edits)}">{int(edits)}</a></p>')
    if file:
        parts.append(f'<p class="file">{_marked(str(file["name"]))}</p>')
    if buttons := body.get("buttons"):
        titles = (f"<li>{_marked(str(button['title']))}</li>" for button in buttons)
        parts.append(f"<ul>{''.join(titles)}</ul>")
    return "".join(parts)


def article(event: Event, markup: str, who: str, when: str) -> str:
    """One message of the page, in one line."""
    stamp = event.at.astimezone(UTC).isoformat()
    return (
        f'<article id="m{event.seq}" class="{event.kind}"><h2>{_marked(who)} '
        f'<time datetime="{stamp}">{_marked(when)}</time></h2>{markup}</article>'
    )


def record_line(copy: Copy, articles: Mapping[int, str]) -> str:
    """The chain and the digests of the lines that are read, as one line of the page."""
    length, head = copy.head
    known = {
        "format": FORMAT,
        "conversation": copy.conversation_id,
        "made_at": copy.made_at.astimezone(UTC).isoformat(),
        "length": length,
        "head": head,
        "events": [_entry(event, shown=event.seq in copy.open_to) for event in copy.events],
        "shown": {str(seq): digest(line) for seq, line in articles.items()},
    }
    return f"{RECORD}{_script(known)}{END}"


def sealed(page: str, copy: Copy, key: Ed25519PrivateKey) -> bytes:
    """The whole file: `page` up to and with the record's line, then the seal and the end."""
    start = page + "\n"
    length, head = copy.head
    signed = statement(copy.conversation_id, copy.made_at.astimezone(UTC).isoformat(), length, head, digest(start))
    line = seal_line(key.public_key().public_bytes_raw(), key.sign(signed))
    return (start + line + TAIL).encode()


def statement(conversation_id: str, made_at: str, length: int, head: str, page: str) -> bytes:
    """What the signature is over."""
    return canonical(
        {
            "format": FORMAT,
            "conversation": conversation_id,
            "made_at": made_at,
            "length": length,
            "head": head,
            "page": page,
        }
    )


def seal_line(key: bytes, signature: bytes) -> str:
    return f"{SEAL}{_script({'key': key.hex(), 'signature': signature.hex()})}{END}"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _entry(event: Event, *, shown: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "seq": event.seq,
        "kind": event.kind,
        "at": event.at.astimezone(UTC).isoformat(),
        "digest": event.digest.hex(),
        "hash": event.hash.hex(),
    }
    if shown and event.salt is not None:
        entry |= {"salt": event.salt.hex(), "body": event.body}
    return entry


def _script(value: Any) -> str:
    """JSON that no reader of HTML takes for the end of the script."""
    return canonical(value).decode().replace("<", "\\u003c")


def _marked(text: str) -> str:
    """Text as it stands in one line of the page; what is no character of a text becomes U+FFFD."""
    return "<br>".join(escape(_NO_TEXT.sub("\ufffd", line)) for line in text.splitlines())
