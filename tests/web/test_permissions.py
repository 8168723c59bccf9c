"""Every staff route, as every role: who gets in is what the table says, and nothing is forgotten in it."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable

import anyio
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from bot.access import PERMISSIONS, ROLES, ROUTES
from bot.storage.engine import Database
from tests.desk.stage import ask_for_person, chat
from tests.web.office import Office

OPEN = {"GET /sign-in", "POST /sign-in"}


def staff_routes(app: FastAPI) -> set[str]:
    return {key for key in _keys(_flat(app.routes)) if not key.endswith("/openapi.json")}


def _flat(routes: Iterable[BaseRoute]) -> Iterable[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif (router := getattr(route, "original_router", None)) is not None:
            yield from _flat(router.routes)


def _keys(routes: Iterable[APIRoute]) -> Iterable[str]:
    for route in routes:
        for method in (route.methods or set()) - {"HEAD"}:
            yield f"{method} {route.path}"


def test_every_route_has_its_row_and_every_row_its_route(database: Database) -> None:
    assert staff_routes(Office(database).app()) == set(ROUTES) | OPEN


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


def addresses(office: Office) -> dict[str, str]:
    with office.database.transaction() as work:
        conversation = chat(work, reference=None)
        case = ask_for_person(work, conversation)
    names = defaultdict(lambda: "none", case_id=case, conversation_id=conversation.id, number="1")
    return {key: key.split()[1].format_map(names) for key in ROUTES}


FIELDS = {"text": "hello", "agreed": "", "outcome": "other", "reason": "a complaint to answer", "locale": "en"}


async def ended_at_once(*_: object) -> AsyncIterator[str]:
    yield "retry: 1\n\n"


def test_each_role_gets_in_where_the_table_says(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.desk_live.events", ended_at_once)

    async def walk() -> None:
        app, paths = office.app(), addresses(office)
        for role in ROLES:
            staff = office.hired(role)
            for key, path in paths.items():
                browser = office.browser(staff, app)
                response = await (browser.get(path) if key.startswith("GET") else browser.post(path, **FIELDS))
                allowed = role in PERMISSIONS[ROUTES[key]]
                assert (response.status_code != 403) == allowed, (role, key, response.status_code)
                assert response.status_code < 500

    anyio.run(walk)


def test_nobody_gets_in_without_signing_in(office: Office) -> None:
    async def walk() -> None:
        app, paths = office.app(), addresses(office)
        for key, path in paths.items():
            browser = office.browser(app=app)
            response = await (browser.get(path) if key.startswith("GET") else browser.post(path, **FIELDS))
            assert response.status_code in (303, 401), key
            assert "/sign-in" in response.headers.get("location", "/sign-in")

    anyio.run(walk)


def test_no_form_works_without_its_token(office: Office) -> None:
    async def walk() -> None:
        app, paths = office.app(), addresses(office)
        admin, collector = office.hired("admin"), office.hired("collector")
        for key, path in paths.items():
            if key.startswith("GET"):
                continue
            staff = collector if "collector" in PERMISSIONS[ROUTES[key]] else admin
            browser = office.browser(staff, app)
            other = office.browser(staff, app)
            browser.token = other.token  # a token of another session
            assert (await browser.post(path, **FIELDS)).status_code == 403, key
            assert (await browser.client.post(path, data=FIELDS)).status_code == 403, key

    anyio.run(walk)


def test_a_route_without_a_row_is_refused_even_to_admins(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.guard.ROUTES", {})

    async def ask() -> None:
        browser = office.browser(office.hired("admin"))
        assert (await browser.get("/desk")).status_code == 403

    anyio.run(ask)


def test_every_answer_carries_the_headers(office: Office) -> None:
    async def ask() -> None:
        browser = office.browser(office.hired("admin"))
        for path in ("/sign-in", "/desk", "/desk/cases/none", "/review", "/review/audit"):
            headers = (await browser.get(path)).headers
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert headers["cache-control"] == "no-store"
            assert headers["x-frame-options"] == "DENY"

    anyio.run(ask)
