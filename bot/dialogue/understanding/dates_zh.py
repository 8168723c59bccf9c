# ruff: noqa: E501 - a pattern is read as one line
"""Dates in Chinese: 下个月15号, 下周五, 3月底, 大后天, 79年5月17日, 民國79年; read in simplified numerals and units."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.dialogue.understanding.calendar_words import (
    day_in_month,
    day_of_month,
    full_year,
    last_of_month,
    make,
    next_day,
    weekday,
)  # fmt: skip
from bot.dialogue.understanding.numerals import chinese

_N = r"(?:\d{1,2}|[一二三四五六七八九十廿]{1,3})"
_YEARS = r"(?:\d{2,4}|[零〇一二三四五六七八九十]{2,5})"
_WEEK = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5} | {
    str(i): i - 1 for i in range(1, 7)
}
_SHIFT = {
    "下下个": 2,
    "下下": 2,
    "下个": 1,
    "下": 1,
    "次": 1,
    "出": 1,
    "这个": 0,
    "这": 0,
    "本": 0,
    "今个": 0,
    "上个": -1,
    "上": -1,
}
_WHICH = r"(?P<which>下下个|下下|下个|下|次|出|这个|这|本|今个|上个|上)"
_RELATIVE = {
    "今天": 0, "今日": 0, "今晚": 0, "今儿": 0, "明儿": 1, "明儿个": 1, "后儿": 2, "后儿个": 2, "昨儿": -1, "明天": 1, "明日": 1, "明晚": 1, "明早": 1, "听日": 1, "听晚": 1, "后天": 2, "后日": 2,
    "大后天": 3, "大后日": 3, "昨天": -1, "昨日": -1, "寻日": -1, "尋日": -1, "琴日": -1, "琴晚": -1, "寻晚": -1, "尋晚": -1, "听朝": 1, "昨晚": -1, "前天": -2, "前日": -2,
}  # fmt: skip
# Only those that fall on the same day everywhere and every year; lunar ones are asked about.
_HOLIDAYS = {"元旦": (1, 1), "劳动节": (5, 1), "勞動節": (5, 1), "平安夜": (12, 24), "圣诞节": (12, 25), "聖誕節": (12, 25)}  # fmt: skip
Match = re.Match[str]


def _int(text: str) -> int:
    return int(chinese(text) or 0)


def _year(text: str, today: date, republic: bool) -> int:
    year = _int(text)
    if republic and year < 200:
        return year + 1911
    return full_year(year, today)


def _full(match: Match, today: date, _past: bool) -> date | None:
    """民國 when it says so; the caller tells by `republic` in the pattern for readers in Taiwan."""
    return make(_year(match["year"], today, bool(match["republic"])), _int(match["month"]), _int(match["day"]))


def full_republic(match: Match, today: date, _past: bool) -> date | None:
    return make(_year(match["year"], today, True), _int(match["month"]), _int(match["day"]))


def _relative_year(match: Match, today: date, _past: bool) -> date | None:
    year = today.year + {"今": 0, "本": 0, "明": 1, "后": 2, "去": -1, "前": -2}[match["which"]]
    if match["end"]:
        return last_of_month(date(year, max(1, min(12, _int(match["month"]))), 1))
    return make(year, _int(match["month"]), _int(match["day"] or "1")) if match["day"] else None


def _month_day(match: Match, today: date, past: bool) -> date | None:
    return day_in_month(today, _int(match["month"]), _int(match["day"]), past=past)


def _month_part(match: Match, today: date, _past: bool) -> date | None:
    return day_in_month(
        today, _int(match["month"]), {"底": 0, "末": 0, "尾": 0, "中": 15, "初": 1}[match["part"][0]]
    )


def _relative_month(match: Match, today: date, _past: bool) -> date | None:
    shift, day = _SHIFT[match["which"]], match["day"]
    return day_of_month(today, _int(day), shift)


def _relative_part(match: Match, today: date, past: bool) -> date | None:
    shift = _SHIFT[match["which"]] if match["which"] else 0
    part = match["part"][0]
    if not match["which"] and part in "初中" and not past and today.day > (1 if part == "初" else 15):
        shift = 1
    return (
        last_of_month(today, shift) if part in "底末尾" else day_of_month(today, 15 if part == "中" else 1, shift)
    )


def _weekday(match: Match, today: date, _past: bool) -> date:
    which = match["which"]
    found = weekday(today, _WEEK[match["day"]], _SHIFT[which] if which else None)
    return found if which not in {"这", "本", "这个"} or found >= today else found + timedelta(7)


def _later(match: Match, today: date, _past: bool) -> date | None:
    count = 0 if match["count"] == "半" else _int(match["count"].replace("几", "三"))
    sign = -1 if match["side"].startswith(("前", "之前", "以前")) else 1
    if match["count"] == "半":
        return today + timedelta(15 * sign)
    if match["unit"].endswith("月"):
        return day_of_month(today, today.day, count * sign)
    return today + timedelta(sign * count * (1 if match["unit"] in "天日" else 7))


def _nth(match: Match, today: date, past: bool) -> date | None:
    found = next_day(today, _int(match["day"]))
    return (
        found
        if not past or found is None or found == today
        else day_of_month(today, _int(match["day"]), -1 if found.month == today.month else 0)
    )


def _relative_day(match: Match, today: date, _past: bool) -> date:
    return today + timedelta(_RELATIVE[match["word"]])


def _year_end(match: Match, today: date, _past: bool) -> date:
    return date(today.year + (1 if match["which"] == "明" else 0), 12, 31)


def _holiday(match: Match, today: date, past: bool) -> date | None:
    return day_in_month(today, *_HOLIDAYS[match["name"]], past=past)


_END = r"(?:底|末|尾)"
RULES: list[tuple[re.Pattern[str], Callable[[Match, date, bool], date | None]]] = [
    (
        re.compile(
            rf"(?P<republic>民国|民國)?\s?(?P<year>{_YEARS})\s?年\s?(?P<month>{_N})\s?月\s?(?P<day>{_N})(?:\s?[日号])?"
        ),
        _full,
    ),
    (
        re.compile(rf"(?P<which>[今本明后去前])年(?P<month>{_N})月(?:份)?(?:(?P<end>底|末)|(?P<day>{_N})[日号]?)"),
        _relative_year,
    ),
    (re.compile(rf"(?<![\d年])(?P<month>{_N})月份?(?P<part>底|末|尾|中旬?|初)"), _month_part),
    (
        re.compile(rf"(?<!\d)(?P<month>{_N})\s?月\s?(?P<day>{_N})\s?(?:[日号]|(?!\s?[\d个期块元万千百]))"),
        _month_day,
    ),
    (re.compile(rf"{_WHICH}月的?(?P<day>{_N})[日号]?(?![\d个期块元万千百])"), _relative_month),
    (
        re.compile(r"(?P<which>下下个|下下|下个|下|次|出|这个|这|本|今个)?月(?P<part>底|末|尾|中旬?|初)"),
        _relative_part,
    ),
    (
        re.compile(
            r"(?P<which>下下个|下下|下个|下|这个|这|本|上个|上)?(?:个)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末1-6])(?![个天千百万\d])"
        ),
        _weekday,
    ),
    (re.compile(rf"(?P<word>{'|'.join(sorted(_RELATIVE, key=len, reverse=True))})"), _relative_day),
    (
        re.compile(
            rf"(?P<count>{_N}|两|几|半)\s?(?P<unit>天|日|个?星期|个?礼拜|周|个?月)(?P<side>之后|以后|后|内|之内|以内|之前|以前|前)(?!(?<=月内)(?:分|还清|还完|缴清|付清|还掉))"
        ),
        _later,
    ),
    (
        re.compile(
            rf"(?:再|等|过|给我?|宽限)(?:多|我)?(?P<count>{_N}|两|半)\s?(?P<unit>天|日|个?星期|个?礼拜|周|个?月)(?P<side>)"
        ),
        _later,
    ),
    (re.compile(r"(?:(?P<which>今|明)年?)?年底"), _year_end),
    (re.compile(rf"(?P<name>{'|'.join(_HOLIDAYS)})(?!之?后|以后|假|过后)"), _holiday),
    (re.compile(rf"(?<![\d.第月])(?P<day>{_N})[号日](?!病房|出口|[码楼线子院房元块门店馆厅])"), _nth),
]
REPUBLIC = (
    re.compile(
        rf"(?P<year>\d{{2,3}}|[一二三四五六七八九十百]{{2,5}})\s?年\s?(?P<month>{_N})\s?月\s?(?P<day>{_N})\s?[日号]?"
    ),
    full_republic,
)
