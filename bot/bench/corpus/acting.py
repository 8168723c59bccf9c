"""Invented borrowers and collectors who talk with the real bot."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from bot.access import NotAllowed, Staff
from bot.assembly import App
from bot.bench.corpus.sayings import Sayings
from bot.clock import FixedClock
from bot.conversations import delivery
from bot.desk import handoffs, wording
from bot.desk.store import CaseState
from bot.dialogue.messages import Incoming
from bot.dialogue.tracker import Tracker
from bot.dialogue.understanding import Awaiting
from bot.lender.demo.people import DemoPerson
from bot.record.events import Event

_AMOUNTS = ("200", "350", "around 500", "800", "1000-1200", "1500", "0", "2400", "5000", "120")
_FITTING: Mapping[str, Sequence[str]] = {
    "money": _AMOUNTS,
    "date": ("tomorrow", "next friday", "2026-12-05", "下周五", "下個月5號", "the 15th"),
    "day_of_month": ("5", "15", "28"),
    "number": ("3", "6", "10", "12"),
    "frequency": ("monthly", "every two weeks", "每月", "每週"),
}
# A press of these ends or turns the chat; people do it less often than they take the other buttons.
_SELDOM = ("/stop_contact", "/wrong_person", "/request_human", "/report_death", "/dispute_debt", "/distress")
_SECONDS = (4, 90)
_MEAN_MOVES, _MOST_MOVES = 3.3, 16


class Visitor:
    """One borrower on one channel, who does what comes to mind until they have had enough."""

    def __init__(
        self, app: App, person: DemoPerson, locale: str, channel: str, says: Sayings, chance: Random
    ) -> None:
        self._app, self._person, self._locale, self._channel = app, person, locale, channel
        self._says, self._chance = says, chance
        self._sender = str(chance.randrange(10**9, 10**10)) if channel == "telegram" else uuid.uuid4().hex
        self._offered: list[tuple[str, Mapping[str, str]]] = []
        self._seq = 0
        self.conversation_id = ""

    def visit(self, collector: Staff) -> None:
        """Come, talk for a while, and meet the collector if a person was asked for."""
        self._send("start")
        for _ in range(min(_MOST_MOVES, int(self._chance.expovariate(1 / _MEAN_MOVES)))):
            self._move()
        if self._chance.random() < 0.85:
            self._seen()
        self._met(collector)

    def _move(self) -> None:
        tracker = self._tracker()
        asked = self._app.dialogue.awaiting(tracker) if tracker else None
        answer = self._answer(asked) if asked else None
        if answer is not None:
            self._send("text", text=answer)
        elif self._offered and self._chance.random() < 0.65:
            self._send("button", choice=self._press())
        else:
            self._send("text", text=self._own_words())

    def _answer(self, asked: Awaiting) -> str | None:
        """What fits the open question; None to press a button or to talk of something else."""
        borrower = self._person.borrower
        own = {
            "identity_reference": borrower.reference,
            "identity_birth_date": borrower.birth_date.isoformat(),
            "identity_document": borrower.document_last4,
        }
        if asked.slot in own:
            return own[asked.slot] if self._chance.random() < 0.96 else "12345678"
        fitting = _FITTING.get(asked.kind)
        return self._chance.choice(fitting) if fitting and self._chance.random() < 0.7 else None

    def _own_words(self) -> str:
        said = self._says.any(self._locale)
        return f"{said} {self._says.detail(self._locale)}" if self._chance.random() < 0.3 else said

    def _press(self) -> str:
        weights = [0.2 if button["payload"].startswith(_SELDOM) else 1.0 for _, button in self._offered]
        begin = next((each for each, button in self._offered if button["payload"] == "/start_chat"), None)
        if begin and self._chance.random() < 0.85:
            return begin
        return self._chance.choices(self._offered, weights)[0][0]

    def _send(self, kind: Any, **what: Any) -> None:
        self._pause()
        incoming = Incoming(
            account=f"{self._channel}:{self._person.speaker}",
            sender=self._sender,
            update_id=uuid.uuid4().hex,
            kind=kind,
            locale=self._locale.replace("_", "-"),
            **what,
        )
        self.conversation_id = self._app.turns.receive(incoming).conversation_id
        self._app.turns.drain(self.conversation_id)
        self._read()

    def _read(self) -> None:
        with self._app.database.reading() as work:
            events = work.record.events(self.conversation_id, after=self._seq)
        self._seq = events[-1].seq if events else self._seq
        offering = [event for event in events if event.kind == "bot" and event.body and event.body.get("buttons")]
        self._offered = _choices(offering[-1]) if offering else self._offered

    def _tracker(self) -> Tracker | None:
        with self._app.database.reading() as work:
            return work.conversations.tracker(self.conversation_id)

    def _seen(self) -> None:
        delivery.acknowledge(self._app.database, self.conversation_id, self._seq, self._app.clock.now())

    def _met(self, collector: Staff) -> None:
        """A collector takes the case that is open, answers, and hands back or resolves."""
        with self._app.database.reading() as work:
            case = work.desk.open_case(self.conversation_id)
        if case is None or self._chance.random() < 0.15:
            return
        self._pause(60)
        try:
            self._desk(case, collector)
        except NotAllowed:
            return  # a case of another team: it goes on waiting

    def _desk(self, case: CaseState, collector: Staff) -> None:
        app, words = self._app, self._app.responses.text
        with app.database.transaction() as work:
            handoffs.take(work, case.id, collector, app.clock.now(), words)
        for _ in range(self._chance.randint(1, 3)):
            self._pause(20)
            said = self._says.collector(self._locale)
            if not wording.check(said):
                with app.database.transaction() as work:
                    handoffs.answer(work, case.id, collector, said, app.clock.now(), sure=True)
            if self._chance.random() < 0.6:
                self._send("text", text=self._own_words())
        with app.database.transaction() as work:
            now = app.clock.now()
            if self._chance.random() < 0.3:
                handoffs.note(work, case.id, collector, self._says.note(self._locale), now)
            if self._chance.random() < 0.5:
                handoffs.hand_back(work, case.id, collector, "", now, words, app.dialogue)
            else:
                outcome = self._chance.choice(handoffs.OUTCOMES)
                handoffs.resolve(work, case.id, collector, outcome, "", now, words, app.dialogue)

    def _pause(self, times: int = 1) -> None:
        clock = self._app.clock
        assert isinstance(clock, FixedClock)
        clock.advance(timedelta(seconds=times * self._chance.randint(*_SECONDS)))


def _choices(event: Event) -> list[tuple[str, Mapping[str, str]]]:
    buttons = (event.body or {}).get("buttons", ())
    return [(f"{event.seq}-{place}", button) for place, button in enumerate(buttons, start=1)]
