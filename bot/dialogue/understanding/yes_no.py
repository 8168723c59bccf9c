# ruff: noqa: E501 - a pattern is read as one line
"""A plain yes or no, in whichever of the languages."""

import re

from bot.dialogue.understanding.fold import narrow, simplified

_MARKS = re.compile(r"[\W_]+")
_LONGEST = 60  # characters; no plain yes or no is longer
_YES = re.compile(
    r"^(?:(?:y|ya+|ye+s+|yea+h?|yep+|yup+|yah|ok+|okay|okey|k|kk|sure|of course|course|correct|right|that'?s (?:right|correct|me|fine|it|ok)|"
    r"agreed?|i agree|i do|i am|i can|i will|i have|it is|sounds good|go ahead|please do|do it|fine|deal|confirm(?:ed)?|absolutely|"
    r"definitely|yes please|yes i (?:do|am|can|will|have)|alright|aight|true|certainly|happy with that|let'?s do it|good|perfect|"
    r"i confirm|i accept|accept|i'?ll take it|take it|go on|(?:go on |all ?right |ok |yes |fine |good )then|sure thing|i agree|that'?s (?:good|perfect|great)|yes that'?s (?:right|correct|fine|ok|good|it)|(?:i understand )?and agree|i understand|works for me|that works|why not|i guess(?: so)?|i suppose(?: so)?|affirmative|👍|👌|✅|"
    r"是|是的|对|对的|对啊|好|好的|好啊|好吧|好呀|行|行吧|可以|可以的|可以啊|可|嗯|嗯嗯|嗯呐|恩|没错|没问题|同意|我同意|确认|确定|要|"
    r"是我|是我本人|本人|有|有的|ok|没意见|就这样|就这样吧|那?就这样|就按这个|就这个|那好|那行|就这么办|成|中|当然|当然可以|愿意|我愿意|接受|能|能的|没毛病|系|系啊|啱|得|冇问题|对呀|嗯对|"
    r"可以吧|行啊|行的|好哒|妥|好喔|好哦|欧克|是啊|是呀|正确|没错啊|好的好的|可以可以|中啊|要的|是没错|好呢|搞定|不是没有|没问题的|okk|可以呀)\s*)+$"
)
_NO = re.compile(
    r"^(?:n|no+|nah+|nope|no thanks?|no thank you|not really|never|not me|no way|i don'?t(?: think so)?|dont|i do not|i'?m not|(?:sorry )?(?:i )?can'?t(?: sorry)?|no sorry|sorry no|i'?m sorry no|"
    r"i won'?t|negative|wrong|incorrect|that'?s (?:wrong|not right|not me)|not (?:yet|now|today|at all|sure about that|right)|"
    r"none|nothing|no i (?:don'?t|can'?t|won'?t|haven'?t|am not|'m not|do not)|i haven'?t|it isn'?t|it'?s not|disagree|i disagree|👎|❌|"
    r"rather not|i'?d rather not|prefer not|don'?t want(?: to| that| it)?|"
    r"不|不是|不是的|不对|不要|不行|不可以|不了|不同意|不用|不用了|没|没有|没有了|没了|冇|错|错了|不想|不能|不愿意|不接受|"
    r"不是我|非本人|否|别|算了|不需要|先不|先不要|不好|不好吧|唔系|唔要|唔得|没有啊|还没|还没有|暂时不|不确认|不太行|不行抱歉|抱歉不行|不好意思不行|不可|不成|"
    r"没有的|不方便|不太方便|不想说|不要了|免了|不必|不必了|唔好|不嘛|暂时没有|没这回事|不太好)+$"
)


# First words that are no yes or no of their own before others.
_NO_LEAD = frozenset({"可", "能", "有", "要", "a", "k", "right", "good", "fine", "well"})
# What turns a yes into something else: a condition, a question, a wish, a number.
_TURNED = re.compile(
    r"\b(?:but|how|what|when|where|which|who|why|instead|rather|if|unless|until|except|though|although|wait|hold on|hang on|not|no|don'?t|"
    r"can|could|would|should|change|start|less|lower|more|later|earlier|another|different|half|quarter|third|someone|person|human)\b|[?？\d]"
    r"|但|不过|可是|只是|如果|要是|万一|能不能|可不可以|能否|可否|几|多少|什么|怎么|哪|吗|呢|换|改|晚|早|先(?!这样|按)|再|少|多|等|一半|人工|真人|为何"
)


def turned(text: str) -> bool:
    """Whether a message that begins with a yes goes on to something else: "ok, how about a quarter now"."""
    return yes_or_no(text) is None and bool(_TURNED.search(simplified(narrow(text)).replace("’", "'")))


def lead(text: str) -> tuple[bool, str] | None:
    """The yes or no that a message begins with, and the rest of it."""
    plain = simplified(narrow(text)).strip()
    first, _, rest = plain.partition(next((mark for mark in plain if mark in ",，.。!！ 、"), " "))
    said = yes_or_no(first) if first not in _NO_LEAD else None
    return (said, rest) if said is not None else None


def yes_or_no(text: str) -> bool | None:
    """A plain yes or no, in whichever of the languages."""
    if len(text) > _LONGEST:
        return None
    said = _MARKS.sub(" ", simplified(narrow(text)).replace("’", "'").replace("'", "'")).strip()
    said = re.sub(r"\b(\w+) (t|s|m|ll|d|re)\b", r"\1'\2", said)
    for form in (
        said,
        said.replace(" ", ""),
        re.sub(r"[吧呢啊呀哦喔啦嘛的了哈]+$", "", said),
        re.split(r" (?:please|thanks|thank you|谢谢)", said)[0],
    ):
        if _YES.match(form):
            return True
        if _NO.match(form):
            return False
    return True if text.strip() in {"👍", "👌", "✅"} else False if text.strip() in {"👎", "❌"} else None
