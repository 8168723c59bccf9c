"""Reads the wording rules: patterns over folded text, put together from named sets and checked before use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from bot.desk.wording_text import fold
from bot.errors import BadInput

Verdict = Literal["stop", "doubt"]
# What must be so for a rule to count, beside the words: nobody has proved who they are, or not lately; a claim is
# past its limitation period; the message starts a matter outside the hours; the borrower asked for no contact.
When = Literal["unverified", "lapsed", "past_limitation", "outside_hours", "no_contact"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
WHENS: tuple[When, ...] = get_args(When)
_SET = re.compile(r"<([a-z_]+)>")
_KEYS = {"verdict", "says", "patterns", "always", "unless", "when", "laws", "binding"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must not (or should hardly) be said, in every language at once.

    `patterns` are harmless where they are negated, `always` never; `unless` are readings of the same words that
    are harmless. Without patterns, any words count. `laws` are keys of a pack's laws by jurisdiction; a `binding`
    rule counts only where one of them binds.
    """

    id: str
    verdict: Verdict
    says: str  # why, for the collector; English source text
    patterns: tuple[re.Pattern[str], ...] = ()
    always: tuple[re.Pattern[str], ...] = ()
    unless: tuple[re.Pattern[str], ...] = ()
    when: When | None = None
    laws: Mapping[str, tuple[str, ...]] = frozenset()  # type: ignore[assignment]
    binding: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, and what makes words harmless or not in any of them.

    `negations` before the words in the same clause excuse them; `clauses` are where a clause ends; `conditions`
    ("if you pay") in the sentence take the excuse away.
    """

    rules: tuple[Rule, ...]
    negations: re.Pattern[str]
    clauses: re.Pattern[str]
    conditions: re.Pattern[str]


def load_rules(path: Path) -> Rules:
    """Read rules from YAML; BadInput names the file, the rule and the pattern that is wrong."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise BadInput(str(path), f"is no YAML: {problem}") from problem
    if not isinstance(data, dict) or set(data) != {"sets", "negations", "clauses", "conditions", "rules"}:
        raise BadInput(str(path), "takes sets, negations, clauses, conditions and rules")
    reader = _Reader(path, data["sets"])
    shared = {key: reader.one(key, data[key]) for key in ("negations", "clauses", "conditions")}
    return Rules(tuple(reader.rule(name, entry) for name, entry in data["rules"].items()), **shared)


class _Reader:
    def __init__(self, path: Path, sets: Mapping[str, Sequence[str]]) -> None:
        self._path = path
        self._sets: dict[str, str] = {}
        for name, parts in sets.items():  # a set may name those before it
            self._sets[name] = f"(?:{'|'.join(self._whole(f'sets, {name}', part) for part in parts)})"

    def rule(self, name: str, entry: Any) -> Rule:
        place = f"rules, {name}"
        if not isinstance(entry, dict) or set(entry) - _KEYS:
            raise self._wrong(place, f"takes {', '.join(sorted(_KEYS))}")
        if entry.get("verdict") not in VERDICTS or not entry.get("says"):
            raise self._wrong(place, "needs a verdict (stop or doubt) and says")
        if entry.get("when") not in (None, *WHENS):
            raise self._wrong(f"{place}, when", f"is none of {', '.join(WHENS)}")
        if not (entry.get("patterns") or entry.get("always") or entry.get("when")):
            raise self._wrong(place, "needs patterns, always or when")
        return Rule(
            id=name,
            verdict=entry["verdict"],
            says=entry["says"],
            patterns=self._all(f"{place}, patterns", entry.get("patterns", ())),
            always=self._all(f"{place}, always", entry.get("always", ())),
            unless=self._all(f"{place}, unless", entry.get("unless", ())),
            when=entry.get("when"),
            laws={jurisdiction: tuple(keys) for jurisdiction, keys in entry.get("laws", {}).items()},
            binding=bool(entry.get("binding", False)),
        )

    def one(self, place: str, sources: Sequence[str]) -> re.Pattern[str]:
        whole = "|".join(self._whole(place, source) for source in sources)
        return self._compiled(place, whole)

    def _all(self, place: str, sources: Sequence[str]) -> tuple[re.Pattern[str], ...]:
        return tuple(self._compiled(place, self._whole(place, source)) for source in sources)

    def _whole(self, place: str, source: str) -> str:
        """A pattern with its sets put in; every character must be one that folded text can have."""
        lost = sorted(
            {character for character in source if ord(character) > 127 and fold(character).text != character}
        )
        if lost:
            raise self._wrong(place, f"{source!r} never matches: folded text has no {' '.join(lost)}")
        unknown = [name for name in _SET.findall(source) if name not in self._sets]
        if unknown:
            raise self._wrong(place, f"{source!r} names the set <{unknown[0]}>, which is not there")
        return _SET.sub(lambda hit: self._sets[hit[1]], source)

    def _compiled(self, place: str, source: str) -> re.Pattern[str]:
        try:
            return re.compile(source)
        except re.error as problem:
            raise self._wrong(place, f"has a pattern that is none: {problem}") from problem

    def _wrong(self, place: str, problem: str) -> BadInput:
        return BadInput(f"{self._path}: {place}", problem)
