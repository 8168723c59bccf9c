"""Hardship: why somebody is behind and what they can manage, in few questions; a pause for who has nothing."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import cast

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, chosen_account, keep, policy_of, today, verified_borrower
from bot.actions.idea_heard import heard_idea
from bot.actions.parts import Parts, say
from bot.actions.plan_ground import current_hardship
from bot.actions.plan_talk import forget_beneath
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import Label, Listed, Names, Value
from bot.dialogue.understanding import elapsed
from bot.dialogue.understanding.paydays import payday
from bot.lending.affordability import Means, Range, surplus
from bot.lending.hardship import REASONS, SENSITIVE, Hardship, Reason, kept_detail, pause
from bot.lending.identity import Borrower
from bot.lending.policy import Line
from bot.money import Money

Slots = Mapping[str, SlotValue]
WITHHELD = "withheld"
QUESTIONS = ("means_income", "means_essentials", "means_other_debts", "means_safe")
_SINCE_DAYS = {"weeks": 15, "months": 60, "longer": 180}

# Answered with sympathy before anything else.
GRAVE = frozenset({"illness", "bereavement", "disaster", "mental_health", "domestic_abuse"})


def note(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Keep what the first message told beside the reason; plan talk under way is taken up by this one."""
    forget_beneath(turn)
    if not turn.conversation.verified(turn.now):
        say(dispatcher, "utter_hardship_before_identity")
    understood = turn.understood
    heard = (
        heard_idea(understood, today(turn, parts)) if understood and "make_offer" in understood.carries else None
    )
    since = elapsed.told(understood.text, today(turn, parts), turn.tracker.locale) if understood else None
    return {
        "own_idea": heard,
        "hardship_words": understood.text if understood else None,
        "hardship_since": since,
        "means_payday": None,
    }


