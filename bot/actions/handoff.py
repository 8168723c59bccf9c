"""Asking a person into the chat, and saying truly when one comes."""

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, cast, get_args

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import (
    RIGHTS,
    ActionTurn,
    Right,
    exercise,
    lay_aside,
    own_seq,
    policy_of,
    time_zone,
    to_person,
    verified_borrower,
)
from bot.actions.parts import Parts, say
from bot.conversations.telling import told_when
from bot.desk.colleagues import anybody_here
from bot.desk.handoffs import add_event, on_record
from bot.desk.hours import Opening, opening
from bot.desk.routing import hours_of
from bot.desk.store import GENERAL, CaseReason, Wish
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import DynamicButton, Value

_FROM_FLOWS = ("handoff_reason", "handoff_wants", "handoff_facts", "offers_made")
_REASONS: frozenset[str] = frozenset(get_args(CaseReason))


def desk_opening(turn: ActionTurn, parts: Parts) -> Opening:
    """Whether the team is at work that the chat's case waits for; without a case, the office."""
    case = turn.work.desk.open_case(turn.conversation.id)
    return opening(hours_of(policy_of(turn, parts), case.team if case else GENERAL), turn.now)


def opens(turn: ActionTurn, parts: Parts, desk: Opening) -> Value:
    """When the desk opens next, by the borrower's clock: a time today, else a day and a time. None: unknown."""
    if desk.next is None:
        return None
    return told_when(desk.next, turn.now, time_zone(turn, parts))


def say_when(turn: ActionTurn, parts: Parts, dispatcher: CollectingDispatcher, ahead: int) -> None:
    """The real place in the line while somebody is there, else when the desk opens, and what can be left for it."""
    desk = desk_opening(turn, parts)
    if desk.open_now and somebody_here(turn):
        say(dispatcher, "utter_handoff_ahead" if ahead else "utter_handoff_next", ahead=ahead)
        return
    ways = _ways(policy_of(turn, parts).handoff.callbacks is not None)
    if desk.open_now:
        say(dispatcher, "utter_handoff_nobody", buttons=ways)
    elif desk.next is not None:
        say(dispatcher, "utter_handoff_closed", buttons=ways, opens=opens(turn, parts, desk))
    else:
        say(dispatcher, "utter_handoff_some_time", buttons=ways)


def somebody_here(turn: ActionTurn) -> bool:
    """Whether somebody who could take the chat's case is at the desk."""
    case = turn.work.desk.open_case(turn.conversation.id)
    return case is not None and anybody_here(turn.work, case, turn.now)


def _ways(callbacks: bool) -> list[DynamicButton]:
    message = DynamicButton("utter_button_leave_message", "/leave_message")
    return [message, DynamicButton("utter_button_callback", "/choose_callback")] if callbacks else [message]


def tell_waiting(parts: Parts, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    """Where the chat stands in the line; while nobody was asked for, when somebody is at work."""
    case = turn.work.desk.open_case(turn.conversation.id)
    desk = desk_opening(turn, parts)
    if case is not None:
        say(dispatcher, "utter_handoff_waits")
        say_when(turn, parts, dispatcher, turn.work.desk.ahead(case))
    elif desk.next is not None:
        say(dispatcher, "utter_person_hours", opens=opens(turn, parts, desk))
    else:
        say(dispatcher, "utter_offer_person")


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

    def keep_message(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """A message for the team: it stays on the record as it was written, and the case shows it."""
        if turn.tracker.slots.get("left_message") == "none":
            say(dispatcher, "utter_message_not_left")
            return
        if turn.work.desk.open_case(turn.conversation.id) is None:
            to_person(turn, self._parts, "request", "person")
        case = turn.work.desk.open_case(turn.conversation.id)
        assert case
        body = {"seq": own_seq(turn)}
        _, event = add_event(turn.work.desk, turn.work.desk.lock(case.id), "message_left", None, body, turn.now)
        turn.events.append(on_record(event))
        desk = desk_opening(turn, self._parts)
        if desk.next is None:
            say(dispatcher, "utter_message_kept")
        else:
            say(dispatcher, "utter_message_kept_closed", opens=opens(turn, self._parts, desk))

    def leave(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """Back to the bot from a talk in which nobody answers; the case waits for the team again."""
        case = turn.work.desk.open_case(turn.conversation.id)
        if case is None or turn.conversation.held_by is None:
            say(dispatcher, "utter_bot")
            return
        _, event = add_event(turn.work.desk, turn.work.desk.lock(case.id), "left", None, {}, turn.now)
        turn.events.append(on_record(event))
        turn.conversation = replace(turn.conversation, held_by=None)
        say(dispatcher, "utter_colleague_left")

    def tell_agreed(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """What a person agreed with them, in that person's words."""
        agreed = turn.tracker.slots.get("colleague_agreed") if verified_borrower(turn) else None
        if agreed:
            say(dispatcher, "utter_agreed", agreed=plain_end(agreed))
        else:
            say(dispatcher, "utter_nothing_agreed")

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


def plain_end(words: object) -> str:
    """A person's words as they are quoted: without the full stop that the sentence around them has."""
    return str(words).rstrip(" .。")


def say_agreed_first(turn: ActionTurn, dispatcher: CollectingDispatcher) -> bool:
    """What a person agreed comes before any other terms, once; asked again, the borrower wants others."""
    slots = turn.tracker.slots
    agreed = slots.get("colleague_agreed")
    if not agreed or slots.get("agreed_told") == agreed:
        return False
    say(dispatcher, "utter_agreed_first", agreed=plain_end(agreed))
    return True


def actions(parts: Parts) -> list[Action]:
    handoff = Handoff(parts)
    return [
        Doing("action_request_human", handoff.request),
        Doing("action_offer_person", handoff.offer),
        Doing("action_tell_waiting", partial(tell_waiting, parts)),
        Doing("action_keep_message", handoff.keep_message),
        Doing("action_leave_colleague", handoff.leave),
        Doing("action_tell_agreed", handoff.tell_agreed),
    ]
