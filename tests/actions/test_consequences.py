"""What the borrower reads about what happens next: the tone page's lines, and what is left out when it must be."""

from datetime import timedelta

import pytest

from bot.storage.engine import Database
from tests.actions.stage import Chat
from tests.actions.test_debts import about, titles, words

LINES = {
    "en": [
        "So far: 6.00 interest daily, 2 late fees; 2 missed payments reported to the credit registry.",
        "If nothing changes, 21 Dec: ¥12,840.00 (interest +180.00, fee +60.00). From 6 Jan we may suspend the "
        "card; from 4 Feb we may go to court, where you can be heard.",
        "Later: 20 Jan ¥13,080.00 and 19 Feb ¥13,320.00.",
        "Being unable to pay is not in itself a crime. Nobody may threaten you, contact you 22:00–08:00 without "
        "consent, or pursue people unconnected with the debt.",
        "A signed plan stops collection while you keep it. Late marks stay five years after you clear the debt.",
    ],
    "zh_Hans": [
        "到今天：每天利息6.00，2次违约金，2期逾期已报送征信。",
        "若没有变化，12月21日是¥12,840.00（利息＋180.00，违约金＋60.00）。1月6日起可能停卡；2月4日起可能起诉，您可以到庭说明。",
        "再往后：1月20日¥13,080.00、2月19日¥13,320.00。",
        "单纯还不上不是犯罪。谁都不能威胁您，未经您同意不能在22:00至8:00催收，也不能向与债务无关的人催收。",
        "签了分期协议并按约还款，就停止催收。逾期记录在还清后保留五年。",
    ],
    "zh_Hant": [
        "到今天：每日利息6.00，2次違約金，2期逾期已報送征信。",
        "若沒有變化，12月21日是¥12,840.00（利息＋180.00，違約金＋60.00）。1月6日起可能停卡；2月4日起可能提告，您可以到庭說明。",
        "再往後：1月20日¥13,080.00、2月19日¥13,320.00。",
        "單純還不出來不是犯罪。任何人都不得威脅您，未經您同意不得在22:00至8:00催收，也不得向與債務無關的人催收。",
        "簽了分期協議並依約繳款，就停止催收。逾期紀錄在還清後保留五年。",
    ],
}


@pytest.mark.parametrize("locale", sorted(LINES))
def test_what_happens_next(database: Database, locale: str) -> None:
    said = about(Chat(database), "HB-1001", "action_explain_consequences").utterances
    assert words(said, locale) == LINES[locale]
    assert (
        titles(said[-1], locale)
        == {
            "en": ["See plans", "Sources", "Something's wrong", "A person"],
            "zh_Hans": ["看方案", "依据", "这里不对", "转人工"],
            "zh_Hant": ["看方案", "依據", "這裡不對", "找真人"],
        }[locale]
    )


def test_sources_are_shown_with_article_and_address(database: Database) -> None:
    said = words(about(Chat(database), "HB-1001", "action_show_sources").utterances)
    lines = [line for text in said for line in text.split("\n")]
    assert lines[0] == "Card ending 0916: this is what I go by."
    assert "商业银行信用卡业务监督管理办法, 第70条: https://www.nfra.gov.cn" in lines
    assert lines[-1].endswith("None of this is legal advice.")


def test_past_limitation_there_is_no_word_of_court(database: Database) -> None:
    said = about(Chat(database, speaker="thames"), "TB-7002", "action_explain_consequences").utterances
    lines = words(said)
    assert lines[0].startswith("This debt looks older than the 6 years")
    assert not any(word in " ".join(lines).lower() for word in ("court", "sue", "default notice", "breathing"))
    assert "StepChange" in lines[-1]
    assert titles(said[-1]) == ["Sources", "Something's wrong", "A person"]


def test_on_hold_no_step_follows(database: Database) -> None:
    said = about(Chat(database, speaker="thames"), "TB-7001", "action_explain_consequences").said
    assert "utter_debt_on_hold" in said
    assert not {"utter_steps", "utter_waiting", "utter_waiting_steps"} & set(said)


def test_a_kept_plan_stops_the_steps(database: Database) -> None:
    said = about(Chat(database), "HB-1003", "action_explain_consequences").said
    assert "utter_plan_stops_steps" in said
    assert "utter_steps" not in said


def test_old_figures_project_nothing(database: Database) -> None:
    chat = Chat(database)
    chat.pass_time(timedelta(days=40))
    said = about(chat, "HB-1001", "action_explain_consequences").said
    assert said[0] == "utter_figures_stale"
    assert not any(name.startswith("utter_waiting") for name in said)


@pytest.mark.parametrize(
    ("speaker", "reference", "response"),
    [
        ("swiftlend", "SL-2001", "utter_cannot_cn"),
        ("chuntian", "CT-3001", "utter_cannot_tw"),
        ("prairie", "PC-4001", "utter_cannot_us"),
        ("fairway", "NW-5001", "utter_cannot_us_agency"),
        ("fairway", "OK-6001", "utter_cannot_us_agency"),
        ("thames", "TB-7001", "utter_cannot_gb"),
        ("sagar", "SF-8001", "utter_cannot_in"),
    ],
)
def test_the_law_is_that_of_the_debt_and_can_be_said_in_every_language(
    database: Database, speaker: str, reference: str, response: str
) -> None:
    said = about(Chat(database, speaker=speaker), reference, "action_explain_consequences").utterances
    assert response in [utterance.response for utterance in said]
    for locale in ("en", "zh_Hans", "zh_Hant"):
        assert all(words(said, locale))
        assert titles(said[-1], locale)
