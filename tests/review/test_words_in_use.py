"""The trail says when borrowers began to read other words, and in which files they stand."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import settings
from bot.background import word_folders
from bot.review import words_in_use
from bot.storage.engine import Database
from tests.storage.samples import NOW


def started(database: Database, creditors: Path) -> list[dict[str, Any]]:
    """Start with the words of this folder and the program's; what the trail has of words by then, newest first."""
    given = replace(settings.from_environment({}, demo=True), creditors=creditors)
    found = words_in_use.digests(word_folders(given))
    with database.transaction() as work:
        words_in_use.note(work, found, NOW)
        return [dict(entry.detail) for entry in work.audit.newest(action=words_in_use.ACTION, limit=9)]


def test_changed_words_are_named_on_the_trail_once(sqlite_database: Database, tmp_path: Path) -> None:
    own = tmp_path / "replies" / "harbour.yml"
    own.parent.mkdir()
    own.write_text("one")
    [first] = started(sqlite_database, tmp_path)
    assert first["files"] == [], "nothing was there before"
    assert first["digests"].keys() >= {
        "dialogues/domain/debts.yml",
        "dialogues/flows/debts.yml",
        "locales/zh_Hans/LC_MESSAGES/messages.po",
        "desk/replies.yml",
        "replies/harbour.yml",
    }
    assert len(started(sqlite_database, tmp_path)) == 1, "the same words again"
    own.write_text("two")
    (tmp_path / "replies" / "thames.yml").write_text("new")
    assert started(sqlite_database, tmp_path)[0]["files"] == ["replies/harbour.yml", "replies/thames.yml"]
    own.unlink()
    assert started(sqlite_database, tmp_path)[0]["files"] == ["replies/harbour.yml"]


def test_each_message_has_the_version_of_its_dialogues_and_its_translation(
    sqlite_database: Database,
) -> None:
    texts = {"dialogues/a.yml": "1", "locales/en/m.po": "2", "locales/zh_Hans/m.po": "3"}
    with sqlite_database.transaction() as work:
        for days, changed in ((0, {}), (1, {"locales/zh_Hans/m.po": "4"}), (2, {"dialogues/a.yml": "5"})):
            words_in_use.note(work, texts := texts | changed, NOW + timedelta(days=days))
        known = words_in_use.history(work)
    english, chinese = (
        [words_in_use.version(known, NOW + timedelta(days=days, hours=1), locale) for days in (-1, 0, 1, 2, 9)]
        for locale in ("en", "zh_Hans")
    )
    assert english[0] == chinese[0] == "", "nothing is known of that time"
    assert english[1] == english[2]
    assert [len(set(versions[1:])) for versions in (english, chinese)] == [2, 3]
    assert english[3] == english[4] != chinese[4]
