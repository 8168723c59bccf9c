# ruff: noqa: E501 - a pattern is read as one line
"""Short answers to the open question, read for the slot that it fills."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher

from bot.dialogue.understanding import Awaiting, disputed, elapsed, phrases
from bot.dialogue.understanding.amounts import number
from bot.dialogue.understanding.budget import NOTHING, money
from bot.dialogue.understanding.contact_times import clock_choice
from bot.dialogue.understanding.dates import dates
from bot.dialogue.understanding.fold import for_grammar, narrow, simplified
from bot.dialogue.understanding.numerals import CHINESE, ENGLISH_WORDS, spelled_digits
from bot.dialogue.understanding.plan_picks import picked
from bot.dialogue.understanding.products import products
from bot.dialogue.understanding.quantities import frequencies, instalments
from bot.dialogue.understanding.unsaid import no_reference, way_out
from bot.dialogue.understanding.yes_no import lead, yes_or_no


@dataclass(frozen=True, slots=True)
class Answer:
    """The slot's value in JSON form; `rest` is how much of the message it leaves unexplained, in words or characters."""

    value: object
    rest: int = 0
    high: Decimal | None = None


_FILLER = re.compile(
    r"\b(?:um+|uh+|er+|hm+|well|i|we|can|could|would|will|might|maybe|probably|about|around|roughly|approx\w*|say|like|just|only|"
    r"pay|afford|do|manage|think|guess|it'?s|its|it|is|was|that'?s|the|a|an|my|please|pls|plz|ok|okay|so|for|me|at|most|least|"
    r"max|each|per|every|month|monthly|i'?m|i'?ll|i'?d|lets?|go|with|on|of|by|to|be|should|yes|yeah|one|want|take|in|um|or|"
    r"birthday|born|dob|date|birth|number|ref|reference|account|option|plan|mine|thanks|thank|you|fine|good|works?|"
    r"rent|mortgage|food|groceries|kids?|children|child|family|utilities|car|loan|loans|cards?|everything|together|incl\w*|plus|no|other|all|total|"
    r"half|left|after|bills|spare|have|got|get|paid|payday|usually|normally|and|then|us|give|you|"
    r"moment|at the moment|tbh|honestly|now|right now|really|currently|unfortunately|sorry|sadly|today)\b"
    r"|[吧呢啊呀哦嗯喔啦嘛的了吗哈呃]|大概|大约|差不多|可能|应该|就|我|每个?月|一个月|可以|能|拿得出|拿出|左右|最多|最少|至少|付|还|"
    r"给|出|得起|先|想|选|要|是|那|好|行|个|块|元|钱|每|月|薪水|工资|发薪|都|在|生日|出生|生|日|期|号|编号|末四码|后四位|尾号|谢谢|请|"
    r"房租|房贷|车贷|吃饭|伙食|生活费|水电|孩子|小孩|一家|全部|总共|加起来|其他|没别的|"
    r"现在|目前|暂时|真的|实在|其实|老实说|确实|上下|多|来|收入|到手|缴|交|方案|这|用|按|也|会|再|只|我们|有"
)
_MARKS = re.compile(r"[\W_]+")
_ORDINAL = {
    word: position
    for position, words in enumerate(
        ["first 1st one 1 a 一 甲", "second 2nd two 2 b 二 两 乙", "third 3rd three 3 c 三 丙", "fourth 4th four 4 d 四 丁",
         "fifth 5th five 5 e 五 戊", "sixth 6th six 6 f 六"])
    for word in words.split()
}  # fmt: skip
_PICK = re.compile(
    r"^(?:i'?ll (?:take|have|go with|do)|i (?:want|choose|pick|prefer|like|think)|let'?s (?:go with|do)|give me|go with|choose|pick|take|maybe|"
    r"我?(?:要|选|就|选择|想要|用|觉得|那就)+)?\s*(?:the |option |plan |number |no\.? ?|choice |方案|选项|第)*\s*"
    r"(?P<word>[a-f]|[1-6]|first|second|third|fourth|fifth|sixth|1st|2nd|3rd|4th|5th|6th|one|two|three|four|last|"
    r"[一二三四五六两甲乙丙丁戊]|最后一?)"
    r"\s*(?:one|option|plan|choice|please|pls|then|个|种|项|案|方案|款|条|号(?=方))*\s*(?:please|吧|啦|好了|了|呢|比较好|thanks)?$"
)
_LAST_FOUR = re.compile(r"(?<![\da-z])(\d(?:[\s-]?\d){2}[\s-]?[\dx])(?![\da-z])")
_DAY = re.compile(rf"(?P<n>\d{{1,2}}|{CHINESE}|{ENGLISH_WORDS})\s*(?:st|nd|rd|th|号|日|號)?")
_LAST_DAY = re.compile(
    r"\b(?:last day|end of (?:the |each |every )?month|month[- ]?end|last working day)\b|月底|月末|月尾|最后一天"
)
_ORDINAL_DAYS = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
]  # fmt: skip


