# ruff: noqa: E501 - a pattern is read as one line
"""An amount as the answer to a question about money: a range, a sum of several things, or nothing at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from bot.dialogue.understanding import Entity
from bot.dialogue.understanding.amounts import amounts
from bot.dialogue.understanding.fold import for_grammar, simplified
from bot.dialogue.understanding.quantities import frequencies
from bot.dialogue.understanding.yes_no import yes_or_no

NOTHING = re.compile(
    r"\b(?:nothing|none|zero|nil|zilch|not a (?:penny|cent|thing)|no money|i have no money|can'?t (?:pay|afford) anything|nothing left|broke|0)\b"
    r"|^(?:我|现在|目前|暂时|真的|实在|确实|什么)*(?:没有|没了|没|零|冇|无)(?:了|啊|钱|多的|余钱|剩的?|办法)*$|一分(?:钱)?(?:都|也)?(?:没|拿不|冇)|拿不出|没钱|冇钱|没剩|剩不下|一毛(?:钱)?(?:都|也)?没|什么都没有|口袋空|没(?:有)?(?:什么|任何)?(?:收入|进账|工资)|冇收入|\b(?:no income|nothing (?:is )?coming in|not earning|don'?t earn)\b"
)
_NO_OTHERS = re.compile(
    r"\b(?:no (?:other|more|others)|no debts?|no loans?|(?:just|only) (?:this|yours?|you|the one)|nobody else|no one else|don'?t have any)\b"
    r"|没(?:有)?(?:别的|其他|其它|别家|另外)|只有(?:你们|这)|就(?:你们|这)(?:一|个|家)|冇其他"
)
# What they could pay us is no answer to what they earn or need.
_OFFERED = re.compile(
    r"(?:\b(?:i|we) |^\W*)(?:can|could|will) (?:only )?(?:pay|afford|do|manage|give|offer)\b|\b(?:i|we)'?ll pay\b|只?(?:能|可以)(?:还|付|缴|交)|拿得出|还得起"
)
# What they earn is no answer to what they could pay us.
_EARNED = re.compile(
    r"\b(?:(?:salary|wages?|income|take[- ]home|pension|benefits?|disability|social security|universal credit|allowance)|i (?:earn|take home|get paid))\b[^,.;]{0,15}\d|(?:is|'s) (?:my|the) (?:salary|wages?|income|take[- ]home)\b"
    r"|(?:月薪|薪水|薪资|工资|收入|到手|底薪|退休金|退休俸|养老金|低保|失业金)[^，,。；;]{0,6}[\d一二两三四五六七八九十百千万]"
)
_HOURLY = re.compile(
    r"\b(?:an|per|each|every) (?:hour|day|shift)\b|/ ?(?:hr?|hour|day)\b|\bhourly\b|(?:一|每)个?(?:天|日|小时|钟头)|时薪|日薪|日结"
)
_YEARLY = re.compile(r"\b(?:a|per|each|every) (?:year|annum)\b|\b(?:yearly|annually|p\.?a)\b|年薪|(?:一|每)年")
# How many come in every month, and how many go out in it on average.
_IN_A_MONTH = {"weekly": (Decimal(4), Decimal(52) / 12), "fortnightly": (Decimal(2), Decimal(26) / 12)}
# The day beside what they earn is no part of the amount: "5000 25号发工资".
_PAID_ON = re.compile(r"(?<!\d)\d{1,2}\s*[号日]\s*(?:发|领|出)?(?:工资|薪水|薪|粮|钱)?")
_LEAST = 3
_BETWEEN = re.compile(r"\bbetween\b")
_PIECES = re.compile(
    r"[,，、;；+&](?!\d{3}\b)|\s(?:and|plus)\s|(?:(?<=\d\d)|(?<=[百千万一二三四五六七八九]))\s+(?=[a-z㐀-鿿])(?!(?:to|or|an?|per|each|every|(?:week|month|fortnight|year)ly|p[wm])\b|[到或每])"
)
_RANGE = re.compile(r"\b(?:between|to|or|maybe)\b|到|或")
# Questions whose answer may be told in parts that belong together: "rent 1200, food 400".
_IN_PARTS = frozenset({"means_essentials", "means_other_debts"})
_COMES_IN = frozenset({"means_income", "means_safe"})


@dataclass(frozen=True, slots=True)
class Told:
    """`around`: the text without the amounts, in simplified form; `high` only where it is above `low`."""

    low: Decimal
    high: Decimal | None
    around: str


def money(text: str, slot: str) -> Told | None:
    """What somebody says of an amount when `slot` is asked for; None when they name none."""
    plain = for_grammar(text)
    plain = _about_this(plain, slot)
    if not plain:
        return None
    if slot == "means_income":
        plain = _PAID_ON.sub(lambda day: " " * len(day.group()), plain)
    pieces = _PIECES.split(plain) if slot in _IN_PARTS and not _BETWEEN.search(plain) else [plain]
    ends = [end for piece in pieces if (end := _ends(piece, slot))]
    if not ends or (len(ends) == 1 and len(pieces) > 1):
        ends = [end for end in [_ends(plain, slot)] if end]
    if not ends:
        return _nothing(simplified(plain), text, slot)
    return _told(
        sum(low for low, _ in ends), sum(high for _, high in ends), _without(plain, amounts(plain, bare=True))
    )


def _about_this(plain: str, slot: str) -> str:
    """The part of the text that can be about what `slot` asks for; as a rule the whole of it."""
    said = simplified(plain)
    offered = _OFFERED.search(said)
    if slot != "means_safe":
        return "" if offered else plain
    if not _EARNED.search(said):
        return plain
    return plain[offered.start() :] if offered else ""


def _ends(piece: str, slot: str) -> tuple[Decimal, Decimal] | None:
    """The lowest and the highest that one amount or range in `piece` means; a bare one or two is no money."""
    found = [
        entity for entity in amounts(piece, bare=True) if entity.currency or Decimal(str(entity.value)) >= _LEAST
    ]
    if not found:
        return None
    low = Decimal(str(found[0].value))
    after = Decimal(str(found[1].value)) if len(found) == 2 and _RANGE.search(piece) else low
    return _a_month(low, max(low, found[0].high or after), piece, slot)


def _a_month(low: Decimal, high: Decimal, piece: str, slot: str) -> tuple[Decimal, Decimal] | None:
    """Amounts by the week or year as those of a month; what comes by the hour or day says nothing of a month."""
    if not slot.startswith("means_"):
        return low, high
    plain = simplified(piece)
    if _HOURLY.search(plain):
        return None
    comes_in = slot in _COMES_IN
    rounding = ROUND_FLOOR if comes_in else ROUND_CEILING
    often = frequencies(piece)
    least, average = _IN_A_MONTH.get(str(often[0].value), (Decimal(1), Decimal(1))) if often else (Decimal(1),) * 2
    times = least if comes_in else average
    if _YEARLY.search(plain):
        times = Decimal(1) / 12
    if times == 1:
        return low, high
    return (low * times).to_integral_value(rounding), (high * times).to_integral_value(rounding)


def _told(low: Decimal | int, high: Decimal | int | None, around: str) -> Told:
    return Told(Decimal(low), Decimal(high) if high is not None and high > low else None, around)


def _without(plain: str, entities: Sequence[Entity]) -> str:
    for entity in reversed(entities):
        plain = plain[: entity.start] + " " + plain[entity.end :]
    return plain


def _nothing(plain: str, text: str, slot: str) -> Told | None:
    if "other" in slot and (_NO_OTHERS.search(plain) or yes_or_no(text) is False):
        return _told(0, None, "")
    return _told(0, None, NOTHING.sub(" ", plain)) if NOTHING.search(plain) else None
