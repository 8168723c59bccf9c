"""What README and docs/ say exists: commands with their options, settings, files, every key of a policy."""

import inspect
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import typer.main

from bot import settings
from bot.cli import cli
from bot.lending import policy_acting, policy_files, policy_hours, policy_rules
from bot.lending.policy_rules import Rule
from bot.settings import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
POLICIES = ROOT / "docs" / "policies.md"
_COMMAND = re.compile(r"python -m bot(?= )([^`\n#|]*)")
_PATH = re.compile(r"`((?:bot|dialogues|docs|docker|locales|tests|\.ci)/[^`\s]*)`|\]\(([^)#\s]+)\)")
_SETTING = re.compile(r"\bBOT_[A-Z_]*[A-Z]\b")
_PLACEHOLDERS = ("<", "…", "{", "*")


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def commands() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for match in _COMMAND.finditer(text_of(page)):
            yield page.name, match[1].strip()


def _problem(words: list[str]) -> str | None:
    """What of a command line the program does not know; None when all is well."""
    command: Any = typer.main.get_command(cli)
    while words and hasattr(command, "commands"):
        if words[0] == "--help":
            return None
        if command.invoke_without_command and words[0].startswith("--"):
            break
        if words[0] not in command.commands:
            return f"no command {words[0]}"
        command = command.commands[words.pop(0)]
    if hasattr(command, "commands") and not command.invoke_without_command:
        return "a command is missing"
    options = {name for parameter in command.params for name in parameter.opts} | {"--help"}
    unknown = [word for word in words if word.startswith("--") and word not in options]
    return f"no option {unknown[0]}" if unknown else None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_exists_with_its_options(page: Path) -> None:
    wrong = {line: _problem(shlex.split(line)) for name, line in commands() if name == page.name}
    assert {line: problem for line, problem in wrong.items() if problem} == {}


def test_every_command_of_the_program_is_told_somewhere() -> None:
    told = {shlex.split(line)[0] for _, line in commands() if shlex.split(line)}
    assert set(typer.main.get_command(cli).commands) <= told  # type: ignore[attr-defined]


def test_settings_and_documents_name_the_same_variables() -> None:
    known = set(_SETTING.findall(inspect.getsource(settings)))
    told = {name for page in PAGES for name in _SETTING.findall(text_of(page))}
    in_readme = set(_SETTING.findall(text_of(PAGES[0])))
    assert told == known
    assert in_readme == known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_named_exists(page: Path) -> None:
    missing = []
    for code, link in _PATH.findall(text_of(page)):
        path = ROOT / code if code else page.parent / link
        if not any(mark in code + link for mark in _PLACEHOLDERS) and "://" not in link and not path.exists():
            missing.append(code or link)
    assert missing == []


def sections() -> Mapping[str, str]:
    parts = re.split(r"^## ", text_of(POLICIES), flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: part for part in parts}


def _models() -> dict[str, type[Rule]]:
    found = {**vars(policy_rules), **vars(policy_acting), **vars(policy_hours), **vars(policy_files)}
    return {
        name: model
        for name, model in found.items()
        if inspect.isclass(model) and issubclass(model, Rule) and model is not Rule and not name.startswith("_")
    }


@pytest.mark.parametrize("name", sorted(_models()))
def test_every_key_of_a_policy_has_its_meaning(name: str) -> None:
    """In the section called after the model, or else in the paragraph or row that names it."""
    model = _models()[name]
    titled = [part for title, part in sections().items() if re.search(rf"\b{name}\b", title)]
    places = titled or [line for line in _paragraphs() if re.search(rf"\b{name}\b", line)]
    missing = [key for key in model.model_fields if not any(f"`{key}`" in place for place in places)]
    assert missing == []


def _paragraphs() -> list[str]:
    """Table rows one by one, other text by paragraphs."""
    blocks = re.split(r"\n\n", text_of(POLICIES))
    return [piece for block in blocks for piece in (block.split("\n") if block.startswith("|") else [block])]


def test_no_key_is_documented_that_a_policy_does_not_take() -> None:
    models = _models()
    for title, part in sections().items():
        model = next((models[name] for name in models if re.search(rf"\b{name}\b", title)), None)
        if model is None:
            continue
        rows = [line.split("|")[1] for line in part.split("\n") if line.startswith("| `")]
        told = {key for row in rows for key in re.findall(r"`([a-z_]+)`", row)}
        assert told <= set(model.model_fields), title
