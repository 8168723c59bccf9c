# ruff: noqa: E501 - a pattern is read as one line
"""Whose death a message speaks of: that of somebody close to the writer is a hard time, not the borrower's death."""

import re

from bot.dialogue.understanding.fold import narrow, simplified

_CLOSE = re.compile(
    r"\b(?:my|our) (?:\w+ )?(?:mum|mom|mother|dad|father|wife|husband|son|daughter|partner|brother|sister|nan|gran\w*|uncle|aunt|baby|child|parents?)\b[^.!?]{0,30}\b(?:died|passed|dead|death)\b"
    r"|\b(?:lost|buried|death of|funeral (?:of|for)) (?:my|our) (?:\w+ )?(?:mum|mom|mother|dad|father|wife|husband|son|daughter|partner|brother|sister|nan|gran\w*|uncle|aunt|baby|child)\b"
    r"|(?:爸|妈|父亲|母亲|老公|老婆|丈夫|妻子|太太|先生|儿子|女儿|爷爷|奶奶|外公|外婆|阿公|阿嬷|公公|婆婆|岳父|岳母|哥哥?|姐姐?|弟弟?|妹妹?|家人|亲人)[^。！？]{0,8}(?:去世|过世|离世|往生|病逝|走了|不在了|死了)"
)
_OWN_ARREARS = re.compile(
    r"\b(?:i|we)\b[^.!?]{0,25}\b(?:behind|can'?t (?:pay|afford|keep)|cannot|missed|late|struggl\w*|couldn'?t|short|owe|broke)\b|\bfuneral (?:cost|bill|expens)\w*|\bpaid for (?:the|his|her) funeral"
    r"|没(?:能|法|办法|钱)?(?:还|缴|付|交)|还不(?:上|起|出)|缴不(?:出|起|了)|付不(?:出|起)|逾期|拖欠|落下|丧事|办丧|丧葬|后事|没钱|手头紧"
)
# The debt was that person's own.
_THEIR_DEBT = re.compile(
    r"\b(?:his|her|their) (?:\w+ )?(?:loan|debt|card|account|bill)|\b(?:he|she|they) (?:had|owed|took|was the borrower)|(?:他|她)(?:的|欠|借|名下|生前)"
)


def of_somebody_close(text: str) -> bool:
    """Whether a death of somebody close to the writer is told, and the debt is not said to be theirs."""
    plain = simplified(narrow(text))
    return bool(_CLOSE.search(plain)) and not _THEIR_DEBT.search(plain)


def behind_since(text: str) -> bool:
    """Whether such a death is told as the reason why the writer cannot pay."""
    return of_somebody_close(text) and bool(_OWN_ARREARS.search(simplified(narrow(text))))
