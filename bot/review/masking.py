"""Personal data covered up in what reviewers read, until it is revealed for a reason."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from bot.lending.identity import Borrower
from bot.record.events import Event

COVER = "•••"
# Slots that hold what somebody proves their identity with, or says of their health and family.
PRIVATE_SLOTS = frozenset(
    {
        "identity_reference",
        "identity_birth_date",
        "identity_document",
        "hardship_reason",
        "hardship_words",
        "representative",
    }
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Runs of six digits and more, also in groups (phones, cards, documents); amounts with two decimals are left.
_NUMBER = re.compile(r"(?<![\d.,])\+?\d(?:[ -]?\d){5,}(?![\d]|[.,]\d)")
_DATE_OF_BIRTH = re.compile(
    r"\b(19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}日?|\b\d{1,2}[-/.]\d{1,2}[-/.](19|20)\d\d\b"
)

# Our own identifiers and times, as whole values; nobody's words (`text`) are taken for them.
_OURS = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}|\d{4}-\d\d-\d\dT[\d:.]+(?:[+-]\d\d:\d\d|Z)")


class Mask:
    """Covers what is known of one borrower, and what looks like personal data of anybody."""

    def __init__(self, borrower: Borrower | None) -> None:
        known = [borrower.name, borrower.reference, borrower.phone or ""] if borrower else []
        words = [re.escape(word) for word in known if len(word) > 1]
        self._known = re.compile("|".join(words), re.IGNORECASE) if words else None

    def text(self, text: str) -> str:
        return _of_anybody(self._known.sub(COVER, text) if self._known else text)

    def events(self, events: Sequence[Event]) -> list[tuple[Event, Mapping[str, Any] | None]]:
        """Each event with its body as it may be shown."""
        private = private_inputs(events)
        return [(event, self._body(event, private)) for event in events]

    def _body(self, event: Event, private: frozenset[Any]) -> Mapping[str, Any] | None:
        if event.body is None:
            return None
        if event.kind == "user" and event.body.get("input") in private:
            return {**self._value(event.body), "text": COVER}
        body: Mapping[str, Any] = self._value(event.body)
        if event.kind == "case" and event.body.get("sensitive"):
            return {**body, "text": COVER}
        if event.kind == "turn" and event.body.get("input") in private and "understood" in body:
            # What was read out of a covered message would tell what stood in it.
            return {**body, "understood": {**body["understood"], "entities": COVER, "answer": COVER}}
        return body

    def _value(self, value: Any, key: str = "") -> Any:
        if key in PRIVATE_SLOTS and value is not None:
            return COVER
        if isinstance(value, str):
            return value if _is_id(key) or _is_ours(key, value) else self.text(value)
        if isinstance(value, Mapping):
            return self._mapping(value)
        if isinstance(value, list | tuple):
            return [self._value(item) for item in value]
        return value

    def _mapping(self, value: Mapping[str, Any]) -> dict[str, Any]:
        # A command or slot event names its slot beside the value.
        name = value.get("name")
        if isinstance(name, str) and name in PRIVATE_SLOTS and "value" in value:
            return {**value, "value": COVER}
        return {key: self._value(item, str(key)) for key, item in value.items()}


@lru_cache(maxsize=20_000)
def _of_anybody(text: str) -> str:
    """Most of what a bot says is said again: the cache saves most of the work."""
    return _NUMBER.sub(COVER, _DATE_OF_BIRTH.sub(COVER, _EMAIL.sub(COVER, text)))


def _is_id(key: str) -> bool:
    return key in {"id", "case", "staff", "update_id", "policy_version", "sha256", "locale", "choice"}


def _is_ours(key: str, value: str) -> bool:
    return key not in ("text", "") and _OURS.fullmatch(value) is not None


def private_inputs(events: Sequence[Event]) -> frozenset[Any]:
    """Inputs by which somebody filled a private slot: the whole message is covered, whatever it looks like."""
    return frozenset(
        event.body["input"]
        for event in events
        if event.kind == "turn"
        and event.body
        and any(command.get("name") in PRIVATE_SLOTS for command in event.body.get("commands", ()))
    )
