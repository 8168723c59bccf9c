"""Answers as people give them: in parts, unsure, or saying that there is nothing else."""

from datetime import date

import pytest

from bot.dialogue.understanding import Awaiting
from bot.dialogue.understanding.answers import read

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
