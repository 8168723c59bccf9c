# ruff: noqa: E501 - a pattern is read as one line; a token is a piece of a number
"""Numbers as people write them: digits, English words, Chinese numerals, and mixtures of these."""

import re
from decimal import Decimal, InvalidOperation

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_TOKENS = re.compile(r"\d+(?:\.\d+)?|[零〇一二两三四五六七八九]|[十百千万亿]")
_ROW = re.compile(r"[零〇一二三四五六七八九]{3,}(?![十百千万亿年月日号])")
_PLAIN = re.compile(r"[零〇一二两三四五六七八九]+")
# Nothing is given back and nothing begins amid digits: a long row of them would be tried in every division.
CHINESE = r"(?:(?<!\d)\d[\d,]*+(?:\.\d++)?(?:\s?[百千万亿])?|[廿零〇一二两三四五六七八九十百千万亿])(?>(?:(?!一个?(?:月|周|星期|礼拜|期|次))[\d零〇一二两三四五六七八九十百千万亿])*)"
_WORDS = {
    **{w: i for i, w in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"])},
    **{w: i for i, w in enumerate(["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"], 13)},
    **{w: 10 * i for i, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)},
    "fourty": 40, "ninty": 90, "a": 1, "an": 1, "couple": 2,
}  # fmt: skip
_TEN = 10
_SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000, "million": 10**6, "lakh": 10**5}
_NAME = "|".join(sorted((w for w in _WORDS if w not in {"a", "an", "couple"}), key=len, reverse=True))
_SCALE = "|".join(_SCALES)
ENGLISH_WORDS = (
    rf"(?:\b(?:an?|a couple(?: of)?|{_NAME})\b(?:[ -](?:and |{_NAME}\b))*\s(?:{_SCALE})s?\b"
    rf"(?:[ -](?:and\s)?(?:{_NAME}|{_SCALE})\b)*|\b(?:{_NAME})\b(?:[ -](?:{_NAME})\b)*)"
)
DIGITS = r"(?<![\w.,])\d{1,3}(?:,\d{2,3})+(?:\.\d+)?(?![\d])|(?<![\w.])\d+(?:\.\d+)?(?!\d)"


def decimal(text: str) -> Decimal | None:
    """A number in digits with or without group separators; None if it is not one."""
    try:
        return Decimal(text.replace(",", "").replace(" ", ""))
    except InvalidOperation:
        return None


def chinese(text: str) -> Decimal | None:
    """'三千二' is 3200, '1.5万' 15000, '一万零五十' 10050, '廿五' 25; Simplified numerals, digits welcome."""
    text = text.replace(",", "").replace(" ", "").replace("廿", "二十")
    if _PLAIN.fullmatch(text) and len(text) > 1:
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    tokens = _TOKENS.findall(text)
    if not tokens or "".join(tokens) != text:
        return None
    return _sum(tokens)


def spelled_digits(text: str) -> str:
    """Rows of numerals that are read one by one as digits: 三零零一 is 3001."""
    return _ROW.sub(lambda row: "".join(str(_DIGITS[sign]) for sign in row.group()), text)


def _sum(tokens: list[str]) -> Decimal:
    total, section, last_unit, zero = Decimal(0), Decimal(0), 1, False
    number: Decimal | None = None
    for token in tokens:
        unit = _UNITS.get(token)
        if unit is None:
            zero = token in {"零", "〇"}
            number = Decimal(_DIGITS.get(token, token))
            last_unit = 1 if zero else last_unit
        elif unit < 10**4:
            section += (Decimal(1) if number is None else number) * unit
            number, last_unit = None, unit
        else:
            total += (section + (number or 0) or Decimal(1)) * unit
            section, number, last_unit = Decimal(0), None, unit
    if number is not None and number < 10 and last_unit > 10 and not zero:
        number *= Decimal(last_unit // 10)  # 三千二: the last digit counts in tenths of the unit before it
    return total + section + (number or Decimal(0))


def english(text: str) -> Decimal | None:
    """'twelve hundred', 'two thousand five hundred', 'a couple hundred'; None if it is not a number."""
    total, current, seen = Decimal(0), Decimal(0), False
    for word in re.findall(r"[a-z]+", text.lower().replace("a couple", "couple")):
        singular = word.removesuffix("s")
        if word in _WORDS:
            # "two fifty" is 250, as "twenty five" is 25
            current = (current * 100 if current < 100 and _WORDS[word] >= _TEN else current) + _WORDS[word]
        elif singular in _SCALES:
            scale = _SCALES[singular]
            current = (current or Decimal(1)) * scale
            if scale >= 1000:
                total, current = total + current, Decimal(0)
        elif word not in {"and", "of"}:
            return None
        seen = seen or word not in {"and", "of"}
    return total + current if seen else None
