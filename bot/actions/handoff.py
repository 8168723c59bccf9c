"""Asking a person into the chat, and saying truly when one comes."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast, get_args

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import RIGHTS, ActionTurn, Right, exercise, lay_aside, local, policy_of
from bot.actions.parts import Parts, say
from bot.desk.hours import Opening, opening
from bot.desk.store import CaseReason, Wish
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import DayMonth, Label, Value

_FROM_FLOWS = ("handoff_reason", "handoff_wants", "handoff_facts", "offers_made")
_REASONS: frozenset[str] = frozenset(get_args(CaseReason))


def desk_opening(turn: ActionTurn, parts: Parts) -> Opening:
    return opening(policy_of(turn, parts).office_hours, turn.now)


def opens(turn: ActionTurn, parts: Parts, desk: Opening) -> Value:
    """When the desk opens next, by the borrower's clock: a time today, else a day and a time. None: unknown."""
    if desk.next is None:
        return None
    here = local(turn, parts, desk.next)
    if here.date() == local(turn, parts, turn.now).date():
        return here.time()
    return Label("utter_day_and_time", {"day": DayMonth(here.date()), "time": here.time()})


def say_when(turn: ActionTurn, parts: Parts, dispatcher: CollectingDispatcher, ahead: int) -> None:
    """The real place in the line while the desk is open, else when it opens."""
    desk = desk_opening(turn, parts)
    if desk.open_now:
        say(dispatcher, "utter_handoff_ahead" if ahead else "utter_handoff_next", ahead=ahead)
    elif desk.next is not None:
        say(dispatcher, "utter_handoff_closed", opens=opens(turn, parts, desk))
    else:
        say(dispatcher, "utter_handoff_some_time")


class Handoff:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def request(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """Open a case, or raise the one that waits. Flows hand over by the slots handoff_reason and _wants."""
        told: dict[str, SlotValue] = dict.fromkeys(_FROM_FLOWS)
        right, known = self._wanted(turn)
        facts = exercise(turn, self._parts, right, **known)
        lay_aside(turn)
        if turn.conversation.held_by is not None:
            say(dispatcher, "utter_handoff_here")
            return told
        say(dispatcher, "utter_handoff_asked")
        say_when(turn, self._parts, dispatcher, facts["ahead"])
        return told

    def offer(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """A way out of a circle, unless a person has been asked in already."""
        if turn.work.desk.open_case(turn.conversation.id) is None:
            say(dispatcher, "utter_offer_person")

    def _wanted(self, turn: ActionTurn) -> tuple[Right, dict[str, Any]]:
        slots = turn.tracker.slots
        right = RIGHTS["request_human"]
        reason = slots.get("handoff_reason")
        if reason in _REASONS:
            right = replace(right, case=cast(CaseReason, reason))
        if slots.get("handoff_wants"):
            right = replace(right, wants=cast(Wish, slots["handoff_wants"]))
        known = json.loads(str(slots.get("handoff_facts") or "{}"))
        offers = slots.get("offers_made")
        return right, {**known, "offers_made": offers} if offers else known


def actions(parts: Parts) -> list[Action]:
    handoff = Handoff(parts)
    return [Doing("action_request_human", handoff.request), Doing("action_offer_person", handoff.offer)]
