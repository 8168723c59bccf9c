"""Kept files come back as they were and are sealed in between."""

import hashlib

import sqlalchemy as sa

from bot.files.store import KeptFile
from bot.storage.engine import Database
from bot.storage.schema import file_contents
from tests.storage.samples import MINUTE, NOW, conversation


def test_files_come_back_sealed_in_between(database: Database) -> None:
    conversation_id = conversation(database)
    content = b"%PDF-1.7 payslip" * 100
    kept = [
        KeptFile(
            id=f"f{number}",
            conversation_id=conversation_id,
            name="工资单.pdf",
            media_type="application/pdf",
            size=len(content),
            sha256=hashlib.sha256(content).digest(),
            kept_at=NOW + MINUTE * number,
        )
        for number in range(2)
    ]
    with database.transaction() as work:
        for file in reversed(kept):
            work.files.keep(file, content)
    with database.reading() as work:
        assert work.files.files(conversation_id) == kept
        assert work.files.file("f1") == kept[1]
        assert work.files.content("f1") == content
        assert (work.files.file("none"), work.files.content("none")) == (None, None)
        raw = work.connection.execute(sa.select(file_contents.c.content)).scalars().all()
    assert all(b"payslip" not in each for each in raw)
