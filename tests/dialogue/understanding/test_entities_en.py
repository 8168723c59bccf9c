"""Amounts, dates, counts and percentages in English, row by row; today is Saturday 21 November 2026."""

from datetime import date

import pytest

from bot.dialogue.understanding.entities import extract

TODAY = date(2026, 11, 21)


def found(text: str, name: str, locale: str = "en") -> list[str]:
    entities = [entity for entity in extract(text, today=TODAY, locale=locale) if entity.name == name]
    return [f"{entity.value}-{entity.high}" if entity.high else str(entity.value) for entity in entities]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("I can pay 500 a month", ["500"]),
        ("i could do 200 a month", ["200"]),
        ("$1,200.50 is all i have", ["1200.50"]),
        ("20 bucks", ["20"]),
        ("40 quid a week", ["40"]),
        ("£35 per fortnight", ["35"]),
        ("Rs 2000 monthly", ["2000"]),
        ("rs.1500 only", ["1500"]),
        ("₹5,000", ["5000"]),
        ("1,50,000 rupees", ["150000"]),
        ("can pay 2k now", ["2000"]),
        ("$1.5k", ["1500"]),
        ("800-1000 a month", ["800-1000"]),
        ("between $800 and $1000", ["800-1000"]),
        ("i could pay 50 to 60 a week", ["50-60"]),
        ("five hundred dollars", ["500"]),
        ("twelve hundred dollars", ["1200"]),
        ("two thousand five hundred dollars", ["2500"]),
        ("a couple hundred bucks", ["200"]),
        ("a hundred a month", ["100"]),
        ("paid 500 on friday", ["500"]),
        ("500/month", ["500"]),
        ("120/mo", ["120"]),
        ("i'll give you 350 today and 100 a month after", ["350", "100"]),
        ("best i can offer is $80", ["80"]),
        ("afford 300 monthly", ["300"]),
        ("i only borrowed 800, i don't owe 1500", ["800", "1500"]),
        ("I make 2,400 a month", ["2400"]),
        ("can you take 75 every two weeks", ["75"]),
        ("USD 300", ["300"]),
        ("300 usd", ["300"]),
        ("€45", ["45"]),
        ("pay 100", ["100"]),
        ("i can send 250 tonight", ["250"]),
        ("Ｉ can pay ５００ a month", ["500"]),
        ("call me on 07700 900123", []),
        ("my number is 13800138000", []),
        ("card ending 0916", []),
        ("account 12345678", []),
        ("i'm 45 years old", []),
        ("im 45", []),
        ("i have 3 kids", []),
        ("order number 4471", []),
        ("HB-1001", []),
        ("call me at 3", []),
        ("after 6pm", []),
        ("at 3:30 tomorrow", []),
        ("over 6 months", []),
        ("chapter 7 was filed in may", []),
        ("you called me 15 times yesterday", []),
        ("half of it", []),
        ("on the 5th", []),
        ("i pay on 12 December 2026", []),
        ("12 payments", []),
        ("30% off", []),
        ("section 75 claim", []),
        ("i lost 2 jobs", []),
        ("flat 302, 15 High Street", []),
    ],
)
def test_amounts(text: str, values: list[str]) -> None:
    assert found(text, "amount_of_money") == values


