"""Asks the server over plain HTTP, and notes which tests show that a rule bites."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx

from tests.telegram.rules import RULES
from tests.telegram.server import Served
from tests.telegram.world import Bot

F = TypeVar("F", bound=Callable[..., object])
SHOWN: set[str] = set()  # rules that some test shows to bite


def bites(*rules: str) -> Callable[[F], F]:
    """The test below shows that the server holds to these rules."""
    unknown = set(rules) - set(RULES)
    if unknown:
        raise KeyError(f"no such rule: {sorted(unknown)}")
    SHOWN.update(rules)
    return lambda test: test


@dataclass(frozen=True, slots=True)
class Asking:
    """One bot's side of the line."""

    served: Served
    bot: Bot

    def url(self, method: str, token: str | None = None) -> str:
        return f"{self.served.url}/bot{token or self.bot.token}/{method}"

    def raw(self, verb: str, method: str, **what: Any) -> httpx.Response:
        return httpx.request(verb, self.url(method), timeout=30, **what)

    def ok(self, method: str, **given: Any) -> Any:
        """What a request gives that must be granted."""
        answer = httpx.post(self.url(method), json=given, timeout=60).json()
        assert answer["ok"], answer
        return answer["result"]

    def refused(self, code: int, method: str, **given: Any) -> dict[str, Any]:
        """The whole answer to a request that must be refused."""
        return self.denied(code, httpx.post(self.url(method), json=given, timeout=60))

    def denied(self, code: int, answer: httpx.Response) -> dict[str, Any]:
        body: dict[str, Any] = answer.json()
        assert not body["ok"], body
        assert answer.status_code == body["error_code"] == code, body
        return body

    def because(self, method: str, **given: Any) -> str:
        """Why a request is answered with 400."""
        description: str = self.refused(400, method, **given)["description"]
        return description.removeprefix("Bad Request: ")

    def upload(self, method: str, field: str, name: str, content: bytes, **given: Any) -> httpx.Response:
        return httpx.post(self.url(method), data=given, files={field: (name, content)}, timeout=60)
