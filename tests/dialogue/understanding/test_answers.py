"""Short answers to the open question, and changes of subject that are none."""

from datetime import date

import pytest

from bot.dialogue.understanding import Awaiting, Understood
from bot.dialogue.understanding.engine import LocalUnderstanding

TODAY = date(2026, 11, 21)
MONEY = Awaiting("safe_monthly", "money", currency="CNY")
INCOME = Awaiting("income", "money", {"Rather not say": "unknown"}, "USD")
DATE = Awaiting("first_payment", "date")
BIRTH = Awaiting("birth_date", "date")
DEPENDANTS = Awaiting("dependants", "number")
AGREED = Awaiting("plan_agreed", "yes_no")
PAYDAY = Awaiting("payday", "day_of_month")
OFTEN = Awaiting("plan_frequency", "frequency")
REFERENCE = Awaiting("reference", "text")
LAST_FOUR = Awaiting("document_last_four", "text")
STORY = Awaiting("hardship_story", "text")
PLAN = Awaiting("plan_choice", "choice", {"A": "1", "B": "2", "C": "3", "None fits": "none"})
SINCE = Awaiting(
    "hardship_since", "choice", {"Under a month": "weeks", "One to three months": "months", "Longer": "longer"}
)
REASON = Awaiting(
    "hardship_reason",
    "choice",
    {"失业": "job_loss", "生病": "illness", "收入减少": "reduced_income", "其他": "other"},
)


def read(understanding: LocalUnderstanding, text: str, awaiting: Awaiting) -> Understood:
    locale = "en" if text.isascii() else "zh_Hant" if any(c in "塊號個週禮繳點錢" for c in text) else "zh_Hans"
    return understanding.understand(text, locale=locale, today=TODAY, awaiting=awaiting)


@pytest.mark.parametrize(
    ("awaiting", "text", "value"),
    [
        (MONEY, "800", "800"),
        (MONEY, "两千吧", "2000"),
        (MONEY, "about 300", "300"),
        (MONEY, "maybe 250 a month", "250"),
        (MONEY, "一千二", "1200"),
        (MONEY, "没了", "0"),
        (MONEY, "nothing left", "0"),
        (MONEY, "一分都没有", "0"),
        (MONEY, "1.5k", "1500"),
        (MONEY, "三千塊左右", "3000"),
        (INCOME, "2,400", "2400"),
        (INCOME, "rather not say", "unknown"),
        (DATE, "the 5th", "2026-12-05"),
        (DATE, "5", "2026-12-05"),
        (DATE, "next friday", "2026-11-27"),
        (DATE, "下个月15号", "2026-12-15"),
        (DATE, "月底", "2026-11-30"),
        (BIRTH, "17 may 1990", "1990-05-17"),
        (BIRTH, "1990-05-17", "1990-05-17"),
        (BIRTH, "19900517", "1990-05-17"),
        (BIRTH, "1990年5月17日", "1990-05-17"),
        (BIRTH, "i was born 17/05/1990", "1990-05-17"),
        (DEPENDANTS, "2", 2),
        (DEPENDANTS, "two kids", 2),
        (DEPENDANTS, "三个", 3),
        (DEPENDANTS, "none", 0),
        (AGREED, "yes", True),
        (AGREED, "yeah sure", True),
        (AGREED, "可以", True),
        (AGREED, "好的", True),
        (AGREED, "没问题", True),
        (AGREED, "no", False),
        (AGREED, "nope", False),
        (AGREED, "不行", False),
        (AGREED, "不要", False),
        (AGREED, "no thanks", False),
        (AGREED, "yes, that works", True),
        (PAYDAY, "the 25th", 25),
        (PAYDAY, "25号", 25),
        (PAYDAY, "十五号发工资", 15),
        (PAYDAY, "last day of the month", 31),
        (PAYDAY, "月底", 31),
        (OFTEN, "weekly", "weekly"),
        (OFTEN, "every two weeks", "fortnightly"),
        (OFTEN, "每月", "monthly"),
        (REFERENCE, "HB-1001", "HB-1001"),
        (REFERENCE, "hb 1001", "HB-1001"),
        (REFERENCE, "hb1001", "HB-1001"),
        (REFERENCE, "ＨＢ－１００１", "HB-1001"),
        (REFERENCE, "it's HB 1001", "HB-1001"),
        (LAST_FOUR, "4417", "4417"),
        (LAST_FOUR, "4 4 1 7", "4417"),
        (LAST_FOUR, "末四碼４４１７", "4417"),
        (LAST_FOUR, "442x", "442X"),
        (
            STORY,
            "they closed our office in march",
            "they closed our office in march",
        ),
        (PLAN, "B", "2"),
        (PLAN, "second one", "2"),
        (PLAN, "the first", "1"),
        (PLAN, "第三个", "3"),
        (PLAN, "选a", "1"),
        (PLAN, "none fits", "none"),
        (PLAN, "option c please", "3"),
        (REFERENCE, "编号是HB-1001", "HB-1001"),
        (SINCE, "两个月前", "months"),
        (SINCE, "two months ago", "months"),
        (SINCE, "since march", "longer"),
        (SINCE, "last week", "weeks"),
        (SINCE, "上个月", "months"),
        (SINCE, "去年开始的", "longer"),
        (SINCE, "半年了", "longer"),
        (SINCE, "三個禮拜", "weeks"),
        (SINCE, "Longer", "longer"),
        (REASON, "失业了", "job_loss"),
        (REASON, "失業", "job_loss"),
        (REASON, "收入減少", "reduced_income"),
        (REASON, "第二个", "illness"),
    ],
)
def test_a_short_answer(understanding: LocalUnderstanding, awaiting: Awaiting, text: str, value: object) -> None:
    understood = read(understanding, text, awaiting)
    assert (understood.answer, type(understood.answer)) == (value, type(value))
    assert understood.carries == ()
    assert understood.band == "act"


