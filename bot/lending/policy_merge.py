"""A creditor's file laid over its pack: refused wherever it is laxer than the law that binds it."""

from collections.abc import Iterable

from bot.errors import BadInput
from bot.lending.debts import Product
from bot.lending.disputes import DisputeKind
from bot.lending.holds import HoldReason
from bot.lending.policy_acting import Referrals, StaffPlanRules
from bot.lending.policy_files import AgencyFile, CreditorFile, House, Pack, Redress
from bot.lending.policy_rules import (
    STOPS,
    ContactRules,
    CreditorKind,
    HoldRule,
    Hours,
    Law,
    Limitation,
    PlanRules,
    RetentionRules,
)

File = CreditorFile | AgencyFile


def _refuse(file: File, key: str, problem: str, law: Law | None = None) -> BadInput:
    by = f" ({law.source.title}, {law.source.article})" if law else ""
    return BadInput(f"{file.id}.yml, {key}", problem + by)


def contact(pack: Pack, laws: Iterable[Law], files: Iterable[File]) -> ContactRules:
    """The narrowest hours and days of all, and every cap; the law's own hours where nobody chose any."""
    laws = tuple(laws)
    bound = [law for law in laws if law.hours]
    merged = pack.contact
    for law in bound:
        assert law.hours
        hours = _overlap(merged.hours, law.hours)
        if hours is None:
            raise BadInput(f"{pack.jurisdiction}.yml, laws.{law.key}.hours", "leaves no hour for any message")
        merged = merged.model_copy(update={"hours": hours, "source": law.source})
    caps = [*merged.caps, *(law.cap for law in laws if law.cap)]
    for file in files:
        if not file.contact:
            continue
        _check_hours(file, bound)
        hours = _overlap(merged.hours, file.contact.hours)
        if hours is None:
            raise _refuse(file, "contact.hours", "leaves no hour in which anybody may be written to")
        merged = merged.model_copy(
            update={
                "hours": hours,
                "days": tuple(day for day in merged.days if day in file.contact.days),
                "on_holidays": merged.on_holidays and file.contact.on_holidays,
            }
        )
        if not merged.days:
            raise _refuse(file, "contact.days", "leaves no day on which anybody may be written to")
        caps.extend(file.contact.caps)
        _check_caps(file, laws)
    return merged.model_copy(update={"caps": tuple(dict.fromkeys(caps))})


def _overlap(one: Hours, other: Hours) -> Hours | None:
    opens, closes = max(one.opens, other.opens), min(one.closes, other.closes)
    return Hours(opens=opens, closes=closes) if opens < closes else None


def _check_hours(file: File, bound: Iterable[Law]) -> None:
    assert file.contact
    for law in bound:
        if law.hours and not file.contact.hours.within(law.hours):
            raise _refuse(file, "contact.hours", f"must stay within {law.hours.opens}–{law.hours.closes}", law)


def _check_caps(file: File, laws: Iterable[Law]) -> None:
    assert file.contact
    for law in laws:
        for cap in file.contact.caps:
            if law.cap and cap.per_days == law.cap.per_days and cap.most > law.cap.most:
                problem = f"at most {law.cap.most} in {law.cap.per_days} days are lawful"
                raise _refuse(file, "contact.caps", problem, law)


def plans(file: CreditorFile, laws: Iterable[Law]) -> PlanRules:
    for law in laws:
        if law.plan_months and file.plans.longest_months > law.plan_months:
            raise _refuse(file, "plans.longest_months", f"may be at most {law.plan_months}", law)
    return file.plans


def staff_plans(file: CreditorFile, laws: Iterable[Law]) -> StaffPlanRules:
    longest = file.staff_plans.longest_months or 0
    for law in laws:
        if law.plan_months and longest > law.plan_months:
            raise _refuse(file, "staff_plans.longest_months", f"may be at most {law.plan_months}", law)
    return file.staff_plans


