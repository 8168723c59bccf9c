"""The program as a process: it starts from nothing, and a kill at any moment loses no message and repeats none."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.settings import ROOT

START_SECONDS = 60


@contextmanager
def running(state: Path, port: int, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The program over what stands in `state`; `more` are variables of its environment."""
    environment = {
        "PATH": os.environ["PATH"],
        "BOT_STATE": str(state),
        "BOT_PORT": str(port),
        "PYTHONPATH": str(ROOT),
        **more,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run", "--demo"], env=environment, cwd=state, stdout=subprocess.PIPE
    )
    try:
        _wait(process, port)
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, "the program ended while it started"
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the program did not start")


@pytest.fixture
def port() -> int:
    return free_port()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Page:
    """What a borrower's page does: keeps its token, sends again what was not confirmed."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}/api/chat"
        # No connection outlives its answer: the server behind it may be killed at any moment.
        self._headers = {"Connection": "close"}
        answer = self._ask("POST", "/sessions", json={"speaker": "harbour", "locale": "en"})
        self._headers["Authorization"] = f"Bearer {answer.json()['token']}"

    def _ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        return httpx.request(method, self._base + path, headers=self._headers, timeout=10, **what)

    def send(self, **body: Any) -> None:
        message = {"id": str(uuid.uuid4()), **body}
        for _ in range(200):
            try:
                answer = self._ask("POST", "/messages", json=message)
            except httpx.TransportError:
                time.sleep(0.1)
                continue
            if answer.status_code == 202:
                return
            assert answer.status_code == 429, answer.text
            time.sleep(float(answer.headers["Retry-After"]))
        raise AssertionError("the message was never received")

    def messages(self) -> list[dict[str, Any]]:
        return list(self._ask("GET", "/messages", params={"after": 0}).json()["messages"])

    def said(self) -> list[str]:
        return [message["text"] for message in self.messages() if message["from"] == "user"]

    def settle(self, count: int) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            chat = self._ask("GET", "/messages", params={"after": 0}).json()
            if not chat["busy"] and len([m for m in chat["messages"] if m["from"] == "user"]) >= count:
                return
            time.sleep(0.05)
        raise AssertionError("the chat did not come to rest")


def test_killed_at_any_moment_nothing_is_lost_and_nothing_done_twice(
    tmp_path: Path, trained_folder: Path, port: int
) -> None:
    shutil.copytree(trained_folder, tmp_path / "model")
    sent: list[str] = []
    with running(tmp_path, port):
        page = Page(port)
        page.send(start=True)
    _talk_and_kill(tmp_path, port, page, sent)
    with running(tmp_path, port):
        _nothing_is_missing(page, sent)
    verify(tmp_path)


def verify(state: Path) -> None:
    """Every conversation's chain holds."""
    verified = subprocess.run(
        [sys.executable, "-m", "bot", "review", "verify", "--demo"],
        env={"PATH": os.environ["PATH"], "BOT_STATE": str(state), "PYTHONPATH": str(ROOT)},
        cwd=state,
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "0 broken" in verified.stdout


def _talk_and_kill(state: Path, port: int, page: Page, sent: list[str]) -> None:
    rng = random.Random(20261121)
    for round_ in range(3):
        with running(state, port) as process:
            for number in range(3):
                text = f"hello {round_} {number}"
                page.send(text=text)
                sent.append(text)
            time.sleep(rng.uniform(0, 0.15))
            process.send_signal(signal.SIGKILL)
            process.wait()


def _nothing_is_missing(page: Page, sent: list[str]) -> None:
    page.settle(len(sent))
    assert page.said() == sent
    seqs = [message["seq"] for message in page.messages()]
    assert seqs == sorted(set(seqs))
    assert len([message for message in page.messages() if message["from"] == "bot"]) >= len(sent)


def test_demo_refuses_to_listen_beyond_this_machine(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "BOT_STATE": str(tmp_path), "BOT_HOST": "0.0.0.0"}
    refused = subprocess.run(
        [sys.executable, "-m", "bot", "run", "--demo"],
        env={**environment, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert "BOT_HOST" in refused.stderr
