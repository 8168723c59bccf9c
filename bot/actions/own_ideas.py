"""A borrower's own idea: read from what they wrote, answered by the policy, counted in rounds."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, today
from bot.actions.idea_heard import has_nothing, heard_idea
from bot.actions.parts import Parts, say
from bot.actions.plan_ground import Ground, ground
from bot.actions.plan_talk import forget_beneath
from bot.actions.plan_terms import read_idea, write_idea, write_terms
from bot.actions.plan_words import offer_row, plain, tell
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import DynamicButton, Figure, Value
from bot.dialogue.understanding.other_terms import new_day
from bot.dialogue.understanding.other_terms import other_terms as named_terms
from bot.dialogue.understanding.shares import names_the_rest
from bot.lending.affordability import Means, busiest_month, exactly
from bot.lending.calendar import LEAST_NOTICE_DAYS
from bot.lending.hardship import Hardship
from bot.lending.own_idea import Answer, counter
from bot.lending.plans import OwnIdea
from bot.money import Money

Slots = Mapping[str, SlotValue]


def idea_in(slot: object, found: Ground) -> OwnIdea | None:
    """The idea that a slot holds, in the account's terms; None when there is none."""
    if not isinstance(slot, str) or not slot.startswith("{"):
        return None
    heard = json.loads(slot)
    currency, dates = found.account.currency, sorted(heard.get("dates", []))
    idea = read_idea({**heard, "first_due": None, "count": heard.get("count") or None}, currency)
    if idea.down_payment:
        return replace(idea, first_due=date.fromisoformat(dates[0]) if dates else _soon(found))
    if heard.get("share"):
        return _down_first(idea, Decimal(heard["share"]), dates, found, rest=bool(heard.get("rest")))
    if len(dates) == 1 and idea.amount and not idea.count and idea.amount < found.basis.owed.total:
        # "500 now and the rest on the 1st" and "500 a month from the 1st" differ by the frequency that is named.
        return (
            replace(idea, first_due=date.fromisoformat(dates[0])) if heard.get("frequency") else _rest(idea, dates)
        )
    return replace(idea, first_due=date.fromisoformat(dates[0])) if dates else idea


def _rest(idea: OwnIdea, dates: list[str]) -> OwnIdea:
    return replace(idea, amount=None, down_payment=idea.amount, rest_on=date.fromisoformat(dates[-1]))


def _soon(found: Ground) -> date:
    """What "now" comes to with the notice that everybody gets."""
    return found.basis.today + timedelta(days=LEAST_NOTICE_DAYS)


def _down_first(idea: OwnIdea, share: Decimal, dates: list[str], found: Ground, *, rest: bool) -> OwnIdea:
    """A share first, on the first of two dates or else soon; a single date is the rest's where that is told of."""
    if not 0 < share < 1:
        return idea
    owed, step = found.basis.owed.total, found.policy.rounding_step
    down = (owed * share).rounded(step, "up")
    days = [date.fromisoformat(day) for day in dates]
    soon = _soon(found)
    named = days[0] if days and (len(days) > 1 or not rest) else None
    first = named if named and named > found.basis.today else soon
    rest_on = days[-1] if days and days[-1] > first else None
    return replace(idea, down_payment=down, rest_on=rest_on, first_due=first)


def new_idea(parts: Parts, turn: ActionTurn) -> str | None:
    """An idea in this turn's message that is not the one under discussion."""
    offers = turn.understood is not None and "make_offer" in turn.understood.carries
    heard = heard_idea(turn.understood, today(turn, parts), bare=offers)
    return heard if heard != turn.tracker.slots.get("own_idea") else None


def other_terms(parts: Parts, turn: ActionTurn) -> str | None:
    """The idea in a message that came in place of a yes; a day alone moves the terms that were read back."""
    day, locale, said = today(turn, parts), turn.tracker.locale, turn.understood.text if turn.understood else ""
    terms = turn.tracker.slots.get("plan_terms")
    if not named_terms(said, day, locale) or not isinstance(terms, str):
        return None
    shown = json.loads(terms)["idea"]
    heard = json.loads(heard_idea(turn.understood, day, bare=True) or "{}")
    if heard.get("dates") and not names_the_rest(said):
        heard.setdefault("frequency", shown["frequency"])
    moved = new_day(said, day, locale)
    if not heard and moved:
        heard = {**shown, "dates": [moved.isoformat()]}
    return json.dumps(heard) if heard else None


