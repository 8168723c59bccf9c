"""Catalogues, and how each locale writes amounts and numbers."""

from decimal import Decimal
from pathlib import Path

import pytest

from bot.errors import BadInput
from bot.locale import Catalogues, Localizer
from bot.money import Money

_PO = """msgid ""
msgstr ""
"Language: {locale}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgctxt "utter_hello"
msgid "Hello"
msgstr "您好"

#, fuzzy
msgctxt "utter_bye"
msgid "Bye"
msgstr "不对"

msgctxt "unit"
msgid "{{n}} day"
msgid_plural "{{n}} days"
msgstr[0] "{{n}}天"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _write(tmp_path, "zh_Hans", _PO.format(locale="zh_Hans"))
    return tmp_path


def _write(folder: Path, locale: str, text: str) -> None:
    path = folder / locale / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")


def test_texts_come_from_the_catalogue_by_context(folder: Path) -> None:
    chinese = Catalogues.load(folder).localizer("zh_Hans")
    assert chinese.text("Hello", "utter_hello") == "您好"
    assert chinese.text("Hello", "utter_other") == "Hello"
    assert chinese.count(45, "day") == "45天"


def test_what_a_translator_has_not_confirmed_is_not_shown(folder: Path) -> None:
    assert Catalogues.load(folder).localizer("zh_Hans").text("Bye", "utter_bye") == "Bye"


def test_a_missing_locale_falls_back_to_english_and_never_to_the_other_script(folder: Path) -> None:
    assert Catalogues.load(folder).localizer("zh_Hant").text("Hello", "utter_hello") == "Hello"


@pytest.mark.parametrize(
    ("tag", "name"),
    [
        ("zh-TW", "zh_Hant"), ("zh-HK", "zh_Hant"), ("zh-Hant-CN", "zh_Hant"), ("yue", "zh_Hant"),
        ("zh-CN", "zh_Hans"), ("zh", "zh_Hans"), ("zh-Hans-TW", "zh_Hans"), ("zh_Hans", "zh_Hans"),
        ("en-GB", "en"), ("EN", "en"), ("fr", None), ("", None), ("-", None), ("C.UTF-8", None),
    ],
)  # fmt: skip
def test_locales_are_found_for_tags(tag: str, name: str | None) -> None:
    catalogues = Catalogues({locale: Localizer(locale, {}) for locale in ("en", "zh_Hans", "zh_Hant")})
    assert catalogues.negotiate(tag) == name
    assert catalogues.negotiate(None, "fr", tag) == name


def test_a_tag_whose_script_has_no_catalogue_is_not_served_by_the_other(folder: Path) -> None:
    assert Catalogues.load(folder).negotiate("zh-TW") is None


@pytest.mark.parametrize(
    ("amount", "currency", "english", "taiwan"),
    [
        ("12600.00", "CNY", "¥12,600.00", "¥12,600.00"),
        ("12600", "TWD", "NT$12,600", "NT$12,600"),
        ("12600.50", "TWD", "NT$12,600.50", "NT$12,600.50"),
        ("-5.00", "USD", "-$5.00", "-$5.00"),
        ("125000", "INR", "₹125,000.00", "₹125,000.00"),
        ("0.05", "GBP", "£0.05", "£0.05"),
    ],
)
def test_amounts(amount: str, currency: str, english: str, taiwan: str) -> None:
    money = Money.of(amount, currency)
    assert Localizer("en", {}).money(money) == english
    assert Localizer("zh_Hant", {}).money(money) == taiwan


def test_other_locales_write_in_their_own_way() -> None:
    german = Localizer("de", {})
    assert german.money(Money.of("12600", "EUR")) == "12.600,00\N{NO-BREAK SPACE}€"
    assert german.number(Decimal("1234.5")) == "1.234,5"
    assert german.list(["a", "b", "c"]) == "a, b und c"


def test_a_broken_catalogue_names_its_place(tmp_path: Path) -> None:
    _write(tmp_path, "zh_Hans", 'msgid "a"\nmsgtxt "b"\n')
    with pytest.raises(BadInput, match=r"messages\.po:\d+"):
        Catalogues.load(tmp_path)


def test_an_unknown_locale_names_its_place(tmp_path: Path) -> None:
    _write(tmp_path, "klingon", "")
    with pytest.raises(BadInput, match="no locale that Babel knows"):
        Catalogues.load(tmp_path)
