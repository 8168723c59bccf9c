"""Offers of staff: whatever is asked for, no schedule fails to add up and nothing goes past anybody's authority."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lending.affordability import Budget, busiest_month, month_of
from bot.lending.debts import Account
from bot.lending.ground import Ground
from bot.lending.identity import Borrower
from bot.lending.plans import Agreement, Basis, Frequency, OwnIdea
from bot.lending.policy import Policies, Policy
from bot.lending.schedules import Owed
from bot.lending.staff_offers import (
    Grantor,
    OfferRefused,
    Proposal,
    StaffOffer,
    Terms,
    Waiver,
    expiry,
    figures_of,
    lapsed,
    propose,
)
from bot.money import Money, total
from bot.settings import ROOT
from tests.lending.owing import TODAY, statement, yuan

POLICY: Policy = Policies.load(ROOT / "bot" / "lender" / "demo" / "creditors").for_creditor("harbour")
NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
WHO = Borrower("b", "harbour", "HB-1", "Ann", date(1990, 1, 1), "1234", "cn", "Asia/Shanghai", "lender")
CARD = Account("a", "harbour", "6200000000000916", "card", "CNY", "cn", statement())


def ground(surplus: str | None = None, taken: str = "0", policy: Policy = POLICY) -> Ground:
    """The tone page's card; `taken` of the surplus is used by another plan in each month of a year."""
    months = {(2026 + (10 + n) // 12, (10 + n) % 12 + 1): yuan(taken) for n in range(12)}
    budget = Budget(yuan(surplus), months) if surplus is not None else None
    owed = Owed.of(CARD.statement, accrues=policy.plans.interest_during_plan == "accrues")
    basis = Basis(owed, policy.plans, "CN", TODAY, policy.version, "harbour.yml#plans", budget)
    return Ground(WHO, CARD, policy, basis, None, ())


def waiver(fees: str = "0", interest: str = "0", principal: str = "0") -> Waiver:
    return Waiver(yuan(fees), yuan(interest), yuan(principal))


cents = st.integers(-100, 13_000_00).map(lambda units: Money.from_minor(units, "CNY"))
fives = st.integers(20, 800).map(lambda units: yuan(units * 5))  # the policy's step, from its least instalment
often = st.sampled_from(["weekly", "fortnightly", "monthly"])
days = st.none() | st.integers(2, 62).map(lambda days: TODAY + timedelta(days=days))
likely = st.one_of(
    st.builds(OwnIdea, count=st.just(1) | st.integers(1, 38), frequency=often, first_due=days),
    st.builds(OwnIdea, amount=fives, frequency=often, first_due=days),
    st.builds(OwnIdea, count=st.integers(2, 36), down_payment=fives, first_due=days),
)
anything = st.builds(
    OwnIdea,
    amount=st.none() | cents,
    count=st.none() | st.integers(1, 60),
    frequency=often,
    first_due=st.none() | st.integers(-3, 80).map(lambda days: TODAY + timedelta(days=days)),
    down_payment=st.none() | cents,
)
ideas = st.one_of(likely, likely, anything)
let_off = st.builds(
    Waiver,
    st.integers(-1, 125_00).map(lambda units: Money.from_minor(units, "CNY")),
    st.just(yuan(0)) | st.integers(-1, 150_00).map(lambda units: Money.from_minor(units, "CNY")),
    st.just(yuan(0)) | st.integers(0, 1250_00).map(lambda units: Money.from_minor(units, "CNY")),
)
accruing = POLICY.model_copy(update={"plans": POLICY.plans.model_copy(update={"interest_during_plan": "accrues"})})
grounds = st.builds(
    ground,
    st.none() | st.integers(0, 2000).map(str),
    st.integers(0, 1500).map(str),
    st.sampled_from([POLICY, accruing]),
)


@settings(max_examples=250, deadline=None)
@given(found=grounds, idea=ideas, off=let_off, role=st.sampled_from(["collector", "supervisor"]))
def test_nothing_goes_past_authority_budget_or_sum(
    found: Ground, idea: OwnIdea, off: Waiver, role: Grantor
) -> None:
    try:
        made = propose(found, Terms(idea, off), role)
    except OfferRefused:
        return
    rows, of = made.schedule.instalments, CARD.statement
    assert total((row.amount for row in rows), "CNY") == made.schedule.total
    assert made.schedule.total + off.total == of.total + made.schedule.added
    assert made.schedule.added.amount >= 0
    assert all(row.amount.amount > 0 for row in rows)
    dues = [row.due for row in rows]
    assert dues == sorted(set(dues))
    assert dues[0] >= TODAY + timedelta(days=3)
    _within_authority(made, off, role)
    _within_budget(made, found)


def _within_authority(made: Proposal, off: Waiver, role: Grantor) -> None:
    rules, of = POLICY.waivers, CARD.statement
    parts = ((off.fees, of.fees), (off.interest, of.interest), (off.principal, of.principal))
    assert all(0 <= part.amount <= whole.amount for part, whole in parts)
    at_all = (rules.fees_percent, rules.interest_percent, rules.principal_percent)
    assert all(part.amount <= whole.amount * most / 100 for (part, whole), most in zip(parts, at_all, strict=True))
    assert not off.principal or len(made.schedule.instalments) <= rules.settlement_payments
    if role == "collector":
        own = off.fees.amount * 2 <= of.fees.amount and not off.interest and not off.principal
        assert ("waiver" in made.needs) == (not own)
    else:
        assert "waiver" not in made.needs


def _within_budget(made: Proposal, found: Ground) -> None:
    budget = found.basis.budget
    if budget is None:
        assert not made.shortfall
        return
    asked: dict[tuple[int, int], Decimal] = {}
    for row in made.schedule.instalments:
        asked[month_of(row.due)] = asked.get(month_of(row.due), Decimal(0)) + row.amount.amount
    over = max(amount - budget.free(month).amount for month, amount in asked.items())
    assert made.shortfall.amount == max(over, 0)
    assert ("above_surplus" in made.needs) == (over > 0)
    assert busiest_month(made.schedule.instalments).amount == max(asked.values())


def test_a_settlement_lets_off_principal_in_one_payment_alone() -> None:
    off, soon = waiver("120", "144", "1200"), TODAY + timedelta(days=14)
    made = propose(ground(), Terms(OwnIdea(count=1, first_due=soon), off), "collector")
    assert [row.amount for row in made.schedule.instalments] == [yuan("11136.00")]
    assert made.needs == ("waiver",)
    assert propose(ground(), Terms(OwnIdea(count=1, first_due=soon), off), "supervisor").needs == ()
    with pytest.raises(OfferRefused, match="no_settlement"):
        propose(ground(), Terms(OwnIdea(count=2), off), "supervisor")


REFUSALS: list[tuple[OwnIdea, Waiver, str]] = [
    (OwnIdea(), waiver(), "no_terms"),
    (OwnIdea(count=37), waiver(), "too_long"),
    (OwnIdea(amount=yuan(50)), waiver(), "too_long"),
    (OwnIdea(amount=yuan(702)), waiver(), "step"),
    (OwnIdea(count=300, frequency="weekly"), waiver(), "too_long"),
    (OwnIdea(count=12, first_due=TODAY), waiver(), "too_soon"),
    (OwnIdea(count=12, first_due=TODAY + timedelta(days=61)), waiver(), "too_late"),
    (OwnIdea(count=12), waiver(fees="120.01"), "waiver_above_balance"),
    (OwnIdea(count=12), waiver(interest="144.01"), "waiver_beyond"),
    (OwnIdea(count=12), waiver(fees="-0.01"), "waiver_above_balance"),
    (OwnIdea(count=2, amount=yuan(700)), waiver(), "falls_short"),
]


@pytest.mark.parametrize(("idea", "off", "reason"), REFUSALS, ids=[f"{n} {r[2]}" for n, r in enumerate(REFUSALS)])
def test_what_the_policy_has_no_place_for_is_refused_not_bent(idea: OwnIdea, off: Waiver, reason: str) -> None:
    with pytest.raises(OfferRefused) as refused:
        propose(ground(), Terms(idea, off), "supervisor")
    assert refused.value.reason == reason


def test_staff_may_go_where_the_bot_may_not_and_no_further() -> None:
    longer = Terms(OwnIdea(count=36, first_due=TODAY + timedelta(days=55)), waiver())
    assert len(propose(ground(), longer, "collector").schedule.instalments) == 36
    narrow = POLICY.model_copy(
        update={"staff_plans": POLICY.staff_plans.model_copy(update={"longest_months": None})}
    )
    with pytest.raises(OfferRefused, match="too_long"):
        propose(ground(policy=narrow), longer, "collector")


def _sent(made: Proposal) -> StaffOffer:
    return StaffOffer(
        "o", "c", "v", "b", "a", "s", NOW, made.schedule, made.waiver, made.shortfall, figures_of(CARD), made.rule,
        made.policy_version, expiry(POLICY, made.schedule, NOW, UTC), "sent",
    )  # fmt: skip


@pytest.mark.parametrize("frequency", ["weekly", "monthly"])
def test_an_offer_stands_only_on_what_it_was_made_on(frequency: Frequency) -> None:
    found = ground("1000")
    offer = _sent(propose(found, Terms(OwnIdea(count=18, frequency=frequency), waiver()), "collector"))
    plan = Agreement("p", "a", "b", offer.schedule, "live", NOW, "en", "web:harbour", "", "", "", Money.zero("CNY"))
    moved = replace(CARD, statement=replace(CARD.statement, as_of=TODAY + timedelta(days=1)))
    assert lapsed(offer, found, None, NOW) is None
    assert lapsed(offer, found, None, offer.expires_at) == "expired"
    assert lapsed(offer, found, "held", NOW) == "held"
    assert lapsed(offer, None, None, NOW) == "changed"
    assert lapsed(offer, replace(found, live=(plan,)), None, NOW) == "exists"
    assert lapsed(offer, replace(found, account=moved), None, NOW) == "changed"
    other = POLICY.model_copy(update={"version": "another"})
    assert lapsed(offer, replace(found, policy=other), None, NOW) == "changed"
    poorer = busiest_month(offer.schedule.instalments).amount - offer.shortfall.amount - 1
    assert lapsed(offer, ground(str(poorer)), None, NOW) == "changed", "less is left than when it was made"
    assert offer.expires_at <= datetime(2026, 11, 28, 4, tzinfo=UTC)
