# ruff: noqa: E501 - a pattern is read as one line
"""Everything that a message names which a flow can use."""

import re
from datetime import date

from bot.dialogue.understanding import Entity, lexicon
from bot.dialogue.understanding.amounts import amounts
from bot.dialogue.understanding.dates import dates
from bot.dialogue.understanding.fold import for_grammar, narrow, simplified
from bot.dialogue.understanding.quantities import frequencies, instalments, percentages
from bot.dialogue.understanding.shares import fractions

_PAST = re.compile(
    r"\b(?:paid|sent|transferred|born|birth|dob|passed away|died|since|lost|laid off)\b|[还付缴交转]了|还过|已经?|生于|出生|生日|去世|走了|上个?月|之前"
)
_LANGUAGES = {
    "zh-Hant": re.compile(r"繁[体體]|廣東話|广东话|粤语|粵語|traditional chinese|cantonese"),
    "zh-Hans": re.compile(r"简体|簡體"),
    "zh": re.compile(r"中文|汉语|漢語|普通话|普通話|国语|國語|华语|華語|\bchinese\b|mandarin"),  # in which script is not said
    "en": re.compile(r"\benglish\b|英文|英语|英語|inglés|\bingles\b"),
    "es": re.compile(r"\bspanish\b|español|espanol|西班牙"),
    "hi": re.compile(r"\bhindi\b|हिंदी|हिन्दी|印地"),
    "vi": re.compile(r"\bvietnamese\b|tiếng việt|越南[话話文语語]"),
    "id": re.compile(r"\bindonesian?\b|bahasa|印尼[话話文语語]"),
    "ja": re.compile(r"\bjapanese\b|日本語|日[语語文]"),
    "ko": re.compile(r"\bkorean\b|한국어|[韩韓][语語文]"),
    "fr": re.compile(r"\bfrench\b|français|[法][语語文](?!院)"),
    "pl": re.compile(r"\bpolish\b|polski"),
    "ar": re.compile(r"\barabic\b|العربية|阿拉伯"),
    "ur": re.compile(r"\burdu\b"),
    "ta": re.compile(r"\btamil\b"),
}  # fmt: skip


def extract(text: str, *, today: date, locale: str) -> tuple[Entity, ...]:
    """Entities in the order of the text; where readings overlap, dates win over counts, and counts over money."""
    plain = for_grammar(text)
    past = bool(_PAST.search(plain))
    ranked = [
        *fractions(plain),
        *percentages(plain),
        *dates(plain, today, locale, past=past),
        *instalments(plain),
        *amounts(plain),
    ]
    free = _free_of_overlaps(ranked)
    free += [*frequencies(plain), *reasons(text), *languages(text)]
    return tuple(sorted(free, key=lambda entity: (entity.start, entity.end)))


def reasons(text: str) -> list[Entity]:
    """Why somebody cannot pay, by pattern; the first reason in the text leads."""
    folded = simplified(narrow(text)).replace("’", "'")
    found: dict[str, Entity] = {}
    for entry in lexicon.entries("hardship_reasons"):
        match = entry.pattern.search(folded)
        if match and entry.kind not in found:
            end = min(match.end(), len(text))
            found[entry.kind] = Entity("hardship_reason", entry.kind, min(match.start(), end), end)
    return list(found.values())


def languages(text: str) -> list[Entity]:
    plain = narrow(text)
    for tag, pattern in _LANGUAGES.items():
        match = pattern.search(plain)
        if match:
            return [Entity("language", tag, match.start(), match.end())]
    return []


def _free_of_overlaps(ranked: list[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in ranked:
        if all(entity.end <= other.start or entity.start >= other.end for other in kept):
            kept.append(entity)
    return kept
