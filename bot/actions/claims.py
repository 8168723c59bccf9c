"""What is claimed of rules and promises: offers come from the policy, and only what is on record counts."""

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, left_to_colleague, to_person, verified_borrower
from bot.actions.parts import Parts, say

_LONGEST_WORDS = 300


def rules_stand(turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    """Nothing that is typed here changes a rule or a record; said kindly, and what can be had is shown."""
    known = verified_borrower(turn) is not None
    say(dispatcher, "utter_rules_stand" if known else "utter_rules_stand_before_identity")


class Claims:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def promise(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """What a collector has put on record is told; for anything else somebody looks up what was said."""
        if verified_borrower(turn) is None:
            say(dispatcher, "utter_promise_before_identity")
            return
        agreed = turn.tracker.slots.get("colleague_agreed")
        if agreed:
            say(dispatcher, "utter_promise_on_record", agreed=str(agreed))
        else:
            say(dispatcher, "utter_promise_not_on_record")
        words = (turn.input.incoming.text or "").strip()[:_LONGEST_WORDS]
        to_person(turn, self._parts, "negotiation", "promised", words=words)
        say(dispatcher, "utter_promise_checked")
        left_to_colleague(turn)


def actions(parts: Parts) -> list[Action]:
    return [Doing("action_rules_stand", rules_stand), Doing("action_promise_claimed", Claims(parts).promise)]
