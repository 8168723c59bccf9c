# ruff: noqa: E501 - a pattern is read as one line
"""The day of the month on which somebody is paid, told with what they earn or beside another answer."""

import re
from datetime import date

from bot.dialogue.understanding import Understood
from bot.dialogue.understanding.fold import for_grammar, simplified

LAST_DAY = 31
_CALLED_SO = re.compile(r"\b(?:pay ?day|paid|salary|wages?)\b|[发领出](?:薪|工资|粮)|薪水|工资|入账")
_BY_THE_WEEK = re.compile(
    r"\b(?:weekly|fortnight\w*|(?:every|each) (?:other )?(?:week|mon|tue|wed|thu|fri|sat|sun)\w*|(?:mon|tues|wednes|thurs|fri|satur|sun)days)\b|每(?:周|星期|礼拜)"
)
_END_OF_MONTH = re.compile(
    r"\b(?:end of (?:the |each |every )?month|month[- ]?end|last (?:working )?day)\b|月底|月末|月尾|最后一天"
)


def payday(understood: Understood, *, of_income: bool) -> int | None:
    """1 to 31; None when none is told. `of_income`: the message answers what they earn, so any day in it is meant."""
    plain = simplified(for_grammar(understood.text))
    if _BY_THE_WEEK.search(plain) or not (of_income or _CALLED_SO.search(plain)):
        return None
    if _END_OF_MONTH.search(plain):
        return LAST_DAY
    days = [e.value.day for e in understood.entities if e.name == "date" and isinstance(e.value, date)]
    return days[-1] if days else None
