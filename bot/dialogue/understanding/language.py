"""Which of the lender's languages a message is in."""

import re

from bot.dialogue.understanding.fold import simplified

_CANTONESE = re.compile(
    r"[唔嘅咗佢哋啲嗰冇喺嘢咁嚟俾畀睇攞揾搵諗嗌瞓咩]|點解|幾時|而家|聽日|點算|得唔得|係咪|唔該|邊個"
)
_CHINESE = re.compile(r"[㐀-鿿]")
_LATIN_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?")
_OTHER_SCRIPT = re.compile(r"[ऀ-෿؀-ۿЀ-ӿ가-힯ぁ-ヿ฀-๿]")
_ENGLISH = frozenset(
    [
        "i",
        "the",
        "a",
        "to",
        "is",
        "my",
        "me",
        "you",
        "it",
        "of",
        "and",
        "in",
        "on",
        "for",
        "do",
        "can",
        "what",
        "how",
        "why",
        "when",
        "not",
        "no",
        "yes",
        "pay",
        "please",
        "want",
        "need",
        "have",
        "this",
        "that",
        "be",
        "am",
        "are",
        "i'm",
        "don't",
        "can't",
        "with",
        "at",
        "was",
        "will",
        "would",
        "owe",
        "money",
        "help",
        "hello",
        "hi",
        "thanks",
        "thank",
        "who",
        "stop",
        "why",
        "month",
        "if",
        "your",
        "so",
    ]
)


def detect(text: str) -> str | None:
    """en, zh_Hans or zh_Hant; None when the text is too short or of another language to tell."""
    if _OTHER_SCRIPT.search(text):
        return None
    chinese = len(_CHINESE.findall(text))
    words = _LATIN_WORD.findall(text)
    if chinese:
        return _chinese(text) if chinese * 2 >= len(words) else _english(words)
    return _english(words)


def _chinese(text: str) -> str | None:
    """By the characters that only one of the two writings has; Cantonese is written in Traditional."""
    if _CANTONESE.search(text):
        return "zh_Hant"
    traditional = sum(a != b for a, b in zip(text, simplified(text), strict=False))
    plain = sum(character in _SIMPLIFIED_ONLY for character in text)
    if traditional or plain:
        return "zh_Hant" if traditional > plain else "zh_Hans"
    return None  # every character is common to both


def _english(words: list[str]) -> str | None:
    if len(words) < 2:
        return None
    known = sum(word.lower() in _ENGLISH for word in words)
    return "en" if known >= 1 and known * 6 >= len(words) else None


_SIMPLIFIED_ONLY = frozenset(
    "这个还缴钱们说吗对没请问么为会过后开关发现时间应该账户协议贷迟债额说话谁给让样种经员两岁边进运远连选钟银错长门见觉认"
    "难业东买卖乱争亲产从众优伤传体余价侧停兑军农冲决况净减几凭击则刚创别删办务动励劳势华单卫厂厅历压厌县参双变"
) - frozenset("个没停别军几余别删")
