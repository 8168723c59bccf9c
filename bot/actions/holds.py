"""What rests for now and how far a check is, told to the borrower in plain words."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.debts import account_label
from bot.actions.doing import Doing
from bot.actions.effects import (
    ActionTurn,
    holds_in_force,
    keep,
    local,
    own_accounts,
    policy_of,
    to_person,
    today,
    verified_borrower,
)
from bot.actions.handoff import tell_waiting
from bot.actions.parts import Parts, say, utter
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import DynamicButton, Label, Listed, Names, Utterance, Value
from bot.lending.disputes import Dispute
from bot.lending.holds import Hold, HoldReason, may_lift

STATUS = DynamicButton("utter_button_raised", "/ask_dispute_status")
WRITE_AGAIN = DynamicButton("utter_button_write_again", "/resume_contact")
_MOST_SHOWN = 5


class HoldsTold:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def tell(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """Each hold in force: since when, what it stops, why, and who ends it."""
        holds = sorted(holds_in_force(turn), key=lambda hold: hold.placed_at, reverse=True)[:_MOST_SHOWN]
        if not holds:
            say(dispatcher, "utter_holds_none")
            return
        accounts = {account.id: account for account in own_accounts(turn)}
        for hold in holds:
            values = self._values(turn, hold)
            if hold.subject_kind == "account" and len(accounts) > 1:
                values["account"] = account_label(accounts[hold.subject])
                utter(dispatcher, Utterance("utter_hold_account", values))
            else:
                utter(dispatcher, Utterance("utter_hold_one", values))
        stopped = any(hold.reason == "stop_contact" and may_lift(hold, "borrower") for hold in holds)
        say(dispatcher, "utter_holds_next", buttons=[WRITE_AGAIN] if stopped else [])

    def _values(self, turn: ActionTurn, hold: Hold) -> dict[str, Value]:
        return {
            "since": local(turn, self._parts, hold.placed_at).date(),
            "stops": Label(f"utter_stops_{_effect(turn, hold)}"),
            "why": why(hold.reason),
            "ends": _ends(hold),
        }

    def status(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """Each thing that was raised, newest first: by when there is an answer, or what it was."""
        raised = self._raised(turn)
        if not raised and turn.work.desk.open_case(turn.conversation.id) is not None:
            tell_waiting(self._parts, turn, dispatcher)
            return
        if not raised:
            known = verified_borrower(turn) is not None
            say(dispatcher, "utter_status_unknown" if known else "utter_status_unknown_before_identity")
            return
        for dispute in raised[:_MOST_SHOWN]:
            self._say_status(turn, dispatcher, dispute)
        if any(dispute.status == "rejected" for dispute in raised):
            say_redress(turn, self._parts, dispatcher)
        say(dispatcher, "utter_status_next")

    def _raised(self, turn: ActionTurn) -> list[Dispute]:
        borrower = verified_borrower(turn)
        lending = turn.work.lending
        found = lending.disputes(borrower.id) if borrower else lending.disputes_from(turn.conversation.address)
        return sorted(found, key=lambda dispute: dispute.raised_at, reverse=True)

    def _say_status(self, turn: ActionTurn, dispatcher: CollectingDispatcher, dispute: Dispute) -> None:
        values: dict[str, Value] = {"ticket": dispute.ticket, "about": about(dispute)}
        if dispute.status != "open":
            values["settled"] = local(turn, self._parts, dispute.settled_at).date() if dispute.settled_at else None
            utter(dispatcher, Utterance(f"utter_status_{dispute.status}", values))
            return
        values["answer_by"] = dispute.answer_by
        if dispute.answer_by < today(turn, self._parts):
            to_person(
                turn,
                self._parts,
                "dispute",
                "answer_late",
                dispute=dispute.id,
                answer_by=dispute.answer_by.isoformat(),
            )
            utter(dispatcher, Utterance("utter_status_late", values))
        else:
            utter(dispatcher, Utterance("utter_status_open", values))

    def money_again(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """The borrower opens what rested after distress; nobody writes unasked, and the review stays."""
        for hold in holds_in_force(turn):
            if hold.reason == "distress" and hold.stops != "reminders":
                turn.work.lending.lift_hold(hold.id, turn.now)
                gentler = replace(hold, id=uuid.uuid4().hex, stops="reminders", placed_at=turn.now)
                turn.note(lifted=[hold.id], hold=keep(turn, gentler))
        say(dispatcher, "utter_money_opened")
        return {"money_opened": None}


def why(reason: HoldReason) -> Label:
    return Label(f"utter_why_{reason}")


def about(dispute: Dispute) -> Label:
    return Label(f"utter_dispute_about_{dispute.kind}")


def _effect(turn: ActionTurn, hold: Hold) -> str:
    """What rests, in a word of its own before identity: a stranger learns of no debt."""
    return hold.stops if turn.conversation.verified(turn.now) else "address"


def _ends(hold: Hold) -> Label:
    if hold.review_on is None:
        return Label("utter_hold_ends_with_you")
    response = "utter_hold_ends_with_us"
    if hold.lapses:
        response = "utter_hold_ends_itself"
    elif may_lift(hold, "borrower"):
        response = "utter_hold_ends_with_us_or_you"
    return Label(response, {"review": hold.review_on})


def say_rest(turn: ActionTurn, dispatcher: CollectingDispatcher, reason: HoldReason) -> None:
    """What the hold for this reason stops, and the day by which a colleague has looked at it."""
    hold = next((hold for hold in holds_in_force(turn) if hold.reason == reason and hold.review_on), None)
    if hold is not None:
        rests = Label(f"utter_rests_{_effect(turn, hold)}")
        say(dispatcher, "utter_hold_rests", stops=rests, review=hold.review_on)


def say_also(turn: ActionTurn, dispatcher: CollectingDispatcher, reasons: Mapping[str, HoldReason | None]) -> None:
    """The other rights of the same message, which were exercised too, in a word each."""
    done: Mapping[str, object] = turn.facts.get("rights", {})
    others = [reason for name, reason in reasons.items() if name in done and reason is not None]
    if others and not turn.facts.get("also_said"):
        turn.note(also_said=others)
        say(dispatcher, "utter_right_also", whys=Listed(tuple(why(reason) for reason in others)))


def say_redress(
    turn: ActionTurn, parts: Parts, dispatcher: CollectingDispatcher, buttons: Sequence[DynamicButton] = ()
) -> None:
    """Who outside the lender can look at it, by the law that the account is under."""
    place = policy_of(turn, parts).redress
    say(dispatcher, "utter_redress", buttons=buttons, name=Names(dict(place.name)), number=place.number)


def actions(parts: Parts) -> list[Action]:
    told = HoldsTold(parts)
    return [
        Doing("action_tell_holds", told.tell),
        Doing("action_dispute_status", told.status),
        Doing("action_money_again", told.money_again),
    ]
