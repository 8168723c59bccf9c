"""Canned replies: whole in every language, sayable, filled from the facts of now, refused with the reason."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.desk.canned import LANGUAGES, NotForThis, Replies, Reply, fill
from bot.desk.canned_facts import Facts, facts_of
from bot.desk.canned_values import NAMES, office_hours
from bot.desk.wording import check
from bot.errors import BadInput
from bot.lending.policy import Policies
from bot.locale import Catalogues
from bot.settings import ROOT
from bot.storage.engine import Database
from bot.storage.work import Work
from tests.desk.stage import NOW, ask_for_person, chat, hire, move_in

CREDITORS = ROOT / "bot" / "lender" / "demo" / "creditors"
POLICIES = Policies.load(CREDITORS)
WORDS = Catalogues.load(ROOT / "locales")
HOUSE = Replies.shipped().house


def facts(work: Work, *, locale: str = "en", verified: bool = True, known: bool = True) -> Facts:
    conversation = chat(
        work, reference="HB-1001" if known else None, verified=verified, sender=f"{locale}{verified}"
    )
    conversation = replace(conversation, locale=locale)
    state = work.desk.case(ask_for_person(work, conversation))
    assert state
    staff = work.staff.by_login("collector")
    mei = staff[0] if staff else hire(work, "collector")
    return facts_of(work, POLICIES, WORDS.localizer, conversation, state, mei, NOW)


@pytest.fixture
def work(database: Database) -> Iterator[Work]:
    move_in(database)
    with database.transaction() as opened:
        yield opened


def test_there_are_enough_and_each_has_every_language_and_may_be_said() -> None:
    assert len(HOUSE) >= 15
    for reply in HOUSE.values():
        assert set(reply.text) == set(reply.title) == set(LANGUAGES)
        assert reply.missing == ()
        for text in reply.text.values():
            assert check(text) == [], (reply.id, text)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_what_is_filled_in_is_what_the_accounts_say_now(work: Work, locale: str) -> None:
    found = facts(work, locale=locale)
    assert found.account
    words, statement = WORDS.localizer(locale), found.account.statement
    text = fill(HOUSE["owed_now"], found)
    for shown in (words.money(statement.total), words.money(statement.fees), words.date(statement.as_of), "0916"):
        assert shown in text
    assert check(text) == []
    changed = replace(statement, total=statement.total + statement.fees, fees=statement.fees + statement.fees)
    later = replace(found, account=replace(found.account, statement=changed))
    assert words.money(changed.total) in fill(HOUSE["owed_now"], later)


def filled(reply: Reply, found: Facts) -> tuple[str, str]:
    """The text, or why there is none."""
    try:
        return fill(reply, found), ""
    except NotForThis as unfit:
        return "", unfit.why


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_reply_is_filled_or_refused_with_its_reason(work: Work, locale: str) -> None:
    found = facts(work, locale=locale)
    reasons = {"plan", "promise", "dispute", "next_due", "last_payment", "last_payment_on"}
    for reply in HOUSE.values():
        text, why = filled(reply, found)
        assert why in reasons if why else "{" not in text, (reply.id, why)
        assert check(text) == []


def test_before_anybody_has_proved_who_they_are_nothing_tells_of_a_debt(work: Work) -> None:
    stranger = facts(work, verified=False, known=False)
    for reply in HOUSE.values():
        if reply.reveals:
            with pytest.raises(NotForThis, match="unverified"):
                fill(reply, stranger)
        else:
            fill(reply, stranger)
    assert {name for name in ("owed_now", "ways_to_pay", "plan_status") if HOUSE[name].reveals} == {
        "owed_now", "ways_to_pay", "plan_status",
    }  # fmt: skip
    lapsed = facts(work, verified=False)
    with pytest.raises(NotForThis, match="unverified"):
        fill(HOUSE["overdue_now"], lapsed)


def test_old_figures_are_not_told(work: Work) -> None:
    found = replace(facts(work), now=NOW + timedelta(days=90))
    found = replace(
        found, conversation=replace(found.conversation, verified_until=found.now + timedelta(minutes=5))
    )
    for reply in ("owed_now", "overdue_now"):
        with pytest.raises(NotForThis, match="stale"):
            fill(HOUSE[reply], found)
    assert fill(HOUSE["greeting"], found)


def test_what_is_not_overdue_is_not_said_to_be(work: Work) -> None:
    found = facts(work)
    assert found.account
    statement = found.account.statement
    nothing = replace(statement, overdue=statement.overdue - statement.overdue, overdue_since=None)
    with pytest.raises(NotForThis, match="days_late"):
        fill(HOUSE["overdue_now"], replace(found, account=replace(found.account, statement=nothing)))


def test_office_hours_are_read_as_people_write_them() -> None:
    hours = POLICIES.for_speaker("harbour").office_hours
    told = {locale: office_hours(hours, WORDS.localizer(locale), locale) for locale in LANGUAGES}
    assert told["en"] == "Mon–Fri 08:30–18:00 and Sat 09:00–12:00"
    assert told["zh_Hans"] == "周一至周五 8:30–18:00、周六 9:00–12:00"
    assert told["zh_Hant"] == "週一至週五 8:30–18:00、週六 9:00–12:00"


def own(tmp_path: Path, data: Any, name: str = "harbour") -> Replies:
    folder = tmp_path / "replies"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    return Replies.load(tmp_path, ["harbour", "fairway"])


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"title": dict.fromkeys(LANGUAGES, "T"), "text": dict.fromkeys(LANGUAGES, text), **more}


def test_a_lenders_own_replies_add_replace_and_hide(tmp_path: Path) -> None:
    replies = own(
        tmp_path,
        {
            "greeting": said("Welcome to {lender}."),
            "branch": said("We are in the old port."),
            "scam_warning": {"hidden": True},
            "english_only": {"title": {"en": "E"}, "text": {"en": "Hello."}, "languages": ["en"]},
        },
    )
    mine = replies.of("harbour", None)
    assert mine["greeting"].text["en"] == "Welcome to {lender}."
    assert ("branch" in mine, "scam_warning" in mine) == (True, False)
    assert mine["english_only"].missing == ("zh_Hans", "zh_Hant")
    assert replies.of("fairway") == HOUSE


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"x": said("{amount} is due.")}, "replies/harbour.yml, x, text, en: names {amount}"),
        ({"x": said("{owed.amount}")}, "names {owed.amount}"),
        ({"x": said("{owed")}, "x, text, en: has a bracket"),
        ({"x": {**said("a"), "text": {"en": "a", "zh_Hans": "b"}}}, "x, text, zh_Hant: is missing"),
        ({"x": {"text": dict.fromkeys(LANGUAGES, "a")}}, "x, title: must be"),
        ({"x": said("You will go to jail.")}, "x, text, en: may not be said (arrest_or_crime)"),
        ({"x": said("a", sorted=1)}, "x: takes"),
        ({"x": said("a", languages=["fr"])}, "x, languages"),
        (["a"], "must be a mapping"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_its_place(tmp_path: Path, data: Any, where: str) -> None:
    with pytest.raises(BadInput) as wrong:
        own(tmp_path, data)
    assert where in str(wrong.value)


def test_a_file_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"replies/nobody\.yml"):
        own(tmp_path, {}, "nobody")


def test_the_page_for_authors_names_every_value() -> None:
    page = (ROOT / "docs" / "desk-replies.md").read_text("utf-8")
    assert [name for name in NAMES if f"`{{{name}}}`" not in page] == []


def test_the_pages_example_loads(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "desk-replies.md").read_text("utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    replies = own(tmp_path, yaml.safe_load(example))
    assert "branch_hours" in replies.of("harbour")
