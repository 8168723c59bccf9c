"""Staff accounts from the command line: passwords from standard input only, bounds that exist, ended sessions."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot import keys
from bot.cli_data import data
from bot.cli_two_people import two_people
from bot.cli_user import user
from bot.dialogue.messages import Incoming
from bot.storage.engine import Database
from bot.storage.work import Work
from bot.web import staff as accounts
from tests.desk.stage import NOW

SECRET = "quite a long one"
Run = Callable[..., tuple[int, str]]
ROOT = Path(__file__).parent.parent


@pytest.fixture
def run(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    keys.create(tmp_path / "keys")
    monkeypatch.setenv("BOT_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("BOT_KEY_FILE", str(tmp_path / "keys"))
    monkeypatch.setenv("BOT_CREDITORS", str(ROOT / "bot" / "lender" / "demo" / "creditors"))
    runner = CliRunner()

    def command(*words: str, stdin: str = "", group: typer.Typer = user) -> tuple[int, str]:
        done = runner.invoke(group, words, input=stdin)
        return done.exit_code, done.output

    return command


@contextmanager
def opened(url: str, key_file: Path) -> Iterator[Database]:
    database = Database(url, keys.load(key_file).data)
    yield database
    database.close()


def test_from_hiring_to_shutting_out(run: Run, sqlite_url: str, tmp_path: Path) -> None:
    bounds = ["--speaker", "harbour", "--team", "fraud", "--language", "zh-Hans", "--capacity", "5"]
    code, said = run("add", "Ana", "--role", "collector", *bounds, stdin=SECRET + "\n")
    assert (code, said.strip()) == (0, "ana may now sign in as collector")
    with opened(sqlite_url, tmp_path / "keys") as database:
        with database.transaction() as work:
            ana, kept = work.staff.by_login("ANA")  # type: ignore[misc]
            assert accounts.password_fits(SECRET, kept)
            accounts.start_session(work, ana, "10.0.0.1", NOW)
        assert (ana.speakers, ana.creditors, ana.teams) == (("harbour",), None, ("fraud",))
        assert (ana.languages, ana.capacity) == (("zh_Hans",), 5)
        assert ana.may("desk.fraud")
        assert run("change", "ana", "--team", "", "--role", "supervisor")[0] == 0
        code, said = run("list")
        assert said.splitlines()[1].split()[:3] == ["ana", "Ana", "supervisor"]
        assert SECRET not in said
        assert "1 sessions ended" in run("password", "ana", stdin="another long one\n")[1]
        assert run("disable", "ana")[0] == 0
        with database.reading() as work:
            ana, kept = work.staff.by_login("ana")  # type: ignore[misc]
            trail = [entry.action for entry in work.audit.newest()]
        assert ana.disabled
        assert ana.teams is None
        assert accounts.password_fits("another long one", kept)
        assert trail == ["disable_staff", "set_password", "change_staff", "sign_in", "add_staff", "adopt_policies"]
        assert run("enable", "ana")[0] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "bo", "--role", "boss"), "--role"),
        (("add", "bo", "--role", "collector", "--speaker", "nobody"), "--speaker"),
        (("add", "bo", "--role", "collector", "--creditor", "nobody"), "--creditor"),
        (("add", "bo", "--role", "collector", "--team", "nobody"), "--team"),
        (("add", "bo", "--role", "collector", "--language", "xx"), "--language"),
        (("add", "bo", "--role", "collector", "--time-zone", "Mars/Base"), "--time-zone"),
        (("add", "bo", "--role", "collector"), "12 to 200 characters"),
        (("disable", "nobody"), "nobody signs in"),
        (("change", "nobody"), "say what shall change"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    run: Run, words: tuple[str, ...], told: str, sqlite_url: str, tmp_path: Path
) -> None:
    code, said = run(*words, stdin="short\n")
    assert code == 2
    assert told in said
    with opened(sqlite_url, tmp_path / "keys") as database, database.reading() as work:
        assert work.staff.everyone() == []


def test_a_password_is_no_argument(run: Run) -> None:
    for command in ("add", "password", "change"):
        code, said = run(command, "ana", "--password", SECRET)
        assert code == 2
        assert "No such option" in said


def test_from_two_admins_on_one_proposes_and_another_agrees(run: Run, sqlite_url: str, tmp_path: Path) -> None:
    for login in ("rosa", "priya"):
        assert run("add", login, "--role", "admin", stdin=SECRET + login + "\n")[0] == 0
    assert run("add", "ana", "--role", "collector", stdin=SECRET + "\n")[0] == 0
    promoted = ("change", "ana", "--role", "supervisor")
    code, said = run(*promoted)
    assert (code, "--by" in said) == (2, True)
    assert run(*promoted, "--by", "rosa", "--why", "leads the team", stdin=SECRET + "priya\n")[0] == 2
    code, said = run(*promoted, "--by", "rosa", "--why", "leads the team", stdin=SECRET + "rosa\n")
    assert code == 0
    proposal = re.findall(r"agree (\w{32}) --by LOGIN", said)[0]
    listed = run("list", group=two_people)[1]
    assert f"{proposal}  role ana role collector → supervisor (rosa: leads the team)" in listed
    decide = ("agree", proposal, "--by")
    code, said = run(*decide, "rosa", stdin=SECRET + "rosa\n", group=two_people)
    assert (code, "another person decides" in said) == (2, True)
    assert run("agree", proposal, stdin=SECRET + "priya\n", group=two_people)[0] == 2
    code, said = run(*decide, "priya", stdin=SECRET + "priya\n", group=two_people)
    assert (code, said.strip()) == (0, "agreed, and done: role collector → supervisor")
    assert "agreed by priya: role ana" in run("list", group=two_people)[1]
    refused = run("disable", "rosa", "--by", "priya", "--why", "has left us", stdin=SECRET + "priya\n")[1]
    proposal = re.findall(r"agree (\w{32}) --by LOGIN", refused)[0]
    said = run("refuse", proposal, "--by", "priya", stdin=SECRET + "priya\n", group=two_people)[1]
    assert "withdrawn: disabled False → True" in said
    with opened(sqlite_url, tmp_path / "keys") as database, database.reading() as work:
        found = {one.login: (one.role, one.disabled) for one in work.staff.everyone()}
    assert found == {"ana": ("supervisor", False), "priya": ("admin", False), "rosa": ("admin", False)}


def test_erasing_and_lifting_a_hold_take_two_by_command(run: Run, sqlite_url: str, tmp_path: Path) -> None:
    for login in ("rosa", "priya"):
        assert run("add", login, "--role", "admin", stdin=SECRET + login + "\n")[0] == 0
    with opened(sqlite_url, tmp_path / "keys") as database, database.transaction() as work:
        erased, held = (wrote(work, sender) for sender in ("one", "two"))
    why = ("--reason", "asked on 3 May")
    assert run("hold", held, *why, group=data)[0] == 0
    for command, whom, done in (("erase", erased, "conversations 1 → 0"), ("release", held, "holds 1 → 0")):
        code, said = run(command, whom, *why, group=data)
        assert (code, "--by" in said) == (2, True)
        code, said = run(command, whom, *why, "--by", "rosa", stdin=SECRET + "rosa\n", group=data)
        proposal = re.findall(r"agree (\w{32}) --by LOGIN", said)[0]
        assert f"conversation:{whom} {done} (rosa: asked on 3 May)" in run("list", group=two_people)[1]
        agreed = run("agree", proposal, "--by", "priya", stdin=SECRET + "priya\n", group=two_people)
        assert agreed == (0, f"agreed, and done: {done}\n")
    with opened(sqlite_url, tmp_path / "keys") as database, database.reading() as work:
        assert [work.protection.is_erased(one) for one in (erased, held)] == [True, False]
        assert work.protection.legal_holds() == []


def wrote(work: Work, sender: str) -> str:
    """The conversation of somebody whom nobody knows."""
    start = Incoming("web:harbour", sender, f"u-{sender}", "start")
    return work.inbox.receive(start, "harbour", "en", NOW).conversation_id