@pytest.mark.parametrize(
    ("text", "currency"),
    [("20 bucks", "USD"), ("40 quid", "GBP"), ("₹500", "INR"), ("¥800", "CNY"), ("pay 500", None), ("€20", "EUR")],
)
def test_the_currency_that_is_named(text: str, currency: str | None) -> None:
    assert [
        entity.currency for entity in extract(text, today=TODAY, locale="en") if entity.name == "amount_of_money"
    ] == [currency]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("I'll pay next Friday", "2026-11-27"),
        ("friday", "2026-11-27"),
        ("on monday", "2026-11-23"),
        ("this sunday", "2026-11-22"),
        ("tomorrow", "2026-11-22"),
        ("tmrw", "2026-11-22"),
        ("today", "2026-11-21"),
        ("tonight after work", "2026-11-21"),
        ("day after tomorrow", "2026-11-23"),
        ("the 1st", "2026-12-01"),
        ("on the 25th", "2026-11-25"),
        ("by the 15th", "2026-12-15"),
        ("the first of next month", "2026-12-01"),
        ("15th of next month", "2026-12-15"),
        ("end of the month", "2026-11-30"),
        ("end of next month", "2026-12-31"),
        ("end of march", "2027-03-31"),
        ("March 5", "2027-03-05"),
        ("5 march", "2027-03-05"),
        ("5th of March 2027", "2027-03-05"),
        ("17 May 1990", "1990-05-17"),
        ("May 17th, 1990", "1990-05-17"),
        ("17-may-90", "1990-05-17"),
        ("1990-05-17", "1990-05-17"),
        ("1990/5/17", "1990-05-17"),
        ("17/05/1990", "1990-05-17"),
        ("05/17/1990", "1990-05-17"),
        ("17.05.1990", "1990-05-17"),
        ("in two weeks", "2026-12-05"),
        ("in 3 days", "2026-11-24"),
        ("a week from now", "2026-11-28"),
        ("in a month", "2026-12-21"),
        ("12/15", "2026-12-15"),
        ("mid december", "2026-12-15"),
        ("feb 30", None),
        ("31 april", None),
        ("i may be late", None),
        ("the second one", None),
        ("first payment", None),
        ("march in and sort it", None),
        ("3 months behind", None),
    ],
)
def test_dates(text: str, day: str | None) -> None:
    assert found(text, "date") == ([day] if day else [])


def test_day_first_where_the_locale_writes_so() -> None:
    assert found("04/05/1990", "date", "en_GB") == ["1990-05-04"]
    assert found("04/05/1990", "date", "en") == ["1990-04-05"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("over 6 months", 6),
        ("can i do 12 payments", 12),
        ("12 instalments", 12),
        ("split it into four payments", 4),
        ("across 18 months", 18),
        ("over a year", 12),
        ("over two years", 24),
        ("a 10 month plan", 10),
        ("could i pay it over ten months", 10),
        ("3 months behind", None),
        ("off sick for two months ago", None),
        ("2 payments late", None),
    ],
)
def test_instalments(text: str, count: int | None) -> None:
    assert found(text, "instalments") == ([str(count)] if count else [])


@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("500 a month", "monthly"),
        ("50 per week", "weekly"),
        ("weekly", "weekly"),
        ("every two weeks", "fortnightly"),
        ("biweekly please", "fortnightly"),
        ("each fortnight", "fortnightly"),
        ("monthly", "monthly"),
        ("120/mo", "monthly"),
        ("last month", None),
        ("next week", None),
    ],
)
def test_frequency(text: str, frequency: str | None) -> None:
    assert found(text, "frequency") == ([frequency] if frequency else [])


@pytest.mark.parametrize(
    ("text", "percent"),
    [("30%", "30"), ("60 percent now", "60"), ("12.5 %", "12.5"), ("thirty per cent", "30"), ("30 pct", "30")],
)
def test_percentages(text: str, percent: str) -> None:
    assert found(text, "percentage") == [percent]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("lost my job", "job_loss"),
        ("they cut my hours", "reduced_income"),
        ("my dad passed away", "bereavement"),
        ("i was in hospital", "illness"),
        ("going through a divorce", "family_change"),
        ("my shop went under", "business_failure"),
        ("our house flooded", "disaster"),
        ("too many loans", "over_indebted"),
        ("i was scammed", "victim_of_scam"),
        ("i gambled it all away", "gambling"),
        ("just out of prison", "prison"),
        ("signed off with depression", "mental_health"),
        ("he controls all my money", "domestic_abuse"),
        ("i'm on active duty", "military"),
        ("can i pay monthly", None),
        ("im sick of your calls", None),
    ],
)
def test_hardship_reason(text: str, reason: str | None) -> None:
    assert found(text, "hardship_reason")[:1] == ([reason] if reason else [])
