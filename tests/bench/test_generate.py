"""The generator: conversations that verify, of many kinds, found by search; never beside a lender's own data."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import assembly, keys
from bot.assembly import Ground
from bot.bench.corpus import generate as corpus
from bot.bench.corpus.generate import RealData
from bot.dialogue.understanding import Awaiting, Understood
from bot.review.indexing import Indexer
from bot.review.verification import verify_all
from bot.settings import ROOT, from_environment
from tests.storage.samples import with_borrower


class Deaf:
    """Understands nothing that is typed, and saves the time to load a model; buttons work all the same."""

    def understand(self, text: str, *, locale: str, today: date, awaiting: Awaiting | None = None) -> Understood:
        return Understood(text, (), "reject", (), (), None, "no")


def ground(url: str, folder: Path) -> Ground:
    given = from_environment({"BOT_STATE": str(ROOT / "var")}, demo=True)
    settings = replace(given, database_url=url, key_file=folder / "keys")
    keys.create(settings.key_file)
    return assembly.ground(settings)


def test_what_is_generated_verifies_and_is_varied(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpus, "_LEAST_RECORDINGS", 8)
    monkeypatch.setattr(assembly, "load_understanding", lambda settings: Deaf())
    made_in = ground(sqlite_url, tmp_path)
    told: list[str] = []
    made = corpus.generate(made_in, 24, processes=1, seed=3, tell=lambda stage, done, of: told.append(stage))
    assert set(told) == set(corpus.STAGES)
    with made_in.database.reading() as work:
        verdicts = list(verify_all(work, made_in.keys.proving))
    assert len(verdicts) == made.conversations + 2 >= 26, "with the signatures and the audit trail"
    assert [verdict for verdict in verdicts if verdict.broken] == []
    assert sum(Indexer(made_in.database).run_all()) == made.conversations
    with made_in.database.engine.connect() as connection:
        speakers = connection.execute(
            sa.text("SELECT count(DISTINCT speaker) FROM conversation_facts")
        ).scalar_one()
        days = connection.execute(sa.text("SELECT count(DISTINCT last_at / 86400000000) FROM conversation_facts"))
        words = connection.execute(sa.text("SELECT count(DISTINCT words) FROM conversation_facts")).scalar_one()
    assert speakers >= 3
    assert days.scalar_one() >= 5
    assert words > made.recorded, "copies have words of their own"
    made_in.close()


def test_a_lenders_own_database_is_left_alone(sqlite_url: str, tmp_path: Path) -> None:
    own = ground(sqlite_url, tmp_path)
    with_borrower(own.database)
    with pytest.raises(RealData):
        corpus.refuse_real_data(replace(own, settings=replace(own.settings, demo=False)))
    corpus.refuse_real_data(own)
    own.close()
