"""Whether and when somebody is written to."""

from collections.abc import Mapping
from datetime import time
from typing import cast

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import (
    RIGHTS,
    ActionTurn,
    exercise,
    holds_in_force,
    lay_aside,
    left_to_colleague,
    policy_of,
    to_person,
    verified_borrower,
)
from bot.actions.holds import say_also
from bot.actions.parts import Parts, say
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import Label, Listed
from bot.dialogue.understanding.circumstances import circumstances
from bot.dialogue.understanding.contact_times import ContactTimes, contact_times
from bot.lending.contact_rules import Preference, preferred
from bot.lending.holds import may_lift
from bot.lending.policy_rules import ContactRules, Hours, Weekday

_LONGEST_WISH = 300
_EARLIEST, _LATEST = time(0), time(23, 59)
_PLACES = {"not_at_work": "utter_contact_not_at_work", "not_my_family": "utter_contact_not_family"}


class Contact:
    """Each right is exercised here too: a press comes straight to its flow, past RightsOnEveryMessage."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def _exercise(self, turn: ActionTurn, name: str) -> bool:
        """Exercise the right; whether this chat is the verified borrower's."""
        right = RIGHTS[name]
        exercise(turn, self._parts, right)
        if right.clears:
            lay_aside(turn)
        return turn.conversation.verified(turn.now)

    def stop(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """Confirmed once; what waits to be sent unasked is cancelled in every chat of the borrower."""
        known = self._exercise(turn, "stop_contact")
        turn.work.outbox.cancel_unasked(turn.conversation.id)
        borrower = verified_borrower(turn)
        if borrower is not None:
            turn.work.outbox.cancel_unasked_of(borrower.id)
        say(dispatcher, "utter_stop_done" if known else "utter_stop_done_before_identity")
        say_also(turn, dispatcher, {n: right.hold for n, right in RIGHTS.items() if n != "stop_contact"})
        self._explain_plan(turn, dispatcher)
        say(dispatcher, "utter_stop_still_here")
        left_to_colleague(turn)

    def _explain_plan(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """A plan goes on although nobody writes of its dates any more; the next one is told now."""
        borrower = verified_borrower(turn)
        live = turn.work.lending.agreements(borrower.id, "live") if borrower else []
        coming = min((row for plan in live for row in plan.still_to_pay()), key=lambda row: row[1], default=None)
        if coming is not None:
            say(dispatcher, "utter_stop_plan", amount=coming[0], due=coming[1])

    def resume(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """Lift the stops that the borrower may lift; the others go to a person."""
        stops = [hold for hold in holds_in_force(turn) if hold.reason == "stop_contact"]
        if not stops:
            say(dispatcher, "utter_contact_nothing_to_resume")
            return
        own = [hold for hold in stops if may_lift(hold, "borrower")]
        for hold in own:
            turn.work.lending.lift_hold(hold.id, turn.now)
        turn.note(lifted=[hold.id for hold in own])
        if len(own) == len(stops):
            say(dispatcher, "utter_contact_resumed")
        else:
            to_person(turn, self._parts, "rights", "messages_again")
            say(dispatcher, "utter_contact_resume_person")

    def preference(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """Unasked messages rest until it is settled; a wish that the message tells already is not asked for."""
        self._exercise(turn, "contact_preference")
        said = (turn.input.incoming.text or "").strip()
        named = circumstances(said) & {*_PLACES, "by_channel"}
        told = said if named or contact_times(said) else None
        if turn.conversation.held_by is not None:
            self._note(turn, dispatcher, said)
            left_to_colleague(turn)
        elif told is None:
            say(dispatcher, "utter_contact_paused")
        return {"contact_wish": told}

    def wish(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """Hours and days are in force at once; anything else, or from somebody unverified, a colleague sets up."""
        wish = str(turn.tracker.slots.get("contact_wish") or "").strip()[:_LONGEST_WISH]
        places = [response for kind, response in _PLACES.items() if kind in circumstances(wish)]
        for response in places:
            say(dispatcher, response)
        times = contact_times(wish)
        if times is None or not self._in_force(turn, dispatcher, times):
            self._note(turn, dispatcher, wish)
        return {"contact_wish": None}

    def _in_force(self, turn: ActionTurn, dispatcher: CollectingDispatcher, times: ContactTimes) -> bool:
        borrower = verified_borrower(turn)
        if borrower is None:
            return False
        hours = None
        if times.opens or times.closes:
            hours = Hours(opens=times.opens or _EARLIEST, closes=times.closes or _LATEST)
        wanted = Preference(borrower.id, hours, cast("tuple[Weekday, ...]", times.days), turn.now)
        rules = preferred(policy_of(turn, self._parts).contact, wanted)
        if rules is None:
            say(dispatcher, "utter_contact_outside_hours")
            return False
        turn.work.lending.set_contact_preference(borrower.id, wanted)
        turn.work.outbox.cancel_unasked_of(borrower.id)
        for hold in holds_in_force(turn):
            if hold.reason == "contact_preference":
                turn.work.lending.lift_hold(hold.id, turn.now)
        turn.note(preference={"hours": str(hours), "days": list(times.days)})
        _say_hours(dispatcher, rules)
        return True

    def _note(self, turn: ActionTurn, dispatcher: CollectingDispatcher, wish: str) -> None:
        to_person(turn, self._parts, "rights", "contact_otherwise", wish=wish)
        say(dispatcher, "utter_contact_wish_noted", wish=wish)

    def any_time(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """The borrower takes their wish back: the usual hours hold again."""
        borrower = verified_borrower(turn)
        if borrower is None or turn.work.lending.contact_preference(borrower.id) is None:
            say(dispatcher, "utter_contact_nothing_to_resume")
            return
        turn.work.lending.set_contact_preference(borrower.id, None)
        say(dispatcher, "utter_contact_resumed")

    def refusal(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """Ends all asking where a law says so; elsewhere it is heard, and nobody writes for a while."""
        if not self._exercise(turn, "refuse_to_pay"):
            say(dispatcher, "utter_refusal_before_identity")
        elif policy_of(turn, self._parts).holds["refusal"].source is not None:
            say(dispatcher, "utter_refusal_stops")
        else:
            held = next((hold for hold in holds_in_force(turn) if hold.reason == "refusal"), None)
            say(dispatcher, "utter_refusal_heard", review=held.review_on if held else None)
        left_to_colleague(turn)


def _say_hours(dispatcher: CollectingDispatcher, rules: ContactRules) -> None:
    opens, closes = rules.hours.opens, rules.hours.closes
    if len(rules.days) == 7:
        say(dispatcher, "utter_contact_hours", opens=opens, closes=closes)
        return
    days = Listed(tuple(Label(f"utter_day_{day}") for day in rules.days))
    say(dispatcher, "utter_contact_days", days=days, opens=opens, closes=closes)


def actions(parts: Parts) -> list[Action]:
    contact = Contact(parts)
    return [
        Doing("action_stop_contact", contact.stop),
        Doing("action_resume_contact", contact.resume),
        Doing("action_contact_preference", contact.preference),
        Doing("action_contact_wish", contact.wish),
        Doing("action_any_time", contact.any_time),
        Doing("action_refuse_to_pay", contact.refusal),
    ]
