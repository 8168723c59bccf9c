"""A share of the debt and the month for the rest: "half now and the rest in March", 先还一半，三月还清."""

import re
from datetime import date
from decimal import Decimal

from bot.dialogue.understanding import Entity
from bot.dialogue.understanding.calendar_words import make
from bot.dialogue.understanding.fold import for_grammar
from bot.dialogue.understanding.numerals import chinese

_SHARES = (
    (re.compile(r"\bhalf\b(?!\s+(?:a\s+)?(?:year|month|price|an hour))|一半|二分之一"), Decimal("0.5")),
    (re.compile(r"\b(?:a|one) third\b|三分之一"), Decimal(1) / 3),
    (re.compile(r"\btwo thirds\b|三分之二"), Decimal(2) / 3),
    (re.compile(r"\b(?:a|one) quarter\b|四分之一"), Decimal("0.25")),
)
_THE_REST = re.compile(
    r"\b(?:rest|remainder|remaining|other half|balance|clear|paid off|pay (?:it )?off)\b"
    r"|剩|餘|余|其[余餘他]|另一半|[还還缴繳付]清|[结結]清"
)
_IN_FULL = re.compile(
    r"\b(?:all of it|in full|everything|(?:the )?(?:whole|full|entire) (?:thing|amount|balance|sum|debt)|the lot|"
    r"(?:pay|clear) (?:it|this|that|all|everything)(?: all)? off|pay off)\b|全部|全额|全額|[还還缴繳付结結]清"
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
         "november", "december"], 1)
}  # fmt: skip
_IN_MONTH = re.compile(
    rf"\b(?:in|by|until|come|on)\s+(?P<name>{'|'.join(_MONTHS)})\b(?!\s+\d)"
    r"|(?<![\d一二三四五六七八九十每])(?P<number>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?!\d|[一二三四五六七八九十]|底)"
)


def shares(text: str, today: date) -> list[Entity]:
    """The first share named, as the entity `fraction`, and the months named without a day, as `date`: their first.

    Nothing when no share is named: a bare month means something else in most other sentences.
    """
    plain = for_grammar(text)
    found = fractions(plain)
    months = [entity for match in _IN_MONTH.finditer(plain) if (entity := _month(match, today))] if found else []
    return found + months


def names_the_rest(text: str) -> bool:
    """Whether a message with a share also speaks of what is left after it."""
    return bool(_THE_REST.search(for_grammar(text)))


def in_full(text: str) -> bool:
    """Whether a message speaks of paying everything."""
    return bool(_IN_FULL.search(for_grammar(text)))


def fractions(plain: str) -> list[Entity]:
    """The first share named, of a folded text."""
    for pattern, fraction in _SHARES:
        match = pattern.search(plain)
        if match:
            return [Entity("fraction", fraction, match.start(), match.end())]
    return []


def _month(match: re.Match[str], today: date) -> Entity | None:
    number = _MONTHS[match["name"]] if match["name"] else int(chinese(match["number"]) or 0)
    year = today.year + (number <= today.month)
    first = make(year, number, 1)
    return Entity("date", first, match.start(), match.end()) if first else None
