# ruff: noqa: E501 - a table is read as rows
"""Amounts, dates, counts and percentages in Traditional Chinese, a part in Cantonese; today is 21 November 2026."""

import pytest

from tests.dialogue.understanding.test_entities_en import found


def hant(text: str, name: str) -> list[str]:
    return found(text, name, "zh_Hant")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("五百塊", ["500"]),
        ("每月繳三千", ["3000"]),
        ("先繳1.5萬", ["15000"]),
        ("我可以繳三千二", ["3200"]),
        ("一個月繳3,000元", ["3000"]),
        ("NT$5,000", ["5000"]),
        ("新台幣兩千元", ["2000"]),
        ("兩萬塊", ["20000"]),
        ("一萬五千元", ["15000"]),
        ("薪水三萬八", ["38000"]),
        ("每月三千到四千", ["3000-4000"]),
        ("兩三千塊", ["2000-3000"]),
        ("俾八百蚊", ["800"]),
        ("千五蚊", ["1500"]),
        ("最多就八百蚊一個月", ["800"]),
        ("一個禮拜繳五百", ["500"]),
        ("先還２０００", ["2000"]),
        ("匯了5000", ["5000"]),
        ("我欠三萬", ["30000"]),
        ("頭期五千 後面每月兩千", ["5000", "2000"]),
        ("$3000", ["3000"]),
        ("3000 NTD", ["3000"]),
        ("壹萬元", ["10000"]),
        ("貳仟元", ["2000"]),
        ("八千元整", ["8000"]),
        ("還五千塊", ["5000"]),
        ("今天繳兩千 月底再兩千", ["2000", "2000"]),
        ("每月2500我可以", ["2500"]),
        ("一千二百元", ["1200"]),
        ("付了兩萬", ["20000"]),
        ("電話0912345678", []),
        ("末四碼0916", []),
        ("我72歲", []),
        ("三個小孩", []),
        ("分12期", []),
        ("15號繳", []),
        ("晚上八點", []),
        ("打了二十通電話", []),
        ("逾期90天", []),
        ("下星期五", []),
        ("去超商繳", []),
        ("一次繳清", []),
        ("165查證", []),
        ("萬一繳不出來", []),
        ("千萬不要打去公司", []),
        ("民國79年5月17日", []),
        ("第三期", []),
        ("一毛都沒有", []),
    ],
)
def test_amounts(text: str, values: list[str]) -> None:
    assert hant(text, "amount_of_money") == values


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("下個月15號", "2026-12-15"),
        ("下禮拜一", "2026-11-23"),
        ("下星期五", "2026-11-27"),
        ("星期三", "2026-11-25"),
        ("禮拜天", "2026-11-22"),
        ("明天", "2026-11-22"),
        ("聽日還", "2026-11-22"),
        ("後日", "2026-11-23"),
        ("後天", "2026-11-23"),
        ("大後天", "2026-11-24"),
        ("月底前", "2026-11-30"),
        ("月尾", "2026-11-30"),
        ("下個月底", "2026-12-31"),
        ("下月初", "2026-12-01"),
        ("3月底", "2027-03-31"),
        ("20號前", "2026-12-20"),
        ("五號發薪", "2026-12-05"),
        ("三天後", "2026-11-24"),
        ("兩個禮拜後", "2026-12-05"),
        ("再給我三天", "2026-11-24"),
        ("12月1日", "2026-12-01"),
        ("79年5月17日", "1990-05-17"),
        ("民國79年5月17日", "1990-05-17"),
        ("民國七十九年五月十七日", "1990-05-17"),
        ("79/5/17", "1990-05-17"),
        ("79.05.17", "1990-05-17"),
        ("100年1月1日", "2011-01-01"),
        ("1990年5月17日", "1990-05-17"),
        ("1990/05/17", "1990-05-17"),
        ("115年12月15日", "2026-12-15"),
        ("115/12/15", "2026-12-15"),
        ("明年三月一號", "2027-03-01"),
        ("年底", "2026-12-31"),
        ("2月30號", None),
        ("分三個月", None),
    ],
)
def test_dates(text: str, day: str | None) -> None:
    assert hant(text, "date") == ([day] if day else [])


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("分12期", 12), ("分十二期", 12), ("分六個月", 6), ("半年內還清", 6), ("分三年還", 36), ("三個月繳完", 3),
        ("三個月還完", 3), ("第三期沒繳", None), ("薪水欠三個月", None), ("可唔可以分六期還", 6),
    ],
)  # fmt: skip
def test_instalments(text: str, count: int | None) -> None:
    found_counts = hant(text, "instalments")
    assert found_counts == ([str(count)] if count else [])


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("每月3000", "monthly"), ("一個月繳3000", "monthly"), ("每個禮拜", "weekly"), ("一個禮拜繳五百", "weekly"),
        ("兩週繳一次", "fortnightly"), ("每兩週", "fortnightly"), ("下禮拜", None),
    ],
)  # fmt: skip
def test_frequency(text: str, frequency: str | None) -> None:
    assert hant(text, "frequency") == ([frequency] if frequency else [])


@pytest.mark.parametrize(
    ("text", "percent"),
    [("打七折", "30"), ("七五折", "25"), ("8折", "20"), ("三成", "30"), ("15%", "15"), ("百分之二十", "20")],
)
def test_percentages(text: str, percent: str) -> None:
    assert hant(text, "percentage") == [percent]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("我被資遣了", "job_loss"), ("公司減薪", "reduced_income"), ("家人過世", "bereavement"), ("住院開刀", "illness"),
        ("離婚了", "family_change"), ("生意失敗", "business_failure"), ("颱風把家裡淹了", "disaster"), ("以卡養卡", "over_indebted"),
        ("被詐騙集團騙了", "victim_of_scam"), ("賭博輸光了", "gambling"), ("剛出獄", "prison"), ("憂鬱症停職", "mental_health"),
        ("我先生會打我", "domestic_abuse"), ("可以分期嗎", None),
    ],
)  # fmt: skip
def test_hardship_reason(text: str, reason: str | None) -> None:
    assert hant(text, "hardship_reason")[:1] == ([reason] if reason else [])
