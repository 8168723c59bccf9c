"""`review export`: the page's export for whoever sits at the server; on the trail, whole or not at all."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.cli_review import review
from bot.record.audit import AuditEntry
from bot.record.events import NewEvent
from bot.review import exporting, search
from bot.review.indexing import Indexer
from bot.storage.engine import Database
from tests.desk.stage import NOW, chat, move_in
from tests.test_user_commands import SECRET, Run, opened
from tests.test_user_commands import run as run  # the fixture

WHY = "asked by the regulator"
Export = Callable[..., tuple[int, str]]


@pytest.fixture
def database(run: Run, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Seven chats of one lender, on three pages, and one of another; staff of two roles."""
    monkeypatch.setattr(search, "PAGE", 3)
    with opened(sqlite_url, tmp_path / "keys") as database:
        database.migrate()
        move_in(database)
        with database.transaction() as work:
            for number in range(7):
                told = chat(work, sender=f"s{number}", reference=None)
                work.record.append(told.id, [NewEvent("user", {"kind": "text", "text": "call 13800138000"})], NOW)
            chat(work, sender="c", reference="TB-7001", speaker="thames")
        Indexer(database).run_some()
        for role in ("supervisor", "reviewer"):
            run("add", role, "--role", role, "--speaker", "harbour", stdin=SECRET + "\n")
        yield database


@pytest.fixture
def export(run: Run, database: Database, tmp_path: Path) -> Export:
    def command(*words: str, by: str = "reviewer", to: str = "out", why: str = WHY) -> tuple[int, str]:
        where = ("--to", str(tmp_path / to), "--by", by, "--why", why)
        return run("export", *words, *where, stdin=SECRET + "\n", group=review)

    return command


def noted(database: Database, action: str) -> AuditEntry:
    with database.reading() as work:
        return work.audit.newest(action=action)[0]


def test_a_search_is_written_masked_and_noted(export: Export, database: Database, tmp_path: Path) -> None:
    code, said = export("--search", "https://bot.example/review?speaker=harbour&after=x", "--form", "jsonl")
    content = (tmp_path / "out").read_bytes()
    lines = [json.loads(line) for line in content.splitlines()]
    assert (code, len({line["sender_id"] for line in lines})) == (0, 7)
    assert b"13800138000" not in content
    assert hashlib.sha256(content).hexdigest() in said
    begun, sent = noted(database, "export"), noted(database, "export_sent")
    assert begun.detail == {"reason": WHY, "form": "jsonl", "query": "speaker=harbour", "unmasked": False}
    assert (sent.subject, sent.detail["state"], sent.detail["conversations"]) == (begun.subject, "finished", 7)
    assert sent.detail["sha256"] == hashlib.sha256(content).hexdigest()
    assert begun.staff == sent.staff is not None
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o600


def test_a_role_and_its_bounds_hold_as_on_the_page(export: Export, tmp_path: Path) -> None:
    assert export("--form", "jsonl", "--unmasked")[0] == 0
    assert "13800138000" in (tmp_path / "out").read_text()
    code, _ = export(to="all.csv")
    rows = (tmp_path / "all.csv").read_text().splitlines()
    assert (code, len(rows)) == (0, 8), "the lender of somebody else is left out, and there is a header"
    code, said = export(by="supervisor", to="refused")
    assert (code, "review.export" in said) == (2, True)
    assert not (tmp_path / "refused").exists()


def test_a_pdf_says_that_there_was_more(export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_ON_PAPER", 1)
    code, said = export("--form", "pdf")
    assert (code, "there were more" in said) == (0, True)
    assert (tmp_path / "out").read_bytes().startswith(b"%PDF")


REFUSED: tuple[tuple[tuple[str, ...], dict[str, str], str], ...] = (
    (("--search", "speeker=harbour"), {}, "'speeker' is no filter"),
    (("--search", "harbour"), {}, "--search"),
    (("--search", "since=yesterday"), {}, "since"),
    (("--form", "pdf", "--search", "words=nowhere"), {}, "nothing was found"),
    (("--form", "csv", "--unmasked"), {}, "--unmasked"),
    ((), {"why": "short"}, "say why"),
    ((), {"to": "keys"}, "is there already"),
    ((), {"to": "none/out"}, "is no folder"),
    ((), {"by": "nobody"}, "don't belong together"),
)


def test_what_cannot_be_is_told_in_one_sentence(export: Export, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    for words, more, told in REFUSED:
        code, said = export(*words, **more)
        assert (code, told in said) == (2, True), said
    assert sorted(tmp_path.iterdir()) == before


def test_what_breaks_off_leaves_no_file_and_says_how_far_it_came(
    export: Export, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = exporting.page
    pages = iter([page, page])

    def broken(*given: object) -> object:
        try:
            return next(pages)(*given)  # type: ignore[arg-type]
        except StopIteration:
            raise OSError(28, "No space left on device") from None

    monkeypatch.setattr(exporting, "page", broken)
    code, said = export()
    assert (code, "No space left on device" in said) == (2, True)
    assert not [path.name for path in tmp_path.iterdir() if "out" in path.name]
    sent = noted(database, "export_sent").detail
    assert (sent["state"], sent["conversations"]) == ("broken", 6)
