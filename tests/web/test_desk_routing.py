"""Next, passing on, away and back, as a browser asks for them: by a plain form and by the page's script."""

from dataclasses import replace
from datetime import timedelta

import anyio

from bot.access import Staff
from tests.desk.stage import NOW, ask_for_person, chat
from tests.web.office import Office, text_of

SCRIPT = {"accept": "application/json"}


def case_in(office: Office, number: int = 1) -> str:
    with office.database.transaction() as work:
        return ask_for_person(work, chat(work, sender=f"borrower-{number}"), at=NOW + timedelta(seconds=number))


def holder(office: Office, case: str) -> str | None:
    with office.database.reading() as work:
        state = work.desk.case(case)
        assert state is not None
        return state.holder


def limited(office: Office, staff: Staff, capacity: int) -> None:
    with office.database.transaction() as work:
        work.staff.save(replace(staff, capacity=capacity))


def test_the_next_case_is_opened_until_the_hands_are_full(office: Office) -> None:
    ann = office.hired("collector", "ann")
    limited(office, ann, 1)

    async def work_on() -> None:
        browser = office.browser(ann)
        none = await browser.post("/desk/next")
        assert (none.status_code, none.headers["location"]) == (303, "/desk")
        first, second = case_in(office), case_in(office, 2)
        taken = await browser.post("/desk/next")
        assert taken.headers["location"] == f"/desk/cases/{first}"
        assert holder(office, first) == ann.id
        page = await browser.post(f"/desk/cases/{second}/take")
        assert page.status_code == 409
        assert "You hold as many chats as you can" in page.text
        browser.client.headers.update(SCRIPT)
        full = (await browser.post("/desk/next")).json()
        assert "You hold 1 chats" in full["fragments"]["presence"]
        assert "open" not in full
        limited(office, ann, 3)
        assert (await browser.post("/desk/next")).json()["open"] == second
        assert holder(office, second) == ann.id
        nobody = (await browser.post("/desk/next")).json()
        assert "Nobody is waiting who fits" in nobody["fragments"]["presence"]

    anyio.run(work_on)


def test_a_case_is_passed_to_whom_the_form_names(office: Office) -> None:
    ann, ben = office.hired("collector", "ann"), office.hired("collector", "ben")
    case = case_in(office)

    async def pass_on() -> None:
        here, there = office.browser(ann), office.browser(ben)
        await here.post(f"/desk/cases/{case}/take")
        form = await here.get(f"/desk/cases/{case}/transfer")
        assert "Ben, has 0 of 12" in text_of(form)
        assert "Ann, has" not in text_of(form)
        assert 'value="team:legal"' in form.text
        lazily = await here.get(f"/desk/cases/{case}/transfer", **SCRIPT)
        assert f'value="staff:{ben.id}"' in lazily.json()["fragments"]["transfer-form"]
        for wrong in ("staff:", "team:../../etc", "somebody"):
            refused = await here.post(f"/desk/cases/{case}/transfer", to=wrong, reason="skill")
            assert refused.status_code == 422
        await there.post("/desk/presence", away="true")
        away = await here.post(f"/desk/cases/{case}/transfer", to=f"staff:{ben.id}", reason="skill")
        assert away.status_code == 409
        assert "that colleague is away" in text_of(away)
        assert holder(office, case) == ann.id
        await there.post("/desk/presence", away="false")
        passed = await here.post(
            f"/desk/cases/{case}/transfer", to=f"staff:{ben.id}", reason="shift_ends", line="soon"
        )
        assert passed.status_code == 303
        assert holder(office, case) == ben.id
        told = text_of(await there.get(f"/desk/cases/{case}"))
        assert "Passed on: My shift ends" in told
        assert "soon" in told

    anyio.run(pass_on)


def test_a_supervisor_reassigns_and_others_do_not(office: Office) -> None:
    ann, ben, boss = office.hired("collector", "ann"), office.hired("collector", "ben"), office.hired("supervisor")
    case = case_in(office)

    async def reassign() -> None:
        worker, chief = office.browser(ann), office.browser(boss)
        office.browser(ben)
        refused = await worker.post(f"/desk/cases/{case}/transfer", to=f"staff:{ben.id}", reason="workload")
        assert refused.status_code == 409
        assert holder(office, case) is None
        await chief.post(f"/desk/cases/{case}/transfer", to=f"staff:{ben.id}", reason="workload")
        assert holder(office, case) == ben.id
        await chief.post(f"/desk/cases/{case}/transfer", to="team:legal", reason="skill")
        assert holder(office, case) is None

    anyio.run(reassign)


def test_away_is_said_and_taken_back(office: Office) -> None:
    ann = office.hired("collector", "ann")

    async def come_and_go() -> None:
        browser = office.browser(ann)
        browser.client.headers.update(SCRIPT)
        gone = (await browser.post("/desk/presence", away="true")).json()["fragments"]["presence"]
        assert "You are away" in gone
        assert "I&#39;m back" in gone or "I'm back" in gone
        with office.database.reading() as work:
            assert work.staff.present(office.clock.now()) == frozenset()
        back = (await browser.post("/desk/presence", away="false")).json()["fragments"]["presence"]
        assert "You are away" not in back
        with office.database.reading() as work:
            assert work.staff.present(office.clock.now()) == {ann.id}
            assert [entry.action for entry in work.audit.newest()][:2] == ["came_back", "went_away"]

    anyio.run(come_and_go)
