"""A language model behind an OpenAI-compatible endpoint: one question, one answer, within a time limit."""

import json
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import BoundedSemaphore
from urllib.parse import urlsplit

_AT_ONCE = 4
_LARGEST = 65536  # bytes of an answer; one that is larger is none
_FAILURES, _REST = 3, 60.0  # so many failures in a row, and it is not asked for so many seconds


class NoAnswer(Exception):
    """The language model did not answer, in time or in the agreed form; the message says which."""


@dataclass(frozen=True, slots=True)
class Address:
    """`url` is the base that /chat/completions stands under; `limit` the seconds after which it is given up."""

    url: str
    model: str
    key: str | None = field(default=None, repr=False)
    limit: float = 3.0


class Endpoint:
    """Asked from any thread; what is late is given up and left to end by itself."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="language-model")
        self._free = BoundedSemaphore(_AT_ONCE)
        self._failures, self._rests_until = 0, 0.0

    def answer(self, instructions: str, message: str) -> str:
        """The model's answer; NoAnswer when it is late, broken, busy or resting after failures."""
        if time.monotonic() < self._rests_until:
            raise NoAnswer("it failed and is left alone for a while")
        if not self._free.acquire(blocking=False):
            raise NoAnswer("it is busy with earlier messages")
        asked = self._pool.submit(_ask, self._address, instructions, message)
        asked.add_done_callback(lambda _: self._free.release())
        try:
            answer = self._within_limit(asked)
        except NoAnswer:
            self._failures += 1
            if self._failures >= _FAILURES:
                self._failures, self._rests_until = 0, time.monotonic() + _REST
            raise
        self._failures = 0
        return answer

    def _within_limit(self, asked: "Future[str]") -> str:
        try:
            return asked.result(self._address.limit)
        except TimeoutError:
            raise NoAnswer(f"no answer within {self._address.limit:g} s") from None
        except (OSError, HTTPException, ValueError, LookupError, TypeError) as error:
            raise NoAnswer(f"{type(error).__name__}") from error


def _ask(address: Address, instructions: str, message: str) -> str:
    """Redirections are not followed: what is masked here is meant for that address alone."""
    parts = urlsplit(address.url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=address.limit)
    headers = {"Content-Type": "application/json"}
    if address.key:
        headers["Authorization"] = f"Bearer {address.key}"
    body = json.dumps(_request(address.model, instructions, message)).encode()
    try:
        connection.request("POST", f"{parts.path.rstrip('/')}/chat/completions", body, headers)
        with closing(connection.getresponse()) as response:
            if response.status != 200:
                raise ValueError(f"status {response.status}")
            return str(json.loads(_content(response, address.limit))["choices"][0]["message"]["content"])
    finally:
        connection.close()


def _request(model: str, instructions: str, message: str) -> dict[str, object]:
    said = [{"role": "system", "content": instructions}, {"role": "user", "content": message}]
    form = {"type": "json_object"}
    return {"model": model, "messages": said, "temperature": 0, "max_tokens": 200, "response_format": form}


def _content(response: HTTPResponse, limit: float) -> bytes:
    """What it sends, unless that is too much or drips in too slowly."""
    ends, content = time.monotonic() + limit, b""
    while piece := response.read1(8192):
        content += piece
        if len(content) > _LARGEST or time.monotonic() > ends:
            raise ValueError("too long an answer")
    return content
