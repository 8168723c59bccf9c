"""Who it is that writes, where it is not simply the borrower: nothing is told, and what must rest rests."""

from collections.abc import Mapping
from dataclasses import replace

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import (
    RIGHTS,
    ActionTurn,
    end_pause,
    exercise,
    lay_aside,
    left_to_colleague,
    to_person,
)
from bot.actions.holds import say_also, say_rest
from bot.actions.parts import Parts, say
from bot.dialogue.commands import SlotValue
from bot.record.events import NewEvent

_FORGOTTEN: dict[str, SlotValue] = {"verified": False, "reference_known": False, "account_id": None}
_LONGEST_TOLD = 300
# What is said to each kind of third party; anybody else hears the general words.
_KINDS = ("guarantor", "employer", "prison")


class Writers:
    """Each right is exercised here too: a press comes straight to its flow, past RightsOnEveryMessage."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def _exercise(self, turn: ActionTurn, name: str) -> None:
        exercise(turn, self._parts, RIGHTS[name])
        lay_aside(turn)

    def _close(self, turn: ActionTurn, dispatcher: CollectingDispatcher, name: str) -> None:
        """What else was said, and until when it rests; with a collector in the chat nothing is asked after."""
        say_also(turn, dispatcher, {other: right.hold for other, right in RIGHTS.items() if other != name})
        reason = RIGHTS[name].hold
        if reason is not None:
            say_rest(turn, dispatcher, reason)
        left_to_colleague(turn)

    def wrong_person(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """Nothing is told or asked, and this chat forgets whose it was taken for."""
        self._exercise(turn, "wrong_person")
        if turn.conversation.borrower_id is not None:
            turn.events.append(NewEvent("access", {"what": "ended", "why": "wrong_person"}))
            turn.conversation = replace(turn.conversation, borrower_id=None, verified_until=None)
        say(dispatcher, "utter_wrong_person")
        say(dispatcher, "utter_wrong_person_nothing")
        left_to_colleague(turn)
        turn.tracker.answered = None
        # Whoever proves next who they are must meet nothing that was told before them.
        told = [name for name, value in turn.tracker.slots.items() if value is not None and name != "introduced"]
        return {**dict.fromkeys(told), **_FORGOTTEN}

    def third_party(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """The same for everybody but the words: whoever answers for, employs or misses the borrower."""
        self._exercise(turn, "third_party")
        kind = turn.tracker.slots.get("writer")
        if kind in _KINDS:
            say(dispatcher, f"utter_third_party_{kind}")
        else:
            say(dispatcher, "utter_third_party")
        if kind != "employer":
            say(dispatcher, "utter_third_party_may_act" if kind == "prison" else "utter_third_party_ways")
        left_to_colleague(turn)
        return {"writer": None}

    def death(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        self._exercise(turn, "report_death")
        say(dispatcher, "utter_death_condolence")
        say(dispatcher, "utter_death_nothing_now")
        left_to_colleague(turn)

    def bereaved(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """Somebody close to the writer has died: nothing of the debt is stopped, and nothing is urged."""
        end_pause(turn)
        say(dispatcher, "utter_bereaved")
        return {"whose_death": None, "right_pause": None}

    def minor(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        self._exercise(turn, "report_minor")
        say(dispatcher, "utter_minor")
        say(dispatcher, "utter_minor_nothing_now")
        left_to_colleague(turn)

    def bankruptcy(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        self._exercise(turn, "report_bankruptcy")
        say(dispatcher, "utter_bankruptcy")
        if turn.conversation.held_by is None:
            say(dispatcher, "utter_bankruptcy_details")
        self._close(turn, dispatcher, "report_bankruptcy")

    def moratorium(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        self._exercise(turn, "report_moratorium")
        say(dispatcher, "utter_moratorium")
        if turn.conversation.held_by is None:
            say(dispatcher, "utter_moratorium_details")
        self._close(turn, dispatcher, "report_moratorium")

    def representative(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        self._exercise(turn, "has_representative")
        say(dispatcher, "utter_representative")
        left_to_colleague(turn)

    def representative_told(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        told = str(turn.tracker.slots.get("representative") or "later").strip()[:_LONGEST_TOLD]
        if told == "later":
            say(dispatcher, "utter_representative_later")
        else:
            to_person(turn, self._parts, "rights", "representative_told", representative=told)
            say(dispatcher, "utter_representative_noted")
        self._close(turn, dispatcher, "has_representative")


def actions(parts: Parts) -> list[Action]:
    writers = Writers(parts)
    return [
        Doing("action_wrong_person", writers.wrong_person),
        Doing("action_third_party", writers.third_party),
        Doing("action_report_death", writers.death),
        Doing("action_bereaved", writers.bereaved),
        Doing("action_report_minor", writers.minor),
        Doing("action_report_bankruptcy", writers.bankruptcy),
        Doing("action_report_moratorium", writers.moratorium),
        Doing("action_has_representative", writers.representative),
        Doing("action_representative_told", writers.representative_told),
    ]
