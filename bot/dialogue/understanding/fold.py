# ruff: noqa: E501 - a pattern and a table are read as lines
"""The same message in the forms that the parts read: narrow for grammars, folded for the classifier."""

import re
import unicodedata
from functools import cache, lru_cache

import opencc

_CANTONESE = {
    "唔係": "不是", "唔该": "谢谢", "唔該": "谢谢", "点解": "为什么", "點解": "为什么", "几时": "什么时候",
    "幾時": "什么时候", "边个": "谁", "邊個": "谁", "边度": "哪里", "邊度": "哪里", "而家": "现在", "宜家": "现在",
    "依家": "现在", "听日": "明天", "聽日": "明天", "寻日": "昨天", "尋日": "昨天", "琴日": "昨天", "今日": "今天",
    "乜嘢": "什么", "咩嘢": "什么", "做乜": "为什么", "咁样": "这样", "咁樣": "这样", "点样": "怎么样", "點樣": "怎么样",
    "点算": "怎么办", "點算": "怎么办", "冇晒": "没了", "係": "是", "喺": "在", "冇": "没", "唔": "不", "嘅": "的",
    "咗": "了", "佢": "他", "哋": "们", "啲": "些", "嗰": "那", "𠮶": "那", "呢个": "这个", "呢個": "这个", "咩": "什么",
    "乜": "什么", "俾": "给", "畀": "给", "睇": "看", "嚟": "来", "嘥": "浪费", "攞": "拿", "揾": "找", "搵": "找",
    "傾": "谈", "倾": "谈", "返工": "上班", "人工": "人工", "出粮": "发工资", "出糧": "发工资", "蚊": "块",
    "得唔得": "行不行", "而且": "而且", "同埋": "和", "嘢": "东西", "咁": "这么", "啱": "对", "諗": "想", "谂": "想",
    "点": "点", "幾多": "多少", "几多": "多少", "仲": "还", "未": "没", "返": "回", "嗌": "叫", "揸": "拿", "瞓": "睡",
    "著": "着", "攰": "累", "㗎": "的", "喇": "啦", "係咪": "是不是", "系咪": "是不是", "有冇": "有没有", "唔使": "不用", "唔驶": "不用",
    "屋企": "家里", "聽朝": "明早", "听朝": "明早", "琴晚": "昨晚", "尋晚": "昨晚", "寻晚": "昨晚", "边间": "哪家", "边位": "谁",
    "边张": "哪张", "边笔": "哪笔", "過數": "转账", "过数": "转账", "入数": "转账", "条数": "这笔债", "执笠": "倒闭", "追数": "催收",
    "收数": "催收", "撳": "按", "揿": "按", "点用": "怎么用", "点还": "怎么还", "点计": "怎么算", "点做": "怎么做", "呢度": "这里",
    "嗰度": "那里", "𠮶度": "那里", "呢笔": "这笔", "呢啲": "这些", "搅": "搞", "同我": "跟我", "𠝹": "割", "企喺": "站在", "企咗": "站了", "交帶": "交代", "交带": "交代",
}  # fmt: skip
_CANTONESE_RE = re.compile("|".join(sorted(map(re.escape, _CANTONESE), key=len, reverse=True)))
_CANTONESE_IS = re.compile("(?<![關关干联聯])係")  # before OpenCC makes the 系 of 系统 of it
# The characters that the grammars of amounts and dates look for, one for one, so that offsets stay.
_GRAMMAR = str.maketrans(
    "備債沒雙對筆過贰陆萬億兩塊號個週禮點錢數貳參陸圓後還繳幣臺時間內這過來約給從發當開課歲樓買幾頭聽蚊佰仟拾壹叁肆伍柒捌玖廿尾月週從來匯額餘轉",
    "备债没双对笔过二六万亿两块号个周礼点钱数二三六圆后还缴币台时间内这过来约给从发当开课岁楼买几头听蚊百千十一三四五七八九廿尾月周从来汇额余转",
)
_SPACES = re.compile(r"\s+")
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)*")
_KEPT = 32  # texts: every part of the understanding folds the message and its clauses anew


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(_KEPT)
def simplified(text: str) -> str:
    """Traditional characters as Simplified ones, for comparing only; never for showing."""
    if text.isascii():
        return text
    return str(_converter().convert(text))


@lru_cache(_KEPT)
def narrow(text: str) -> str:
    """Full-width forms as ASCII, lower case; as long as `text`, so that offsets stay valid."""
    if text.isascii():
        return text.lower()
    return "".join(_narrow_character(character) for character in text)


@cache
def _narrow_character(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character).lower()
    return folded if len(folded) == 1 else character


def for_grammar(text: str) -> str:
    """Narrow, and the characters of numbers and dates in one form; as long as `text`."""
    return narrow(text).translate(_GRAMMAR)


@lru_cache(_KEPT)
def for_classifier(text: str) -> str:
    """NFKC, lower case, Simplified, Cantonese words as Mandarin ones, numbers as one mark."""
    folded = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    if not folded.isascii():
        folded = _CANTONESE_IS.sub("是", folded)
        folded = _CANTONESE_RE.sub(lambda match: _CANTONESE[match.group()], simplified(folded))
    return _SPACES.sub(" ", _NUMBERS.sub("#", folded)).strip()
