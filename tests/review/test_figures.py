"""The arithmetic of the figures: shares, their ranges, and groups that fare worse by more than chance."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.review.figures import Rate, Row, figures

NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)


def row(*, verified: bool = True, agreed: bool = False, locale: str = "en", at: datetime = NOW, **more: str) -> Row:
    facets = {"locale": [locale], "outcome": ["informed" if verified else "unverified"]}
    facets |= {"plan": ["agreed"]} if agreed else {}
    return Row(at, facets | {name: [value] for name, value in more.items()})


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_wilsons_interval_as_published(part: int, whole: int, low: float, high: float) -> None:
    """The last row: R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    assert Rate(part, whole).interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 500), st.integers(0, 500))
def test_an_interval_holds_its_share_and_stays_within_bounds(part: int, rest: int) -> None:
    rate = Rate(part, part + rest)
    low, high = rate.interval
    assert 0 <= low <= high <= 1
    assert not rate.whole or low - 1e-12 <= rate.share <= high + 1e-12
    assert not rate.apart_from(rate)


def test_who_is_asked_what() -> None:
    found = figures([row(verified=False), row(), row(agreed=True, satisfaction="5"), row(satisfaction="1")], "UTC")
    counted = {measure: (rate.part, rate.whole) for measure, rate in found.rates.items()}
    assert counted["verified"] == (3, 4)
    assert counted["agreed"] == (1, 3), "of those who proved who they are"
    assert counted["satisfied"] == (1, 2), "of those who answered"


def test_a_group_that_fares_worse_shows_and_a_small_one_does_not() -> None:
    many = [row(agreed=n % 2 == 0) for n in range(400)]
    worse = [row(agreed=n % 10 == 0, locale="zh_Hant") for n in range(200)]
    few = [row(locale="zh_Hans") for _ in range(3)]
    groups = {group.value: group for group in figures([*many, *worse, *few], "UTC").groups["locale"]}
    assert "agreed" in groups["zh_Hant"].apart
    assert groups["zh_Hans"].apart == frozenset()
    assert [group.count for group in groups.values()] == [400, 200, 3]


def test_a_day_is_that_of_the_zone() -> None:
    late = figures([row(at=NOW), row(at=NOW - timedelta(hours=10), agreed=True)], "Asia/Taipei")
    assert [(day.day, count, agreed) for day, count, agreed in late.days] == [(21, 1, 1), (22, 1, 0)]


def test_nothing_is_nothing() -> None:
    found = figures([], "UTC")
    assert (found.count, found.days, found.rates["agreed"].interval) == (0, [], (0.0, 1.0))
