"""Every route that names a case or a conversation, asked by staff whose it is not: refused, noted, untouched."""

from collections import defaultdict
from dataclasses import replace

import anyio
import httpx
import pytest

from bot.access import ROUTES, Role, Staff
from bot.web import staff as accounts
from tests.desk.stage import NOW, ask_for_person, chat, hire
from tests.web.office import Browser, Office

# What each form asks for, so that no refusal is for a missing field.
FIELDS = {
    "text": "hello", "agreed": "", "outcome": "other", "reason": "a complaint to answer", "line": "why",
    "kind": "other", "account_id": "none", "amount": "100", "due": "2026-12-01", "words": "wrong",
    "to": "team:fraud", "answer": "decline", "opens": "09:00", "closes": "10:00", "status": "done", "count": "2",
}  # fmt: skip
OF_ITS_OWN = {
    "settle": {"outcome": "upheld"},
    "hold": {"reason": "hardship"},
    "referrals": {"kind": "legal"},
    "transfer": {"reason": "skill"},
}
SECRETS = ("HB-1001", "138 0013 8000", "Wants to pay 300 a month", "12,600")
OUTSIDERS = {
    "of another lender": {"speakers": ("thames",)},
    "of another creditor": {"creditors": ("thames",)},
    "of another team": {"teams": ("fraud",)},
}
# A case is a team's, a conversation is not.
NAMED = sorted(key for key in ROUTES if "{case_id}" in key or "{conversation_id}" in key)
LISTS = ("GET /desk", "GET /desk/queue", "GET /desk/team", "GET /desk/approvals", "GET /review", "POST /desk/next")


STAFF: tuple[Role, ...] = ("supervisor", "admin")


def form(key: str) -> dict[str, str]:
    return {**FIELDS, **OF_ITS_OWN.get(key.rpartition("/")[2], {})}


async def sent(browser: Browser, key: str, path: str) -> httpx.Response:
    if key.startswith("GET"):
        return await browser.get(f"{path}?before=9")
    if key.endswith("/file"):
        token = {"csrf": accounts.csrf_of(browser.token)}
        return await browser.client.post(path, data=token, files={"file": ("a.txt", b"x")})
    return await browser.post(path, **form(key))


def bounded(office: Office, role: Role, whose: str) -> Staff:
    with office.database.transaction() as work:
        staff = replace(hire(work, role, f"{role}-{whose}"), **OUTSIDERS[whose])  # type: ignore[arg-type]
        work.staff.save(staff)
    return staff


@pytest.mark.parametrize("whose", OUTSIDERS)
def test_what_is_another_lenders_or_teams_is_refused_everywhere(office: Office, whose: str) -> None:
    with office.database.transaction() as work:
        conversation = chat(work)
        case = ask_for_person(work, conversation, creditor="harbour")
        before = work.desk.case(case), work.record.head(conversation.id)
    names: defaultdict[str, str] = defaultdict(lambda: "1")
    names |= {"case_id": case, "conversation_id": conversation.id}
    asked = [key for key in NAMED if whose != "of another team" or "{case_id}" in key]

    async def walk() -> int:
        app, refused, wrong = office.app(), 0, []
        staff = [bounded(office, role, whose) for role in STAFF]
        for key in asked:
            who = next((one for one in staff if one.may(ROUTES[key])), None)
            assert who, key
            browser, path = office.browser(who, app), key.split()[1].format_map(names)
            answer = await sent(browser, key, path)
            if answer.status_code not in (403, 404):
                wrong.append(f"{answer.status_code} {key}")
            assert not any(secret in answer.text for secret in SECRETS), key
            refused += answer.status_code == 403
        for key in LISTS:
            who = next(one for one in staff if one.may(ROUTES[key]))
            browser, path = office.browser(who, app), key.split()[1]
            answer = await (browser.get(path) if key.startswith("GET") else browser.post(path))
            seen = SECRETS if whose != "of another team" or "/desk" in key else ()
            assert not any(secret in answer.text for secret in seen), key
        assert not wrong, "\n".join(wrong)
        return refused

    refused = anyio.run(walk)
    with office.database.reading() as work:
        assert (work.desk.case(case), work.record.head(conversation.id)) == before
        noted = [entry for entry in work.audit.newest(limit=200) if entry.action == "refused"]
        assert len(noted) == refused > 10
        assert all(entry.at == NOW for entry in noted)
