"""What goes on without any request: work that has come due, and inputs that a failure has left behind."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from bot.assembly import App
from bot.conversations.telling import Teller
from bot.desk import callbacks, canned, hold_reviews, watches
from bot.desk.callbacks import Callbacks
from bot.desk.hold_reviews import HoldReviews
from bot.desk.silence import Silence
from bot.desk.surveys import AfterTalk
from bot.jobs.store import Job
from bot.jobs.worker import Worker
from bot.lending.reminders import INSTALMENT_MISSED, INSTALMENT_REMINDER, PROMISE_REMINDER
from bot.outreach.reminders import Reminders
from bot.review import checkpoints, proof_runs, words_in_use
from bot.review.indexing import Indexer
from bot.settings import Settings
from bot.storage.work import Work

log = logging.getLogger(__name__)
RECOVER_SECONDS = 30
SETTLED = timedelta(minutes=1)  # after a start, before the first checkpoint is signed


def due_work(app: App) -> Worker[Work]:
    """Everything that a time may come for, and who does it; chats that it changed are woken."""
    clock, policies = app.clock, app.policies
    teller = Teller(app.responses, app.dialogue)
    chosen = Callbacks(clock, policies, teller)
    reminders = Reminders(clock, policies, teller)
    handlers: Mapping[str, Callable[[Work, Job], None]] = {
        hold_reviews.KIND: HoldReviews(clock, policies),
        callbacks.DUE: chosen.due,
        callbacks.OVER: chosen.over,
        checkpoints.KIND: checkpoints.Checkpointing(clock, app.keys.signing),
        proof_runs.KIND: proof_runs.ProofRuns(clock, app.keys.proving),
        watches.SILENCE: Silence(clock, policies, teller, app.responses.text, app.dialogue),
        watches.OVER: AfterTalk(clock, policies, teller),
        INSTALMENT_REMINDER: reminders.remind,
        INSTALMENT_MISSED: reminders.ask,
        PROMISE_REMINDER: reminders.remind_of_promise,
    }

    def changed(job: Job) -> None:
        if conversation := job.payload.get("conversation"):
            app.wakeups.changed(conversation)

    return Worker(app.database, clock, handlers, changed)


def word_folders(settings: Settings) -> Mapping[str, Path]:
    """Where all that borrowers read is written, and what collectors may send them prepared."""
    return {
        "dialogues/domain": settings.dialogues / "domain",
        "dialogues/flows": settings.dialogues / "flows",
        "locales": settings.locales,
        "desk": canned.HOUSE.parent,
        canned.FOLDER: settings.creditors / canned.FOLDER,
    }


class Background:
    """Three threads beside the web server's own; any number of processes may run them at once."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._due = due_work(app)
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._due.run, args=(self._stopped,), name="due"),
            threading.Thread(target=self._recover, name="recover"),
            threading.Thread(target=Indexer(app.database).run, args=(self._stopped,), name="index"),
        ]

    def start(self) -> None:
        words = words_in_use.digests(word_folders(self._app.settings))
        with self._app.database.transaction() as work:
            checkpoints.schedule(work, self._app.clock.now() + SETTLED)
            words_in_use.note(work, words, self._app.clock.now())
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _recover(self) -> None:
        """First what a kill has left, then from time to time what an unreachable database has."""
        while True:
            try:
                self._app.worker.recover()
            except Exception:
                log.exception("waiting inputs could not be looked for; trying again")
            if self._stopped.wait(RECOVER_SECONDS):
                return
