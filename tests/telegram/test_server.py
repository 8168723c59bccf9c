"""The server as a whole: every rule of the documentation that it holds is shown to bite by some test."""

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
