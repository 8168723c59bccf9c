"""Canned replies: sentences in every language whose values are put in when they are used, never before."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import yaml

from bot.desk import wording
from bot.desk.canned_facts import Facts, NotKnown
from bot.desk.canned_values import NAMES, REVEALING, value
from bot.errors import BadInput, BotError

HOUSE = Path(__file__).with_name("replies.yml")
FOLDER = "replies"  # beside the creditors' files
LANGUAGES = ("en", "zh_Hans", "zh_Hant")
_ID = re.compile(r"[a-z][a-z0-9_]*")
_KEYS = {"title", "text", "reveals", "languages", "hidden"}


@dataclass(frozen=True, slots=True)
class Reply:
    """`title` and `text` by language; `reveals`: who reads it learns that there is a debt."""

    id: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    reveals: bool
    source: str  # the file that it stands in

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(language for language in LANGUAGES if language not in self.text)


class NotForThis(BotError):
    """A reply can't be used now: "unverified", "language", "stale", or the name of a value that is not known."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Replies:
    """The replies of each speaker and creditor: the house's, and what their own files add, replace or hide."""

    house: Mapping[str, Reply]
    own: Mapping[str, Mapping[str, Reply | None]]

    @classmethod
    def load(cls, creditors: Path | None, ids: Iterable[str] = ()) -> "Replies":
        """The house's, and those beside the creditors' files; BadInput names file, reply and language.

        `ids` are the creditors and agencies that may have a file there.
        """
        own: dict[str, Mapping[str, Reply | None]] = {}
        known = set(ids)
        for path in sorted((creditors / FOLDER).glob("*.yml")) if creditors else ():
            if path.stem not in known:
                raise BadInput(f"{FOLDER}/{path.name}", "there is no creditor and no agency of this name")
            own[path.stem] = _read(path)
        return cls(_house(), own)

    @classmethod
    def shipped(cls) -> "Replies":
        return cls.load(None)

    def of(self, *ids: str | None) -> dict[str, Reply]:
        """The replies where these speak, the later ones' files over the earlier ones'."""
        found: dict[str, Reply | None] = dict(self.house)
        for id in ids:
            found |= self.own.get(id or "", {})
        return {id: reply for id, reply in found.items() if reply is not None}


def fill(reply: Reply, facts: Facts) -> str:
    """The reply in the borrower's language with the values of now; raises NotForThis with the reason."""
    if reply.reveals and not facts.verified:
        raise NotForThis("unverified")
    text = reply.text.get(facts.locale)
    if text is None:
        raise NotForThis("language")
    try:
        return text.format_map({name: value(facts, name) for name in sorted(_names(text))})
    except NotKnown as unknown:
        raise NotForThis(unknown.why) from unknown


@cache
def _house() -> Mapping[str, Reply]:
    return {id: reply for id, reply in _read(HOUSE).items() if reply}


def _read(path: Path) -> dict[str, Reply | None]:
    place = path.name if path == HOUSE else f"{FOLDER}/{path.name}"
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise BadInput(place, f"is no YAML: {problem}") from problem
    if not isinstance(data, dict):
        raise BadInput(place, "must be a mapping of replies")
    return {str(id): _reply(f"{place}, {id}", str(id), entry, place) for id, entry in data.items()}


def _reply(place: str, id: str, entry: Any, source: str) -> Reply | None:
    if not _ID.fullmatch(id) or not isinstance(entry, dict) or set(entry) - _KEYS:
        raise BadInput(place, f"takes {', '.join(sorted(_KEYS))}, under a name in small letters")
    if entry.get("hidden") is True:
        return None
    languages = entry.get("languages", LANGUAGES)
    if not languages or set(languages) - set(LANGUAGES):
        raise BadInput(f"{place}, languages", f"may be some of {', '.join(LANGUAGES)}")
    title, text = (_by_language(f"{place}, {key}", entry.get(key), languages) for key in ("title", "text"))
    revealing = set().union(*(_placeholders(f"{place}, text, {one}", text[one]) for one in text)) & REVEALING
    for language, words in text.items():
        _sayable(f"{place}, text, {language}", words)
    return Reply(id, title, text, bool(entry.get("reveals")) or bool(revealing), source)


def _by_language(place: str, given: Any, languages: Iterable[str]) -> dict[str, str]:
    if not isinstance(given, dict):
        raise BadInput(place, "must be a mapping of languages")
    missing = [language for language in languages if not given.get(language)]
    if missing:
        raise BadInput(
            f"{place}, {missing[0]}", "is missing; a reply that has fewer languages names them in `languages`"
        )
    return {language: str(given[language]) for language in languages}


def _placeholders(place: str, text: str) -> set[str]:
    try:
        names = _names(text)
    except ValueError as problem:
        raise BadInput(place, f"has a bracket too many or too few: {problem}") from problem
    unknown = sorted(names - set(NAMES))
    if unknown:
        raise BadInput(place, f"names {{{unknown[0]}}}, which is no value; there are {', '.join(sorted(NAMES))}")
    return names


def _names(text: str) -> set[str]:
    """The placeholders of a text; one with a format or an attribute is none that is known."""
    return {
        name + (f":{form}" if form else "") + (f"!{how}" if how else "")
        for _, name, form, how in Formatter().parse(text)
        if name is not None
    }


def _sayable(place: str, text: str) -> None:
    """Refuse what the wording check would stop, whoever reads it."""
    found = [one for one in wording.check(re.sub(r"\{\w+\}", "1", text)) if one.verdict == "stop"]
    if found:
        raise BadInput(place, f"may not be said ({found[0].rule}): {found[0].words!r}")
