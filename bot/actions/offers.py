"""The borrower's answer to an offer of a member of staff: looked at, read back, accepted or not."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Literal

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.agreeing import Confirmed, confirmed, words_shown
from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, chosen_account, time_zone, verified_borrower
from bot.actions.offer_words import ASKS, cost, until
from bot.actions.parts import Parts, say
from bot.actions.plan_ground import barrier, ground
from bot.actions.plan_talk import forget_beneath
from bot.actions.plan_words import if_missed, plain, read_back, tell
from bot.actions.records import agreement_card
from bot.conversations.inputs import places
from bot.desk.acting import end
from bot.desk.handoffs import add_event, on_record
from bot.dialogue.commands import SlotValue
from bot.lending.affordability import busiest_month
from bot.lending.debts import Account
from bot.lending.identity import Borrower
from bot.lending.plans import Agreement
from bot.lending.schedules import RateUnknown
from bot.lending.staff_offers import Lapse, StaffOffer, lapsed
from bot.lending.store import PlanExists

Slots = Mapping[str, SlotValue]
QUESTION = "utter_ask_offer_confirmed"
_NO_MORE: Mapping[Lapse, str] = {
    "held": "utter_plan_held",
    "old": "utter_plan_old",
    "exists": "utter_plan_exists_already",
    "changed": "utter_offer_changed",
}


def look(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Find the offer that is meant; whoever's check has lapsed proves again who they are, and the offer stays."""
    offer = _meant(turn)
    if offer is None:
        say(dispatcher, "utter_offer_gone")
        return _ended()
    if verified_borrower(turn) is None:
        return {"offer_state": "verify", "offer_id": offer.id}
    # The account first: what the offer stands on is reckoned for the account that is talked about.
    turn.tracker.slots["account_id"] = offer.account_id
    if not _open(parts, turn, dispatcher, offer):
        return _ended()
    currency = offer.schedule.total.currency
    return {"offer_state": "open", "offer_id": offer.id, "account_id": offer.account_id, "currency": currency}


def _meant(turn: ActionTurn) -> StaffOffer | None:
    """The offer whose button was pressed, else the one under discussion, else the newest in this chat."""
    shown = turn.work.acting.shown_in(turn.conversation.id)
    pressed, _ = places(turn.input.incoming.choice or "")
    under_way = turn.tracker.slots.get("offer_id")
    for fits in (lambda one: one.seq == pressed, lambda one: one.id == under_way, lambda one: one.status == "sent"):
        if found := next(filter(fits, shown), None):
            return found
    return shown[0] if shown else None


def _open(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher, offer: StaffOffer) -> bool:
    """Whether the offer can be taken by whoever writes; says why when it cannot, and ends what has lapsed."""
    borrower = verified_borrower(turn)
    if borrower is None or offer.borrower_id != borrower.id:
        say(dispatcher, "utter_offer_gone")
        return False
    if offer.status == "accepted":
        say(dispatcher, "utter_offer_taken")
        return False
    why = offer.ended_why if offer.status != "sent" else _lapse(parts, turn, offer)
    if offer.status == "sent" and why is None:
        return True
    if offer.status == "sent" and why is not None:
        end(turn.work, offer, why, turn.now)
        turn.note(offer=offer.id, lapsed=why)
    if why == "expired":
        say(dispatcher, "utter_offer_expired", until=until(offer, time_zone(turn, parts).key))
    else:
        say(dispatcher, _NO_MORE.get(why, "utter_offer_gone") if why else "utter_offer_gone")
    return False


def _lapse(parts: Parts, turn: ActionTurn, offer: StaffOffer) -> Lapse | None:
    account = chosen_account(turn)
    if account is None:
        return "changed"
    case = turn.work.desk.case(offer.case_id)
    if case is None or not case.open:
        return "case_ended"
    try:
        found = ground(turn, parts)
    except RateUnknown:
        found = None
    return lapsed(offer, found, barrier(turn, parts, account), turn.now)


