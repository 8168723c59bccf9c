"""The full desk of the load test: open cases of many borrowers, collectors who are signed in, servers."""

import os
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

from bot.access import Staff
from bot.assembly import App
from bot.channels.web_session import new_token, sender_of
from bot.desk import handoffs, routing
from bot.desk.opening import open_case
from bot.dialogue.messages import Incoming
from bot.lending.policy_desk import CaseReason
from bot.record.events import NewEvent
from bot.settings import Settings
from bot.storage.work import Work
from bot.web import staff as accounts

SPEAKERS = ("harbour", "swiftlend", "prairie", "thames")
REASONS: tuple[CaseReason, ...] = ("request", "negotiation", "dispute", "request", "rights", "request")
SAID = 30  # lines before a borrower asked for a person
START_SECONDS = 300  # a first start learns from the example messages; a busy disk makes stopping take long as well


@dataclass(frozen=True, slots=True)
class Held:
    """A collector who has a borrower's chat; both by the tokens of their sessions."""

    case_id: str
    borrower: str
    collector: str


@dataclass(frozen=True, slots=True)
class Office:
    held: tuple[Held, ...]
    waiting: tuple[str, ...]  # cases


def filled(app: App, collectors: int, cases: int) -> Office:
    """Open `cases` cases, of which each collector holds one."""
    speakers, reasons = cycle(SPEAKERS), cycle(REASONS)
    opened = [_case(app, next(speakers), next(reasons)) for _ in range(cases)]
    with app.database.transaction() as work:
        signed = [_signed_in(work, app, number) for number in range(collectors)]
    held = []
    for (case_id, borrower), (staff, token) in zip(opened, signed, strict=False):
        with app.database.transaction() as work:
            handoffs.take(work, case_id, staff, app.clock.now(), app.responses.text)
        held.append(Held(case_id, borrower, token))
    return Office(tuple(held), tuple(case_id for case_id, _ in opened[collectors:]))


def _case(app: App, speaker: str, reason: CaseReason) -> tuple[str, str]:
    token = new_token(speaker)
    start = Incoming(f"web:{speaker}", sender_of(token), uuid.uuid4().hex, "start", locale="en")
    conversation_id = app.turns.receive(start).conversation_id
    app.turns.drain(conversation_id)
    at = app.clock.now()
    with app.database.transaction() as work:
        conversation = work.conversations.lock(conversation_id)
        route = routing.route(app.policies, conversation, None, reason, "person", at)
        opened = open_case(work, conversation, reason=reason, wants="person", card={}, at=at, route=route)
        said = [
            NewEvent("user", {"kind": "text", "text": f"This is what I have to say, part {n}."})
            for n in range(SAID)
        ]
        work.record.append(conversation_id, [*said, *opened.events], at)
    return opened.case_id, token


def _signed_in(work: Work, app: App, number: int) -> tuple[Staff, str]:
    """One more collector with a session; nobody can sign in as them, since their password is no hash."""
    staff = Staff(uuid.uuid4().hex, f"collector-{number}", f"Collector {number}", "collector")
    work.staff.add(staff, "!")
    return staff, accounts.start_session(work, staff, "bench", app.clock.now())


def report_of(port: int, folder: Path) -> Path:
    """What a server that has stopped says of its work, for `desk_server.read`."""
    return folder / f"server-{port}.json"


@contextmanager
def served(given: Settings, ports: range, folder: Path) -> Iterator[list[str]]:
    """A server for each port on the database of `given`, each in a process of its own; the addresses."""
    servers = [_server(given, port, folder) for port in ports]
    addresses = [f"http://127.0.0.1:{port}" for port in ports]
    try:
        for address, server in zip(addresses, servers, strict=True):
            _answers(address, server)
        yield addresses
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(START_SECONDS)


def _server(given: Settings, port: int, folder: Path) -> "subprocess.Popen[bytes]":
    environ: Mapping[str, str] = {
        **os.environ,
        "BOT_DATABASE_URL": given.database_url,
        "BOT_KEY_FILE": str(given.key_file),
        "BOT_STATE": str(given.state),
        "BOT_PORT": str(port),
    }
    command = [sys.executable, "-m", "bot.bench.desk_server", str(report_of(port, folder))]
    with (folder / f"server-{port}.log").open("wb") as out:
        return subprocess.Popen(command, env=environ, stdout=out, stderr=out)  # noqa: S603 - what we are


def _answers(address: str, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):  # noqa: S310 - an address of ours
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"no server came up at {address}")


def durable(given: Settings, url: str) -> Settings:
    return replace(given, database_url=url)
