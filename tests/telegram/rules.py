"""Telegram's documentation as the server's rules (rules.yml), and the error that says which one was broken."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Rule:
    """`source` is a page and its anchor; `answer` what the server says where the documentation is silent."""

    sentence: str
    source: str
    answer: str = ""


RULES = {
    name: Rule(**body)
    for name, body in yaml.safe_load(Path(__file__).with_name("rules.yml").read_text("utf-8")).items()
}


class Refused(Exception):
    """A request that the Bot API answers with an error, and the rule that it breaks."""

    def __init__(self, rule: str, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.rule, self.sentence = rule, RULES[rule].sentence
        self.code, self.description, self.parameters = code, description, parameters

    def body(self) -> dict[str, Any]:
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return answer | ({"parameters": self.parameters} if self.parameters else {})


def bad(rule: str, problem: str) -> Refused:
    """400, in the words of the real server."""
    return Refused(rule, 400, f"Bad Request: {problem}")
