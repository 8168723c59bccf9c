"""The arithmetic of the figures: shares, their ranges, and groups that fare worse by more than chance."""

from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.review.counting import Row, Told
from bot.review.figures import Figures, figures
from bot.review.rates import Lasting, Rate, lasting

NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)


ZONES = {"harbour": "UTC", "taibei": "Asia/Taipei"}


def row(
    *, verified: bool = True, agreed: bool = False, locale: str = "en", at: datetime = NOW, **more: object
) -> Row:
    """A conversation; each further facet with its value, or a list of them."""
    facets: dict[str, list[str]] = {"locale": [locale], "outcome": ["informed" if verified else "unverified"]}
    facets |= {"plan": ["agreed"]} if agreed else {}
    told = {name: list(value) if isinstance(value, list) else [str(value)] for name, value in more.items()}
    speaker = told.pop("speaker", ["harbour"])[0]
    exactly = told.pop("exactly", [])
    shared = tuple(_shared(facet, tuple(values)) for facet, values in (facets | told).items())
    return Row(at, speaker, shared, exactly)


@cache
def _shared(facet: str, values: tuple[str, ...]) -> Told:
    return Told(facet, values)


def counted(*rows: Row) -> Figures:
    return figures(rows, ZONES, NOW.date())


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
    found = counted(row(verified=False), row(), row(agreed=True, satisfaction="5"), row(satisfaction="1"))
    told = {measure: (rate.part, rate.whole) for measure, rate in found.rates.items()}
    assert told["verified"] == (3, 4)
    assert told["agreed"] == (1, 3), "of those who proved who they are"
    assert told["satisfied"] == (1, 2), "of those who answered"


def test_a_group_that_fares_worse_shows_and_a_small_one_does_not() -> None:
    many = [row(agreed=n % 2 == 0) for n in range(400)]
    worse = [row(agreed=n % 10 == 0, locale="zh_Hant") for n in range(200)]
    few = [row(locale="zh_Hans") for _ in range(3)]
    groups = {group.value: group for group in counted(*many, *worse, *few).groups["locale"]}
    assert "agreed" in groups["zh_Hant"].apart
    assert groups["zh_Hans"].apart == frozenset()
    assert [group.count for group in groups.values()] == [400, 200, 3]


def test_days_are_those_of_each_lenders_desk_and_none_is_left_out() -> None:
    late = counted(
        row(speaker="taibei"),
        row(speaker="harbour", agreed=True),
        row(at=NOW - timedelta(days=3), flag="not_understood"),
    )
    shown = [(one.first.day, one.count, one.agreed, one.not_understood) for one in late.days]
    assert shown == [(18, 1, 0, 1), (19, 0, 0, 0), (20, 0, 0, 0), (21, 1, 1, 0), (22, 1, 0, 0)]
    assert [(one.first.isoformat(), one.last.isoformat(), one.count) for one in late.weeks] == [
        ("2026-11-16", "2026-11-22", 3)
    ]


def test_a_first_instalment_is_asked_of_those_whose_day_has_come() -> None:
    kept = row(agreed=True, first_due="2026-11-20", plan=["agreed", "first_kept"])
    missed, later = row(agreed=True, first_due="2026-11-20"), row(agreed=True, first_due="2026-11-21")
    assert counted(kept, missed, later).rates["first_kept"] == Rate(1, 2)


def test_times_are_exact_though_they_are_kept_in_one_row() -> None:
    found = counted(*(row(exactly=[f"wait:0:{60 * n}", f"solve:0:{600 * n}"]) for n in range(1, 11)))
    assert (found.waited, found.solved) == (Lasting(10, 300, 540), Lasting(10, 3000, 5400))
    assert found.groups["locale"][0].waited == found.waited


@pytest.mark.parametrize(("seconds", "median", "p90"), [([7], 7, 7), ([1, 2], 1, 2), (list(range(1, 101)), 50, 90)])
def test_a_median_is_a_time_that_somebody_waited(seconds: list[int], median: int, p90: int) -> None:
    found = lasting(seconds)
    assert found is not None
    assert (found.median, found.p90) == (median, p90)


def test_rights_are_honoured_at_once_by_a_person_or_not_yet() -> None:
    exactly = ["right:3:dispute_debt:0", "right:5:request_human:90", "right:9:request_human:open"]
    person, dispute = counted(row(exactly=exactly)).rights
    assert (person.right, person.count, person.at_once, person.waiting) == ("request_human", 2, 0, 1)
    assert person.by_person == Lasting(1, 90, 90)
    assert (dispute.right, dispute.at_once, dispute.by_person) == ("dispute_debt", 1, None)


def test_plans_are_told_apart_by_how_often_they_are_paid() -> None:
    found = counted(
        row(kept="monthly:broken"), row(kept="monthly:live"), row(kept=["monthly:live", "weekly:completed"])
    )
    assert found.kept == {"monthly": {"broken": 1, "live": 2}, "weekly": {"completed": 1}}


def test_what_was_looked_at_in_between_is_counted_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row(agreed=n % 3 == 0, at=NOW - timedelta(days=n % 4), satisfaction=n % 5 + 1) for n in range(40)]
    at_once = counted(*rows)
    monkeypatch.setattr("bot.review.counting._MOST_ALIKE", 2)
    assert counted(*rows) == at_once
    assert at_once.rates["agreed"] == Rate(14, 40)
    assert at_once.scores == Rate(8 * (1 + 2 + 3 + 4 + 5), 5 * 40)


def test_nothing_is_nothing() -> None:
    found = counted()
    assert (found.count, found.days, found.rates["agreed"].interval) == (0, [], (0.0, 1.0))
    assert (found.waited, found.rights, found.scores) == (None, [], Rate(0, 0))
