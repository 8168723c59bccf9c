"""The page where two people agree: one proposes, another decides, and nobody decides alone."""

import re
from pathlib import Path

import anyio
import pytest

from bot.access import Staff
from bot.lending.policy_set import read_set
from bot.review import policy_control
from bot.storage.engine import Database
from tests.desk.stage import NOW, PASSWORD
from tests.lending.files import changed
from tests.web.office import Office, text_of

PAGE = "/review/two-people"
WHY = "leads the team from May"


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


def found(office: Office, login: str) -> Staff | None:
    with office.database.reading() as work:
        known = work.staff.by_login(login)
    return known[0] if known else None


def proposal_in(html: str) -> str:
    return str(re.findall(r'id="proposal-(\w{32})"', html)[0])


def test_a_role_is_proposed_by_one_and_agreed_by_another(office: Office) -> None:
    rosa, priya, ana = (
        office.hired("admin", "rosa"),
        office.hired("admin", "priya"),
        office.hired("collector", "ana"),
    )

    async def walk() -> None:
        app = office.app()
        one, other = office.browser(rosa, app), office.browser(priya, app)
        asked = await one.post(f"{PAGE}/colleagues/{ana.id}", role="supervisor", reason=WHY)
        assert (asked.status_code, asked.headers["location"]) == (303, f"{PAGE}?done=proposed")
        own = await one.get(PAGE)
        assert "Your own proposal: another admin decides." in text_of(own)
        assert 'value="agree"' not in own.text
        proposal = proposal_in(own.text)
        alone = await one.post(f"{PAGE}/{proposal}", answer="agree")
        assert (alone.status_code, found(office, "ana")) == (409, ana)
        assert "Another person decides this" in text_of(alone)
        page = await other.get(PAGE)
        assert "Rights of ana Role Collector → Supervisor" in text_of(page)
        assert WHY in page.text
        agreed = await other.post(f"{PAGE}/{proposal}", answer="agree", line="fine")
        assert agreed.headers["location"] == f"{PAGE}?done=agreed"
        again = await other.post(f"{PAGE}/{proposal}", answer="agree")
        assert (again.status_code, "has expired" in text_of(again)) == (409, True)
        trail = text_of(await other.get("/review/audit"))
        assert "Agreed to a change" in trail
        assert "Proposed a change" in trail

    anyio.run(walk)
    changed = found(office, "ana")
    assert changed is not None
    assert changed.role == "supervisor"


def test_whom_it_is_about_and_who_is_bounded_decide_nothing(office: Office) -> None:
    rosa, priya = office.hired("admin", "rosa"), office.hired("admin", "priya")
    narrow = office.hired("admin", "narrow", ("harbour",))
    office.hired("admin", "third")

    async def walk() -> None:
        app = office.app()
        await office.browser(rosa, app).post(f"{PAGE}/colleagues/{priya.id}", role="auditor", reason=WHY)
        about = office.browser(priya, app)
        page = await about.get(PAGE)
        assert "This is about you: another admin decides." in text_of(page)
        for answer in ("agree", "refuse"):
            assert (await about.post(f"{PAGE}/{proposal_in(page.text)}", answer=answer)).status_code == 409
            bounded = office.browser(narrow, app)
            assert (await bounded.post(f"{PAGE}/{proposal_in(page.text)}", answer=answer)).status_code == 403
        refused = await office.browser(rosa, app).post(f"{PAGE}/{proposal_in(page.text)}", answer="refuse")
        assert refused.headers["location"] == f"{PAGE}?done=withdrawn"

    anyio.run(walk)
    assert found(office, "priya") == priya


