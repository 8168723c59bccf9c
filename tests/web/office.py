"""The staff's pages over a real database, driven in process by httpx."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
from anyio import to_thread
from fastapi import FastAPI

from bot.access import Role, Staff
from bot.clock import FixedClock
from bot.lending.policy import Policies
from bot.lending.policy_set import read_set
from bot.locale import Catalogues
from bot.review.indexing import Indexer
from bot.storage.engine import Database
from bot.web import staff as accounts
from bot.web import staff_routes
from bot.web.rendering import Renderer, environment
from bot.web.staff_pages import StaffPages
from bot.web.work import StaffWork
from tests.desk.stage import NOW, TALK, ask_for_person, chat, hire, identity_wanted, notice, offered

ROOT = Path(__file__).resolve().parents[2]
CREDITORS = ROOT / "bot" / "lender" / "demo" / "creditors"
T = TypeVar("T")


@cache
def _policies() -> Policies:
    return Policies.load(CREDITORS)


@cache
def _words() -> Catalogues:
    return Catalogues.load(ROOT / "locales")


@dataclass
class Office:
    """One installation's staff pages; `changed` collects the conversations that waiting chats were told of."""

    database: Database
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    changed: list[str] = field(default_factory=list)
    creditors: Path = CREDITORS  # the folder of their files

    async def run(self, fn: Callable[[StaffWork], T], *, reading: bool = False) -> T:
        opened = self.database.reading if reading else self.database.transaction

        def work() -> T:
            with opened() as transaction:
                return fn(transaction)

        return await to_thread.run_sync(work)

    def pages(self, *, secure: bool = False) -> StaffPages:
        return StaffPages(
            port=self,
            clock=self.clock,
            policies=_policies(),
            written=partial(read_set, self.creditors),
            notices=notice,
            offer_words=offered,
            identity_words=identity_wanted,
            talk=TALK,
            renderer=self.renderer(),
            changed=self.changed.append,
            secure=secure,
        )

    def app(self, *, secure: bool = False) -> FastAPI:
        app = FastAPI()
        for router in staff_routes.routers(self.pages(secure=secure)):
            app.include_router(router)
        return app

    def renderer(self) -> Renderer:
        words = _words()
        return Renderer(words.localizer, words.languages, environment())

    def hired(self, role: Role, login: str | None = None, speakers: tuple[str, ...] | None = None) -> Staff:
        with self.database.transaction() as work:
            return hire(work, role, login, speakers)

    def browser(self, staff: Staff | None = None, app: FastAPI | None = None) -> "Browser":
        """A browser, signed in as `staff`; search knows all that was said until now."""
        list(Indexer(self.database).run_all())
        token = ""
        if staff:
            with self.database.transaction() as work:
                token = accounts.start_session(work, staff, "test", self.clock.now())
        transport = httpx.ASGITransport(app or self.app())
        client = httpx.AsyncClient(transport=transport, base_url="http://bot.test")
        if token:
            client.cookies.set("staff", token)
        return Browser(client, token)


@dataclass
class Browser:
    client: httpx.AsyncClient
    token: str

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=headers)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form with the session's own token."""
        csrf = accounts.csrf_of(self.token) if self.token else ""
        return await self.client.post(path, data={"csrf": csrf, **fields})


def text_of(response: httpx.Response) -> str:
    """What a page says, tags and spacing aside."""
    plain = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", response.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", plain)


def waiting(office: Office, **how: Any) -> tuple[str, str]:
    """A case that waits: its id and its conversation's."""
    with office.database.transaction() as work:
        conversation = chat(work, **how)
        return ask_for_person(work, conversation), conversation.id


async def holding(office: Office, case: str, login: str = "collector") -> Browser:
    browser = office.browser(office.hired("collector", login))
    await browser.post(f"/desk/cases/{case}/take")
    return browser
