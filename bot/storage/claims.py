"""Work that one process does at a time: whoever claims it has it until the block is left, or the process dead."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

INDEXING = 7_351_902_447_306_220_154  # the number of the lock that whoever follows the record has
_CLAIM = sa.text("SELECT pg_try_advisory_xact_lock(:number)")
# A machine that is cut off does not say goodbye; the system alone would notice it after two hours.
_UNTIL_LOST = sa.text("SET LOCAL idle_in_transaction_session_timeout = '2min'")


@contextmanager
def claimed(engine: sa.Engine, number: int) -> Iterator[bool]:
    """Whether nobody else is at it: for work of seconds, which does no harm when it is done twice after all.

    SQLite is for one server; there it is always so.
    """
    if engine.dialect.name == "sqlite":
        yield True
        return
    with engine.begin() as connection:
        connection.execute(_UNTIL_LOST)
        yield bool(connection.execute(_CLAIM, {"number": number}).scalar_one())
