"""Records on paper, read back as a viewer reads them: every character is there, and none of them takes effect."""

import re
from datetime import UTC, datetime

import pypdfium2
import pytest

from bot.review.paper import Entry, Paper, Part
from bot.review.typesetting import pdf

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)
HOSTILE = "<b>bold</b> {nb} **loud** \u202egnirts\u202c \x00\x1b[31m \u200b\ufeff \ud800 🙂 ع"


def paper(*said: str, locale: str = "zh_Hans") -> Paper:
    entries = [Entry(f"{number} · 12:00:05 · Borrower", text) for number, text in enumerate(said, start=1)]
    part = Part("Conversation ab12", [("Fingerprint", "ab" * 32)], entries)
    facts = [("Lender", "海港銀行"), ("", "Personal data is masked.")]
    return Paper("Record", facts, [part], "Record ab12", locale, AT)


def made(*said: str, locale: str = "zh_Hans") -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(pdf(paper(*said, locale=locale)))


def text_of(document: pypdfium2.PdfDocument) -> str:
    pages = [page.get_textpage().get_text_range() for page in document]
    return re.sub(r"\r\n", "\n", "\n".join(pages))


@pytest.mark.parametrize("locale", ["zh_Hans", "zh_Hant"])
def test_chinese_of_both_scripts_and_the_signs_of_money_stand_as_they_were_written(locale: str) -> None:
    said = "您好，张伟：您应还 ¥1,234.56、NT$12,600、₹980、£5、€7。 貸款 贷款 您們 你们"
    text = text_of(made(said, locale=locale))
    assert said in text
    assert "Lender: 海港銀行\nPersonal data is masked.\nConversation ab12\nFingerprint: " + "ab" * 32 in text
    assert "U+" not in text


def test_what_would_take_effect_or_show_nothing_stands_there_by_its_code() -> None:
    content = pdf(paper(HOSTILE))
    text = re.sub(r"\s+", " ", text_of(pypdfium2.PdfDocument(content)))
    assert "<b>bold</b> {nb} **loud** [U+202E right-to-left override]gnirts[U+202C" in text
    assert "[U+0000][U+001B][31m [U+200B zero width space][U+FEFF" in text
    assert "[U+D800] [U+1F642 slightly smiling face] [U+0639 arabic letter ain]" in text
    assert not {"\u202e", "\u200b", "\x1b"} & set(text)
    assert b"/FontFile" in content, "its fonts are inside"
    assert b"D:20261121" in content, "made when it was made, not when it is read"


def test_a_message_without_end_loses_nothing_and_nobody_is_parted_from_what_they_say() -> None:
    words, run = "".join(f"第{n}句。" for n in range(4000)), "x" * 900
    document = made(words, run, *(f"line {n}" for n in range(120)))
    pages = [page.get_textpage().get_text_range().splitlines() for page in document]
    foot = f" / {len(document)}"
    assert all(page[-1].startswith("Record ab12") and page[-1].endswith(foot) for page in pages)
    assert not any("Borrower" in page[-2] for page in pages)
    whole = "".join(line for page in pages for line in page[:-1])
    assert words in whole
    assert run in whole
    assert len(words) + len(run) > 20_000
