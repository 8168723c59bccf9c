"""The server as a whole: every rule of the documentation that it holds is shown to bite by some test."""

import ast
from pathlib import Path

import pytest

from tests.telegram import (
    test_account,
    test_files,
    test_keyboards,
    test_messages,
    test_requests,
    test_updates,
    test_webhooks,
)
from tests.telegram.asking import SHOWN
from tests.telegram.rules import RULES

TESTS = (test_account, test_files, test_keyboards, test_messages, test_requests, test_updates, test_webhooks)


def test_every_rule_is_shown_to_bite() -> None:
    assert {test.__name__ for test in TESTS}
    assert set(RULES) == SHOWN


def test_every_rule_has_its_sentence_and_its_place() -> None:
    for name, rule in RULES.items():
        assert len(rule.sentence) > 20, name
        page = rule.source.partition("#")[0]
        assert page in ("api", "faq", "features", "the server's own words"), name


@pytest.mark.parametrize(
    "module",
    [
        "account", "asking", "hook", "keyboards", "messages", "methods", "parameters", "people", "rules", "server",
        "texts", "updates", "webhooks", "world",
    ],
)  # fmt: skip
def test_the_server_shares_no_code_with_the_bot(module: str) -> None:
    """What both took from one place would be wrong in both at once."""
    source = Path(__file__).with_name(f"{module}.py").read_text("utf-8")
    imported = [
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not [name for name in imported if name == "bot" or str(name).startswith("bot.")]
