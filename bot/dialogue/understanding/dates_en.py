# ruff: noqa: E501 - a pattern is read as one line
"""Dates in English: 'next Friday', 'the 1st', '17 May 1990', 'end of March', 'in two weeks'."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.dialogue.understanding.calendar_words import (
    day_in_month,
    day_of_month,
    full_year,
    last_of_month,
    make,
    month_shifted,
    next_day,
    weekday,
)  # fmt: skip
from bot.dialogue.understanding.numerals import english

_MONTHS = {
    name: number
    for number, names in enumerate(
        ["january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec"], 1)
    for name in names.split()
}  # fmt: skip
_DAYS = {
    name: number
    for number, names in enumerate(
        ["monday mon", "tuesday tues tue", "wednesday weds wed", "thursday thurs thur thu", "friday fri",
         "saturday sat", "sunday sun"])
    for name in names.split()
}  # fmt: skip
_ORDINALS = {
    word: number
    for number, word in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"], 1)
}  # fmt: skip
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_WEEKDAY = rf"(?P<weekday>{'|'.join(sorted(_DAYS, key=len, reverse=True))})\b"
_NTH = rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?|(?P<ordinal>{'|'.join(_ORDINALS)}))"
_STRICT_NTH = rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)|(?P<ordinal>{'|'.join(_ORDINALS)}))"
_YEAR = r"(?P<year>\d{4}|'?\d{2})\b(?!:)"
_COUNT = r"(?P<count>\d{1,2}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|couple of|a couple of|a few)"
Match = re.Match[str]


def _day(match: Match) -> int:
    return _ORDINALS[match["ordinal"]] if match["ordinal"] else int(match["day"])


def _named(match: Match, today: date, past: bool) -> date | None:
    """'17 May 1990' and 'May 17': without a year the next one, or the last one when the past is meant."""
    month, year = _MONTHS[match["month"]], match.groupdict().get("year")
    if year:
        return make(full_year(int(year.strip("'")), today), month, _day(match))
    return day_in_month(today, month, _day(match), past=past)


def _end_of_month(match: Match, today: date, _past: bool) -> date | None:
    month = match.groupdict().get("month")
    if month:
        return day_in_month(today, _MONTHS[month], 0)
    return last_of_month(today, 1 if match["next"] else 0)


def _weekday(match: Match, today: date, past: bool) -> date:
    which, day = (match["which"] or "").strip(), _DAYS[match["weekday"]]
    if which == "last" or (past and not which):
        return weekday(today, day) - timedelta(7)
    found = weekday(today, day, {"next": 1, "this": 0}.get(which))
    if match["after"]:
        found = weekday(today, day, 1)
    return found if found >= today or which != "this" else found + timedelta(7)


def _in(match: Match, today: date, _past: bool) -> date | None:
    words = match["count"].replace("a few", "three").replace("a couple of", "two").replace("couple of", "two")
    count = int(words) if words.isdigit() else int(english(words) or 0)
    count = -count if match.groupdict().get("ago") else count
    if match["unit"] == "month":
        return day_of_month(today, today.day, count)
    return today + timedelta(count * {"day": 1, "week": 7, "fortnight": 14}[match["unit"]])


def _nth_next_month(match: Match, today: date, _past: bool) -> date | None:
    return day_of_month(today, _day(match), {"next": 1, "this": 0, "last": -1}[match["which"]])


def _nth(match: Match, today: date, past: bool) -> date | None:
    here = next_day(today, _day(match))
    return (
        here
        if here is None or not past or here == today
        else day_of_month(today, _day(match), -1 if here.month == today.month else 0)
    )


_RELATIVE = {
    "today": 0, "tonight": 0, "this evening": 0, "this afternoon": 0, "tomorrow": 1, "tomoz": 1, "tmrw": 1, "tmr": 1,
    "tomorow": 1, "tommorow": 1, "tommorrow": 1, "2moro": 1, "day after tomorrow": 2, "yesterday": -1,
    "day before yesterday": -2,
}  # fmt: skip


def _relative(match: Match, today: date, _past: bool) -> date:
    return today + timedelta(_RELATIVE[match["word"]])


def _part_of_month(match: Match, today: date, _past: bool) -> date | None:
    day = {"middle": 15, "mid": 15, "beginning": 1, "start": 1}[match["part"]]
    month = match["name"]
    return (
        day_in_month(today, _MONTHS[month], day)
        if month
        else make(*month_shifted(today, 1 if match["next"] else 0), day)
    )


_HOLIDAYS = {
    "christmas eve": (12, 24),
    "christmas": (12, 25),
    "xmas": (12, 25),
    "boxing day": (12, 26),
    "new year": (1, 1),
}


def _holiday(match: Match, today: date, past: bool) -> date | None:
    """Those that fall on the same day everywhere and every year; Easter is asked about."""
    return date(today.year, 12, 31) if match["eve"] else day_in_month(today, *_HOLIDAYS[match["name"]], past=past)


_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
RULES: list[tuple[re.Pattern[str], Callable[[Match, date, bool], date | None]]] = [
    (re.compile(rf"\b{_NTH}(?: of|-)? ?-?{_MONTH}(?:,? ?-?{_YEAR})?"), _named),
    (re.compile(rf"\b{_MONTH} (?:the )?{_NTH}\b(?!:)(?!\d)(?:,? {_YEAR})?"), _named),
    (
        re.compile(
            rf"\b(?:the )?(?:end|last day|last) of (?:this month|(?P<next>next month)|the month|month|{_MONTH})"
        ),
        _end_of_month,
    ),
    (re.compile(r"\b(?P<next>next )?month[- ]?end\b"), _end_of_month),
    (
        re.compile(
            rf"\b(?P<part>middle|mid|beginning|start)(?: of|-| )(?: ?(?:this|(?P<next>next)|the) month| ?(?P<name>{_NAMES})\b)"
        ),
        _part_of_month,
    ),
    (re.compile(rf"\b(?:the )?{_NTH} of (?P<which>next|this|last) month"), _nth_next_month),
    (re.compile(rf"\b(?P<which>next|this|last) month(?:,| on)?(?: on)? the {_NTH}"), _nth_next_month),
    (
        re.compile(rf"\b(?P<which>next |this |last |coming )?{_WEEKDAY}(?P<after> (?:next )?week\b| after next)?"),
        _weekday,
    ),
    (
        re.compile(
            rf"(?<!chinese )(?<!lunar )\b(?P<name>{'|'.join(_HOLIDAYS)})(?:'?s)?\b(?P<eve> eve)?(?! (?:party|presents?|shopping))"
        ),
        _holiday,
    ),
    (re.compile(rf"\b(?P<word>{'|'.join(sorted(_RELATIVE, key=len, reverse=True))})\b"), _relative),
    (
        re.compile(
            rf"\b(?:in|within|after|give me) (?:about |another )?{_COUNT} (?:more )?(?P<unit>day|week|fortnight|month)s?\b"
        ),
        _in,
    ),
    (
        re.compile(rf"\b{_COUNT} (?P<unit>day|week|fortnight|month)s? (?:from (?:now|today)|(?P<ago>ago)|time)\b"),
        _in,
    ),
    (
        re.compile(
            rf"\b(?:the|on|by|till|until|before|from|every) (?:the )?{_STRICT_NTH}\b(?! (?:time|one|payment|instal|option|plan|letter|month|person|call|thing|week|party|loan|card|account))"
        ),
        _nth,
    ),
    (
        re.compile(
            r"(?<![\w.,$£])(?P<day>\d{1,2})(?P<ordinal>)(?:st|nd|rd|th)\b(?! (?:time|one|payment|instal|option|plan|letter|month|call|floor))"
        ),
        _nth,
    ),
]
