"""The table of reason × effect × who lifts, as every pack and kind of creditor has it."""

from typing import get_args

import pytest

from bot.lending.holds import HoldReason, Lifter, Stops
from bot.lending.policy_files import load_packs
from bot.lending.policy_rules import PRODUCTS, STOPS, CreditorKind
from tests.lending.files import demo

POLICIES = demo()
ALL = sorted(POLICIES.creditors)
KINDS: tuple[CreditorKind, ...] = get_args(CreditorKind)

# What each reason stops, whom the house lets lift it, and whether it ends with its days.
TABLE: dict[HoldReason, tuple[Stops, set[Lifter], bool]] = {
    "stop_contact": ("reminders", {"borrower"}, False),
    "contact_preference": ("reminders", {"borrower", "collector"}, False),
    "dispute": ("collection", {"supervisor", "lender"}, False),
    "fraud": ("collection", {"supervisor", "lender"}, False),
    "already_paid": ("collection", {"collector", "supervisor", "lender"}, False),
    "wrong_person": ("collection", {"supervisor", "lender"}, False),
    "third_party": ("collection", {"borrower", "collector", "supervisor"}, False),
    "death": ("collection", {"supervisor", "lender"}, False),
    "bankruptcy": ("collection", {"supervisor", "lender"}, False),
    "representative": ("collection", {"borrower", "supervisor"}, False),
    "refusal": ("reminders", {"borrower", "supervisor"}, False),
    "distress": ("collection", {"collector", "supervisor"}, False),
    "complaint": ("reminders", {"borrower", "supervisor"}, False),
    "limitation": ("collection", {"supervisor", "lender"}, False),
    "hardship": ("reminders", {"borrower", "collector", "supervisor"}, False),
    "minor": ("collection", {"supervisor", "lender"}, False),
    "moratorium": ("collection", {"supervisor", "lender"}, False),
    "vulnerability": ("reminders", {"borrower", "collector", "supervisor"}, True),
}
# Where a law asks for more than the house.
BY_LAW: dict[tuple[str, HoldReason], Stops] = {
    ("northwind", "stop_contact"): "collection",
    ("northwind", "refusal"): "collection",
    ("oakline", "stop_contact"): "collection",
    ("oakline", "refusal"): "collection",
}


def test_the_table_names_every_reason() -> None:
    assert set(TABLE) == set(get_args(HoldReason))


@pytest.mark.parametrize("creditor", ALL)
@pytest.mark.parametrize("product", [None, *PRODUCTS])
@pytest.mark.parametrize("reason", TABLE)
def test_each_pack_keeps_to_the_table_or_is_stricter(
    creditor: str, product: "str | None", reason: HoldReason
) -> None:
    rule = POLICIES._policies[creditor, product].holds[reason]  # type: ignore[index]
    stops, lifters, lapses = TABLE[reason]
    assert rule.stops == BY_LAW.get((creditor, reason), stops)
    assert set(rule.lifted_by) <= lifters
    assert rule.lapses == lapses
    assert rule.review_days is not None or "borrower" in rule.lifted_by


@pytest.mark.parametrize("creditor", ALL)
def test_a_law_that_asks_for_a_hold_is_named_as_its_source(creditor: str) -> None:
    policy = POLICIES.for_creditor(creditor)
    for law in policy.laws:
        if law.hold:
            rule = policy.holds[law.hold.reason]
            assert STOPS.index(rule.stops) >= STOPS.index(law.hold.stops)
            assert rule.source is not None


def test_nothing_but_what_somebody_asked_for_ends_by_itself() -> None:
    for creditor in ALL:
        ending = {reason for reason, rule in POLICIES.for_creditor(creditor).holds.items() if rule.lapses}
        assert ending == {"vulnerability"}


@pytest.mark.parametrize("place", sorted(POLICIES.packs))
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("product", PRODUCTS)
def test_somebody_outside_the_lender_hears_every_complaint(
    place: str, kind: CreditorKind, product: "object"
) -> None:
    kinds: frozenset[CreditorKind] = frozenset({kind, "lender"}) if kind == "agency" else frozenset({kind})
    redress = load_packs()[place].redress
    found = next(one for one in redress if one.binds.covers(kinds, product))  # type: ignore[arg-type]
    assert set(found.name) == {"en", "zh_Hans", "zh_Hant"}
    assert found.source.url.startswith("https://")


def test_complaints_go_to_the_body_of_the_place() -> None:
    numbers = {creditor: POLICIES.for_creditor(creditor).redress.number for creditor in ALL}
    assert numbers == {
        "harbour": "12378",
        "swiftlend": "12345",
        "chuntian": "0800-789-885",
        "northwind": "855-411-2372",
        "oakline": "855-411-2372",
        "prairie": "855-411-2372",
        "thames": "0800 023 4567",
        "sagar": "14448",
    }


def test_answers_are_due_within_the_days_of_the_law() -> None:
    days = {creditor: POLICIES.for_creditor(creditor).disputes for creditor in ALL}
    assert days["harbour"]["complaint"] == 15
    assert days["chuntian"]["complaint"] == 30
    assert days["chuntian"]["data_request"] == 15
    assert days["thames"]["data_request"] == 28
    assert all(days[creditor]["wrong_amount"] <= 30 for creditor in ("northwind", "oakline", "prairie"))
    assert days["thames"]["complaint"] <= 56
