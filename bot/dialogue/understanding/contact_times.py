# ruff: noqa: E501 - a pattern is read as one line
"""When somebody wants to be reached, in words: hours of the day and days of the week."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time

from bot.dialogue.understanding.fold import narrow, simplified
from bot.dialogue.understanding.numerals import chinese

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYTIMES = (
    (r"\bmornings?\b|早上|上午", time(8), time(12)),
    (r"\bafternoons?\b|下午", time(12), time(18)),
    (r"\b(evenings?|nights?)\b|晚上|夜里|傍晚", time(18), time(22)),
    (r"\b(lunch(time)?|noon|midday)\b|中午", time(12), time(14)),
)
_DAYS = (
    (r"\bweekends?\b|周末|礼拜六日|星期六日", ("sat", "sun")),
    (r"\b(weekdays?|working days?|business days?)\b|工作日|平日|周一到周五|星期一到五", ("mon", "tue", "wed", "thu", "fri")),
    *((rf"\b{name}(s|days?)?\b", (name[:3],)) for name in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")),
    *((rf"(周|星期|礼拜){sign}", (day,)) for sign, day in zip(("一", "二", "三", "四", "五", "六", "[日天]"), WEEK, strict=True)),
)  # fmt: skip
_CLOCK_EN = r"(\d{1,2})(?:[:.](\d{2}))? ?(am|pm|a\.m\.|p\.m\.|o'?clock)?"
_CLOCK_ZH = r"(早上|上午|中午|下午|晚上|傍晚)?(\d{1,2}|[一二两三四五六七八九]|十[一二]?|二十[一二三]?)(?:点|时|:)(半|[0-5]\d)?分?"
_BETWEEN = re.compile(rf"\b(?:between|from) {_CLOCK_EN} ?(?:and|to|till|until|-|–) ?{_CLOCK_EN}")
_BETWEEN_ZH = re.compile(rf"{_CLOCK_ZH}(?:到|至|-|–|~){_CLOCK_ZH}")
_AFTER = re.compile(rf"(?<!not )\b(?:after|from|not before|no earlier than|past) {_CLOCK_EN}")
_BEFORE = re.compile(rf"(?<!not )\b(?:before|until|till|by|not after|no later than) {_CLOCK_EN}")
_AFTER_ZH = re.compile(rf"{_CLOCK_ZH}(?:以后|之后|过后|后)")
_BEFORE_ZH = re.compile(rf"{_CLOCK_ZH}(?:以前|之前|前)")
_PLAIN_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_ONE_CLOCK = re.compile(
    rf"(?:(?:at|around|about|maybe|yes|ok|then|the|one|please|is|fine|good|works)\W+)*{_CLOCK_EN}(?:\W+(?:please|then|is|fine|good|works|ok))*\W*"
)
_ONE_CLOCK_ZH = re.compile(rf"(?:那就?|就|我?选|要|在|大概)*{_CLOCK_ZH}(?:钟|吧|可以|好|行|好了|的|那个)*\W*")
# "Not in the morning" names what is not wanted; which times are, a person asks.
_NOT = re.compile(
    r"\b(?:not|never|no|don'?t|do not|except|but not|stop)\b(?! (?:before|after|earlier|later))[^.!?]{0,28}\b(?:mornings?|afternoons?|evenings?|nights?|weekends?|weekdays?|\w+days?)\b|(?:不要|别|不能|不方便|除了)[^。！？]{0,8}(?:早上|上午|下午|晚上|中午|周|星期|礼拜|平日|工作日)"
)


# From the groups of a clock, and the half of the day that the clock before it named.
_Read = Callable[[tuple[str | None, ...], str | None], time | None]


@dataclass(frozen=True, slots=True)
class ContactTimes:
    """Empty days: any day. A bound that was not named is None."""

    opens: time | None
    closes: time | None
    days: tuple[str, ...]


def contact_times(text: str) -> ContactTimes | None:
    """The times that a message asks for; None where it names none, or only some that are not wanted."""
    plain = simplified(narrow(text)).replace("’", "'").lower()
    if _NOT.search(plain):
        return None
    opens, closes = _hours(plain)
    found = {day for pattern, named in _DAYS if re.search(pattern, plain) for day in named}
    days = tuple(day for day in WEEK if day in found)
    return ContactTimes(opens, closes, days) if opens or closes or days else None


def clock_choice(text: str, choices: Mapping[str, str]) -> str | None:
    """The choice whose title is the time of day that a message names, and nothing else: 9点半."""
    plain = simplified(narrow(text)).lower().strip()
    titles = {title: narrow(title).strip() for title in choices}
    if not any(_PLAIN_CLOCK.fullmatch(title) for title in titles.values()):
        return None
    for pattern, read in ((_ONE_CLOCK_ZH, _chinese), (_ONE_CLOCK, _english)):
        if match := pattern.fullmatch(plain):
            at = read(match.groups(), None)
            return next((choices[title] for title, clock in titles.items() if at and _same(clock, at)), None)
    return None


def _same(title: str, at: time) -> bool:
    return bool(_PLAIN_CLOCK.fullmatch(title)) and tuple(map(int, title.split(":"))) == (at.hour, at.minute)


def _hours(plain: str) -> tuple[time | None, time | None]:
    for pattern, read in ((_BETWEEN, _english), (_BETWEEN_ZH, _chinese)):
        if match := pattern.search(plain):
            parts = match.groups()
            return _in_order(read(parts[:3], None), read(parts[3:], parts[2] if read is _english else parts[0]))
    opens = _first(((_AFTER, _english), (_AFTER_ZH, _chinese)), plain)
    closes = _first(((_BEFORE, _english), (_BEFORE_ZH, _chinese)), plain)
    if opens or closes:
        return _in_order(opens, closes)
    for words, begins, ends in _DAYTIMES:
        if re.search(words, plain):
            return begins, ends
    return None, None


def _first(readers: tuple[tuple[re.Pattern[str], _Read], ...], plain: str) -> time | None:
    for pattern, read in readers:
        if match := pattern.search(plain):
            return read(match.groups(), None)
    return None


def _english(parts: tuple[str | None, ...], _half: str | None) -> time | None:
    hour, minute, half = int(parts[0] or 0), int(parts[1] or 0), (parts[2] or "")[:1]
    if half == "p" and hour < 12:
        hour += 12
    elif half != "a" and hour < 8:
        hour += 12  # nobody asks to be written to at six in the morning without saying so
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _chinese(parts: tuple[str | None, ...], half: str | None) -> time | None:
    daytime, told, minute = parts[0] or half, parts[1] or "", parts[2]
    hour = int(told) if told.isdigit() else int(chinese(told) or 24)
    if hour < 12 and (daytime in ("下午", "晚上", "傍晚") or (daytime is None and hour < 8)):
        hour += 12
    return time(hour, 30 if minute == "半" else int(minute or 0)) if hour < 24 else None


def _in_order(opens: time | None, closes: time | None) -> tuple[time | None, time | None]:
    return (opens, closes) if opens is None or closes is None or opens < closes else (None, None)
