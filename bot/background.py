"""What goes on without any request: work that has come due, and inputs that a failure has left behind."""

import logging
import threading

from bot.assembly import App
from bot.desk import hold_reviews
from bot.jobs.worker import Worker as DueWork

log = logging.getLogger(__name__)
RECOVER_SECONDS = 30


class Background:
    """Two threads beside the web server's own; any number of processes may run them at once."""

    def __init__(self, app: App) -> None:
        self._app = app
        reviews = hold_reviews.HoldReviews(app.clock, app.policies)
        self._due = DueWork(app.database, app.clock, {hold_reviews.KIND: reviews})
        self._stopped = threading.Event()
        self._threads = [
            threading.Thread(target=self._due.run, args=(self._stopped,), name="due"),
            threading.Thread(target=self._recover, name="recover"),
        ]

    def start(self) -> None:
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
