"""How a talk with a person was: kept with its case, bad ones for a supervisor to see."""

from collections.abc import Mapping

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, own_seq
from bot.actions.parts import Parts, say
from bot.desk import surveys
from bot.dialogue.commands import SlotValue


def keep(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
    """A score, or that they would rather not say."""
    case_id = str(turn.tracker.slots[surveys.SLOT])
    told = str(turn.tracker.slots["satisfaction_score"])
    score = int(told) if told.isdigit() else None
    event = surveys.answered(turn.work, case_id, score, turn.now)
    if event is None or score is None:
        say(dispatcher, "utter_satisfaction_skipped")
        return {surveys.SLOT: None}
    turn.events.append(event)
    say(dispatcher, "utter_satisfaction_sorry" if score <= surveys.BAD else "utter_satisfaction_thanks")
    return {}


def comment(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
    """A line beside the score; it stays their own message, and the answer names its place."""
    if turn.tracker.slots["satisfaction_comment"] == "none":
        say(dispatcher, "utter_satisfaction_skipped")
        return {surveys.SLOT: None}
    turn.work.surveys.comment(str(turn.tracker.slots[surveys.SLOT]), own_seq(turn))
    say(dispatcher, "utter_satisfaction_comment_kept")
    return {surveys.SLOT: None}


def actions(parts: Parts) -> list[Action]:  # noqa: ARG001 - every feature is built alike
    return [
        Doing("action_keep_satisfaction", keep),
        Doing("action_keep_satisfaction_comment", comment),
    ]
