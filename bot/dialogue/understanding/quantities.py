# ruff: noqa: E501 - a pattern is read as one line
"""How many payments, how often, and percentages."""

import re
from decimal import Decimal

from bot.dialogue.understanding import Entity
from bot.dialogue.understanding.amounts import number
from bot.dialogue.understanding.numerals import CHINESE, ENGLISH_WORDS

_EN = rf"(?:\d{{1,3}}|{ENGLISH_WORDS}|\ba(?=\s(?:year|half)))"
_ZH = rf"(?:{CHINESE}|半)"
_INSTALMENTS = [
    re.compile(rf"(?P<n>{_EN})[\s-]?(?:(?:equal|monthly|weekly|fortnightly|smaller|small|separate|easy)[\s-])*"
               r"(?P<unit>instal?lments?|payments?|installs|parts|chunks)\b(?! (?:late|behind|missed|overdue|ago|left))"),
    re.compile(rf"\b(?:over|across|within|in|for|into|spread|take|need|give me|of|around|about|maybe|make it|say|split)\s"
               rf"(?:the next |about |around |maybe |like |say |over |it )*(?P<n>{_EN})[\s-](?P<unit>months?|mths?|mos?|years?|yrs?)\b(?! (?:ago|behind|late|old|overdue))"),
    re.compile(rf"\b(?:split|divide|break|spread)\s(?:it |this |that )?(?:in|into|over)\s(?P<n>{_EN})(?P<unit>)(?!\s?[\w%])"),
    re.compile(rf"(?P<n>{_EN})[\s-](?P<unit>months?|years?)\s(?:plan|deal|term|arrangement|schedule|to pay|to clear)"),
    re.compile(rf"(?<!第)(?<!逾期)(?<!剩)(?<!还有)(?<![还缴交供付]了)(?<![还缴交供]过)(?P<n>{_ZH})(?P<unit>期)(?!没|未|逾|账|的账|前|后)"),
    re.compile(rf"(?:分|分成|分摊|摊成|摊|用|拉长到|延长到|还|做|按)(?:个|成)?(?P<n>{_ZH})(?P<unit>个月|年)(?!前|后|多|没|利)"),
    re.compile(rf"(?P<n>{_ZH})(?P<unit>个月|年)(?:内)?(?:还清|分期|还完|付清|缴清|付完|缴完|供完|分完|分|结清|分摊|期|摊还|来还|慢慢还)"),
    re.compile(rf"(?:分|分成|拆成)(?P<n>{_ZH})(?P<unit>次|笔|份)"),
    re.compile(rf"(?P<n>{_ZH})(?P<unit>次)(?:还清|还完|缴清|付清)"),
]  # fmt: skip
_YEARS_AND_A_HALF = re.compile(rf"(?:分|用|还|摊)?(?P<n>{CHINESE})年半(?!前|没|多|后|了)")
_FREQUENCIES = {
    "fortnightly": re.compile(
        r"\b(?:fortnightly|(?:a|per|every|each) fortnight|bi-?weekly|every (?:two|2|other|second) (?:weeks?|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|twice a month)\b"
        r"|(?:每|隔)(?:两|二|2)(?:个)?(?:周|星期|礼拜)|(?:两|二|2)(?:个)?(?:周|星期|礼拜)(?:一次|还一次|付一次|缴一次)|隔周|双周|隔(?:个)?(?:星期|礼拜)|半个月(?:一次|还|缴|付|交)|每双周|每半个?月"
    ),
    "weekly": re.compile(
        r"\b(?:weekly|(?:a|per|every|each|/|once a)\s?(?:week|wk)|pw)\b|/\s?(?:week|wk)\b|(?:每|一)(?:个)?(?:周|星期|礼拜)(?!后|前|内|没|[一二三四五六日])"
        r"|每(?:个)?(?:周|星期|礼拜)[一二三四五六日]|按周|(?<![下上这本两二隔])周[付还缴]|逐周"
    ),
    "monthly": re.compile(
        r"\b(?:monthly|(?:a|per|every|each|once a)\s?(?:month|mth|mo)|p/?m)\b|/\s?(?:month|mth|mo|m)\b"
        r"|每(?:个)?月|一个月(?!后|前|内|没|以|了|多)|按月|月付|月还|月缴|逐月|月供|月月|每期"
    ),
}
_PERCENT = re.compile(
    rf"(?P<n>\d{{1,3}}(?:\.\d+)?|{ENGLISH_WORDS})\s?(?:%|percent\b|per cent\b|pct\b|个点|趴)|百分之(?P<zh>{CHINESE})|(?P<colloquial>{CHINESE})趴"
)
_TENTHS = re.compile(
    r"(?P<n>半|[一二两三四五六七八九]|\d)成(?P<half>半|[一二三四五六七八九])?(?![功为了交立员本分])"
)
_FOLD = re.compile(r"(?P<n>[一二三四五六七八九][一二三四五六七八九]?|对|\d{1,2}(?:\.\d)?)\s?折")


