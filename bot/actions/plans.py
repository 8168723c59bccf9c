"""Plans: offers, choosing, reading back, agreeing, and a plan under way."""

from collections.abc import Mapping
from functools import partial

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import own_ideas, plan_told
from bot.actions.accounts import named
from bot.actions.agreeing import Confirmed, confirmed, words_shown
from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, verified_borrower
from bot.actions.handoff import say_agreed_first
from bot.actions.parts import Parts, say
from bot.actions.plan_ground import Ground, ground, plan_state
from bot.actions.plan_talk import forget_beneath
from bot.actions.plan_terms import read_terms, write_terms
from bot.actions.plan_told import say_terms, tell_plan
from bot.actions.plan_words import LETTERS, card, if_missed, offer_row, plain, read_back, tell
from bot.actions.records import agreement_card
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import DynamicButton, Figure
from bot.lending.own_idea import idea_of
from bot.lending.plans import Agreement, Offer
from bot.lending.schedules import Schedule
from bot.lending.store import PlanExists

Slots = Mapping[str, SlotValue]


def check(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Find out what may be said about a plan for this account, and say what stands in the way."""
    state, found = plan_state(turn, parts)
    if found:
        turn.note(policy=found.policy.version)
    if state not in ("held", "old", "exists") and say_agreed_first(turn, dispatcher):
        return {"plan_state": "agreed", "agreed_told": turn.tracker.slots["colleague_agreed"]}
    if state in ("held", "old", "clear", "no_rate"):
        say(dispatcher, f"utter_plan_{state}")
    if state == "exists" and found and found.plan:
        _show(found.plan, found, dispatcher, idea=_offering(turn))
    return {"plan_state": state, "currency": found.account.currency if found else None}


def ask_choice(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Put at most three plans, and always the ways around them."""
    found = ground(turn, parts)
    chosen = found.offers() if found else ()
    if found is None or not chosen:
        say(dispatcher, "utter_plans_changed")
        return {"plan_choice": "none"}
    _say_opening(found, chosen, dispatcher)
    rows = {letter: offer_row(offer) for letter, offer in zip(LETTERS, chosen, strict=False)}
    tell(dispatcher, (f"utter_plans_{len(chosen)}", rows))
    buttons = [DynamicButton(f"utter_button_plan_{letter}", f"/SetSlots(plan_choice={letter})") for letter in rows]
    tell(dispatcher, if_missed(found), [*buttons, *_ways_around()], card(chosen))
    turn.note(offers=[_fact(offer) for offer in chosen], rule=found.basis.rule, policy=found.policy.version)
    return {"offers_made": [_fact(offer) for offer in chosen]}


def _ways_around() -> list[DynamicButton]:
    ways = ("none", "own", "later")
    return [DynamicButton(f"utter_button_plan_{way}", f"/SetSlots(plan_choice={way})") for way in ways]


def _say_opening(found: Ground, chosen: tuple[Offer, ...], dispatcher: CollectingDispatcher) -> None:
    first = chosen[0].schedule
    if found.surplus is None:
        said = "utter_offers"
    elif all(offer.spare and offer.spare.amount > 0 for offer in chosen):
        said = "utter_offers_below"
    else:
        said = "utter_offers_within"
    if any(offer.schedule.added for offer in chosen):
        said += "_accrues"
    surplus = plain(found.surplus) if found.surplus else None
    say(dispatcher, said, surplus=surplus, total=found.basis.owed.total, first=first.first.due)


def _fact(offer: Offer) -> str:
    rows = offer.schedule.instalments
    return f"{rows[-1 if len(rows) == 1 else 1].amount} × {len(rows)}, {rows[0].due} – {rows[-1].due}"


def take_choice(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Turn the letter that was chosen into terms; none when the offers have changed since they were shown."""
    state, found = plan_state(turn, parts)
    if state != "open":
        return {"plan_terms": None}  # a hold or a plan from another chat: what stands in the way is said next
    chosen = dict(zip(LETTERS, found.offers() if found else (), strict=False))
    offer = chosen.get(str(turn.tracker.slots.get("plan_choice")))
    if offer is None or _fact(offer) not in (turn.tracker.slots.get("offers_made") or []):  # type: ignore[operator]
        say(dispatcher, "utter_plans_changed")
        return {"plan_terms": None}
    return {"plan_terms": write_terms(idea_of(offer.schedule), offer.schedule, turn.now)}


def tell_tight(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    """What they can spare and the least that could be arranged, so that both know how far apart they are."""
    found = ground(turn, parts)
    least = found.least_a_month() if found else None
    if found and found.surplus and least:
        say(dispatcher, "utter_tight", surplus=plain(found.surplus), least=plain(least))
    else:
        say(dispatcher, "utter_tight_unknown")


def ask_confirmed(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Read the terms back, in the words that the agreement will keep."""
    if turn.tracker.slots.get("own_idea") and (heard := own_ideas.new_idea(parts, turn)):
        return {"plan_confirmed": False, "idea_heard": heard}
    found = ground(turn, parts)
    schedule = read_terms(turn.tracker.slots.get("plan_terms"), found) if found else None
    if found is None or schedule is None:
        return {"plan_confirmed": False}
    tell(dispatcher, read_back(schedule, found))
    if schedule.added:
        say(dispatcher, "utter_readback_added", added=Figure(schedule.added), balance=found.basis.owed.total)
    else:
        say(dispatcher, "utter_readback_nothing_added")
    tell(dispatcher, if_missed(found))
    say(dispatcher, "utter_ask_plan_confirmed")
    return {}


def record(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Write the agreement down, once an account, whoever else presses at the same instant."""
    borrower = verified_borrower(turn)
    if borrower is None:
        return {"plan_result": "back"}
    turn.work.lending.lock_borrower(borrower.id)
    state, found = plan_state(turn, parts)
    if state == "exists" and found and found.plan:
        _show(found.plan, found, dispatcher)
        return _ended(turn, "exists")
    schedule = read_terms(turn.tracker.slots.get("plan_terms"), found) if found else None
    if found is None or schedule is None:
        say(dispatcher, "utter_plans_changed")
        return {"plan_result": "changed", "plan_terms": None}
    try:
        agreement = _agree(turn, found, schedule)
    except PlanExists:
        say(dispatcher, "utter_plan_exists_already")
        return _ended(turn, "exists")
    first = schedule.first
    paper = agreement_card(agreement.id)
    say(dispatcher, "utter_plan_recorded", card=paper, amount=first.amount, first=first.due)
    return _ended(turn, "done")


def _agree(turn: ActionTurn, found: Ground, schedule: Schedule) -> Agreement:
    terms = Confirmed(found.account, schedule, found.basis.rule, found.policy.version, found.policy.plans)
    agreement = confirmed(turn, found.borrower, terms, words_shown(turn, "utter_ask_plan_confirmed"))
    turn.work.lending.add_agreement(agreement)
    turn.note(agreement=agreement.id, rule=agreement.rule, policy=found.policy.version)
    return agreement


def _ended(turn: ActionTurn, result: str) -> Slots:
    forget_beneath(turn)
    return {"plan_result": result, "plan_terms": None, "own_idea": None, "own_rounds": None, "offers_made": None}


def leave_terms(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:  # noqa: ARG001
    """Nothing was agreed: the terms are put away; others that came in place of a yes are answered next."""
    heard = turn.tracker.slots.get("idea_heard") or own_ideas.other_terms(parts, turn)
    return {"plan_result": "back", "plan_terms": None, "idea_heard": heard}


def leave_plans(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:  # noqa: ARG001
    """The borrower does not want to choose now: nothing of it is taken up again by itself."""
    return _ended(turn, "back")


def _offering(turn: ActionTurn) -> bool:
    """Whether they have come with terms of their own."""
    return (top := turn.tracker.top) is not None and top.flow == "make_offer"


def _show(plan: Agreement, found: Ground, dispatcher: CollectingDispatcher, *, idea: bool = False) -> None:
    """The plan that is there already; after an idea of their own, which can only change it, no more than that."""
    if idea:
        say(dispatcher, "utter_plan_exists_idea")
        say_terms(plan, named(found.account), dispatcher)
        return
    say(dispatcher, "utter_plan_exists_already")
    tell_plan(plan, named(found.account), dispatcher)


def note_change(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:  # noqa: ARG001
    """Put down what the borrower wants of their plan, and the terms they named, for the colleague who decides."""
    change = str(turn.tracker.slots.get("plan_change"))
    wants = f"plan_{change}" if change in ("skip", "move", "lower", "stop") else "plan_change"
    facts = own_ideas.facts(turn)
    return {"handoff_reason": "negotiation", "handoff_wants": wants, "handoff_facts": facts, "own_idea": None}


def actions(parts: Parts) -> list[Action]:
    return [
        Doing("action_check_plan", partial(check, parts)),
        Doing("action_ask_plan_choice", partial(ask_choice, parts)),
        Doing("action_take_choice", partial(take_choice, parts)),
        Doing("action_tell_tight", partial(tell_tight, parts)),
        Doing("action_ask_plan_confirmed", partial(ask_confirmed, parts)),
        Doing("action_record_plan", partial(record, parts)),
        Doing("action_leave_terms", partial(leave_terms, parts)),
        Doing("action_leave_plans", leave_plans),
        Doing("action_show_plan", plan_told.show),
        Doing("action_count_plans", plan_told.count),
        Doing("action_tell_first_date", partial(plan_told.tell_first_date, parts)),
        Doing("action_tell_if_late", partial(plan_told.tell_if_late, parts)),
        Doing("action_note_change", note_change),
        *own_ideas.actions(parts),
    ]
