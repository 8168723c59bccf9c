"""Whole messages that mean one thing only: an intent, a start, or one answer to the open question."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import yaml

from bot.dialogue.understanding import Awaiting
from bot.dialogue.understanding.amounts import amounts
from bot.dialogue.understanding.fold import for_grammar, narrow, simplified
from bot.dialogue.understanding.lexicon import FOLDER
from bot.dialogue.understanding.shares import in_full
from bot.dialogue.understanding.yes_no import yes_or_no

_AROUND = " \t\n.,!?…~。，！？、"
_AMOUNTS = frozenset({"promise_amount"})  # whose buttons are amounts, the largest of them everything
_AMOUNT, _YES, _NO = "{amount}", "{yes}", "{no}"
# What somebody says around an amount that they ask about: "what about 300?", "那三百呢".
_ABOUT = re.compile(
    r"\b(?:and|or|what|how|about|maybe|say|then|ok|only|just|if|it|is|was|i|can|could|do|pay|a|per|each|every|month)\b"
    r"|那|么|就|也|算|可以|行|吗|呢|吧|怎么样|如何|只能|最多|每个?月|一个月|元|块钱?|的话|给|还"
)
# Letters, then a number: how a reference looks when nobody asked for one. "300" or "500 a month" is none.
_LETTERED = re.compile(r"(?<![a-z0-9])([a-z]{2,4})[\s\-_.:]{0,3}(\d[\d\s\-]{2,10}\d)(?![a-z0-9])")
_NO_LETTERS = (
    r"(?:rent|food|gas|fuel|kids|loan|card|debt|bill|pay|paid|owe|only|max|just|say|have|got|get|from|left|like|need|make|give|"
    r"send|for|at|by|to|or|and|of|my|upto|til|till|over|half|once|last|next|each|per|plan|cash|wage|tax|now|then|rmb|cny|usd|ntd?|twd|gbp|inr|rs|us|id|no|ref|dob|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)"
)
_REFERENCE = re.compile(rf"(?!{_NO_LETTERS}[\s-]?\d)[a-z]{{2,4}}\s?-?\s?\d[\d-]{{2,11}}")


# A reference in one run, and what may stand around it where somebody says who they are in one breath.
_MENTIONED = re.compile(
    rf"(?<![a-z0-9])(?!{_NO_LETTERS}-?\d)(?P<letters>[a-z]{{2,4}})-?(?P<digits>\d{{3,11}})(?!\d|-\d|[a-z])"
)
_AROUND_MENTIONED = re.compile(
    r"\b(?:ok|okay|hi|hello|hey|yes|my|reference|ref|number|no|is|it'?s|its|the|this|born|on|of|dob|birthday|date|birth|id|ends?|"
    r"ending|in|with|and|last|four|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|\d+(?:st|nd|rd|th|x)?)\b"
    r"|编号|号码|我的?|是|生日|出生|身份证|证件|后四位|末四码|尾号|年|月|日|号|您好|你好|[\W\d_]"
)


@cache
def _table() -> Mapping[str, Any]:
    """{"intents": {intent: [phrase]}, "starts": {flow: [phrase]}, "answers": {slot: {value: [phrase]}}}."""
    document: Mapping[str, Any] = yaml.load((FOLDER / "phrases.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    return document


def intent(text: str) -> str | None:
    """The intent of a message that can mean nothing else, whatever was asked."""
    return _among(_table()["intents"], _said(text))


def start(text: str, *, asked: bool) -> str | None:
    """The flow that a message starts; a bare reference starts what asks for it where nothing else is `asked`."""
    bare = not asked and reference(text)
    return _among(_table()["starts"], _said(text)) or ("start_chat" if bare else None)


def reference(text: str) -> str | None:
    """The reference in a message that says who writes and nothing else."""
    said = narrow(text).strip(_AROUND)
    if _REFERENCE.fullmatch(said):
        return written(said) or said.upper()
    alone = not _AROUND_MENTIONED.sub("", simplified(_MENTIONED.sub(" ", said, count=1)))
    return mentioned(said) if alone else None


def mentioned(plain: str) -> str | None:
    """The first reference in one run within folded text: 'hb1001' is HB-1001."""
    match = _MENTIONED.search(plain)
    return f"{match['letters'].upper()}-{match['digits']}" if match else None


def beside_reference(text: str) -> str:
    """The message without the first reference in it."""
    return _MENTIONED.sub(" ", narrow(text), count=1)


def written(plain: str) -> str | None:
    """The first reference within folded text as letters show it: 'hb 1001' is HB-1001."""
    match = _LETTERED.search(plain)
    return f"{match[1].upper()}-{re.sub(r'[^0-9]', '', match[2])}" if match else None


def answer(text: str, awaiting: Awaiting) -> str | None:
    """The value that a message means at this question, among those on offer."""
    values = _table()["answers"].get(awaiting.slot, {})
    offered = {value: phrases for value, phrases in values.items() if value in awaiting.choices.values()}
    said = _among(offered, _said(text))
    plain = {True: _YES, False: _NO, None: None}[None if intent(text) else yes_or_no(text)]
    said = said or (_among(offered, plain) if plain else None)
    if said is None and awaiting.slot in _AMOUNTS and awaiting.choices and in_full(text):
        return max(awaiting.choices.values(), key=Decimal)
    return said or (_among(offered, _AMOUNT) if only_amount(text) else None)


def only_amount(text: str) -> bool:
    """Whether the message is one amount, and at most the words of asking about it."""
    plain = for_grammar(text)
    found = amounts(plain, bare=True)
    if len(found) != 1:
        return False
    around = plain[: found[0].start] + " " + plain[found[0].end :]
    return not re.search(r"\w", _ABOUT.sub(" ", simplified(around)))


def _said(text: str) -> str:
    return simplified(narrow(text)).replace("’", "'").strip(_AROUND)


def _among(phrases: Mapping[str, list[str]], said: str) -> str | None:
    return next((name for name, known in phrases.items() if said in known), None)
