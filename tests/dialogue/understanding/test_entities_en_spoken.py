"""English as it is dictated, abbreviated and misspelt; today is Saturday 21 November 2026."""

import pytest

from tests.dialogue.understanding.test_entities_en import found


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("could do like 60 a wk", ["60"]),
        ("i've got 150 quid till friday", ["150"]),
        ("can only stretch to £25 pw", ["25"]),
        ("£12.50 a week is the most", ["12.50"]),
        ("$75 each paycheck", ["75"]),
        ("take 90 bucks now and 90 bucks on the 1st", ["90", "90"]),
        ("three hundred and fifty pounds", ["350"]),
        ("one thousand two hundred dollars", ["1200"]),
        ("maybe a hundred bucks", ["100"]),
        ("somewhere between 150 and 200 dollars a month", ["150-200"]),
        ("200-250 quid", ["200-250"]),
        ("my wages are 1,850 a month", ["1850"]),
        ("rent is £780", ["780"]),
        ("they took $49.99 twice", ["49.99"]),
        ("Rs. 15,000 per month", ["15000"]),
        ("2 lakh rupees", ["200000"]),
        ("₹1.5 lakh", ["150000"]),
        ("i owe about 3k", ["3000"]),
        ("paid 1.2k last week", ["1200"]),
        ("will transfer 5000 rupees", ["5000"]),
        ("NT$3,000 a month", ["3000"]),
        ("hk$500 weekly", ["500"]),
        ("800 yuan", ["800"]),
        ("about 600 rmb", ["600"]),
        ("i can spare 45 monthly", ["45"]),
        ("put down 200 now", ["200"]),
        ("settle for 2500", ["2500"]),
        ("max 120 a month", ["120"]),
        ("my ref is HB 1001", []),
        ("room 204", []),
        ("born in 1990", []),
        ("i have 2 dogs", []),
        ("i've called 3 times", []),
        ("24 hours", []),
        ("my son is 12", []),
        ("it's 8 pm", []),
        ("for 3 weeks now", []),
        ("since 2019", []),
        ("step 2", []),
        ("two of us work", []),
    ],
)
def test_amounts_as_people_write_them(text: str, values: list[str]) -> None:
    assert found(text, "amount_of_money") == values


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("tmrw", "2026-11-22"),
        ("tomorrow morning", "2026-11-22"),
        ("day after tomorrow", "2026-11-23"),
        ("this coming tuesday", "2026-11-24"),
        ("on thurs", "2026-11-26"),
        ("the 30th", "2026-11-30"),
        ("by the 3rd of december", "2026-12-03"),
        ("dec 24", "2026-12-24"),
        ("24 dec", "2026-12-24"),
        ("1st of next month", "2026-12-01"),
        ("the 15th next month", "2026-12-15"),
        ("end of the month", "2026-11-30"),
        ("in two weeks", "2026-12-05"),
        ("in 10 days", "2026-12-01"),
        ("a week from today", "2026-11-28"),
        ("january 5", "2027-01-05"),
        ("2026-12-31", "2026-12-31"),
        ("12/31/2026", "2026-12-31"),
        ("31/12/2026", "2026-12-31"),
        ("yesterday", "2026-11-20"),
        ("last friday", "2026-11-20"),
        ("three days ago", "2026-11-18"),
    ],
)
def test_days_as_people_write_them(text: str, day: str) -> None:
    assert found(text, "date") == [day]


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("in six instalments", "instalments", ["6"]),
        ("split it in 4", "instalments", ["4"]),
        ("over a year", "instalments", ["12"]),
        ("over 18 months", "instalments", ["18"]),
        ("12 monthly payments", "instalments", ["12"]),
        ("spread over half a year", "instalments", ["6"]),
        ("ten payments", "instalments", ["10"]),
        ("every week", "frequency", ["weekly"]),
        ("per fortnight", "frequency", ["fortnightly"]),
        ("every other friday", "frequency", ["fortnightly"]),
        ("each month", "frequency", ["monthly"]),
        ("bi-weekly", "frequency", ["fortnightly"]),
        ("once a month", "frequency", ["monthly"]),
        ("20 percent off", "percentage", ["20"]),
        ("knock off a third", "percentage", []),
        ("half price", "percentage", []),
        ("0% interest", "percentage", ["0"]),
        ("waive 15%", "percentage", ["15"]),
        ("got made redundant", "hardship_reason", ["job_loss"]),
        ("they cut my hours", "hardship_reason", ["reduced_income"]),
        ("i've been in hospital", "hardship_reason", ["illness"]),
        ("my wife passed away", "hardship_reason", ["bereavement"]),
        ("we split up", "hardship_reason", ["family_change"]),
        ("my shop closed down", "hardship_reason", ["business_failure"]),
        ("the flood took the house", "hardship_reason", ["disaster"]),
        ("gambled it away", "hardship_reason", ["gambling"]),
    ],
)
def test_counts_rates_and_reasons(text: str, name: str, values: list[str]) -> None:
    assert found(text, name) == values
