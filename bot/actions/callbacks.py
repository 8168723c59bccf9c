"""A time with a person: offered within the team's hours and the borrower's own, chosen, changed, taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import cast

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, local, policy_of, time_zone, to_person, verified_borrower
from bot.actions.parts import Parts, say
from bot.conversations.telling import told_when
from bot.desk import callbacks
from bot.desk.callbacks import Reachable, Slot
from bot.desk.handoffs import on_record
from bot.desk.store import CaseState
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import Count, DayMonth, DynamicButton, Label, Value
from bot.lending.contact_rules import preferred
from bot.lending.policy_hours import CallbackRules
from bot.lending.policy_rules import WEEKDAYS

Slots = Mapping[str, SlotValue]
_DAYS_SHOWN, _TIMES_SHOWN = 5, 6
_CLEAN: Slots = {"callback_state": None, "callback_day": None, "callback_slot": None, "callback_after": None}
_OPEN: Slots = {**_CLEAN, "callback_state": "open"}


@dataclass(frozen=True, slots=True)
class _Desk:
    """The case that a time is chosen for, and the lender's rules for it."""

    case: CaseState
    rules: CallbackRules
    free: Sequence[Slot]


class Callbacks:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def look(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
        """Whether there is a time to choose; a case is opened for it where none waits yet."""
        if turn.conversation.held_by is not None:
            say(dispatcher, "utter_handoff_here")
            return _CLEAN
        if turn.work.desk.open_case(turn.conversation.id) is None:
            to_person(turn, self._parts, "request", "person")
        desk = self._desk(turn)
        if desk is None or not desk.free:
            say(dispatcher, "utter_callback_not_offered")
            return _CLEAN
        if desk.case.callback_at is not None:
            say(dispatcher, "utter_callback_stands", opens=self._said(turn, desk.case.callback_at))
        return _OPEN

    def ask_day(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots | None:
        desk = self._desk(turn)
        days = self._days(turn, desk.free) if desk else []
        buttons = [_day_button(day, self._today(turn)) for day in days[:_DAYS_SHOWN]]
        buttons.append(_button("callback_day", "none", "utter_button_no_callback"))
        phone = desk is not None and self._by(turn, desk.rules) == "phone"
        say(dispatcher, "utter_callback_day_phone" if phone else "utter_callback_day", buttons=buttons)
        return None

    def check_day(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots | None:
        """A day on which nothing is free is told so, and the days are shown again."""
        chosen = turn.tracker.slots.get("callback_day")
        desk = self._desk(turn)
        if chosen == "none" or (desk and chosen in {day.isoformat() for day in self._days(turn, desk.free)}):
            return {"callback_after": None}
        say(dispatcher, "utter_callback_no_day")
        return {"callback_day": None}

    def ask_time(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        desk, day = self._desk(turn), _day(turn)
        after = str(turn.tracker.slots.get("callback_after") or "")
        free = [
            slot for slot in (desk.free if desk else ()) if local(turn, self._parts, slot.starts_at).date() == day
        ]
        later = [slot for slot in free if callbacks.told(slot) > after]
        buttons = [self._time_button(turn, slot) for slot in later[:_TIMES_SHOWN]]
        if len(later) > _TIMES_SHOWN:
            buttons.append(_button("callback_slot", "later", "utter_button_later_times"))
        buttons.append(_button("callback_slot", "day", "utter_button_other_day"))
        buttons.append(_button("callback_slot", "none", "utter_button_no_callback"))
        length = Count(desk.rules.slot_minutes if desk else 0, "minute")
        say(
            dispatcher, "utter_callback_time", buttons=buttons, day=_in_words(day, self._today(turn)), length=length
        )

    def check_time(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots | None:  # noqa: ARG002
        """Later times come when they are asked for; the last one shown is where they go on from."""
        if turn.tracker.slots.get("callback_slot") != "later":
            return None
        desk, day = self._desk(turn), _day(turn)
        after = str(turn.tracker.slots.get("callback_after") or "")
        free = (slot for slot in (desk.free if desk else ()) if callbacks.told(slot) > after)
        of_day = (slot for slot in free if local(turn, self._parts, slot.starts_at).date() == day)
        shown = list(islice(of_day, _TIMES_SHOWN))
        return {"callback_slot": None, "callback_after": callbacks.told(shown[-1]) if shown else None}

    def book(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:
        """The time is theirs at once, or somebody was faster and the others are shown."""
        desk = self._desk(turn)
        wanted = turn.tracker.slots.get("callback_slot")
        slot = next((one for one in (desk.free if desk else ()) if callbacks.told(one) == wanted), None)
        if desk is None or slot is None:
            return self._taken(desk, dispatcher)
        by = self._by(turn, desk.rules)
        rules = desk.rules.model_copy(update={"by": by})
        event = callbacks.book(turn.work, turn.work.desk.lock(desk.case.id), slot, rules, turn.now)
        if event is None:
            return self._taken(desk, dispatcher)
        turn.events.append(on_record(event))
        until = local(turn, self._parts, slot.ends_at).time()
        response = "utter_callback_booked_phone" if by == "phone" else "utter_callback_booked"
        say(dispatcher, response, opens=self._said(turn, slot.starts_at), until=until)
        return _CLEAN

    def _taken(self, desk: _Desk | None, dispatcher: CollectingDispatcher) -> Slots:
        if desk is None or not desk.free:
            say(dispatcher, "utter_callback_not_offered")
            return _CLEAN
        say(dispatcher, "utter_callback_full")
        return _OPEN

    def leave(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Slots:  # noqa: ARG002
        say(dispatcher, "utter_callback_left")
        return _CLEAN

    def cancel(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        case = turn.work.desk.open_case(turn.conversation.id)
        state = turn.work.desk.lock(case.id) if case else None
        event = (
            callbacks.cancel(turn.work, self._parts.policies, turn.conversation, state, turn.now) if state else None
        )
        if event is None:
            say(dispatcher, "utter_callback_nothing")
            return
        turn.events.append(on_record(event))
        say(dispatcher, "utter_callback_cancelled")

    def _desk(self, turn: ActionTurn) -> _Desk | None:
        case = turn.work.desk.open_case(turn.conversation.id)
        policy = policy_of(turn, self._parts)
        rules = policy.handoff.callbacks
        if case is None or rules is None:
            return None
        free = callbacks.free(turn.work, policy, case.speaker, case.team, self._reachable(turn), turn.now)
        return _Desk(case, rules, list(free))

    def _reachable(self, turn: ActionTurn) -> Reachable:
        policy, borrower = policy_of(turn, self._parts), verified_borrower(turn)
        wish = turn.work.lending.contact_preference(borrower.id) if borrower else None
        zone = str(time_zone(turn, self._parts))
        return Reachable(zone, preferred(policy.contact, wish), policy.holidays)

    def _by(self, turn: ActionTurn, rules: CallbackRules) -> str:
        """Nobody is called whose number is not known to be theirs."""
        return rules.by if verified_borrower(turn) else "chat"

    def _today(self, turn: ActionTurn) -> date:
        return local(turn, self._parts, turn.now).date()

    def _days(self, turn: ActionTurn, free: Sequence[Slot]) -> list[date]:
        return list(dict.fromkeys(local(turn, self._parts, slot.starts_at).date() for slot in free))

    def _said(self, turn: ActionTurn, at: datetime) -> Value:
        said = told_when(at, turn.now, time_zone(turn, self._parts))
        return said if isinstance(said, Label) else Label("utter_today_and_time", {"time": said})

    def _time_button(self, turn: ActionTurn, slot: Slot) -> DynamicButton:
        time = local(turn, self._parts, slot.starts_at).time()
        return DynamicButton(
            "utter_button_time", f"/SetSlots(callback_slot={callbacks.told(slot)})", {"time": time}
        )


def _button(slot: str, value: str, response: str) -> DynamicButton:
    return DynamicButton(response, f"/SetSlots({slot}={value})")


def _day_button(day: date, today: date) -> DynamicButton:
    label = _in_words(day, today)
    return DynamicButton(label.response, f"/SetSlots(callback_day={day.isoformat()})", label.args)


def _in_words(day: date, today: date) -> Label:
    ahead = (day - today).days
    if ahead in (0, 1):
        return Label(("utter_button_today", "utter_button_tomorrow")[ahead])
    weekday = Label(f"utter_weekday_{WEEKDAYS[day.weekday()]}")
    return Label("utter_button_day", {"weekday": weekday, "day": DayMonth(day)})


def _day(turn: ActionTurn) -> date:
    return date.fromisoformat(cast(str, turn.tracker.slots["callback_day"]))


def actions(parts: Parts) -> list[Action]:
    feature = Callbacks(parts)
    return [
        Doing("action_look_for_callback", feature.look),
        Doing("action_ask_callback_day", feature.ask_day),
        Doing("validate_callback_day", feature.check_day),
        Doing("action_ask_callback_slot", feature.ask_time),
        Doing("validate_callback_slot", feature.check_time),
        Doing("action_book_callback", feature.book),
        Doing("action_leave_callback", feature.leave),
        Doing("action_cancel_callback", feature.cancel),
    ]
