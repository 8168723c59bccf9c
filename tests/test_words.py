"""The catalogues are kept up with the texts, and a translation that would go wrong is found."""

from pathlib import Path

import pytest

from bot.errors import BadInput
from bot.settings import ROOT
from bot.words import Places, add, check, update

_DOMAIN = 'responses: {utter_owed: [{text: "You owe {total}", buttons: [{title: Pay, payload: /pay_now}]}]}'
_FLOWS = """
flows:
  pay_now:
    name: ways to pay
    description: d
    nlu_trigger: [{intent: pay_now}]
    steps: [{action: utter_owed}]
"""


@pytest.fixture
def places(tmp_path: Path) -> Places:
    files = {
        "dialogues/domain/debts.yml": _DOMAIN,
        "dialogues/flows/debts.yml": _FLOWS,
        "bot/web/templates/chat.html": (
            '<p data-x="{{ _("This chat needs JavaScript.") }}">{{ _("{n} left", n=2) }}</p>'
        ),
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    made = Places(tmp_path)
    add(made, "de")
    update(made)
    return made


def _translate(places: Places, source: str, words: str, *, locale: str = "de") -> None:
    path = places.catalogue(locale)
    text = path.read_text("utf-8")
    assert f'msgid "{source}"\nmsgstr "' in text
    head, _, tail = text.partition(f'msgid "{source}"\n')
    _, _, rest = tail.partition("\n")
    path.write_text(f'{head}msgid "{source}"\nmsgstr "{words}"\n{rest}', "utf-8")


def test_every_text_is_extracted(places: Places) -> None:
    template = places.template.read_text("utf-8")
    for context, text in (
        ("utter_owed", "You owe {total}"),
        ("utter_owed/1", "Pay"),
        ("flow/pay_now", "Ways to pay"),
    ):
        assert f'msgctxt "{context}"\nmsgid "{text}"' in template
    assert 'msgid "This chat needs JavaScript."' in template
    assert 'msgid "{n} left"' in template
    assert 'msgid "{n} day"\nmsgid_plural "{n} days"' in template


def test_updating_twice_changes_nothing(places: Places) -> None:
    _translate(places, "Pay", "Zahlen")
    before = places.catalogue("de").read_bytes()
    update(places)
    assert places.catalogue("de").read_bytes() == before
    assert b"Zahlen" in before


def test_a_text_without_translation_is_found(places: Places) -> None:
    assert any("“Pay” is not translated" in problem for problem in check(places))
    _translate(places, "Pay", "Zahlen")
    assert not any("“Pay”" in problem for problem in check(places))


def test_a_placeholder_that_differs_is_found(places: Places) -> None:
    _translate(places, "You owe {total}", "Sie schulden {summe}")
    assert any("utter_owed “You owe {total}” has other placeholders" in problem for problem in check(places))


def test_a_stale_template_is_found_and_the_old_translation_proposed(places: Places) -> None:
    _translate(places, "Pay", "Zahlen")
    domain = places.dialogues / "domain" / "debts.yml"
    domain.write_text(_DOMAIN.replace("title: Pay", "title: Pay now"), "utf-8")
    assert any("messages.pot is stale" in problem for problem in check(places))
    update(places)
    assert any("“Pay now” is not translated (fuzzy)" in problem for problem in check(places))
    assert 'msgid "Pay now"\nmsgstr "Zahlen"' in places.catalogue("de").read_text("utf-8")


def test_a_locale_is_added_once_and_must_exist(places: Places) -> None:
    with pytest.raises(BadInput, match="is there already"):
        add(places, "de")
    with pytest.raises(BadInput, match="is no locale"):
        add(places, "klingon")


def test_the_project_s_own_catalogues_are_complete() -> None:
    assert check(Places(ROOT)) == []
