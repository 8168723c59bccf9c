"""A talk between a borrower and a collector, and time that passes in it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import FixedClock
from bot.conversations.telling import Teller
from bot.desk import callbacks, handoffs, watches
from bot.desk.callbacks import Callbacks
from bot.desk.cases import fold
from bot.desk.silence import Silence
from bot.desk.store import CaseState
from bot.desk.surveys import AfterTalk
from bot.dialogue.responses import Responses
from bot.jobs.store import Job
from bot.jobs.worker import Worker
from bot.locale import Catalogues
from bot.settings import ROOT
from bot.storage.engine import Database
from bot.storage.work import Work
from tests.desk.stage import POLICIES, TALK, ask_for_person, chat, hire, notice

RESPONSES = Responses(TALK.domain, Catalogues.load(ROOT / "locales"))


class Talk:
    """Opened at `at` by somebody unknown; `taken` by Ann unless told otherwise."""

    def __init__(self, database: Database, at: datetime, *, taken: bool = True) -> None:
        self.database, self.clock = database, FixedClock(at)
        with database.transaction() as work:
            conversation = replace(chat(work, reference=None), last_input_at=at)
            work.conversations.save(conversation)
            self.conversation_id = conversation.id
            self.case = ask_for_person(work, conversation, wants="person", at=at)
            self.ann = hire(work, "collector", "ann")
            if taken:
                handoffs.take(work, self.case, self.ann, at, notice)
        teller = Teller(RESPONSES, TALK)
        chosen = Callbacks(self.clock, POLICIES, teller)
        handlers: Mapping[str, Callable[[Work, Job], None]] = {
            callbacks.DUE: chosen.due,
            callbacks.OVER: chosen.over,
            watches.SILENCE: Silence(self.clock, POLICIES, teller, notice, TALK),
            watches.OVER: AfterTalk(self.clock, POLICIES, teller),
        }
        self.worker = Worker[Work](database, self.clock, handlers)

    def says(self) -> None:
        """The borrower writes, as a turn delivers it."""
        with self.database.transaction() as work:
            conversation = replace(work.conversations.lock(self.conversation_id), last_input_at=self.clock.now())
            work.conversations.save(conversation)
            handoffs.Desk().deliver(work, conversation, 3, self.clock.now())

    def answers(self) -> None:
        with self.database.transaction() as work:
            handoffs.answer(work, self.case, self.ann, "I am looking at it.", self.clock.now())

    def hands_back(self) -> None:
        with self.database.transaction() as work:
            handoffs.hand_back(work, self.case, self.ann, "", self.clock.now(), notice, TALK)
        self.work_off()

    def pass_time(self, minutes: float) -> None:
        """With everything that becomes due on the way, each at its time."""
        until = self.clock.now() + timedelta(minutes=minutes)
        while (due := self._next_due()) is not None and due <= until:
            self.clock.set(max(due, self.clock.now()))
            self.work_off()
        self.clock.set(until)

    def _next_due(self) -> datetime | None:
        with self.database.reading() as work:
            return work.jobs.next_due()

    def work_off(self) -> None:
        while self.worker.run_due():
            pass

    @property
    def state(self) -> CaseState:
        """As it is stored, which is as its events fold."""
        with self.database.reading() as work:
            state = work.desk.case(self.case)
            assert state == fold(work.desk.events(self.case))
        assert state
        return state

    def quiet(self) -> str | None:
        return self.state.quiet

    @property
    def happened(self) -> list[str]:
        with self.database.reading() as work:
            return [event.kind for event in work.desk.events(self.case)]

    @property
    def said(self) -> list[str]:
        """The responses of what was said since the chat was opened, notices too."""
        with self.database.reading() as work:
            events = work.record.events(self.conversation_id, kinds=["bot", "notice"])
        return [event.body["response"] for event in events if event.body][1:]