def acknowledge(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """A word on the reason before the questions; whether it is a sensitive one."""
    reason = turn.tracker.slots.get("hardship_reason")
    if reason in (None, WITHHELD):
        say(dispatcher, "utter_hardship_withheld")
    else:
        response = "utter_hardship_sorry" if reason in GRAVE else "utter_hardship_thanks"
        say(dispatcher, response, reason=Label(f"utter_reason_{reason}"))
    return {"hardship_sensitive": reason in SENSITIVE}


def validate_amount(slot: str, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Take an amount that is not below zero, or that they would rather not say; notice a payday told with it."""
    told = turn.tracker.slots.get(slot)
    payday = _payday(turn, told_of_income=slot == "means_income")
    if told == WITHHELD or _amount(told) is not None:
        return {slot: told, **payday}
    say(dispatcher, "utter_amount_unclear")
    return {slot: None}


def _payday(turn: ActionTurn, *, told_of_income: bool) -> Slots:
    day = payday(turn.understood, of_income=told_of_income) if turn.understood else None
    return {"means_payday": day} if day else {}


def _amount(told: object) -> Decimal | None:
    try:
        amount = Decimal(str(told))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < Decimal("1e12") else None


def record(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:  # noqa: ARG001
    """Write the report down; what they would rather not say is left out."""
    borrower = verified_borrower(turn)
    if borrower is None:
        return {}
    slots = turn.tracker.slots
    consent = slots.get("hardship_consent") is True
    reason = _reason(slots.get("hardship_reason"), consent)
    policy = policy_of(turn, parts)
    words = cast("str | None", slots.get("hardship_words"))
    before = current_hardship(turn, borrower)
    report = Hardship(
        id=uuid.uuid4().hex,
        borrower_id=borrower.id,
        reported_at=turn.now,
        reason=reason or (before.reason if before and slots.get("hardship_reason") is None else None),
        since=_since(slots.get("hardship_since"), today(turn, parts)),
        means=_means(slots, policy.currency, before.means if before else Means()),
        detail=kept_detail(reason, words, consent=consent) if reason else None,
        consent=consent,
        evidence=before.evidence if before else (),
    )
    turn.work.lending.add_hardship(report)
    turn.note(hardship=report.id, policy=policy.version)
    spare = surplus(report.means)
    state = "unknown" if spare is None else "some" if spare else "nothing"
    done = {"means_payday": None, "hardship_words": None, "hardship_since": None}
    found: dict[str, SlotValue] = {"surplus_state": state, "plans_count": _planned(turn, borrower)}
    return {**found, **done, **dict.fromkeys(f"{name}_high" for name in QUESTIONS)}


def _planned(turn: ActionTurn, borrower: Borrower) -> int:
    """How many plans are under way for the account being talked about: one or none."""
    account = chosen_account(turn)
    live = turn.work.lending.agreements(borrower.id, "live")
    return sum(account is not None and plan.account_id == account.id for plan in live)


def _reason(told: object, consent: bool) -> Reason | None:
    if told not in REASONS or (told in SENSITIVE and not consent):
        return None
    return told


def _since(told: object, day: date) -> date | None:
    """About the day since when: the middle of what was chosen."""
    return day - timedelta(days=_SINCE_DAYS[str(told)]) if told in _SINCE_DAYS else None


def _means(slots: Mapping[str, SlotValue], currency: str, before: Means) -> Means:
    """What was said just now, and for a question that was not asked what was said before."""
    names = ("income", "essentials", "other_debts", "safe")
    said = {name: _range(slots, f"means_{name}", currency) for name in names}
    asked = {name for name in names if slots.get(f"means_{name}") is not None}
    merged = {name: said[name] if name in asked else getattr(before, name) for name in names}
    day = slots.get("means_payday")
    return Means(payday=int(float(str(day))) if day else before.payday, **merged)


def _range(slots: Mapping[str, SlotValue], name: str, currency: str) -> Range | None:
    low, high = _amount(slots.get(name)), _amount(slots.get(f"{name}_high"))
    if low is None:
        return None
    step = Decimal("0.01")
    least, most = sorted([low, high if high is not None else low])
    return Range(Money(least, currency).rounded(step, "down"), Money(most, currency).rounded(step, "up"))


def begin_pause(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Nothing to spare: collection waits until the review; free advice, and nobody is asked for money."""
    borrower = verified_borrower(turn)
    if borrower is None:
        return {}
    policy = policy_of(turn, parts)
    hold = pause(borrower.id, policy, turn.now, today(turn, parts))
    turn.note(hold=keep(turn, hold), policy=policy.version)
    say(dispatcher, "utter_pause_placed")
    say(dispatcher, "utter_pause_review", review=hold.review_on)
    advice = parts.policies.residence(borrower.residence).advice
    if advice:
        say(dispatcher, "utter_pause_advice", advice=Listed(tuple(_line(line) for line in advice)))
    say(dispatcher, "utter_pause_plan" if _planned(turn, borrower) else "utter_pause_back")
    return {"own_idea": None}


def _line(line: Line) -> Value:
    return Label("utter_free_advice_line", {"name": Names(line.name), "number": line.number})


def keep_evidence(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Put a file that was just sent beside the latest report; nothing depends on it, so none will do too."""
    borrower, file_id = verified_borrower(turn), turn.tracker.slots.get("uploaded_file")
    report = turn.work.lending.latest_hardship(borrower.id) if borrower else None
    file = turn.work.files.file(file_id) if isinstance(file_id, str) else None
    if file is None or not isinstance(file_id, str):
        say(dispatcher, "utter_pause_back")
        return {"uploaded_file": None}
    if report is None:
        say(dispatcher, "utter_unasked_file", name=file.name)
        return {"uploaded_file": None}
    kept = Hardship(
        uuid.uuid4().hex, report.borrower_id, turn.now, report.reason, report.since, report.means,
        report.detail, report.consent, (*report.evidence, file_id),
    )  # fmt: skip
    turn.work.lending.add_hardship(kept)
    turn.note(hardship=kept.id, evidence=file_id)
    say(dispatcher, "utter_evidence_kept")
    return {"uploaded_file": None}


def actions(parts: Parts) -> list[Action]:
    return [
        Doing("action_note_hardship", partial(note, parts)),
        Doing("action_acknowledge_hardship", acknowledge),
        *[Doing(f"validate_{name}", partial(validate_amount, name)) for name in QUESTIONS],
        Doing("action_record_hardship", partial(record, parts)),
        Doing("action_begin_pause", partial(begin_pause, parts)),
        Doing("action_keep_evidence", keep_evidence),
    ]
