"""The check that a collector's words pass before they are sent: forbidden is stopped, doubtful is asked about."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Protocol

from bot.desk.wording_rules import Rule, Rules, Verdict, When, load_rules
from bot.desk.wording_text import Folded, fold, sentences
from bot.errors import BotError
from bot.lending.policy_rules import Source

RULES_FILE = Path(__file__).with_name("wording.yml")
READS_AS_PRESSURE = "reads_as_pressure"  # the second reader's doubt, which no rule of the file names
_SAYS = "This may read as pressure or blame. Change it, or send it as it is."
LOOK_BACK = 90  # characters: a negation further away speaks of something else


class Hears(Protocol):
    """Reads beside the rules, by what it learnt from examples."""

    def hears(self, text: str) -> tuple[int, int] | None:
        """Where the sentence stands that reads most like pressure, if any does."""
        ...


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known of where the words go; as it stands, nothing but the words counts.

    `opens_at`: from when a matter may be started, if not now. `laws` are the sources of those that bind, by key.
    `second` reads what the rules let pass; its doubts never stop anything.
    """

    facts: frozenset[When] = frozenset()
    jurisdiction: str | None = None
    laws: Mapping[str, Source] = field(default_factory=dict)
    opens_at: datetime | None = None
    second: Hears | None = field(default=None, compare=False, repr=False)

    def for_farewell(self) -> "Ground":
        """For the words with which a chat is handed back: they end a matter, at any hour."""
        return replace(self, facts=self.facts - {"outside_hours"})


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: the very words as they were written, from `start` to `end`."""

    rule: str
    verdict: Verdict
    says: str
    words: str
    start: int = 0
    end: int = 0
    sources: tuple[Source, ...] = ()
    until: datetime | None = None  # when it may be said, if that is all that is wrong


class WordingStopped(BotError):
    """The words may not be sent."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{finding.rule}: {finding.words}" for finding in findings))
        self.findings = tuple(findings)


class WordingDoubtful(WordingStopped):
    """The words may be sent if the collector is sure of them."""


def admit(text: str, *, sure: bool, ground: Ground | None = None) -> list[dict[str, str]]:
    """Let words pass, returning the doubts that were overruled as JSON facts; raises when they may not."""
    findings = check(text, ground)
    stopped = [finding for finding in findings if finding.verdict == "stop"]
    if stopped:
        raise WordingStopped(stopped)
    if findings and not sure:
        raise WordingDoubtful(findings)
    return [{"rule": finding.rule, "words": finding.words} for finding in findings]


def check(text: str, ground: Ground | None = None, rules: Rules | None = None) -> list[Finding]:
    """What the rules find in `text`, at most once for each rule."""
    ground, rules = ground or Ground(), rules or shipped_rules()
    if not text.strip():
        return []
    folded = fold(text)
    forms = [form for form in (folded, folded.leet()) if form]
    judged = (_judge(rule, rules, forms, text, ground) for rule in rules.rules if _counts(rule, ground))
    found = [finding for finding in judged if finding]
    return [*found, *_heard(text, ground.second, found)]


def _heard(text: str, second: Hears | None, found: Sequence[Finding]) -> Iterator[Finding]:
    """The second reader's doubt about a sentence of which no rule has spoken."""
    span = second.hears(text) if second else None
    if span and not any(finding.start < span[1] and span[0] < finding.end for finding in found):
        yield Finding(READS_AS_PRESSURE, "doubt", _SAYS, text[slice(*span)].strip(), *span)


@cache
def shipped_rules() -> Rules:
    return load_rules(RULES_FILE)


def _counts(rule: Rule, ground: Ground) -> bool:
    if rule.when is not None and rule.when not in ground.facts:
        return False
    return not rule.binding or bool(_sources(rule, ground))


def _sources(rule: Rule, ground: Ground) -> tuple[Source, ...]:
    """The laws behind a rule that bind here, each source once."""
    keys = rule.laws.get(ground.jurisdiction or "", ())
    return tuple(dict.fromkeys(ground.laws[key] for key in keys if key in ground.laws))


def _judge(rule: Rule, rules: Rules, forms: Sequence[Folded], text: str, ground: Ground) -> Finding | None:
    span = _span(rule, rules, forms)
    if span is None:
        return None
    until = ground.opens_at if rule.when == "outside_hours" else None
    words = text[span[0] : span[1]]
    return Finding(rule.id, rule.verdict, rule.says, words, *span, _sources(rule, ground), until)


def _span(rule: Rule, rules: Rules, forms: Sequence[Folded]) -> tuple[int, int] | None:
    """Where in what was written the rule's words stand; an empty span where any words are too many."""
    if not rule.patterns and not rule.always:
        return 0, 0
    for form in forms:
        for hit in _hits(rule, rules, form.text):
            return form.written(*hit)
    return None


def _hits(rule: Rule, rules: Rules, text: str) -> Iterator[tuple[int, int]]:
    for start, end in sentences(text):
        sentence = text[start:end]
        conditional = rules.conditions.search(sentence) is not None
        for pattern in (*rule.patterns, *rule.always):
            excusable = pattern in rule.patterns and not conditional
            for hit in pattern.finditer(sentence):
                if hit.end() > hit.start() and not _excused(rule, rules, sentence, hit, excusable=excusable):
                    yield start + hit.start(), start + hit.end()


def _excused(rule: Rule, rules: Rules, sentence: str, hit: re.Match[str], *, excusable: bool) -> bool:
    """Whether these words are harmless where they stand: negated, or read in another way."""
    if any(_overlaps(other, hit) for unless in rule.unless for other in unless.finditer(sentence)):
        return True
    if not excusable:
        return False
    ends = [
        boundary.end()
        for boundary in rules.clauses.finditer(sentence, 0, hit.end())
        if boundary.end() <= hit.start() + 1
    ]
    clause = max([0, hit.start() - LOOK_BACK, *ends])
    return rules.negations.search(sentence, clause, hit.end()) is not None


def _overlaps(one: re.Match[str], other: re.Match[str]) -> bool:
    return one.start() < other.end() and other.start() < one.end()