def referrals(pack: Pack, file: CreditorFile) -> Referrals:
    for kind in file.referrals:
        if kind not in pack.referrals:
            raise _refuse(file, f"referrals.{kind}", f"is not lawful in {pack.jurisdiction}")
    return file.referrals


def limitation(pack: Pack, file: CreditorFile) -> Limitation:
    """The pack's period; a creditor's file may shorten it, or state it where the pack can't (state law)."""
    own, law = file.limitation, pack.limitation
    if own is None:
        return law
    if law.years is not None and (own.years is None or own.years > law.years):
        raise _refuse(file, "limitation.years", f"may be at most {law.years} ({law.source.title})")
    missing = set(law.revived_by) - set(own.revived_by)
    if missing:
        # Forgetting what revives a debt would let the bot ask for a payment that revives it.
        raise _refuse(file, "limitation.revived_by", f"must keep {', '.join(sorted(missing))}")
    return own


def holds(house: House, pack: Pack, laws: Iterable[Law], files: Iterable[File]) -> dict[HoldReason, HoldRule]:
    """The table of holds, each reason at its strongest."""
    table = {**house.holds, **pack.holds}
    for law in laws:
        if law.hold:
            rule = table[law.hold.reason]
            stops = max(rule.stops, law.hold.stops, key=STOPS.index)
            table[law.hold.reason] = rule.model_copy(update={"stops": stops, "source": law.source})
    for file in files:
        for reason, own in file.holds.items():
            _check_hold(file, reason, own, table[reason])
            table[reason] = own.model_copy(update={"source": table[reason].source})
    return table


def _check_hold(file: File, reason: HoldReason, own: HoldRule, law: HoldRule) -> None:
    if STOPS.index(own.stops) < STOPS.index(law.stops):
        raise _refuse(file, f"holds.{reason}.stops", f"must stop at least {law.stops}")
    # What ends by itself may not be made to end sooner, nor what waits for somebody to end by itself.
    if own.lapses and (not law.lapses or (own.review_days or 0) < (law.review_days or 0)):
        raise _refuse(file, f"holds.{reason}.lapses", "may not end by itself, or not so soon")
    extra = set(own.lifted_by) - set(law.lifted_by)
    if extra:
        raise _refuse(file, f"holds.{reason}.lifted_by", f"{', '.join(sorted(extra))} may not lift it")


def disputes(house: House, pack: Pack, laws: Iterable[Law], files: Iterable[File]) -> dict[DisputeKind, int]:
    """Days within which each kind of dispute is answered: the fewest that anybody set."""
    days = {**house.disputes, **pack.disputes}
    bound = [(kind, law) for law in laws if law.dispute for kind in law.dispute.kinds]
    for kind, law in bound:
        assert law.dispute
        days[kind] = min(days[kind], law.dispute.days)
    for file in files:
        for kind, own in file.disputes.items():
            for bound_kind, law in bound:
                if law.dispute and bound_kind == kind and own > law.dispute.days:
                    raise _refuse(file, f"disputes.{kind}", f"may be at most {law.dispute.days} days", law)
            if own < 1:
                raise _refuse(file, f"disputes.{kind}", "must be at least 1 day")
            days[kind] = own
    return days


def redress(pack: Pack, file: CreditorFile, kinds: frozenset[CreditorKind], product: Product | None) -> Redress:
    """Whom to turn to about this creditor after it has answered, or has not."""
    for place in pack.redress:
        if place.binds.covers(kinds, product):
            return place
    raise _refuse(file, "kind", f"{pack.jurisdiction}.yml, redress, names nobody who hears complaints about it")


def retention(house: House, laws: Iterable[Law], file: CreditorFile) -> RetentionRules:
    rules = file.retention or house.retention
    for law in laws:
        if law.retain_months and rules.conversation_months < law.retain_months:
            if file.retention:
                problem = f"must be at least {law.retain_months}"
                raise _refuse(file, "retention.conversation_months", problem, law)
            rules = rules.model_copy(update={"conversation_months": law.retain_months})
    return rules
