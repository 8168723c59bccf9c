# ruff: noqa: E501 - a pattern is read as one line
"""'I don't know' and 'I'd rather not say': answers too, where the question has a way out for them."""

import re
from collections.abc import Mapping

from bot.dialogue.understanding.fold import narrow, simplified

# Values of the choices that stand for leaving a question open.
WAYS_OUT = ("withheld", "unknown", "none")
_MARKS = re.compile(r"[\W_]+")
_UNSAID = re.compile(
    r"^(?:(?:um+|er+|hm+|well|sorry|honestly|no|i|really|just|oh|pls|please) )*"
    r"(?:idk|dunno|idek|don'?t (?:really )?(?:know|remember|recall|wanna say|want to (?:say|tell|answer|share)|wish to say)|do not know|no idea|no clue|not (?:really )?sure|unsure|can'?t (?:say|remember|recall|tell)|"
    r"cannot say|(?:i'?d |would )?(?:rather|prefer) not(?: to)?(?: say| tell| answer| share)?|prefer not|skip(?: (?:it|this|that))?|pass|next(?: question)?|hard to say|"
    r"none of your business|private|it'?s private|forgot|hard to tell|won'?t say|not telling)"
    r"(?: (?:sorry|really|exactly|tbh|right now|that|it|this|one|you|yet|the exact (?:day|date)))*$"
    r"|^我?(?:真的?)?(?:不知道|唔知(?:道)?|不晓得|不清楚|不太清楚|不确定|不记得了?|记不(?:得|清|住)了?|忘了|忘记了|说不准|说不清|不好说|难说|没算过|没概念|不想说|不想讲|不想回答|不方便说?|不方便讲|不太方便说?|"
    r"不便(?:说|透露|讲)|保密|跳过|略过|下一(?:题|个)|隐私|唔想讲|不愿意?说|不告诉你)(?:诶|耶|啊|呢|了|吧|哦|欸|啦|嘞|谢谢)*$"
)  # fmt: skip

_NO_REFERENCE = re.compile(
    r"\b(?:where|which|what)\b.{0,25}\b(?:find|see|get|is|it|that|this|reference|ref|number|mean)\b"
    r"|\b(?:don'?t|do not|didn'?t|can'?t|cannot|couldn'?t|haven'?t|never|no)\b.{0,20}\b(?:have|got|know|remember|find|see|get|reference|ref|number|letter|one|it)\b"
    r"|\b(?:lost|deleted|threw|thrown|binned|forgot(?:ten)?|no idea|no clue|not sure)\b"
    r"|在?哪(?:里|儿|裡)?|什么(?:编号|号码|是|东西)|(?:编号|号码)是什么|(?:没|不)(?:有|到|见|知道|记得|清楚|晓得|看到|收到|带)|找不|删|丢|扔|忘|弄没|冇|唔见|唔知|唔记得|边度"
)
# Who is doubted, or asked to leave off, is about something else.
_ABOUT_US = re.compile(
    r"\b(?:who|stop|scam|fraud|why|trust|message me|text me|write|call)\b|骗|谁|别|不要|为什么|为何|投诉"
)
_SHORT = 60


def no_reference(text: str, choices: Mapping[str, str]) -> bool:
    """Whether somebody asks where to find their reference, or has none at hand, where that is a choice."""
    said = simplified(narrow(text)).replace("’", "'")
    if "unknown" not in choices.values() or len(said) > _SHORT or re.search(r"\d{3}", said):
        return False
    return bool(_NO_REFERENCE.search(said)) and not _ABOUT_US.search(said)


def way_out(text: str, choices: Mapping[str, str]) -> str | None:
    """The value of the choice that leaves the question open, if that is what the text says."""
    values = set(choices.values())
    offered = next((value for value in WAYS_OUT if value in values), None)
    if offered is None:
        return None
    said = _MARKS.sub(" ", simplified(narrow(text)).replace("’", "'").replace("'", "\0")).replace("\0", "'").strip()
    return offered if _UNSAID.match(said) or _UNSAID.match(said.replace(" ", "")) else None
