"""Answers as people give them: in parts, unsure, or saying that there is nothing else."""

from datetime import date

import pytest

from bot.dialogue.understanding import Awaiting
from bot.dialogue.understanding.answers import read
from bot.dialogue.understanding.engine import LocalUnderstanding

TODAY = date(2026, 11, 21)
SINCE = Awaiting(
    "hardship_since",
    "choice",
    {"Under a month": "weeks", "One to three months": "months", "Longer": "longer", "Rather not say": "withheld"},
)
ESSENTIALS = Awaiting("means_essentials", "money", {"Rather not say": "withheld"})
OTHERS = Awaiting("means_other_debts", "money", {"None": "0", "Rather not say": "withheld"})
ACCOUNT = Awaiting("account_id", "choice", {"尾号3308的卡": "a", "尾号1127的贷款": "b", "尾号7751的透支账户": "c"})
CONFIRM = Awaiting("right_confirmed", "yes_no", {"Yes": "true", "No": "false"})
INCOME = Awaiting("means_income", "money", {"Nothing right now": "0", "Rather not say": "withheld"})
SAFE = Awaiting("means_safe", "money", {"Nothing right now": "0", "Rather not say": "withheld"})
PLANS = {"A": "a", "B": "b", "C": "c", "None fits": "none", "My own idea": "own", "Not now": "later"}
PLAN = Awaiting("plan_choice", "choice", PLANS)
REFERENCE = Awaiting("identity_reference", "text", {"I don't have it": "unknown"})
DOCUMENT = Awaiting("identity_document", "text")
IDEA = Awaiting("idea_reply", "choice", {"Take this": "take", "Another idea": "again", "Not now": "later"})


@pytest.mark.parametrize(
    ("asked", "said", "meant"),
    [
        (SINCE, "idk", "withheld"),
        (SINCE, "不清楚诶", "withheld"),
        (SINCE, "不方便說", "withheld"),
        (SINCE, "lost my job in sept", "months"),
        (SINCE, "9月份", "months"),
        (SINCE, "兩個月前", "months"),
        (SINCE, "一个月1000左右", None),
        (SINCE, "1000 a month", None),
        (ESSENTIALS, "rent 900, kids 200", "1100"),
        (ESSENTIALS, "房租1500 吃饭1000 一个孩子", "2500"),
        (ESSENTIALS, "房租一萬二 吃飯八千", "20000"),
        (ESSENTIALS, "1,500 all in", "1500"),
        (ESSENTIALS, "skip", "withheld"),
        (OTHERS, "no other debts", "0"),
        (OTHERS, "沒有別的", "0"),
        (OTHERS, "只有这一个", "0"),
        (OTHERS, "2 loans, 300 and 150", "450"),
        (ACCOUNT, "信用卡", "a"),
        (ACCOUNT, "那笔贷款", "b"),
        (ACCOUNT, "7751", "c"),
        (ACCOUNT, "卡还是透支", None),
        (CONFIRM, "i want to pay it now", None),
        (CONFIRM, "can't, sorry", False),
        (CONFIRM, "No", "false"),
        (SINCE, "since the summer i guess", "longer"),
        (SINCE, "a couple of months", "months"),
        (SINCE, "september", "months"),
        (SINCE, "年初", "longer"),
        (INCOME, "about 450 a week", "1800"),
        (INCOME, "15 an hour", None),
        (INCOME, "24000 a year", "2000"),
        (INCOME, "4 to 5 thousand on the 8th", "4000"),
        (ESSENTIALS, "rent 800 a month, food 60 a week", "1060"),
        (SAFE, "150 a week", "600"),
        (SAFE, "maybe 7 or 8 hundred", "700"),
        (SAFE, "5-600", "500"),
        (SAFE, "two fifty", "250"),
        (SAFE, "maybe 300, 350 if I'm lucky", "300"),
        (SAFE, "my salary is 5000", None),
        (SAFE, "我月薪三萬二，扣房租一萬二", None),
        (SAFE, "工资5000 能还600", "600"),
        (SAFE, "nothing at the moment tbh", "0"),
        (SAFE, "现在真的没有", "0"),
        (PLAN, "the middle one", "b"),
        (PLAN, "lowest per month", "c"),
        (PLAN, "the last", "c"),
        (PLAN, "揀平嗰個", "c"),
        (PLAN, "最快还完的", "a"),
        (PLAN, "is the cheapest ok?", None),
        (PLAN, "neither", "none"),
        (PLAN, "6号", None),
        (PLAN, "2号方案", "b"),
        (REFERENCE, "where do i find that", "unknown"),
        (REFERENCE, "短信删了", "unknown"),
        (REFERENCE, "hb1001 1990.5.17 4417", "HB-1001"),
        (REFERENCE, "CT三零零一", "CT-3001"),
        (REFERENCE, "who are you", None),
        (DOCUMENT, "四四一七", "4417"),
        (INCOME, "没收入", "0"),
        (SAFE, "pension 1400, comes on the third", None),
        (IDEA, "那就这样", "take"),
        (IDEA, "ok i'll take it", "take"),
        (IDEA, "nah", "again"),
    ],
)
def test_untidy_answers(asked: Awaiting, said: str, meant: object) -> None:
    answer = read(said, asked, today=TODAY, locale="en")
    assert (answer.value if answer else None) == meant


def test_a_range_in_one_of_the_parts_widens_the_sum() -> None:
    answer = read("rent 900 and food 300-400", ESSENTIALS, today=TODAY, locale="en")
    assert answer is not None
    assert answer.value == "1200"
    assert answer.high == 1300


def test_a_week_s_money_is_a_month_s_at_both_ends() -> None:
    answer = read("100-120 a week", SAFE, today=TODAY, locale="en")
    assert answer is not None
    assert answer.value == "400"
    assert answer.high == 480


@pytest.mark.parametrize(
    "said",
    [
        "ok how about a quarter now",
        "yes but not the 7th",
        "ok 600 then",
        "ok, what about 600",
        "yes, when is the first one?",
        "好的，不过能不能晚点",
        "好 下个月几号扣",
    ],
)
def test_a_yes_with_something_attached_binds_nobody(understanding: LocalUnderstanding, said: str) -> None:
    asked = Awaiting("plan_confirmed", "yes_no", {"I agree": "true", "Go back": "false"})
    assert not understanding.understand(said, locale="en", today=TODAY, awaiting=asked).answer


@pytest.mark.parametrize(
    "said", ["yes but from the 15th", "make it 600", "ok, a quarter now", "15号可以吗", "改成十期"]
)
def test_other_terms_take_the_place_of_a_yes(understanding: LocalUnderstanding, said: str) -> None:
    asked = Awaiting("plan_confirmed", "yes_no", {"I agree": "true", "Go back": "false"})
    assert understanding.understand(said, locale="en", today=TODAY, awaiting=asked).answer is False


@pytest.mark.parametrize(
    "said", ["yes that's fine", "go on then", "同意，谢谢你", "yes. thank you for your help", "得"]
)
def test_a_plain_yes_binds(understanding: LocalUnderstanding, said: str) -> None:
    asked = Awaiting("plan_confirmed", "yes_no", {"I agree": "true", "Go back": "false"})
    assert understanding.understand(said, locale="en", today=TODAY, awaiting=asked).answer is True


def test_others_whom_somebody_owes_are_what_the_question_is_about(understanding: LocalUnderstanding) -> None:
    said = "i owe my brother but he isn't asking, and 300 to another bank"
    understood = understanding.understand(said, locale="en", today=TODAY, awaiting=OTHERS)
    assert (understood.answer, understood.carries) == ("300", ())