def note(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Keep the idea of the message that began this; plan talk under way is taken up by it.

    While somebody tells of a hard time the idea waits until the few questions are answered.
    """
    offers = turn.understood is not None and "make_offer" in turn.understood.carries
    if turn.understood is not None and offers and has_nothing(turn.understood):
        return {"idea_outcome": "nothing"}
    # At the choice of plans a bare amount is an idea too.
    waiting = turn.tracker.slots.get("idea_heard")
    heard = waiting or heard_idea(turn.understood, today(turn, parts), bare=offers or _answers(turn, "own"))
    wanted = heard and (offers or waiting or not turn.tracker.slots.get("own_idea"))
    kept: Slots = {"own_idea": heard, "idea_heard": None} if wanted else {}
    if kept and _telling_hardship(turn):
        say(dispatcher, "utter_idea_noted")
        return {**kept, "idea_outcome": "kept"}
    forget_beneath(turn)
    return {**kept, "idea_outcome": None}


def _answers(turn: ActionTurn, value: str) -> bool:
    return turn.understood is not None and turn.understood.answer == value


def _telling_hardship(turn: ActionTurn) -> bool:
    told = turn.tracker.slots.get("hardship_reason")
    return told is not None and any(frame.flow == "report_hardship" for frame in turn.tracker.stack)


def validate(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Take an idea from the answer; ask again when there is neither an amount nor a number in it."""
    slot = turn.tracker.slots.get("own_idea")
    if isinstance(slot, str) and slot.startswith("{"):
        return {"own_idea": slot}
    heard = heard_idea(turn.understood, today(turn, parts), bare=True)
    if heard is None:
        say(dispatcher, "utter_idea_unclear")
    return {"own_idea": heard}


def answer(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Answer the idea by the policy and the budget."""
    found = ground(turn, parts)
    idea = idea_in(turn.tracker.slots.get("own_idea"), found) if found else None
    if found is None or idea is None:
        return {"idea_outcome": "person"}
    rounds = int(float(str(turn.tracker.slots.get("own_rounds") or 0)))
    given = counter(found.basis, idea, rounds)
    rule, version = found.basis.rule, found.policy.version
    turn.note(idea=write_idea(idea), outcome=given.outcome, reason=given.reason, rule=rule, policy=version)
    _say_answer(given, found, dispatcher)
    schedule = given.offer.schedule if given.offer else None
    return {
        "idea_outcome": given.outcome,
        "own_rounds": rounds + (given.outcome == "nearest"),
        "plan_terms": write_terms(given.idea, schedule, turn.now) if schedule else None,
        "idea_needs": str(busiest_month(schedule.instalments).amount) if schedule else None,
    }


def _say_answer(given: Answer, found: Ground, dispatcher: CollectingDispatcher) -> None:
    if given.outcome != "nearest" or given.offer is None or given.reason is None:
        return
    rules, currency = found.policy.plans, found.account.currency
    latest = Money(rules.least_instalment, currency)
    args: dict[str, Value] = {"months": rules.longest_months, "least": Figure(latest)}
    tell(dispatcher, (f"utter_idea_{given.reason}", args))


def ask_reply(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Put the nearest plan, unless the borrower has just come with another idea."""
    if heard := new_idea(parts, turn):
        return {"idea_reply": "again", "idea_heard": heard}
    found = ground(turn, parts)
    idea = idea_in(turn.tracker.slots.get("own_idea"), found) if found else None
    offer = counter(found.basis, idea).offer if found and idea else None
    if offer is None:
        return {"idea_reply": "person"}
    replies = ("take", "again", "person", "later")
    buttons = [DynamicButton(f"utter_button_idea_{reply}", f"/SetSlots(idea_reply={reply})") for reply in replies]
    say(dispatcher, "utter_idea_nearest", buttons=buttons, plan=offer_row(offer), first=offer.schedule.first.due)
    return {}


def again(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:  # noqa: ARG001
    """Clear the last idea for the next one, which may have come already: "and 300?"."""
    heard = turn.tracker.slots.get("idea_heard") or other_terms(parts, turn)
    heard = heard or heard_idea(turn.understood, today(turn, parts), bare=True)
    return {"own_idea": heard, "idea_heard": None, "plan_terms": None}


def ask_sure(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    if heard := new_idea(parts, turn):
        return {"idea_sure": False, "idea_heard": heard}
    found = ground(turn, parts)
    needs = turn.tracker.slots.get("idea_needs")
    if found is None or found.surplus is None or needs is None:
        return {"idea_sure": False}
    say(dispatcher, "utter_ask_idea_sure", surplus=plain(found.surplus), needs=Decimal(str(needs)))
    return {}


def raise_safe(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:  # noqa: ARG001
    """The borrower says that more is safe than they said before: the newer word counts, from now on."""
    found = ground(turn, parts)
    needs = turn.tracker.slots.get("idea_needs")
    if found is None or needs is None:
        return {}
    safe = exactly(Money(Decimal(str(needs)), found.account.currency))
    before = found.hardship
    means = Means(payday=before.means.payday if before else None, safe=safe)
    reported = Hardship(uuid.uuid4().hex, found.borrower.id, turn.now, None, None, means)
    if before:
        reported = replace(before, id=reported.id, reported_at=turn.now, means=means)
    turn.work.lending.add_hardship(reported)
    turn.note(hardship=reported.id)
    return {}


def hand_over(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:  # noqa: ARG001
    """Leave the idea and the offers on the card."""
    wants = {"handoff_reason": "negotiation", "handoff_wants": "own_terms", "handoff_facts": facts(turn)}
    return {**wants, "own_rounds": None, "own_idea": None}


def facts(turn: ActionTurn) -> str | None:
    """The idea for the card; None when there is none."""
    slot = turn.tracker.slots.get("own_idea")
    heard = json.loads(slot) if isinstance(slot, str) and slot.startswith("{") else {}
    parts = {key: value for key, value in heard.items() if value}
    return json.dumps({"idea": parts}) if parts else None


def actions(parts: Parts) -> list[Action]:
    return [
        Doing("action_note_offer", partial(note, parts)),
        Doing("validate_own_idea", partial(validate, parts)),
        Doing("action_answer_idea", partial(answer, parts)),
        Doing("action_ask_idea_reply", partial(ask_reply, parts)),
        Doing("action_another_idea", partial(again, parts)),
        Doing("action_ask_idea_sure", partial(ask_sure, parts)),
        Doing("action_raise_safe", partial(raise_safe, parts)),
        Doing("action_hand_over_idea", hand_over),
    ]
