"""Every code that the desk may be given has its words, in every language of the staff."""

from dataclasses import replace
from typing import get_args

import anyio
import pytest

from bot.desk import handoffs
from bot.desk.store import Wish
from tests.desk.stage import NOW, TALK, ask_for_person, chat, hire
from tests.web.office import Office, text_of

FACTS = {
    "offers_made": ["700.00 × 18, 2026-12-10 – 2028-05-10"],
    "words": "<b>please</b> \u202e waive",
    "answer_by": "2026-12-06",
    "paid_on": "last Monday",
    "kind": "wrong_amount",
    "consent": True,
    "idea": {"amount": "400", "frequency": "monthly", "dates": ["2026-12-01"]},
    "told": {"reason": "job_loss", "income": "4000 – 5000", "payday": "8"},
}
SHOWN = {
    "en": ("Offers shown", "[U+202E]", "6 Dec 2026", "last Monday", "Wrong amount", "400", "Lost their job", "yes"),
    "zh_Hans": ("2026年12月6日", "[U+202E]", "700.00 × 18", "4000 – 5000", "last Monday"),
    "zh_Hant": ("2026年12月6日", "[U+202E]", "700.00 × 18", "4000 – 5000", "last Monday"),
}
ENGLISH = ("Offers shown", "In their words", "Their own idea", "Told so far", "Lost their job", "monthly", "Wrong")


@pytest.mark.parametrize("locale", SHOWN)
def test_the_card_speaks_the_readers_language(office: Office, locale: str) -> None:
    with office.database.transaction() as work:
        conversation = chat(work)
        case = ask_for_person(work, conversation, "negotiation", "settlement", card=FACTS)
        reader = replace(hire(work, "collector"), locale=locale)
        work.staff.save(reader)

    async def look() -> str:
        return text_of(await office.browser(reader).get(f"/desk/cases/{case}"))

    said = anyio.run(look)
    for shown in SHOWN[locale]:
        assert shown in said
    assert (locale == "en") == all(english in said for english in ENGLISH)
    assert locale == "en" or not any(english in said for english in ENGLISH)
    assert not any(code in said for code in ("offers_made", "answer_by", "job_loss", "wrong_amount"))


@pytest.mark.parametrize("locale", ["en", "zh_Hans", "zh_Hant"])
def test_every_wish_has_its_words(office: Office, locale: str) -> None:
    template = office.renderer().templates.from_string(
        '{% import "staff/labels.html" as label with context %}{{ label.wants(code) }}'
    )
    said = {code: template.render(**office.renderer().helpers(locale, NOW), code=code) for code in get_args(Wish)}
    assert all(text != code for code, text in said.items())
    assert len(set(said.values())) == len(said)
    english = template.render(**office.renderer().helpers("en", NOW), code="settlement")
    assert (locale == "en") == (said["settlement"] == english)


def test_earlier_cases_of_the_borrower_are_on_the_card(office: Office) -> None:
    with office.database.transaction() as work:
        by = hire(work, "collector")
        before = chat(work, sender="phone")
        first = ask_for_person(work, before, wants="settlement")
        handoffs.take(work, first, by, NOW, lambda *_: "joined")
        handoffs.resolve(work, first, by, "agreed", "", NOW, lambda *_: "left", TALK)
        case = ask_for_person(work, chat(work, sender="laptop"), wants="person")

    async def look() -> str:
        return text_of(await office.browser(by).get(f"/desk/cases/{case}"))

    assert "Asks for a settlement or a waiver. · Agreed a way to pay" in anyio.run(look)
