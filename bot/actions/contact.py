"""Whether and how somebody is written to, and who it is that writes."""

from collections.abc import Mapping
from dataclasses import replace

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import RIGHTS, ActionTurn, exercise, holds_in_force, lay_aside, policy_of, to_person
from bot.actions.parts import Parts, say
from bot.dialogue.commands import SlotValue
from bot.lending.holds import may_lift
from bot.record.events import NewEvent

_FORGOTTEN: dict[str, SlotValue] = {"verified": False, "reference_known": False, "account_id": None}
_LONGEST_WISH = 300


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
        known = self._exercise(turn, "stop_contact")
        turn.work.outbox.cancel_unasked(turn.conversation.id)
        say(dispatcher, "utter_stop_done" if known else "utter_stop_done_before_identity")
        say(dispatcher, "utter_stop_still_here")

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
            to_person(turn, "rights", "messages_again")
            say(dispatcher, "utter_contact_resume_person")

    def preference(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        self._exercise(turn, "contact_preference")
        say(dispatcher, "utter_contact_paused")

    def wish(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        wish = str(turn.tracker.slots.get("contact_wish") or "").strip()[:_LONGEST_WISH]
        to_person(turn, "rights", "contact_otherwise", wish=wish)
        say(dispatcher, "utter_contact_wish_noted", wish=wish)

    def wrong_person(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """Nothing is told or asked, and this chat forgets whose it was taken for."""
        self._exercise(turn, "wrong_person")
        if turn.conversation.borrower_id is not None:
            turn.events.append(NewEvent("access", {"what": "ended", "why": "wrong_person"}))
            turn.conversation = replace(turn.conversation, borrower_id=None, verified_until=None)
        say(dispatcher, "utter_wrong_person")
        say(dispatcher, "utter_wrong_person_nothing")
        return _FORGOTTEN

    def third_party(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        self._exercise(turn, "third_party")
        say(dispatcher, "utter_third_party")
        say(dispatcher, "utter_third_party_guarantor")
        say(dispatcher, "utter_third_party_ways")

    def death(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        self._exercise(turn, "report_death")
        say(dispatcher, "utter_death_condolence")
        say(dispatcher, "utter_death_nothing_now")

    def bankruptcy(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        self._exercise(turn, "report_bankruptcy")
        say(dispatcher, "utter_bankruptcy")
        say(dispatcher, "utter_bankruptcy_details")

    def representative(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        self._exercise(turn, "has_representative")
        say(dispatcher, "utter_representative")

    def representative_told(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        told = str(turn.tracker.slots.get("representative") or "later").strip()[:_LONGEST_WISH]
        if told == "later":
            say(dispatcher, "utter_representative_later")
            return
        to_person(turn, "rights", "representative_told", representative=told)
        say(dispatcher, "utter_representative_noted")

    def refusal(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """Stops anything only where the policy says that a refusal does."""
        if not self._exercise(turn, "refuse_to_pay"):
            say(dispatcher, "utter_refusal_before_identity")
        elif "refusal" in policy_of(turn, self._parts).holds:
            say(dispatcher, "utter_refusal_stops")
        else:
            say(dispatcher, "utter_refusal_heard")


def actions(parts: Parts) -> list[Action]:
    contact = Contact(parts)
    return [
        Doing("action_stop_contact", contact.stop),
        Doing("action_resume_contact", contact.resume),
        Doing("action_contact_preference", contact.preference),
        Doing("action_contact_wish", contact.wish),
        Doing("action_wrong_person", contact.wrong_person),
        Doing("action_third_party", contact.third_party),
        Doing("action_report_death", contact.death),
        Doing("action_report_bankruptcy", contact.bankruptcy),
        Doing("action_has_representative", contact.representative),
        Doing("action_representative_told", contact.representative_told),
        Doing("action_refuse_to_pay", contact.refusal),
    ]