@pytest.mark.parametrize(
    ("text", "low", "high"), [("800-1000", "800", "1000"), ("七八百吧", "700", "800"), ("300 to 400", "300", "400")]
)
def test_a_range_has_two_ends(understanding: LocalUnderstanding, text: str, low: str, high: str) -> None:
    understood = read(understanding, text, MONEY)
    assert (understood.answer, str(understood.answer_high)) == (low, high)


@pytest.mark.parametrize(
    ("awaiting", "text"),
    [
        (MONEY, "why do I owe 12600?"),
        (MONEY, "stop texting me"),
        (MONEY, "转人工"),
        (MONEY, "怎么这么多"),
        (DATE, "I already paid this"),
        (DATE, "who are you"),
        (BIRTH, "17 may"),
        (BIRTH, "is this a scam"),
        (AGREED, "what happens if i don't pay"),
        (AGREED, "I want to speak to a person"),
        (REFERENCE, "wrong number"),
        (REFERENCE, "你们是骗子吧"),
        (LAST_FOUR, "12345"),
        (STORY, "stop contacting me"),
        (STORY, "I want to speak to a person"),
        (STORY, "I don't want to live anymore"),
        (PLAN, "我不想活了"),
        (PLAN, "the ninth one"),
        (SINCE, "I already paid this last week"),
        (SINCE, "我上周已经还过了"),
    ],
)
def test_a_change_of_subject_is_not_an_answer(
    understanding: LocalUnderstanding, awaiting: Awaiting, text: str
) -> None:
    assert read(understanding, text, awaiting).answer is None


def test_a_question_beside_an_answer_is_kept(understanding: LocalUnderstanding) -> None:
    understood = read(understanding, "300 a month. what happens if i don't pay?", MONEY)
    assert understood.answer == "300"
    assert understood.carries == ("ask_consequences",)
