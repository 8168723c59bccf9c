"""Building the whole index anew on PostgreSQL: documents by COPY, the index of their words last, in one go."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa

from bot.errors import BotError
from bot.record.chain import canonical
from bot.review.documents import Document, document
from bot.storage.columns import to_micros
from bot.storage.engine import Database
from bot.storage.schema_search import conversation_facts, words_index
from bot.storage.search_index import row_of

_ALONE = 7_351_902_447_306_220_153  # the number of the lock that whoever builds the index has
_LOCK = sa.text("SELECT pg_try_advisory_lock(:number)").bindparams(number=_ALONE)
_UNLOCK = sa.text("SELECT pg_advisory_unlock(:number)").bindparams(number=_ALONE)
BLOCKS = 8  # of the table of conversations, read at once: some two hundred rows
# In the order in which they lie on disk, where the events of each lie in about the same: ids are drawn by lot.
# Those that an interrupted build has already put in are left out.
_HERE = sa.text("""
SELECT id FROM conversations AS here
WHERE ctid >= CAST(:first AS tid) AND ctid < CAST(:until AS tid)
    AND chain_length IS DISTINCT FROM (SELECT length FROM conversation_facts WHERE conversation_id = here.id)
ORDER BY ctid
""")
_SIZE = sa.text("SELECT pg_relation_size('conversations') / current_setting('block_size')::int")
_COLUMNS = ("conversation_id", "length", "last_at", "speaker", "creditor", "borrower_id", "facets", "words")
# As the indexer leaves them, who follows the record: a stretch of time is read as neighbours.
_IN_ORDER = sa.text("CLUSTER conversation_facts USING ix_conversation_facts_last_at")
# What was not read says so, so that it is taken up by the indexer.
_SAY = """
UPDATE conversations SET indexed_length = found.length
FROM (
    SELECT id, coalesce(length, 0) AS length FROM conversations LEFT JOIN conversation_facts ON conversation_id = id
) AS found
WHERE conversations.id = found.id AND indexed_length != found.length
"""


class AlreadyBuilding(BotError):
    """Another process is building the index."""

    def __init__(self) -> None:
        super().__init__("the search index is being built by another process: wait until it is done, or end it")


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """Nobody else builds the index meanwhile; AlreadyBuilding when somebody does. Whoever dies leaves no lock."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(_LOCK).scalar_one():
            raise AlreadyBuilding
        try:
            yield
        finally:
            connection.execute(_UNLOCK)


def unfinished(database: Database) -> bool:
    """Whether a build was interrupted: the index of the words is made last, of all of them."""
    with database.engine.connect() as connection:
        return not sa.inspect(connection).has_index(conversation_facts.name, str(words_index.name))


def clear(database: Database) -> None:
    """Throw the index away; until `finish`, searches find what is there again, slowly."""
    with database.engine.begin() as connection:
        connection.execute(sa.text("TRUNCATE conversation_facts"))
        words_index.drop(connection, checkfirst=True)


def parts(database: Database, count: int) -> list[tuple[int, int]]:
    """The blocks of all conversations in `count` stretches: from, until (excluded)."""
    with database.engine.connect() as connection:
        size = int(connection.execute(_SIZE).scalar_one()) + 1
    return [(size * number // count, size * (number + 1) // count) for number in range(count)]


def fill(database: Database, first: int, until: int) -> Iterator[int]:
    """Put in the documents of one stretch; yields how many were done each time.

    What an interrupted build has put in is passed over. A conversation that moves meanwhile may be missed; `finish`
    says so, and the indexer takes it up.
    """
    for block in range(first, until, BLOCKS):
        ends = {"first": f"({block},0)", "until": f"({min(block + BLOCKS, until)},0)"}
        with database.reading() as work:
            ids = list(work.connection.execute(_HERE, ends).scalars())
            material = work.search.material(ids) if ids else []
        if ids:
            _put(database, [document(each) for each in material])
            yield len(ids)


def finish(database: Database) -> None:
    """Make the index of the words; searches wait while the rows are put in order."""
    with database.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL maintenance_work_mem = '1GB'"))
        connection.execute(_IN_ORDER)
        words_index.create(connection, checkfirst=True)
        connection.execute(sa.text(_SAY))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE conversation_facts"))


def _put(database: Database, documents: Sequence[Document]) -> None:
    try:
        with database.engine.begin() as connection:
            cursor = connection.connection.cursor()
            with cursor.copy(f"COPY {conversation_facts.name} ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
                for each in documents:
                    row = row_of(each)
                    told = {**row, "last_at": to_micros(each.last_at), "facets": canonical(row["facets"]).decode()}
                    copy.write_row([told[name] for name in _COLUMNS])
    except psycopg.errors.UniqueViolation:
        # The background has indexed one of them meanwhile: one by one, in the place of what is there.
        with database.transaction() as work:
            work.search.keep(documents)
