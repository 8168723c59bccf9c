# ruff: noqa: E501 - a pattern is read as one line
"""What a message says of who writes and of what went before, where it says so in so many words."""

import re

from bot.dialogue.understanding.fold import narrow, simplified
from bot.dialogue.understanding.lexicon import entries

FILE = "circumstances"
# What is said around it without saying anything else.
_AROUND = re.compile(
    r"\b(?:please|pls|plz|thanks|thank you|hi|hello|hey|ok|okay|sorry|yes|yeah|no|nope|and|so|well|just|then|also|i|we|you|u|"
    r"can|could|would|will|want|need|to|about|this|that|it|any|of|anything|at|all|yet|now|again|for|me|my|the|before|when|it'?s|"
    r"due|date|is|are|there|one|payments?|instal+ments?|every|each|time|month)\b"
    r"|请|谢谢|麻烦|拜托|您好|你好|没有|没|不是|对|是的|好的?|可以|能不能|可不可以|能|帮|你们?|您|我们?|的|了|吗|呢|吧|啊|哦|喔|呀|嘛|么|"
    r"这|那|件|事情?|欠款|欠钱|欠债|知道|一下|还|缴|款|钱|期|到|前|比较|好|会|要|想"
)
_SAYS = re.compile(r"\w")


def circumstances(text: str) -> frozenset[str]:
    """The kinds of data/circumstances.yml that the words name; usually none."""
    plain = _plain(text)
    return frozenset(entry.kind for entry in entries(FILE) if entry.pattern.search(plain))


def said_alone(text: str) -> frozenset[str]:
    """The kinds that make up the whole message, but for courtesies: nothing else can be meant by it."""
    plain = _plain(text)
    found = ((entry.kind, entry.pattern.sub(" ", plain)) for entry in entries(FILE))
    return frozenset(kind for kind, rest in found if rest != plain and not _SAYS.search(_AROUND.sub(" ", rest)))


def _plain(text: str) -> str:
    return simplified(narrow(text)).replace("’", "'").lower()
