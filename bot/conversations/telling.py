"""What the bot says outside of any turn, when time has passed: recorded, offered and queued as in a turn."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo

from bot.conversations.store import Conversation, Work
from bot.conversations.trace import bot_event
from bot.dialogue.commands import ActionResult, SlotValue, StartFlow
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.messages import DayMonth, Label, Utterance, Value
from bot.dialogue.responses import Responses
from bot.dialogue.tracker import Tracker
from bot.errors import BotError


class NeedsTurn(BotError):
    """A flow that was opened outside of a turn begins with an action; only questions can be asked so."""


class Teller:
    """Works on the caller's transaction, in which the conversation is locked."""

    def __init__(self, responses: Responses, dialogue: Dialogue) -> None:
        self._responses = responses
        self._dialogue = dialogue

    def say(
        self,
        work: Work,
        conversation: Conversation,
        response: str,
        at: datetime,
        *,
        unasked: bool = False,
        **args: Value,
    ) -> None:
        """Say one response; its buttons count from now on. `unasked`: the gate is asked when it is sent."""
        tracker = self._tracker(work, conversation)
        self._said(work, tracker, [Utterance(response, args)], at, unasked=unasked)

    def ask(
        self, work: Work, conversation: Conversation, flow: str, at: datetime, slots: Mapping[str, SlotValue]
    ) -> bool:
        """Open a flow with its first question, with `slots` set; False while anything else is under way."""
        tracker = self._tracker(work, conversation)
        if tracker.stack:
            return False
        tracker.slots.update(slots)
        outcome = self._dialogue.run(tracker, [StartFlow(flow)], _refuse)
        self._said(work, tracker, outcome.utterances, at)
        return True

    def _tracker(self, work: Work, conversation: Conversation) -> Tracker:
        return work.conversations.tracker(conversation.id) or Tracker(conversation.id, conversation.locale)

    def _said(
        self, work: Work, tracker: Tracker, utterances: Sequence[Utterance], at: datetime, *, unasked: bool = False
    ) -> None:
        replies = [self._responses.render(utterance, tracker.locale) for utterance in utterances]
        events = [bot_event(reply, utterance) for reply, utterance in zip(replies, utterances, strict=True)]
        seqs = [event.seq for event in work.record.append(tracker.conversation_id, events, at)]
        offering = [seq for seq, reply in zip(seqs, replies, strict=True) if reply.buttons]
        if offering:
            tracker.offered = offering[-1]
            self._dialogue.remember(tracker, replies)
        tracker.turn += 1  # a text that is just being read against the state before is read again
        work.conversations.save_tracker(tracker)
        work.outbox.put(tracker.conversation_id, seqs, unasked=unasked, at=at)


def told_day(day: date) -> Value:
    """A day that is near, as one says it: without its year."""
    return DayMonth(day)


def told_when(at: datetime, now: datetime, zone: tzinfo) -> Value:
    """A moment ahead by the clock of `zone`, as one says it: a time today, else tomorrow or a day, and the time."""
    here = at.astimezone(zone)
    days = (here.date() - now.astimezone(zone).date()).days
    if days == 0:
        return here.time()
    if days == 1:
        return Label("utter_tomorrow_and_time", {"time": here.time()})
    return Label("utter_day_and_time", {"day": DayMonth(here.date()), "time": here.time()})


def _refuse(name: str) -> ActionResult:
    raise NeedsTurn(name)
