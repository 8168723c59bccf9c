"""Telegram's HTML: a text with tags to the text that is shown, its entities and their offsets in UTF-16."""

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

from tests.telegram.rules import Refused, bad

_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]{1,8})|#([0-9]{1,8})|([a-zA-Z]+));?")
_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "span": "spoiler",
    "tg-spoiler": "spoiler", "a": "text_link", "tg-emoji": "custom_emoji", "code": "code", "pre": "pre",
    "blockquote": "blockquote",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([^\s>/]*)([^>]*)(>?)", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\s*([^\s=>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.-]+))?""")


def units(text: str) -> int:
    """How long Telegram takes a text to be: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(slots=True)
class _Open:
    tag: str
    offset: int
    extra: dict[str, str]


@dataclass(slots=True)
class _Reading:
    source: str
    shown: list[str] = field(default_factory=list)
    length: int = 0
    opened: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.shown.append(text)
        self.length += units(text)

    def fail(self, problem: str, at: int | None = None, rule: str = "html_tags") -> NoReturn:
        place = "" if at is None else f" at byte offset {len(self.source[:at].encode())}"
        raise Refused(rule, 400, f"Bad Request: can't parse entities: {problem}{place}")

    def tag(self, match: re.Match[str]) -> None:
        closing, name, rest, end = match.groups()
        at = match.start()
        if closing:
            self._close(name.lower(), bool(end) and not rest.strip(), at)
            return
        if not end:
            self.fail("Unclosed start tag", at, "html_escape")
        if name.lower() not in _KINDS:
            self.fail(f'Unsupported start tag "{(name + rest.split(" ")[0]).lower()}"', at)
        self.opened.append(_Open(name.lower(), self.length, self._extra(name.lower(), rest, at)))

    def _extra(self, tag: str, rest: str, at: int) -> dict[str, str]:
        attributes = {}
        for name, value in _ATTRIBUTE.findall(rest):
            if not value and (tag, name) != ("blockquote", "expandable"):
                self.fail(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', at)
            attributes[name] = plain(value.strip("\"'"))
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            self.fail('Tag "span" must have class "tg-spoiler"', at)
        if tag == "a":
            return {"url": attributes.get("href", "")}
        if tag == "tg-emoji":
            return {"custom_emoji_id": attributes.get("emoji-id", "")}
        return {}

    def _close(self, tag: str, whole: bool, at: int) -> None:
        if not self.opened:
            self.fail("Unexpected end tag", at)
        if not whole:
            self.fail("Unclosed end tag", at, "html_escape")
        last = self.opened.pop()
        if tag and tag != last.tag:
            place = f"at byte offset {len(self.source[:at].encode())}"
            self.fail(f'Unmatched end tag {place}, expected "</{last.tag}>", found "</{tag}>"')
        if self.length > last.offset:
            span = {"offset": last.offset, "length": self.length - last.offset}
            self.entities.append({"type": _KINDS[last.tag], **span, **last.extra})


def plain(text: str) -> str:
    """The text with the four named entities and numeric ones in place; others stay as they are written."""
    return _ENTITY.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return _NAMED.get(name, match[0])
    number = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(number) if 0 < number < 0x10FFFF else match[0]


def parse(source: str, mode: str | None) -> tuple[str, list[dict[str, Any]]]:
    """The text as it is shown, trimmed, and its entities."""
    if mode is None:
        return trimmed(source, [])
    if mode.lower() != "html":
        raise bad("parse_mode", "unsupported parse_mode")
    reading = _Reading(source)
    position = 0
    for match in _TAG.finditer(source):
        reading.add(plain(source[position : match.start()]))
        reading.tag(match)
        position = match.end()
    reading.add(plain(source[position:]))
    if reading.opened:
        reading.fail(f'Can\'t find end tag corresponding to start tag "{reading.opened[-1].tag}"')
    return trimmed("".join(reading.shown), reading.entities)


def trimmed(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Without white space at the ends, as clients show it; entities move with the text."""
    lead = units(text) - units(text.lstrip())
    shown = text.strip()
    moved = []
    for entity in entities:
        start = max(0, entity["offset"] - lead)
        end = min(units(shown), entity["offset"] + entity["length"] - lead)
        if end > start:
            moved.append({**entity, "offset": start, "length": end - start})
    return shown, sorted(moved, key=lambda e: (e["offset"], -e["length"]))


def checked(text: str, entities: object) -> tuple[str, list[dict[str, Any]]]:
    """A text whose entities were given apart; each must lie inside it."""
    if not isinstance(entities, list):
        raise bad("entities", "can't parse entities: expected an Array of MessageEntity")
    for entity in entities:
        right = isinstance(entity, dict) and {"type", "offset", "length"} <= set(entity)
        if not right or not 0 <= entity["offset"] < entity["offset"] + entity["length"] <= units(text):
            raise bad("entities", "can't parse entities: an entity lies outside the text")
    return trimmed(text, entities)
