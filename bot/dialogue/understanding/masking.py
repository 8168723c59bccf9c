# ruff: noqa: E501 - a pattern is read as one line
"""Personal data taken out of a message before it leaves this machine: names, addresses of mail, numbers that identify."""

import re
from collections.abc import Iterable

from bot.dialogue.understanding import Entity

NAME, MAIL, LINK, NUMBER = "[name]", "[email]", "[link]", "[number]"
_LONGEST_AMOUNT = 7  # digits: above it, a number that looks like money may be an account's
_MAIL = re.compile(r"[\w.+-]+\s?(?:@|＠|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+|(?<!\w)@\w{3,}", re.I)
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b(?:t\.me|wa\.me)/\S+", re.I)
# A row of digits however it is grouped, and words that mix letters and digits, as references and identity cards do.
_NUMBER = re.compile(
    r"(?<![\w.])(?=[A-Za-z-]*\d)(?=(?:[A-Za-z-]*\d){3})[A-Za-z]+[A-Za-z\d-]*\d[A-Za-z\d]*|[+＋(]?\d(?:[\s().‧·/-]?\d){3,}[xX]?"
    r"|(?:尾号|尾號|末四码|末四碼|后四位|後四位|卡号|卡號|ending(?: in)?|ends in|last (?:four|4)(?: digits)?(?: are| is)?)\s?[:：是为為]?\s?\d+"
    r"|[零〇一二三四五六七八九幺]{6,}"
)
_INTRODUCED = r"my name(?:'s| is)|name(?:'s| is|:)|i am called|call me|signed|regards,?|sincerely,?|(?:this|it)(?: i|')s(?= [A-Z])|(?:i am|i'm|im)(?= [A-Z])"
_NOT_A_NAME = r"(?!(?:the|a|an|not|on|in|at|to|so|very|here|going|trying|your|their|his|her|my|about|really|unable|late|behind)\b)"
_ENGLISH_NAME = re.compile(
    rf"(?P<by>\b(?i:{_INTRODUCED}))\s+{_NOT_A_NAME}(?P<name>[A-Za-z][\w'’-]+(?:\s+(?!(?:and|but|i|my|the|from|with|for)\b)[A-Za-z][\w'’-]+){{0,2}})"
    r"|\b(?i:mr|mrs|ms|miss|mx|dr|sir|madam)\.?\s+[A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+)?"
)
# A word that begins with a capital in the middle of a sentence; what everybody may know is left.
_CAPITAL = re.compile(r"(?<=[a-z,;] )(?!I\b|I'|I’)[A-Z][a-z'’-]+(?:\s+[A-Z][a-z'’-]+)*")
_COMMON = re.compile(
    r"(?i:monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|"
    r"december|christmas|easter|god|covid|english|chinese|visa|mastercard|paypal|telegram|whatsapp|ok)"
)
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜谢邹苏潘葛范彭郎鲁韦马方俞任袁柳史唐费薛雷贺倪汤罗毕郝安常于傅康余顾孟黄萧尹姚邵汪毛米戴宋庞熊纪舒项祝董梁杜阮蓝"
    "季贾江童颜郭梅林钟徐邱骆高夏蔡田樊胡凌霍万柯卢莫房解应丁邓洪包左石崔龚程邢裴陆荣翁荀甄曲封储靳段富巫乌焦侯宁仇祖武符刘景詹龙叶黎白蒲赖卓屠池乔闻党翟谭劳姬申冉温庄晏柴瞿阎连习容向古易廖步耿满文"
    "趙錢孫吳鄭馮陳衛蔣韓楊許呂張嚴華謝鄒蘇範魯韋馬湯羅畢傅餘顧黃蕭龐紀項鐘駱萬盧應鄧單龔榮陸劉葉賴喬譚勞溫莊閻連習廖關"
)
_CHINESE_NAME = re.compile(
    rf"(?P<by>我叫|我的?名字[是叫为為]?|名叫|姓名[是:：]?|我[是系係](?=[{_SURNAMES}])|本人(?=[{_SURNAMES}])|(?:老公|老婆|先生|太太|爸|妈|媽|儿子|女儿|兒子|女兒|借款人|担保人|擔保人)(?:叫|名叫))"
    r"\s*(?P<name>(?!做|打工|个|個)[\u4e00-\u9fff]{2,3}?)(?=[，。,.！!？?；;、\s]|$|的|是|在|想|要|欠|电|電|身|已|我|手)"
    rf"|[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}(?=先生|女士|小姐|太太|经理|經理|师傅|師傅|老师|老師|律师|律師)"
)


def masked(text: str, found: Iterable[Entity]) -> str:
    """`text` with a mark where something identifies a person; `found` are what the grammar read, whose amounts stay."""
    kept = [
        (entity.start, entity.end)
        for entity in found
        if entity.name == "amount_of_money" and sum(sign.isdigit() for sign in text[entity.start : entity.end]) <= _LONGEST_AMOUNT
    ]  # fmt: skip
    text = _NUMBER.sub(lambda match: match.group() if _within(match, kept) else NUMBER, _shielded(text))
    text = _LINK.sub(LINK, _MAIL.sub(MAIL, text))
    text = _CHINESE_NAME.sub(_named, _ENGLISH_NAME.sub(_named, text))
    return _CAPITAL.sub(lambda match: match.group() if _COMMON.fullmatch(match.group()) else NAME, text)


def _shielded(text: str) -> str:
    """Addresses go first: a number within one is a part of it. Their length stays, so that places in the text do."""
    return _MAIL.sub(lambda match: "@" + "a" * (len(match.group()) - 1), text)


def _within(match: re.Match[str], spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= match.start() and match.end() <= end for start, end in spans)


def _named(match: re.Match[str]) -> str:
    return f"{match['by']} {NAME}" if match["by"] else NAME
