"""When somebody is in danger or distress: money rests, lines to call, a person first."""

from collections.abc import Mapping

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import RIGHTS, ActionTurn, end_pause, exercise, lay_aside, to_person
from bot.actions.handoff import desk_opening, opens, say_when, somebody_here
from bot.actions.parts import Parts, say
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import Label, Listed, Names, Value
from bot.lending.policy import Line, Residence


class Safety:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def distress(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """Acknowledge, give the lines of where they live, and put the chat first in a person's queue."""
        exercise(turn, self._parts, RIGHTS["distress"])
        lay_aside(turn)
        known = turn.conversation.verified(turn.now)
        say(dispatcher, "utter_distress_thanks" if known else "utter_distress_thanks_before_identity")
        home = self._residence(turn)
        emergency, line, fallback = _emergency(home), home.crisis[0].number, home.emergency[0].number
        say(dispatcher, "utter_distress_safe", emergency=emergency, line=line, fallback=fallback)
        self._say_who_reads(turn, dispatcher)

    def _say_who_reads(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """A collector who has the chat, else a colleague, and since or from when."""
        desk = desk_opening(turn, self._parts)
        if turn.conversation.held_by is not None:
            say(dispatcher, "utter_distress_colleague_here")
        elif desk.next is None:
            here = desk.open_now and somebody_here(turn)  # nobody is said to be at work who is not
            say(dispatcher, "utter_distress_colleague_now" if here else "utter_distress_listening")
        else:
            say(dispatcher, "utter_distress_colleague", opens=opens(turn, self._parts, desk))

    def check_in(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        home = self._residence(turn)
        lay_aside(turn)
        say(dispatcher, "utter_distress_check")
        say(dispatcher, "utter_distress_check_lines", emergency=_emergency(home), line=home.crisis[0].number)

    def safe(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """A pause that only asked is over; a hold that somebody must look at stays."""
        end_pause(turn)
        lay_aside(turn)
        say(dispatcher, "utter_safe")

    def helplines(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        home = self._residence(turn)
        lay_aside(turn)
        lines = Listed(tuple(_named(line) for line in home.crisis))
        say(dispatcher, "utter_helplines", lines=lines, emergency=_emergency(home))

    def abuse(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """Calm once, and what was open rests; the second time a person reads it."""
        lay_aside(turn)
        if not turn.tracker.slots.get("abuse_answered"):
            say(dispatcher, "utter_abuse_calm")
            return {"abuse_answered": True}
        facts = to_person(turn, self._parts, "request", "angry")
        say(dispatcher, "utter_abuse_person")
        say_when(turn, self._parts, dispatcher, facts["ahead"])
        return {"abuse_answered": None}

    def _residence(self, turn: ActionTurn) -> Residence:
        """Where the borrower lives, as far as anything tells: also a link's borrower, else who speaks here."""
        # No word of the borrower is shown by this; a wrong country's number would help nobody.
        borrower_id = turn.conversation.borrower_id
        borrower = turn.work.lending.borrower(borrower_id) if borrower_id else None
        speaker = self._parts.policies.speaker(turn.conversation.speaker)
        return self._parts.policies.residence(borrower.residence if borrower else speaker.jurisdiction)


def _emergency(home: Residence) -> Value:
    numbers = [line.number for line in home.emergency[:2]]
    if len(numbers) == 1:
        return numbers[0]
    return Label("utter_either", {"first": numbers[0], "second": numbers[1]})


def _named(line: Line) -> Label:
    return Label("utter_helpline", {"name": Names(dict(line.name)), "number": line.number})


def actions(parts: Parts) -> list[Action]:
    safety = Safety(parts)
    return [
        Doing("action_distress", safety.distress),
        Doing("action_distress_check", safety.check_in),
        Doing("action_safe_for_now", safety.safe),
        Doing("action_helplines", safety.helplines),
        Doing("action_abuse", safety.abuse),
    ]