def instalments(plain: str) -> list[Entity]:
    """Numbers of payments; years count as twelve months, half a year as six."""
    found = []
    for pattern in _INSTALMENTS:
        for match in pattern.finditer(plain):
            count = Decimal("0.5") if match["n"] == "半" else number(match["n"])
            count = count * 12 if count is not None and match["unit"].startswith(("y", "年")) else count
            if count is not None and 1 <= count <= 360 and count == int(count):
                found.append(Entity("instalments", int(count), match.start("n"), match.end("unit")))
    for match in _YEARS_AND_A_HALF.finditer(plain):
        count = number(match["n"])
        if count is not None and 1 <= count <= 10:
            found.append(Entity("instalments", int(count) * 12 + 6, match.start(), match.end()))
    for match in re.finditer(r"(?<!年)半年(?!前|没|多|后)|\bhalf a year\b(?! (?:ago|late|behind|now))", plain):
        found.append(Entity("instalments", 6, match.start(), match.end()))
    return _first_of_each_place(found)


def frequencies(plain: str) -> list[Entity]:
    for name, pattern in _FREQUENCIES.items():
        match = pattern.search(plain)
        if match:
            return [Entity("frequency", name, match.start(), match.end())]
    return []


def percentages(plain: str) -> list[Entity]:
    """Per cents as written, 三成 as 30, and a price of 七折 as the 30 that it takes off."""
    found = []
    for match in _PERCENT.finditer(plain):
        value = number(match["n"] or match["zh"] or match["colloquial"])
        if value is not None and value <= 1000:
            found.append(Entity("percentage", value, match.start(), match.end()))
    for match in _TENTHS.finditer(plain):
        found.append(Entity("percentage", _tenths(match), match.start(), match.end()))
    for match in _FOLD.finditer(plain):
        found.append(Entity("percentage", 100 - _folded(match["n"]), match.start(), match.end()))
    return _first_of_each_place(found)


def _tenths(match: re.Match[str]) -> Decimal:
    whole = Decimal(5) if match["n"] == "半" else 10 * (number(match["n"]) or Decimal(0))
    rest = match["half"]
    return whole + (Decimal(5) if rest == "半" else number(rest) or Decimal(0)) if rest else whole


def _folded(text: str) -> Decimal:
    """七折 is 70, 七五折 75, 8.5折 85, 对折 50."""
    if text == "对":
        return Decimal(50)
    if text.replace(".", "").isdigit():
        value = Decimal(text)
        return value if value >= 10 else number(str(value * 10)) or Decimal(0)
    digits = [number(character) or Decimal(0) for character in text]
    return digits[0] * 10 + (digits[1] if len(digits) > 1 else 0)


def _first_of_each_place(found: list[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in sorted(found, key=lambda entity: (entity.start, -entity.end)):
        if all(entity.end <= other.start or entity.start >= other.end for other in kept):
            kept.append(entity)
    return kept
