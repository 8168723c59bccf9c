"""The action server as a process, over the demo's people in a database that the test can read."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot import assembly
from bot.assembly import Ground
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.responses import Responses
from bot.dialogue.understanding.engine import LocalUnderstanding
from bot.locale import Catalogues
from bot.settings import ROOT, from_environment
from tests.rasa.side import RasaSide

START_SECONDS = 60
TOKEN = "only for tests"


@dataclass
class ActionServer:
    """A running server: where it listens, and the database that it works on."""

    base: str
    ground: Ground
    model: LocalUnderstanding
    client: httpx.Client
    dialogue: Dialogue
    responses: Responses

    def send(self, body: Any) -> httpx.Response:
        # In ASCII, since a lone surrogate has no other form.
        return self.client.post(f"{self.base}/webhook", content=json.dumps(body))

    def side(self, **what: Any) -> RasaSide:
        today = self.ground.clock.now().date()
        return RasaSide(self.dialogue, self.responses, self.model, self.send, today=today, **what)


def environment(state: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "BOT_STATE": str(state), "PYTHONPATH": str(ROOT), **more}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, trained_folder: Path, model: LocalUnderstanding
) -> Iterator[ActionServer]:
    state, port = tmp_path_factory.mktemp("actions"), free_port()
    shutil.copytree(trained_folder, state / "model")  # found by the process, so that it trains none
    command = [sys.executable, "-m", "bot", "action-server", "--demo", "--speaker", "harbour", "--port", str(port)]
    env = environment(state, BOT_ACTION_TOKEN=TOKEN)
    with subprocess.Popen(command, env=env, cwd=state, stdout=subprocess.DEVNULL) as process:
        try:
            wait_for(process, f"http://127.0.0.1:{port}")
            with httpx.Client(timeout=30, headers={"Authorization": f"Bearer {TOKEN}"}) as client:
                yield _connected(state, port, model, client)
        finally:
            process.terminate()
            assert process.wait(20) is not None


def wait_for(process: subprocess.Popen[Any], base: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended while it started"
        try:
            if httpx.get(f"{base}/health", timeout=1).json() == {"status": "ok"}:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


def _connected(state: Path, port: int, model: LocalUnderstanding, client: httpx.Client) -> ActionServer:
    ground = assembly.ground(from_environment(environment(state), demo=True))
    dialogue = Dialogue.load(ROOT / "dialogues")
    responses = Responses(dialogue.domain, Catalogues.load(ROOT / "locales"), flows=dialogue.flows)
    return ActionServer(f"http://127.0.0.1:{port}", ground, model, client, dialogue, responses)
