# ruff: noqa: E501 - a pattern is read as one line
"""Amounts of money in a message: only beside a currency, after a verb of paying, or per week or month."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.dialogue.understanding import Entity
from bot.dialogue.understanding.fold import for_grammar
from bot.dialogue.understanding.numerals import CHINESE, DIGITS, ENGLISH_WORDS, chinese, decimal, english

_LEAST = 10  # smaller figures count something else
_SYMBOLS = {
    "nt$": "TWD", "hk$": "HKD", "us$": "USD", "a$": "AUD", "rmb": "CNY", "cny": "CNY", "¥": "CNY", "人民币": "CNY",
    "$": None, "£": "GBP", "€": "EUR", "₹": "INR", "usd": "USD", "gbp": "GBP", "eur": "EUR", "inr": "INR",
    "twd": "TWD", "ntd": "TWD", "nt": "TWD", "hkd": "HKD", "rs.": "INR", "rs": "INR", "台币": "TWD", "新台币": "TWD",
    "港币": "HKD", "港元": "HKD", "日元": "JPY", "日圆": "JPY", "日币": "JPY", "美元": "USD", "美金": "USD", "英镑": "GBP", "欧元": "EUR", "卢比": "INR",
    "dollars": None, "dollar": None, "bucks": "USD", "buck": "USD", "quid": "GBP", "pounds": "GBP", "pound": "GBP",
    "euros": "EUR", "rupees": "INR", "rupee": "INR", "yuan": "CNY", "kuai": "CNY", "元": None, "块钱": None,
    "块": None, "圆": None, "大洋": None, "蚊": "HKD",
}  # fmt: skip
_PREFIX = (
    r"(?:nt\$|hk\$|us\$|a\$|rmb|cny|¥|人民币|新台币|台币|港币|港元|\$|£|€|₹|usd|gbp|eur|inr|twd|ntd|rs\.?(?![a-z]))"
)
_SUFFIX = (
    r"(?:人民币|新台币|台币|港币|港元|日元|日圆|日币|大洋|美元|美金|英镑|欧元|卢比|块钱|块(?!头)|元|圆|蚊|"
    r"(?:rmb|cny|usd|gbp|eur|inr|twd|ntd|hkd|nt|rs|dollars?|bucks?|quid|pounds?|euros?|rupees?|yuan|kuai)\b|[$£€¥₹])"
)
_SHORT = r"(?:\s?(?:k|w|万|千|百|grand|hundred|thousand|lakhs?)(?![a-z]))"
_SCALE = {
    "k": 1000, "w": 10**4, "万": 10**4, "千": 1000, "百": 100, "grand": 1000, "lakh": 10**5, "lakhs": 10**5,
    "hundred": 100, "thousand": 1000,
}  # fmt: skip
_ENGLISH = rf"(?:(?:{DIGITS}){_SHORT}?|{ENGLISH_WORDS})"
_CHINESE = rf"(?:\d[\d,]*(?:\.\d+)?(?:[kw](?![a-z])\d?(?!\d)|\s?(?:lakhs?|hundred|thousand|grand)\b)|{CHINESE})"
_NUMBER = rf"(?:{_CHINESE}|{_ENGLISH})"
_VAGUE = r"(?:多(?=[元块圆万千]|$)|来(?=[元块圆])|把(?=[元块])|几(?=[元块]))?"
_JOIN = r"\s?(?:-|–|—|~|～|to|and|or|到|至|或者?)\s?"
_AMOUNT = re.compile(
    rf"(?P<before>{_PREFIX})?\s?(?P<low>{_NUMBER}){_VAGUE}(?:\s?(?P<middle>{_SUFFIX}))?"
    rf"(?:{_JOIN}(?:{_PREFIX})?\s?(?P<high>{_NUMBER}){_VAGUE})?\s?(?P<after>{_SUFFIX})?"
)
# 七八百, 三四千: one of two neighbouring digits.
_EITHER = re.compile(r"(?P<a>[一二两三四五六七八])(?P<b>[两二三四五六七八九])(?P<unit>[百千万])")
_VERB = re.compile(
    r"(?:\b(?:pay|paying|paid|repay|afford|manage|offer|offering|send|sent|transfer|transferred|deposit|spare|owe|owed|"
    r"borrowed|earn|make|making|scrape together|stretch to|chip in|put (?:down|in|aside)|settle (?:for|at|with)|"
    r"do|give(?: you| u)?|go (?:up )?to|budget|max|maximum|limit|at most|at least|only|around|about|roughly|up to|say|"
    r"like|just|another|you|u|back|of|for|least|most|is|maybe)\s(?:like |about |around |you |maybe |just |only |say |"
    r"another |at least |at most |up to |back |roughly |me |u |the )*"
    r"|(?:还|付|给|交|存|缴|凑|拿|转|打|出|汇|欠|借|赚|挣|收入|工资|薪水|月薪|到手|薪|押|扣|剩|供|摊|俾|畀|入|过咗|过数|贷|贷款|债|定金|订金|房租|租金|自备款|本金|余款|尾款|最多|至多|顶多|至少|大概|"
    r"大约|差不多|左右|约|每月|每个月|一个月|月付|月还|月缴|一期|每期|每周|隔周|双周|每两周|每双周|每半个月|每星期|一周|一个星期|一个礼拜|每个礼拜|首付|头期款?|头款|首期|先|只有|能|是|就|可以|想|再|成)"
    r"(?:得起|得出|出来|得|出|了|你们|你|我|您|回|掉|清|上|个|到|过|来|款|大概|大约|差不多|最多|先|只能|只|能|入|约|就|还|付|们|的|咗|住|埋|返|晒)*\s?)$"
)
# Verbs that also stand before a count or a date: they make an amount only together with a period.
_WEAK = re.compile(
    r"(?:\b(?:like|just|you|u|of|for|is|about|around|maybe|say|do|make|making|back|go to|only|least|most|another|max|limit)"
    r"|能|是|就|可以|想|再|先|成|左右|最多|大概|大约|差不多|约|至少|顶多|至多|只有)[\s个]*$"
)
_PERIOD = re.compile(
    r"\s?(?:/|a |an |per |each |every |one )\s?(?:month|mth|mo|week|wk|fortnight|pay ?(?:day|check|cheque))\b"
    r"|\s?(?:monthly|weekly|fortnightly|pm\b|pw\b|p/m|/m\b|/w\b|every (?:two|other|2) weeks|biweekly)"
    r"|\s?(?:块|元)?(?:一|每|/)(?:个)?(?:月|周|星期|礼拜|期)"
)
_TIME_OF_DAY = re.compile(r"(?:1[0-2]|[1-9])(?:[:.]\d\d)?\s?[ap]\.?m\b")
_COUNTED = re.compile(
    r"(?!\s?月[底末初中尾])\s?(?:%|％|percent|per cent|pct|st\b|nd\b|rd\b|th\b|months?\b|mths?\b|years?\b|yrs?\b|yo\b|y/o|weeks?\b|days?\b|hours?\b|"
    r"hrs?\b|mins?\b|minutes?\b|times?\b|kids?\b|children\b|child\b|people\b|payments?\b|instal|install|am\b|a\.m|p\.m|"
    r"o'?clock|pm\b(?! )|jobs?\b|calls?\b|days\b|letters?\b|messages?\b|loans?\b|cards?\b|accounts?\b|persons?\b|"
    r"january|february|march|april|may\b|june|july|august|sept|october|november|december|jan\b|feb\b|mar\b|apr\b|jun\b|"
    r"jul\b|aug\b|oct\b|nov\b|dec\b|:\d|/\d|"
    r"[个期月日号年岁次点天周折成份人口张笔条遍通级楼分位]|星期|礼拜|小时|多个|多天|多次|来个|[年月日]|个月|好|家|些|下|起|直|定|样|边|会|共|般|切|"
    r"旦|时|辈|路|定|方|向|半|面|生|百分)"
)
_CENTS = re.compile(
    r"零?(?P<tenth>[一二两三四五六七八九]|\d)(?:毛钱?|角钱?|(?=$|[\s，。,!！?？]))"
)  # 五块八, 三块五毛
_NOT_EVEN_ONE = re.compile(r"\s?(?:钱)?(?:都|也)(?:没|不|冇|唔|别)")
_MARKED = re.compile(
    r"(?:\b(?:ending|ends|ends in|ending in|account|acct|a/c|card|phone|mobile|tel|call|number|no\.?|ref(?:erence)?|order|id|code|"
    r"hotline|dial|age|aged|turning|i'm|im|i am|room|flat|unit|year|since|in|line)|#|尾号|末四码|后四位|末四位|单号|订单|账号|帐号|账户|"
    r"电话|手机|号码|编号|热线|拨打?|打|身份证|第|初|(?<![每隔一两双])(?<![每隔一两]个)(?:礼拜|星期|周)|年龄|今年|卡号|合同|法条)\s?(?:is |was |number |号码?|是|为|:|：|#)*\s?$"
)


@dataclass(frozen=True, slots=True)
class _Span:
    low: Decimal
    high: Decimal | None
    currency: str | None
    start: int
    end: int


def amounts(plain: str, *, bare: bool = False, currency: str | None = None) -> list[Entity]:
    """Amounts in `plain` (fold.for_grammar); `bare` also takes numbers that nothing marks, for a question about money."""
    return [
        Entity("amount_of_money", span.low, span.start, span.end, span.currency or currency, span.high)
        for span in _spans(plain, bare)
    ]


def beside(text: str, found: Sequence[Entity]) -> Decimal | None:
    """The one bare amount in a message besides what was found in it: the 600 of "600 on friday"."""
    for entity in sorted(found, key=lambda entity: -entity.start):
        text = text[: entity.start] + " " + text[entity.end :]
    told = [Decimal(str(entity.value)) for entity in amounts(for_grammar(text), bare=True)]
    return told[0] if len(told) == 1 and told[0] >= _LEAST else None


def number(text: str) -> Decimal | None:
    """One number in any of the ways of writing it, with '2k', '3w' and '1w2'."""
    text = re.sub(r"(?<=\d)[kw](?=\d$)", lambda match: {"k": "千", "w": "万"}[match.group()], text.strip())
    value = _number(text)
    return value.to_integral_value() if value is not None and value == value.to_integral_value() else value


def _number(text: str) -> Decimal | None:
    scaled = re.fullmatch(rf"(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<scale>{'|'.join(_SCALE)})", text)
    if scaled:
        return (decimal(scaled["n"]) or Decimal(0)) * _SCALE[scaled["scale"]]
    value = decimal(text)
    if value is None:
        value = chinese(text)
    return value if value is not None else english(text)


def _spans(plain: str, bare: bool) -> Iterator[_Span]:
    position = 0
    while match := _next(plain, position):
        position = max(match.end(), match.start() + 1)
        span = _either(plain, match, bare) if match.re is _EITHER else _read(plain, match, bare)
        if span:
            position = max(position, span.end)
            yield span


def _next(plain: str, position: int) -> re.Match[str] | None:
    found = [match for match in (_EITHER.search(plain, position), _AMOUNT.search(plain, position)) if match]
    return min(found, key=lambda match: (match.start(), match.re is _AMOUNT), default=None)


def _either(plain: str, match: re.Match[str], bare: bool) -> _Span | None:
    low, high = chinese(match["a"] + match["unit"]), chinese(match["b"] + match["unit"])
    if low is None or high is None or high <= low:
        return _read(plain, re.compile(_AMOUNT.pattern).match(plain, match.start()) or match, bare)
    suffix = re.compile(_SUFFIX).match(plain, match.end())
    end = suffix.end() if suffix else match.end()
    if not suffix and not (bare or _wanted(plain, match.start(), end, low)):
        return None
    return _Span(low, high, _SYMBOLS.get(suffix.group()) if suffix else None, match.start(), end)


def _read(plain: str, match: re.Match[str], bare: bool) -> _Span | None:
    if "low" not in match.re.groupindex:
        return None
    low, high = number(match["low"]), number(match["high"]) if match["high"] else None
    mark = match["before"] or match["after"] or match["middle"]
    end = match.end()
    if high is not None and _COUNTED.match(plain, match.end("high")) and not match["after"]:
        high, mark, end = (
            None,
            match["before"] or match["middle"],
            match.end("middle" if match["middle"] else "low"),
        )
    if low is None or low > 10**10:
        return None
    if high is not None:
        low, high = _same_scale(low, high, match["high"])
    if not mark and not _plausible(plain, match, end, bare):
        return None
    if mark and low == 1 and _NOT_EVEN_ONE.match(plain, end):
        return None
    if high is None and mark in {"块", "元"} and (cents := _CENTS.match(plain, end)):
        low, end = low + (number(cents["tenth"]) or Decimal(0)) / 10, cents.end()
    high = high if high is not None and high > low else None
    return _Span(low, high, _currency(mark), match.start(), _trimmed(plain, end))


def _same_scale(low: Decimal, high: Decimal, written: str) -> tuple[Decimal, Decimal]:
    """'3-4千', '1-2k' and '5-600' mean the unit for both ends."""
    unit = next((_SCALE[u] for u in _SCALE if written.strip().endswith(u)), None)
    if unit is None and low < 10 and high < 1000 and high % 100 == 0:
        unit = 100
    if unit and low < 100 and low * unit < high:
        low *= unit
    return low, high


def _currency(mark: str | None) -> str | None:
    return _SYMBOLS.get(mark) if mark else None


def _plausible(plain: str, match: re.Match[str], end: int, bare: bool) -> bool:
    """Whether a number without a currency is one of money: nothing makes it a count, a date or an identifier."""
    start = match.start("low")
    before, written = plain[:start], match["low"].strip()
    glued = start > 0 and (
        plain[start - 1] in "-/:.,#*" or (plain[start - 1].isascii() and plain[start - 1].isalnum())
    )
    identifier = len(re.sub(r"\D", "", written)) >= 8 or (
        written.startswith("0") and written.isdigit() and len(written) > 1
    )
    if identifier or glued or _MARKED.search(before):
        return False
    if _TIME_OF_DAY.match(plain, start):
        return False
    if _PERIOD.match(plain, end):
        return True
    if _COUNTED.match(plain, end) or (
        plain[end : end + 1] in {"-", "/", ":", "."} and plain[end + 1 : end + 2].isdigit()
    ):
        return False
    return bare or _wanted(plain, start, end, number(match["low"]) or Decimal(0))


def _wanted(plain: str, start: int, end: int, value: Decimal) -> bool:
    before = plain[:start]
    if _PERIOD.match(plain, end):
        return True
    small = value < 10 or plain[start:end].strip() in {"一", "十", "百", "千", "万"}
    if _WEAK.search(before):
        return (
            not small
            and value >= 50
            and bool(
                re.search(
                    r"\b(?:pay|afford|offer|give|manage|send|spare|owe|owed|settle|borrow|borrowed|earn)|[还付给交缴拿凑出俾]|(?:每|一)个?(?:月|周|星期|礼拜|期)",
                    plain,
                )
            )
        )
    return bool(_VERB.search(before)) and not small


def _trimmed(plain: str, end: int) -> int:
    while end > 0 and plain[end - 1].isspace():
        end -= 1
    return end