def test_a_new_colleague_begins_at_once_or_once_it_is_agreed(office: Office) -> None:
    rosa, priya = office.hired("admin", "rosa"), office.hired("admin", "priya")
    new = {"name": "Bo", "reason": WHY, "password": PASSWORD}

    async def walk() -> None:
        app = office.app()
        one = office.browser(rosa, app)
        at_once = await one.post(f"{PAGE}/colleagues", login="bo", role="collector", **new)
        assert at_once.headers["location"] == f"{PAGE}?done=done"
        for fields, problem in (
            ({"login": "bo", "role": "reviewer"}, "Somebody signs in under this name already."),
            ({"login": "cy", "role": "reviewer", "password": "short"}, "at least 12 characters"),
        ):
            told = await one.post(f"{PAGE}/colleagues", **{**new, **fields})
            assert (told.status_code, problem in text_of(told)) == (409, True)
        asked = await one.post(f"{PAGE}/colleagues", login="cy", role="reviewer", **new)
        assert asked.headers["location"] == f"{PAGE}?done=proposed"
        assert found(office, "cy") is None
        other = office.browser(priya, app)
        page = await other.get(PAGE)
        assert "New colleague cy" in text_of(page)
        assert "argon2" not in page.text
        await other.post(f"{PAGE}/{proposal_in(page.text)}", answer="agree")

    anyio.run(walk)
    assert [getattr(found(office, login), "role", None) for login in ("bo", "cy")] == ["collector", "reviewer"]


def test_shutting_out_is_at_once_letting_in_again_is_not(office: Office) -> None:
    rosa = office.hired("admin", "rosa")
    vera = office.hired("reviewer", "vera")

    async def walk() -> None:
        one = office.browser(rosa)
        path = f"{PAGE}/colleagues/{vera.id}"
        assert (await one.post(path, state="shut_out", reason=WHY)).headers["location"].endswith("done=done")
        alone = await one.post(path, state="let_in", reason=WHY)
        assert (alone.status_code, "no second admin yet" in text_of(alone)) == (409, True)
        office.hired("admin", "priya")
        assert (await one.post(path, state="let_in", reason=WHY)).headers["location"].endswith("done=proposed")
        assert (await one.post(path, role="admin", reason="short")).status_code == 422
        assert (await one.post(f"{PAGE}/colleagues/nobody", role="admin", reason=WHY)).status_code == 404

    anyio.run(walk)
    gone = found(office, "vera")
    assert gone is not None
    assert gone.disabled


def test_auditors_read_and_decide_nothing(office: Office) -> None:
    rosa, vera = office.hired("admin", "rosa"), office.hired("reviewer", "vera")
    office.hired("admin", "priya")
    auditor = office.hired("auditor", "otto")

    async def walk() -> None:
        app = office.app()
        await office.browser(rosa, app).post(f"{PAGE}/colleagues/{vera.id}", role="auditor", reason=WHY)
        reader = office.browser(auditor, app)
        page = await reader.get(PAGE)
        assert page.text.count("<form") == 2  # language and signing out
        assert (await reader.post(f"{PAGE}/{proposal_in(page.text)}", answer="agree")).status_code == 403

    anyio.run(walk)


def test_policies_are_proposed_as_they_stand_and_agreed_line_by_line(office: Office, tmp_path: Path) -> None:
    rosa, priya = office.hired("admin", "rosa"), office.hired("admin", "priya")
    office.creditors = changed(tmp_path, "harbour", lambda data: data)
    with office.database.transaction() as work:
        policy_control.adopt(work, read_set(tmp_path), "the first", NOW)

    async def walk() -> None:
        app = office.app()
        one, other = office.browser(rosa, app), office.browser(priya, app)
        assert "the folder holds the same" in text_of(await one.get(PAGE))
        nothing = await one.post(f"{PAGE}/policies", reason=WHY)
        assert (nothing.status_code, "There is nothing to propose" in text_of(nothing)) == (409, True)
        changed(tmp_path, "harbour", lambda data: data["plans"].update(grace_days="6"))
        page = await one.get(PAGE)
        assert "The agreed ones stay in force." in text_of(page)
        assert "grace_days: &#39;6&#39;" in page.text
        assert (await one.post(f"{PAGE}/policies", reason=WHY)).headers["location"] == f"{PAGE}?done=proposed"
        page = await other.get(PAGE)
        assert "Version" in text_of(page)
        assert "creditors/harbour.yml" in text_of(page)
        await other.post(f"{PAGE}/{proposal_in(page.text)}", answer="agree")
        assert "It works by the new version from its next start." in text_of(await other.get(PAGE))
        (tmp_path / "harbour.yml").write_text("id: harbour\n", "utf-8")
        broken = await one.post(f"{PAGE}/policies", reason=WHY)
        assert (broken.status_code, "Nothing was proposed." in text_of(broken)) == (409, True)

    anyio.run(walk)
    with office.database.reading() as work:
        assert [one.kind for one in work.two_people.decided()] == ["policy"]
