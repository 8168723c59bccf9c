"""What a report of hardship comes to: an outlook, a pause, and details kept only with consent."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lending.affordability import Means
from bot.lending.calendar import is_business_day
from bot.lending.hardship import (
    REASONS,
    SENSITIVE,
    Hardship,
    Prospect,
    Reason,
    is_current,
    kept_detail,
    pause,
    prospect,
)
from bot.lending.policy import Policies
from bot.settings import ROOT
from tests.lending.owing import yuan

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
POLICY = Policies.load(ROOT / "bot/lender/demo/creditors").for_creditor("harbour")


@pytest.mark.parametrize(
    ("surplus", "offers", "outlook"),
    [(None, 3, "unknown"), (0, 0, "nothing"), (300, 0, "tight"), (800, 3, "plans")],
)
def test_the_outlook(surplus: int | None, offers: int, outlook: Prospect) -> None:
    assert prospect(None if surplus is None else yuan(surplus), offers) == outlook


@given(st.sampled_from(REASONS), st.booleans())
def test_words_about_health_and_the_like_are_kept_only_with_consent(reason: Reason, consent: bool) -> None:
    kept = kept_detail(reason, "my words", consent=consent)
    assert (kept is None) == (reason in SENSITIVE and not consent)


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_a_pause_ends_on_a_business_day_within_the_policys_days(today: date) -> None:
    hold = pause("b", POLICY, NOW, today)
    assert hold.review_on is not None
    assert today < hold.review_on
    assert abs((hold.review_on - today).days - POLICY.plans.pause_days) <= 12
    assert is_business_day(hold.review_on, POLICY.holidays)
    assert (hold.subject_kind, hold.reason) == ("borrower", "hardship")
    assert "borrower" in hold.lifted_by


def test_a_report_is_asked_about_again_after_three_months() -> None:
    report = Hardship("h", "b", NOW, None, None, Means())
    assert is_current(report, NOW + timedelta(days=90))
    assert not is_current(report, NOW + timedelta(days=91))
