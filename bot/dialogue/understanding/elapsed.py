# ruff: noqa: E501 - a pattern is read as one line
"""How long something has lasted: 'two months ago', 'since March', 上个月, 去年; in weeks, months or longer."""

import re
from datetime import date

from bot.dialogue.understanding.amounts import amounts, number
from bot.dialogue.understanding.dates import dates
from bot.dialogue.understanding.fold import for_grammar, simplified
from bot.dialogue.understanding.numerals import CHINESE, ENGLISH_WORDS

SPANS = frozenset({"weeks", "months", "longer"})
_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905 - reads as a line
_SINCE = re.compile(
    rf"\b(?:since|from|in|last)\s(?P<name>{'|'.join(m[:3] for m in _MONTHS)})[a-z]*\b|(?P<month>{CHINESE})\s?月(?!\d|十|初?\d)"
    rf"|^\W*(?:i (?:think|guess) |maybe |about |around |early |late |mid )?(?P<bare>{'|'.join(_MONTHS)})\b"
)
# A time of the year, by the month in which it begins.
_SEASONS = {
    1: re.compile(r"\b(?:new year|start of the year|beginning of the year)\b|年初|跨年|元旦"),
    2: re.compile(r"春节|过年|农历年"),
    3: re.compile(r"\b(?:since|in|last|this) (?:the )?spring\b|春天|开春"),
    4: re.compile(r"\beaster\b|清明"),
    7: re.compile(r"\b(?:since|in|last|this|over) (?:the )?summer\b|夏天|暑假|年中"),
    9: re.compile(r"\b(?:since|in|last|this) (?:the )?(?:autumn|fall)\b|秋天|入秋|开学|中秋"),
    10: re.compile(r"国庆|十一假期"),
    12: re.compile(r"\b(?:since|in|last|this) (?:the )?winter\b|\b(?:christmas|xmas)\b|冬天|圣诞"),
}
_COUNT = re.compile(
    rf"(?P<n>\d+|{ENGLISH_WORDS}|\ba couple(?: of)?\b|\bcouple(?: of)?\b|\ba\b|few|{CHINESE}|几|半)\s?"
    r"(?:个(?:多|半)?(?P<zh>月|星期|礼拜)|(?P<unit>day|week|fortnight|month|mth|year|yr|天|周|星期|礼拜|年))"
)
_A_MONTH = re.compile(
    r"\d{3,}\D*(?:a|per|each|every) (?:month|week)|(?:一个?|每个?)月\s?[\d一二三四五六七八九两]*[\d百千万]"
)
_DAYS = {
    "d": 1,
    "天": 1,
    "日": 1,
    "w": 7,
    "周": 7,
    "星": 7,
    "礼": 7,
    "f": 14,
    "m": 31,
    "月": 31,
    "y": 365,
    "年": 365,
}
_LONG_AGO = re.compile(r"去年|前年|last year|(?:很|好)久|years|long time|ages|a while|疫情|covid")
_LAST_MONTH = re.compile(r"上个?月|last month")
_RECENT = re.compile(
    r"just (?:now|recently|happened)|recently|最近|刚刚?|上个?(?:周|星期|礼拜)|last week|这个?月|this month|这几天"
)

# What a span is told in, and nothing else.
_OF_A_SPAN = re.compile(
    rf"\b(?:{ENGLISH_WORDS}|{'|'.join(_MONTHS)}|{'|'.join(m[:3] for m in _MONTHS)}|sept|days?|weeks?|fortnights?|months?|mths?|years?|yrs?|ago|since|for|from|in|the|past|last|this|about|around|roughly|maybe|almost|nearly|over|under|more|less|than|just|recently|now|a|an|few|couple|of|half|long|time|ages|while|early|late|mid)\b"
    r"|[一二三四五六七八九十两几半多个月天周年星期礼拜前后来以上下去今旬初底中号日份左右大概约差不好很久从开始到现在有了的吧最近刚这]"
)


def told(text: str, today: date, locale: str) -> str | None:
    """The span that a message tells; none in '1000 a month', which is about money."""
    plain = for_grammar(text)
    return None if amounts(plain) or _A_MONTH.search(plain) else span(plain, today, locale)


def around(text: str) -> str:
    """What a message that tells a span says besides."""
    return _OF_A_SPAN.sub(" ", simplified(text.lower()))


def span(plain: str, today: date, locale: str) -> str | None:
    """'weeks' (under a month), 'months' (up to three) or 'longer', of text in fold.for_grammar's form."""
    days = _days(plain, today, locale)
    if days is None:
        return None
    return "weeks" if days <= 30 else "months" if days <= 93 else "longer"


def _days(plain: str, today: date, locale: str) -> int | None:
    past = [
        e.value for e in dates(plain, today, locale, past=True) if isinstance(e.value, date) and e.value <= today
    ]
    if past:
        return (today - past[0]).days
    if _LONG_AGO.search(plain):
        return 365
    counted = _COUNT.search(plain)
    if counted:
        return _counted(counted)
    month = _SINCE.search(plain)
    if month:
        return _since(month, today)
    season = next((begins for begins, pattern in _SEASONS.items() if pattern.search(simplified(plain))), None)
    if season:
        return _since_month(season, today)
    return 31 if _LAST_MONTH.search(plain) else 14 if _RECENT.search(plain) else None


def _counted(match: re.Match[str]) -> int:
    words = {"few": 3, "几": 3, "a": 1, "a couple": 2, "a couple of": 2, "couple": 2, "couple of": 2}
    length = _DAYS[(match["zh"] or match["unit"])[0]]
    if match["n"] == "半":
        return length // 2
    return int(words.get(match["n"]) or number(match["n"]) or 1) * length


def _since(match: re.Match[str], today: date) -> int | None:
    name = match["name"] or match["bare"]
    month = (
        next(i for i, m in enumerate(_MONTHS, 1) if m.startswith(name))
        if name
        else int(number(match["month"]) or 0)
    )
    return _since_month(month, today) if 1 <= month <= 12 else None


def _since_month(month: int, today: date) -> int:
    return (today - date(today.year if month <= today.month else today.year - 1, month, 1)).days
