"""The check that a collector's words pass before they are sent: forbidden is stopped, doubtful is asked about."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from bot.errors import BadInput, BotError

RULES_FILE = Path(__file__).with_name("wording.yml")
Verdict = Literal["stop", "doubt"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that must not (or should hardly) be said, in every language at once."""

    id: str
    verdict: Verdict
    says: str  # why, for the collector; English source text
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...] = ()  # words that make it harmless: "nobody may threaten you"


@dataclass(frozen=True, slots=True)
class Finding:
    rule: str
    verdict: Verdict
    says: str
    words: str  # the very words that were found


class WordingStopped(BotError):
    """The words may not be sent."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{finding.rule}: {finding.words}" for finding in findings))
        self.findings = tuple(findings)


class WordingDoubtful(WordingStopped):
    """The words may be sent if the collector is sure of them."""


def admit(text: str, *, sure: bool) -> list[dict[str, str]]:
    """Let words pass, returning the doubts that were overruled as JSON facts; raises when they may not."""
    findings = check(text)
    stopped = [finding for finding in findings if finding.verdict == "stop"]
    if stopped:
        raise WordingStopped(stopped)
    if findings and not sure:
        raise WordingDoubtful(findings)
    return [{"rule": finding.rule, "words": finding.words} for finding in findings]


def check(text: str, rules: Sequence[Rule] | None = None) -> list[Finding]:
    """What the rules find in `text`, at most once for each rule."""
    plain = _plain(text)
    found = (_find(rule, plain) for rule in (rules if rules is not None else shipped_rules()))
    return [finding for finding in found if finding]


def load_rules(path: Path) -> tuple[Rule, ...]:
    """Read rules from YAML; BadInput names the file and the rule."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        return tuple(_rule(path, name, entry) for name, entry in entries.items())
    except (yaml.YAMLError, AttributeError, UnicodeDecodeError) as problem:
        raise BadInput(str(path), f"is not a mapping of rules: {problem}") from problem


@cache
def shipped_rules() -> tuple[Rule, ...]:
    return load_rules(RULES_FILE)


def _rule(path: Path, name: str, entry: Mapping[str, Any]) -> Rule:
    place = f"{path}: {name}"
    if not isinstance(entry, dict) or set(entry) - {"verdict", "says", "patterns", "unless"}:
        raise BadInput(place, "takes verdict, says, patterns and unless")
    if entry.get("verdict") not in ("stop", "doubt") or not entry.get("says") or not entry.get("patterns"):
        raise BadInput(place, "needs a verdict (stop or doubt), says, and patterns")
    patterns = _compiled(place, entry["patterns"])
    return Rule(name, entry["verdict"], entry["says"], patterns, _compiled(place, entry.get("unless", ())))


def _compiled(place: str, sources: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    try:
        return tuple(re.compile(source, re.IGNORECASE) for source in sources)
    except re.error as problem:
        raise BadInput(place, f"has a pattern that is none: {problem}") from problem


def _find(rule: Rule, text: str) -> Finding | None:
    for sentence in re.split(r"(?<=[.!?。!?;;\n])", text):
        if any(pattern.search(sentence) for pattern in rule.unless):
            continue
        for pattern in rule.patterns:
            if hit := pattern.search(sentence):
                return Finding(rule.id, rule.verdict, rule.says, hit.group())
    return None


def _plain(text: str) -> str:
    """Full-width letters as plain ones, invisible characters gone, so that neither hides a word."""
    folded = unicodedata.normalize("NFKC", text).replace("’", "'")
    shown = "".join(char for char in folded if char == "\n" or unicodedata.category(char) not in ("Cf", "Cc"))
    return re.sub(r"[^\S\n]+", " ", shown)
