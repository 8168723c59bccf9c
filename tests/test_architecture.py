"""Who may import whom, who commits, and where each library may be used."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from importlinter import cli as importlinter

ROOT = Path(__file__).parent.parent
BOT = ROOT / "bot"

MAY_IMPORT: Mapping[str, str] = {
    "money": "",
    "clock": "",
    "access": "",
    "settings": "",
    "keys": "",
    "locale": "money",
    "record": "clock",
    "jobs": "clock",
    "files": "clock",
    "lending": "money clock",
    "dialogue": "locale money clock",
    "words": "dialogue locale money clock",
    "conversations": "dialogue record jobs clock",
    "desk": "lending conversations record jobs files access locale money clock",
    "actions": "lending desk dialogue conversations record files locale money clock",
    "outreach": "lending conversations record jobs locale money clock",
    "lender": "lending conversations record jobs locale money clock",
    "review": "lending dialogue conversations record jobs files access locale money clock",
    "channels": "conversations dialogue files locale clock",
    "storage": "money clock access keys record jobs files lending dialogue conversations desk lender review",
    "web": "money clock access settings keys locale record files lending dialogue words conversations desk "
    "lender review channels",
}
# They connect the parts, or are what a shell starts; nothing else imports them.
ENTRY_POINTS = (
    "assembly",
    "messengers",
    "review_commands",
    "data_commands",
    "cli_data",
    "cli_review",
    "background",
    "serving",
    "commands",
    "doctor",
    "bench",
    "plainly",
    "cli_nlu",
    "cli_telegram",
    "cli_corpus",
    "index_commands",
    "export_commands",
    "cli_referrals",
    "user_commands",
    "two_people_commands",
    "cli_two_people",
    "cli_user",
    "cli",
    "__main__",
)

# The entry points own the transactions: a turn, a delivery, a page's or a command's piece of work.
OPENS_TRANSACTIONS = {
    "conversations/turn.py",
    "conversations/delivery.py",
    "conversations/sending.py",
    "actions/server_turns.py",
    "jobs/worker.py",
    "review/indexing.py",
    "lender/imports.py",
    "lender/payments.py",
    "lender/settling.py",
    "web/chat_backend.py",
    "web/documents.py",
    "web/telegram_backend.py",
    "commands.py",
    "cli_referrals.py",
    "background.py",
    "review_commands.py",
    "data_commands.py",
    "export_commands.py",
    "user_commands.py",
    "two_people_commands.py",
    "serving.py",
    "assembly.py",
}
# Storage offers transactions; the bench measures the bare database beside it.
_DATABASE_ITSELF = ("storage/", "bench/")
_COMMITTING = {"commit", "rollback", "begin", "begin_nested", "transaction"}

PLACE_OF_LIBRARY: Mapping[str, tuple[str, ...]] = {
    "sqlalchemy": ("storage/", "bench/"),
    "alembic": ("storage/",),
    "psycopg": ("storage/", "bench/"),
    "rasa_sdk": ("actions/",),
    "telegram": ("channels/telegram",),
    "fastapi": ("web/", "channels/webchat"),
    "pypred": ("dialogue/conditions.py",),
    "sklearn": ("dialogue/understanding/",),
}


def _modules() -> list[str]:
    packages = (path.name for path in BOT.iterdir() if (path / "__init__.py").exists())
    return sorted([*packages, *(path.stem for path in BOT.glob("*.py") if path.stem != "__init__")])


def _contract(name: str, allowed: str) -> str:
    forbidden = [module for module in _modules() if module not in (name, "errors", *allowed.split())]
    return "\n".join(
        [
            f"[importlinter:contract:{name}]",
            f"name = {name} imports only what it may",
            "type = forbidden",
            "allow_indirect_imports = True",
            f"source_modules =\n    bot.{name}",
            "forbidden_modules =",
            *(f"    bot.{module}" for module in forbidden),
            "",
        ]
    )


def test_every_part_of_the_house_has_its_rule() -> None:
    assert set(_modules()) == {*MAY_IMPORT, *ENTRY_POINTS, "errors"}


def test_nobody_imports_what_they_may_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "contracts.ini"
    contracts = [_contract(name, allowed) for name, allowed in {**MAY_IMPORT, "errors": ""}.items()]
    config.write_text("\n".join(["[importlinter]\nroot_package = bot\n", *contracts]), "utf-8")
    monkeypatch.chdir(ROOT)
    code = importlinter.lint_imports(config_filename=str(config), no_cache=True)
    assert code == 0, capsys.readouterr().out


def test_only_entry_points_open_transactions() -> None:
    """Storage offers transactions, entry points open them, and nobody in between commits."""
    found = {
        f"{name}: {node.func.attr}()"
        for name, tree in _trees()
        if not name.startswith(_DATABASE_ITSELF) and name not in OPENS_TRANSACTIONS
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _COMMITTING
    }
    assert found == set()


def test_no_entry_point_commits_by_itself() -> None:
    """Leaving the block commits: an entry point has no other way."""
    found = {
        f"{name}: {node.attr}"
        for name, tree in _trees()
        if not name.startswith(_DATABASE_ITSELF)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in {"commit", "rollback"}
    }
    assert found == set()


@pytest.mark.parametrize(("library", "places"), PLACE_OF_LIBRARY.items())
def test_a_library_is_used_in_its_place_only(library: str, places: tuple[str, ...]) -> None:
    strays = {name for name, tree in _trees() if library in _imported(tree) and not name.startswith(places)}
    assert strays == set()


def test_code_names_no_jurisdiction() -> None:
    """Law stands in the packs: no comparison with a country's code decides anything."""
    codes = {"cn", "tw", "us", "gb", "in"}
    found = {
        f"{name}:{node.lineno}"
        for name, tree in _trees()
        if name.startswith(("lending/", "actions/", "conversations/", "desk/"))
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Constant) and isinstance(side.value, str) and side.value.lower() in codes
    }
    assert found == set()


def _trees() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(BOT.rglob("*.py")):
        yield path.relative_to(BOT).as_posix(), ast.parse(path.read_text("utf-8"))


def _imported(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names