def ask_confirmed(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Read the offer back, in the words that the agreement will keep; above what is safe with a warning."""
    found, offer = ground(turn, parts), _under_way(turn)
    if found is None or offer is None:
        return {"offer_confirmed": False}
    tell(dispatcher, read_back(offer.schedule, found))
    for line in cost(offer, found):
        tell(dispatcher, line)
    tell(dispatcher, if_missed(found))
    if offer.shortfall and found.surplus is not None:
        needs = busiest_month(offer.schedule.instalments)
        say(dispatcher, "utter_offer_above_safe", surplus=plain(found.surplus), needs=plain(needs))
    say(dispatcher, QUESTION, card=ASKS)
    return {}


def _under_way(turn: ActionTurn) -> StaffOffer | None:
    wanted = turn.tracker.slots.get("offer_id")
    return turn.work.acting.offer(str(wanted)) if wanted else None


def accept(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Write the agreement down as the bot's own are, once an account, whoever else presses at the same instant."""
    borrower, offer = verified_borrower(turn), _under_way(turn)
    if borrower is None or offer is None:
        return {"offer_state": "verify" if offer else "gone", "offer_confirmed": None}
    turn.work.lending.lock_borrower(borrower.id)
    # Anything may have come in between the reading back and the yes.
    offer = turn.work.acting.offer(offer.id) or offer
    turn.tracker.slots["account_id"] = offer.account_id
    if not _open(parts, turn, dispatcher, offer) or (account := chosen_account(turn)) is None:
        return _ended()
    agreement = _agreement(parts, turn, borrower, account, offer)
    try:
        turn.work.lending.add_agreement(agreement)
    except PlanExists:
        end(turn.work, offer, "exists", turn.now)
        say(dispatcher, "utter_plan_exists_already")
        return _ended()
    turn.work.acting.save_offer(replace(offer, status="accepted", ended_at=turn.now, agreement_id=agreement.id))
    turn.note(agreement=agreement.id, offer=offer.id, rule=agreement.rule, policy=offer.policy_version)
    _answered(turn, offer, "accepted")
    first = offer.schedule.first
    say(dispatcher, "utter_offer_accepted", amount=first.amount, first=first.due, card=agreement_card(agreement.id))
    forget_beneath(turn)
    return _ended()


def _agreement(
    parts: Parts, turn: ActionTurn, borrower: Borrower, account: Account, offer: StaffOffer
) -> Agreement:
    rules = parts.policies.for_account(account).plans
    terms = Confirmed(account, offer.schedule, offer.rule, offer.policy_version, rules)
    return confirmed(turn, borrower, terms, words_shown(turn, QUESTION))


def keep(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Not now: nothing is agreed, and the offer stands as long as it did."""
    offer = _under_way(turn)
    if offer is not None:
        say(dispatcher, "utter_offer_kept", card=ASKS, until=until(offer, time_zone(turn, parts).key))
    return _ended()


def decline(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
    """Close the offer; that needs no proof of who it is, since it commits to nothing."""
    offer = _meant(turn)
    if offer is None or offer.status != "sent":
        say(dispatcher, "utter_offer_taken" if offer and offer.status == "accepted" else "utter_offer_gone")
        return _ended()
    turn.work.acting.save_offer(replace(offer, status="declined", ended_at=turn.now))
    turn.note(offer=offer.id)
    _answered(turn, offer, "declined")
    held = turn.conversation.held_by is not None
    say(dispatcher, "utter_offer_declined" if held else "utter_offer_declined_alone")
    return _ended()


def _answered(turn: ActionTurn, offer: StaffOffer, answer: Literal["accepted", "declined"]) -> None:
    """The offer's case learns of it."""
    state = turn.work.desk.lock(offer.case_id)
    _, event = add_event(
        turn.work.desk, state, "offer_answered", None, {"offer": offer.id, "answer": answer}, turn.now
    )
    turn.events.append(on_record(event))


def _ended() -> Slots:
    return {"offer_state": "gone", "offer_id": None, "offer_confirmed": None}


def actions(parts: Parts) -> list[Action]:
    return [
        Doing("action_look_at_offer", partial(look, parts)),
        Doing("action_ask_offer_confirmed", partial(ask_confirmed, parts)),
        Doing("action_accept_offer", partial(accept, parts)),
        Doing("action_keep_offer", partial(keep, parts)),
        Doing("action_decline_offer", decline),
    ]
