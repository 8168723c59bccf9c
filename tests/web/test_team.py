"""The supervisor's page: queues, people, waiting by hour of day, what was missed; and who may see it."""

from datetime import timedelta

import anyio

from bot.desk import handoffs
from bot.desk.team import team_view
from tests.desk.stage import NOW, ask_for_person, chat, hire, notice
from tests.web.office import Office, text_of


def test_who_waits_who_works_and_what_was_missed(office: Office) -> None:
    with office.database.transaction() as work:
        boss, mei = hire(work, "supervisor"), hire(work, "collector", "mei")
        elsewhere = hire(work, "collector", "tom", speakers=("thames",))
        near = hire(work, "supervisor", "zoe", speakers=("harbour",))
        waiting = ask_for_person(work, chat(work, sender="a"), at=NOW - timedelta(days=3))
        held = ask_for_person(work, chat(work, sender="b"), at=NOW - timedelta(hours=2))
        handoffs.take(work, held, mei, NOW, notice)
    with office.database.reading() as work:
        view = team_view(work, boss, NOW - timedelta(days=7), NOW, NOW.tzinfo)  # type: ignore[arg-type]
        bounded = team_view(work, near, NOW - timedelta(days=7), NOW, NOW.tzinfo)  # type: ignore[arg-type]
    (load,) = view.teams.values()
    assert (load.waiting, load.held) == (1, 1)
    assert [case.id for case in view.waiting] == [waiting]
    assert [case.id for case in view.held] == [held]
    assert waiting in [case.id for case in view.late]
    assert [(person.staff.login, person.held) for person in view.people] == [
        ("mei", 1), ("supervisor", 0), ("tom", 0), ("zoe", 0),
    ]  # fmt: skip
    assert elsewhere.id not in [person.staff.id for person in bounded.people]
    hours = {hour.hour: hour for hour in view.hours if hour.opened}
    assert sorted(hours) == sorted({NOW.hour, (NOW - timedelta(hours=2)).hour})
    assert (hours[NOW.hour].opened, hours[NOW.hour].missed, hours[NOW.hour].median_wait) == (1, 1, None)
    assert len(view.hours) == 24


def test_the_page_and_its_live_part(office: Office) -> None:
    with office.database.transaction() as work:
        case = ask_for_person(work, chat(work))
        handoffs.take(work, case, hire(work, "collector", "mei"), NOW, notice)

    async def look() -> None:
        browser = office.browser(office.hired("supervisor"))
        page = await browser.get("/desk/team?days=28")
        said = text_of(page)
        for words in ("With colleagues now", "Mei", "Watch", "Nobody is ranked", "By hour of day"):
            assert words in said
        assert "style=" not in page.text
        live = await browser.get("/desk/team?days=28", accept="application/json")
        assert "Mei" in live.json()["fragments"]["team"]
        await browser.get(f"/desk/cases/{case}")
        collector = office.browser(office.hired("collector", "ann"))
        assert (await collector.get("/desk/team")).status_code == 403

    anyio.run(look)
    with office.database.reading() as work:
        trail = [entry.action for entry in work.audit.newest(limit=5)]
    assert trail[0] == "refused"
    assert [action for action in trail if action in ("view_team", "watch_case")] == ["watch_case", "view_team"]