def read(text: str, awaiting: Awaiting, *, today: date, locale: str) -> Answer | None:
    """The answer that `text` gives to `awaiting`, or None; whether it is rather a change of subject is for the caller."""
    timed = clock_choice(text, awaiting.choices)  # before places in the list: "9" is nine o'clock there
    if timed is not None:
        return Answer(timed)
    chosen = choice(text, awaiting.choices) if awaiting.choices else None
    if chosen is not None:
        return chosen
    meant_by = phrases.answer(text, awaiting)
    if meant_by is not None:
        return Answer(meant_by)
    kind = disputed.named(awaiting.slot, text) if awaiting.slot in disputed.BY_SLOT else None
    if kind in awaiting.choices.values():
        return Answer(str(kind), rest=1)
    if awaiting.slot.startswith("account"):
        meant = _account(text, awaiting.choices)
        if meant is not None:
            return meant
    unsaid = way_out(text, awaiting.choices)
    if unsaid is not None:
        return Answer(unsaid)
    if set(awaiting.choices.values()) >= elapsed.SPANS:
        told = elapsed.told(text, today, locale)
        # A span may stand in a message about something else: "I already paid this last week".
        return Answer(told, rest=min(1, _words(elapsed.around(text)))) if told else None
    reader = _READERS.get(awaiting.kind)
    return reader(text, awaiting, today, locale) if reader else None


def choice(text: str, choices: Mapping[str, str]) -> Answer | None:
    """By title, by place ('second one', 第二个), by letter, or by close likeness of the words."""
    said = _bare(text)
    titles = {_bare(title): value for title, value in choices.items()}
    if said in titles:
        return Answer(titles[said])
    plan = picked(text, choices)
    if plan is not None:
        return Answer(plan)
    values = list(choices.values())
    pick = _PICK.match(simplified(for_grammar(text)).strip(" .,!?。！，？、"))
    if pick:
        word = pick["word"]
        place = len(values) - 1 if word.startswith(("last", "最后")) else _ORDINAL[word]
        return Answer(values[place]) if place < len(values) else None
    return _close(said, titles)


def _close(said: str, titles: Mapping[str, str]) -> Answer | None:
    """A title within the message, or a message close to one; None when two are as close."""
    if re.fullmatch(r"\d{4}", said):
        # The last four digits of an account stand for the one title that has them.
        ending = [value for title, value in titles.items() if re.search(rf"(?<!\d){said}(?!\d)", title)]
        return Answer(ending[0]) if len(ending) == 1 else None
    inside = [title for title in titles if len(title) > 1 and _holds(said, title)]
    within = [titles[title] for title in inside]
    if len(within) == 1 and len(said) <= 40:
        longest = max(inside, key=len)
        return Answer(within[0], rest=unexplained(said.replace(longest, " ")))
    scored = sorted(((SequenceMatcher(None, said, title).ratio(), title) for title in titles), reverse=True)
    if scored and scored[0][0] >= 0.8 and (len(scored) == 1 or scored[0][0] - scored[1][0] > 0.1):
        return Answer(titles[scored[0][1]])
    return None


