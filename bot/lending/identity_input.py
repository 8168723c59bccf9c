"""References, dates and document digits as people type them: full width, spaced, in their own order."""

import re
import unicodedata
from datetime import date

_DASHES = re.compile(r"[‐-―−﹘﹣－_]")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"

# Years counted from 1912, as on Taiwanese documents.
_REPUBLIC = re.compile(r"(?:民國|民国)\s*(\d{1,3})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D?$")
_REPUBLIC_SHORT = re.compile(r"0?(\d{2,3})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D?$|0?(\d{2,3})(\d{2})(\d{2})$")
_DAYS_OF_MONTH = 31
_YEAR_FIRST = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})\D?$")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$")
_YEAR_LAST_SHORT = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ]'?(\d{2})$")
_YEAR_FIRST_SHORT = re.compile(r"(\d{2})(?:年|[-/. ])(\d{1,2})(?:月|[-/. ])(\d{1,2})[日号號]?$")
_YEAR = r"(\d{4}|'\d{2}|[3-9]\d)"  # of two digits: with its mark, or one that is no day
_DAY_MONTH = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?\s*(?:of\s+)?{_MONTH},?\s*{_YEAR}$")
# What stands around a date in a sentence, and the last characters of a document told in the same breath.
_BEFORE_DATE = re.compile(rf"^.*?(?=\b{_MONTH}\s*\d|\d|民國|民国)")
_DATE_THEN_DOCUMENT = re.compile(r"(.*\d[日號号]?)[^\d-][^\d]*(\d{3}[\dx])[^\w]*$")
_DATE_THEN_WORDS = re.compile(r"(.*\d[日號号]?)[^\d]*$")
_MONTH_DAY = re.compile(rf"{_MONTH}\s*(\d{{1,2}})(?:st|nd|rd|th)?,?\s*{_YEAR}$")
_YOUNGEST = 16  # a year of two digits is that of somebody who may owe money


def _plain(text: str) -> str:
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip()


def normal_reference(text: str) -> str:
    """A reference in the one form in which it is stored, looked up and counted."""
    return re.sub(r"\s+", "", _plain(text)).upper()


def reference_in(text: str) -> str | None:
    """The reference in what somebody typed, alone or within a sentence; None when nothing looks like one."""
    plain = _plain(text).upper()
    likely = [word.strip("./#-") for word in re.findall(r"[0-9A-Z][0-9A-Z./#-]*", plain) if re.search(r"\d", word)]
    longest = max(likely, key=len, default="")
    return longest if 4 <= len(longest) <= 40 else None


def normal_document(text: str) -> str | None:
    """The last four letters or digits of a document; of a whole number only these are taken. None: neither."""
    kept = re.sub(r"[\s-]", "", _plain(text)).upper()
    if not re.fullmatch(r"[0-9A-Z]+", kept) or len(kept) not in (4, *range(7, 21)):
        return None
    return kept[-4:] if re.search(r"\d", kept[-4:]) else None


def birth_date(text: str, today: date, *, republic: bool = False) -> date | None:
    """A date of birth in any common form; None when it is not one, or when day and month could be swapped.

    `republic`: whoever writes 81/7/9 may mean the year 81 of the Republic, if it can be no day.
    """
    plain = _plain(text).lower()
    parts = _parts(plain, today) or (_short_republic(plain) if republic else _short_year(plain, today))
    if parts is None:
        return None
    try:
        born = date(*parts)
    except ValueError:
        return None
    return born if born.year >= 1900 and born < today else None


def told_at_once(text: str, today: date, *, republic: bool = False) -> tuple[date | None, str | None]:
    """A date of birth within a sentence, and the last four of the document if they stand behind it."""
    whole = birth_date(text, today, republic=republic)
    if whole is not None:
        return whole, None
    line = _BEFORE_DATE.sub("", _plain(text).lower(), count=1)
    for pattern in (_DATE_THEN_DOCUMENT, _DATE_THEN_WORDS):
        match = pattern.match(line)
        born = birth_date(match[1], today, republic=republic) if match else None
        if match and born is not None:
            return born, normal_document(match[2]) if pattern.groups == 2 else None
    return None, None


def _parts(plain: str, today: date) -> tuple[int, int, int] | None:
    if match := _REPUBLIC.match(plain):
        year, month, day = map(int, match.groups())
        return year + 1911, month, day
    if match := _YEAR_FIRST.match(plain) or _DIGITS.match(plain):
        year, month, day = map(int, match.groups())
        return year, month, day
    if match := _DAY_MONTH.match(plain):
        return _full(match[3], today), _MONTHS.index(match[2]) + 1, int(match[1])
    if match := _MONTH_DAY.match(plain):
        return _full(match[3], today), _MONTHS.index(match[1]) + 1, int(match[2])
    if match := _YEAR_LAST.match(plain):
        return _year_last(int(match[1]), int(match[2]), int(match[3]))
    return None


def _full(year: str, today: date) -> int:
    """A year as four digits; of two, the last such year in which nobody below sixteen was born."""
    short = int(year.strip("'"))
    if short > 99:
        return short
    century = today.year // 100 * 100
    return century + short if century + short <= today.year - _YOUNGEST else century - 100 + short


def _short_year(plain: str, today: date) -> tuple[int, int, int] | None:
    """'90年5月17日', '90-5-17', '17/5/90': a year of two digits that can be no day, or that is called one."""
    if (match := _YEAR_FIRST_SHORT.match(plain)) and ("年" in plain or int(match[1]) > _DAYS_OF_MONTH):
        return _full(match[1], today), int(match[2]), int(match[3])
    if match := _YEAR_LAST_SHORT.match(plain):
        first, second, year = (int(part) for part in match.groups())
        return _year_last(first, second, _full(match[3], today)) if first <= _DAYS_OF_MONTH < year else None
    return None


def _short_republic(plain: str) -> tuple[int, int, int] | None:
    match = _REPUBLIC_SHORT.match(plain)
    year, month, day = (int(part) for part in match.groups() if part) if match else (0, 0, 0)
    return (year + 1911, month, day) if year > _DAYS_OF_MONTH else None


def _year_last(first: int, second: int, year: int) -> tuple[int, int, int] | None:
    """Some write the day first and some the month; read only what has one reading."""
    if first > 12 or first == second:
        return year, second, first
    return (year, first, second) if second > 12 else None
