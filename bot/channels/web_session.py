"""The web chat's pure parts: session tokens, limits on how fast one may write, and messages as they are shown."""

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.channels.backend import Address, Message

_TOKEN = re.compile(r"([a-z0-9][a-z0-9-]{0,39})\.([A-Za-z0-9_-]{43})")
_SCOPE = 12  # hex digits of the sender that keep two sessions' message ids apart
CHANNEL = "web"


def new_token(speaker: str) -> str:
    """A bearer token: the speaker's id and 256 random bits. Whoever holds it is the chat's sender."""
    return f"{speaker}.{secrets.token_urlsafe(32)}"


def sender_of(token: str) -> str:
    """What is stored of a token: the hash of its secret part, from which the token can't be found again."""
    return hashlib.sha256(token.rpartition(".")[2].encode()).hexdigest()


def address_of(token: str) -> Address | None:
    """The chat that a token opens; None when it has not the form of one."""
    match = _TOKEN.fullmatch(token)
    return Address(f"{CHANNEL}:{match[1]}", sender_of(token)) if match else None


def update_id(address: Address, message_id: str) -> str:
    """The input's id for the inbox: unique over all senders, the same again for a retry."""
    return f"{address.sender[:_SCOPE]}/{message_id}"


def message_id(stored: str | None) -> str | None:
    return stored.partition("/")[2] or None if stored else None


def accepted(header: str | None) -> list[str]:
    """The tags of an Accept-Language header, best first."""
    weighted = []
    for place, item in enumerate((header or "").split(",")[:20]):
        tag, _, rest = item.strip().partition(";")
        quality = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", rest)
        weighted.append((-float(quality[1]) if quality else -1.0, place, tag.strip()))
    return [tag for quality, _, tag in sorted(weighted) if tag and tag != "*" and quality]


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime


class Limiter:
    """A token bucket for each key: `burst` at once, then one every `every` seconds.

    It guards this process alone, against floods; what must never happen twice is guarded in the database.
    """

    def __init__(self, burst: int, every: float, keys: int = 20_000) -> None:
        self._burst, self._every, self._keys = burst, every, keys
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, key: str, now: datetime) -> float:
        """Take one token: 0 when it was there, else the seconds until it will be."""
        bucket = self._buckets.pop(key, None) or _Bucket(float(self._burst), now)
        gained = max(0.0, (now - bucket.at).total_seconds()) / self._every
        bucket.tokens, bucket.at = min(float(self._burst), bucket.tokens + gained), now
        self._buckets[key] = bucket
        if len(self._buckets) > self._keys:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1:
            return (1 - bucket.tokens) * self._every
        bucket.tokens -= 1
        return 0.0


def shown(message: Message) -> dict[str, Any] | None:
    """A message as the API gives it; None for an event that has nothing to show (the start of a chat)."""
    body = message.body
    common: dict[str, Any] = {"seq": message.seq, "at": message.at, "from": message.kind, "erased": body is None}
    if body is None:
        return common
    if message.kind == "user" and not (body.get("text") or body.get("file") or body.get("edits")):
        return None
    return common | {
        "text": str(body.get("text") or ""),
        "id": message_id(body.get("update_id")),
        "choice": body.get("choice"),
        "file": _file(body.get("file")),
        "buttons": _buttons(message.seq, body.get("buttons") or ()),
        "card": _card(body.get("card")),
        "response": body.get("response"),
        "locale": body.get("locale"),
        "notice": body.get("notice"),
        "edits": body.get("edits"),
        "name": body.get("name"),
    }


def _buttons(seq: int, buttons: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [
        {"id": str(button.get("id") or f"{seq}-{n}"), "title": str(button["title"])}
        for n, button in enumerate(buttons, 1)
    ]


def _card(card: Any) -> Any:
    """The card without its payloads, which are the program's own."""
    if isinstance(card, Mapping):
        return {key: _card(value) for key, value in card.items() if key != "payload"}
    return [_card(value) for value in card] if isinstance(card, list | tuple) else card


def _file(file: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return {key: file[key] for key in ("name", "media_type", "size")} if file else None