_AROUND_ACCOUNT = re.compile(
    r"\b(?:the|my|a|an|this|that|please|pls|on|for|of|it'?s|i|mean|about|and|what|how|one|account|ok)\b|[那这张个笔的我要是呢吧啊]|账户|帐户"
)

_FEW = 6  # words in which somebody names what they mean


def _account(text: str, choices: Mapping[str, str]) -> Answer | None:
    """The one account whose title has every word that was said, 'the overdraft', or is of the kind named: 信用卡."""
    words, kinds = _AROUND_ACCOUNT.sub(" ", _bare(text)).split(), products(text)
    titled = [
        value for title, value in choices.items() if words and all(_holds(_bare(title), word) for word in words)
    ]
    if len(titled) == 1:
        return Answer(titled[0])
    of_kind = [value for title, value in choices.items() if products(title) & kinds]
    return Answer(of_kind[0], rest=1) if len(of_kind) == 1 and _words(text.lower()) <= _FEW else None


def _holds(said: str, title: str) -> bool:
    """Whether a title stands in the words that were said: 'no' does not stand in 'now'."""
    return bool(re.search(rf"\b{re.escape(title)}\b", said)) if title.isascii() else title in said


def _money(text: str, awaiting: Awaiting, _today: date, _locale: str) -> Answer | None:
    told = money(text, awaiting.slot)
    return Answer(str(told.low), unexplained(told.around), told.high) if told else None


def _yes_no(text: str, _awaiting: Awaiting, _today: date, _locale: str) -> Answer | None:
    plain = yes_or_no(text)
    if plain is not None:
        return Answer(plain)
    begun = lead(text)
    return Answer(begun[0], rest=unexplained(begun[1])) if begun else None


def _date(text: str, awaiting: Awaiting, today: date, locale: str) -> Answer | None:
    plain = for_grammar(text)
    birth = bool(re.search(r"birth|dob|born", awaiting.slot))
    over = birth or awaiting.slot.endswith("made_on")
    found = dates(plain, today, locale, past=over, packed=birth)
    full = [entity for entity in found if not birth or _has_year(plain[entity.start : entity.end])]
    if birth:
        full = [entity for entity in full if isinstance(entity.value, date) and entity.value <= today]
    if full:
        entity = full[0]
        return Answer(_iso(entity.value), unexplained(plain[: entity.start] + " " + plain[entity.end :]))
    day = None if birth else _day_of_month(text, awaiting, today, locale)
    if day is None or not isinstance(day.value, int) or day.rest:
        return None
    resolved = dates(f"the {day.value}th", today, "en")
    return Answer(_iso(resolved[0].value)) if resolved else None


