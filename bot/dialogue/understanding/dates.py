"""Calendar dates in a message, resolved against the day on which it was written."""

import re
from datetime import date

from bot.dialogue.understanding import Entity, dates_en, dates_zh
from bot.dialogue.understanding.calendar_words import day_in_month, full_year, make

_ISO = re.compile(r"(?<![\d.])(?P<a>\d{4})\s?[-/.]\s?(?P<b>\d{1,2})\s?[-/.]\s?(?P<c>\d{1,2})(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d.,/-])(?P<a>\d{1,3})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<c>\d{4}|\d{1,2})(?![\d/])"
)
_SHORT = re.compile(r"(?<![\d.,/$-])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?![\d/%])")
_PACKED = re.compile(
    r"(?<!\d)(?:(?P<year>(?:19|20)\d{2})|(?P<short>\d{2,3}))(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)"
)
_DAY_FIRST = frozenset({"en_GB", "en_IN", "en_AU", "en_NZ", "en_IE", "hi"})


def dates(plain: str, today: date, locale: str, *, past: bool = False, packed: bool = False) -> list[Entity]:
    """Dates in `plain` (fold.for_grammar); `past` for births and payments made, `packed` also reads 19900517."""
    found = [*_written(plain, today, locale, past), *_numeric(plain, today, locale, past)]
    if packed:
        found += _packed(plain, today, locale)
    return _without_overlaps(found)


def _written(plain: str, today: date, locale: str, past: bool) -> list[Entity]:
    rules = [*dates_zh.RULES, *dates_en.RULES] if _chinese(plain) else dates_en.RULES
    if locale == "zh_Hant":
        rules = [dates_zh.REPUBLIC, *rules]
    found = []
    for pattern, resolve in rules:
        for match in pattern.finditer(plain):
            value = resolve(match, today, past)
            if value:
                found.append(Entity("date", value, match.start(), match.end()))
    return found


def _chinese(plain: str) -> bool:
    return any("㐀" <= character <= "鿿" for character in plain)


def _numeric(plain: str, today: date, locale: str, past: bool) -> list[Entity]:
    found = []
    for match in _ISO.finditer(plain):
        found.append((match, make(int(match["a"]), int(match["b"]), int(match["c"]))))
    for match in _NUMERIC.finditer(plain):
        found.append((match, _three_parts(match, today, locale)))
    for match in _SHORT.finditer(plain):
        month, day = _month_and_day(int(match["a"]), int(match["b"]), locale)
        found.append((match, day_in_month(today, month, day, past=past)))
    return [Entity("date", value, match.start(), match.end()) for match, value in found if value]


def _three_parts(match: re.Match[str], today: date, locale: str) -> date | None:
    a, b, c = int(match["a"]), int(match["b"]), int(match["c"])
    if len(match["c"]) == 4:
        return make(c, *_month_and_day(a, b, locale))
    if locale.startswith("zh"):  # the year comes first: 79/5/17, of the Republic for readers in Taiwan
        return make(a + 1911 if locale == "zh_Hant" else full_year(a, today), b, c)
    return make(full_year(c, today), *_month_and_day(a, b, locale)) if c >= 10 or match["c"][0] == "0" else None


def _month_and_day(a: int, b: int, locale: str) -> tuple[int, int]:
    day_first = a > 12 or (locale in _DAY_FIRST and b <= 12)
    return (b, a) if day_first else (a, b)


def _packed(plain: str, today: date, locale: str) -> list[Entity]:
    found = []
    for match in _PACKED.finditer(plain):
        short = int(match["short"] or 0)
        year = (
            int(match["year"])
            if match["year"]
            else short + 1911
            if locale == "zh_Hant"
            else full_year(short, today)
        )
        value = make(year, int(match["month"]), int(match["day"]))
        if value and value <= today:
            found.append(Entity("date", value, match.start(), match.end()))
    return found


def _without_overlaps(found: list[Entity]) -> list[Entity]:
    """The longest of those that overlap, in the order of the text; earlier rules win ties."""
    kept: list[Entity] = []
    for entity in sorted(found, key=lambda entity: entity.start - entity.end):
        if all(entity.end <= other.start or entity.start >= other.end for other in kept):
            kept.append(entity)
    return sorted(kept, key=lambda entity: entity.start)
