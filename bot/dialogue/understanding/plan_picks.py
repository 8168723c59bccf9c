# ruff: noqa: E501 - a pattern is read as one line
"""Which of several lettered plans is meant by its place or size: 'the middle one', 'the cheapest', 每月最少的."""

import re
from collections.abc import Mapping

from bot.dialogue.understanding.fold import narrow, simplified

_FEW = 40  # characters; a longer message says more than which one
_MIDDLE = re.compile(r"\b(?:middle|mid|in[- ]between)\b|中间|当中")
_LAST = re.compile(r"\b(?:the |your )?last\b|最后")
_FIRST = re.compile(
    r"\b(?:shortest|short|quickest|fastest|soonest|highest|biggest|largest|most) ?(?:one|plan|option|term|payments?|a month|per month|each month|monthly)?$|最短|最快|最多|最早还完|最贵"
)
_LONGEST = re.compile(
    r"\b(?:longest|slowest|cheapest|smallest|lowest|least|easiest|lightest|littlest)\b|最长|最慢|最少|最低|最小|最轻|最便宜|最平|平(?:的|嘅)?[嗰𠮶那]个|最松|压力最小"
)
_NEGATED = re.compile(r"\b(?:not|no|too|don'?t|isn'?t|even|if|why|what|how)\b|不|太|没|冇|唔|吗|嗎|呢|[?？]")


def picked(text: str, choices: Mapping[str, str]) -> str | None:
    """The value of the plan that is meant; plans stand from the shortest to the longest."""
    plans = [value for title, value in choices.items() if re.fullmatch(r"[A-Z]", title.strip())]
    said = simplified(narrow(text)).strip(" .,!。，！~～")
    if len(plans) < 2 or len(said) > _FEW or _NEGATED.search(said):
        return None
    if _MIDDLE.search(said):
        return plans[1] if len(plans) == 3 else None
    if _LAST.search(said) or _LONGEST.search(said):
        return plans[-1]
    return plans[0] if _FIRST.search(said) else None