def _iso(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _has_year(written: str) -> bool:
    return (
        "年" in written
        or len(re.findall(r"\d+", written)) >= 3
        or bool(re.search(r"\d{4}|\d{6}|[a-z].*\d.*\d{2}$|'\d{2}", written))
    )


def _number(text: str, _awaiting: Awaiting, _today: date, _locale: str) -> Answer | None:
    plain = for_grammar(text)
    counted = instalments(plain)
    if counted:
        entity = counted[0]
        return Answer(entity.value, unexplained(plain[: entity.start] + " " + plain[entity.end :]))
    match = re.search(rf"{CHINESE}|\d+(?:\.\d+)?|{ENGLISH_WORDS}", plain)
    value = number(match.group()) if match else None
    if match is None or value is None:
        nothing = NOTHING.search(simplified(plain)) or yes_or_no(text) is False
        return Answer(0) if nothing else None
    counters = r"^\s*(?:people|persons?|kids?|children|months?|payments?|times|个人|口人|个小孩|个孩子|个|位|口|人|期|次|月|名|孩子|小孩|years?|岁)+"
    rest = plain[: match.start()] + " " + re.sub(counters, "", plain[match.end() :])
    return Answer(int(value) if value == int(value) else str(value), unexplained(rest))


def _day_of_month(text: str, _awaiting: Awaiting, _today: date, _locale: str) -> Answer | None:
    plain = for_grammar(text)
    if _LAST_DAY.search(plain):
        return Answer(31, unexplained(_LAST_DAY.sub(" ", plain)))
    for position, word in enumerate(_ORDINAL_DAYS, 1):
        if re.search(rf"\b{word}\b", plain):
            return Answer(position, unexplained(re.sub(rf"\b{word}\b", " ", plain)))
    match = _DAY.search(plain)
    value = number(match["n"]) if match else None
    if match is None or value is None or value != int(value) or not 1 <= value <= 31:
        return None
    return Answer(int(value), unexplained(plain[: match.start()] + " " + plain[match.end() :]))


def _frequency(text: str, _awaiting: Awaiting, _today: date, _locale: str) -> Answer | None:
    plain = for_grammar(text)
    found = frequencies(plain)
    if found:
        entity = found[0]
        return Answer(entity.value, unexplained(plain[: entity.start] + " " + plain[entity.end :]))
    bare = {
        "month": "monthly",
        "months": "monthly",
        "week": "weekly",
        "fortnight": "fortnightly",
        "月": "monthly",
        "周": "weekly",
    }
    value = bare.get(_bare(text))
    return Answer(value) if value else None


def _text(text: str, awaiting: Awaiting, _today: date, _locale: str) -> Answer | None:
    """The whole message; for a reference or the last digits of something, those alone."""
    plain = spelled_digits(narrow(text))
    if re.search(r"refer", awaiting.slot):
        if no_reference(text, awaiting.choices):
            return Answer("unknown")
        written = phrases.mentioned(plain) or phrases.written(plain)
        return Answer(written) if written else _identifier(plain)
    if re.search(r"last|digits|ending|four|document|doc", awaiting.slot):
        match = _LAST_FOUR.search(plain)
        return Answer(re.sub(r"[\s-]", "", match[1]).upper()) if match else None
    return Answer(text.strip(), rest=_words(plain))


def _identifier(plain: str) -> Answer | None:
    """A reference of another shape: one run of letters, digits and dashes with at least one digit."""
    bare = re.sub(r"^(?:(?:my|the|it'?s|is|ref(?:erence)?|number|no)\b[\s.:#]*)+", "", plain).strip(" .,!。，")
    bare = re.sub(
        r"^(?!(?:in|at|by|on|to|for|max|only|about|around|maybe|just)\b)([a-z]{2,6}) (\d+)$", r"\1-\2", bare
    )
    match = re.fullmatch(r"[a-z0-9][a-z0-9\-_/.]{2,39}", re.sub(r"\s*([-_/])\s*", r"\1", bare))
    return Answer(match.group().upper()) if match and any(c.isdigit() for c in match.group()) else None


def _bare(text: str) -> str:
    return _MARKS.sub(" ", simplified(narrow(text))).strip()


def _words(text: str) -> int:
    """English words, or Chinese characters by twos."""
    return len(re.findall(r"[a-z']+", text)) + (len(re.findall(r"[㐀-鿿]", text)) + 1) // 2


def unexplained(text: str) -> int:
    """How much is left when courtesies and the words around a value are taken away."""
    return _words(_FILLER.sub(" ", simplified(text.lower())))


_READERS: dict[str, Callable[[str, Awaiting, date, str], Answer | None]] = {
    "money": _money,
    "date": _date,
    "number": _number,
    "yes_no": _yes_no,
    "day_of_month": _day_of_month,
    "frequency": _frequency,
    "text": _text,
}
