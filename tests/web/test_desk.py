"""The desk in a collector's browser: queue, transcript, card, taking, writing, handing back."""

from dataclasses import replace
from datetime import timedelta

import anyio
import pytest

from bot.lending.affordability import Means
from bot.lending.disputes import Dispute
from bot.lending.hardship import Hardship
from bot.lending.holds import Hold
from bot.lending.payments import Payment
from bot.lending.support import Support
from bot.money import Money
from bot.record.events import NewEvent
from tests.desk.stage import NOW
from tests.web.office import Office, text_of, waiting


def test_the_card_shows_the_lenders_figures_and_the_transcript_is_whole(office: Office) -> None:
    case, _ = waiting(office)

    async def look() -> None:
        page = await office.browser(office.hired("collector")).get(f"/desk/cases/{case}")
        said = text_of(page)
        for shown in ("HB-1001", "¥12,600.00", "Days past due 45", "0916", "Wants to pay 300 a month", "rounds 2"):
            assert shown in said
        assert "Opened the chat" in said
        assert 'class="said pressed" dir="auto">Start<' in page.text
        assert "Take over" in said
        assert 'name="text"' in page.text  # a note
        assert "Your answer" not in said

    anyio.run(look)


def test_the_card_shows_what_came_in_since_the_figures(office: Office) -> None:
    case, _ = waiting(office)
    with office.database.transaction() as work:
        borrower = work.lending.borrower_by_reference(["harbour"], "HB-1001")
        assert borrower is not None
        ((account, _),) = work.lending.accounts(borrower.id)
        paid_on = account.statement.as_of + timedelta(days=1)
        came_in = Payment("t1", account.id, "T1", Money.of("321", "CNY"), paid_on, NOW)
        work.lending.add_payments("harbour", [came_in])

    async def look() -> None:
        page = await office.browser(office.hired("collector")).get(f"/desk/cases/{case}")
        assert "Received since ¥321.00" in text_of(page)

    anyio.run(look)


def test_what_a_borrower_writes_is_text(office: Office) -> None:
    case, _ = waiting(office)

    async def look() -> None:
        page = await office.browser(office.hired("collector")).get(f"/desk/cases/{case}")
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text

    anyio.run(look)


def test_an_unknown_person_is_warned_about_and_no_figures_show(office: Office) -> None:
    case, _ = waiting(office, reference=None)

    async def look() -> None:
        said = text_of(await office.browser(office.hired("collector")).get(f"/desk/cases/{case}"))
        assert "Say nothing about a debt" in said
        assert "Owed" not in said

    anyio.run(look)


def test_a_sensitive_hardship_shows_to_supervisors_only(office: Office) -> None:
    case, conversation_id = waiting(office)
    with office.database.transaction() as work:
        conversation = work.conversations.get(conversation_id)
        assert conversation is not None
        assert conversation.borrower_id is not None
        means = Means(payday=10)
        told = Hardship("h", conversation.borrower_id, NOW, "illness", None, means, "in hospital", consent=True)
        work.lending.add_hardship(told)

    async def look() -> None:
        collector = text_of(await office.browser(office.hired("collector")).get(f"/desk/cases/{case}"))
        supervisor = text_of(await office.browser(office.hired("supervisor")).get(f"/desk/cases/{case}"))
        assert "in hospital" not in collector
        assert "Illness" not in collector
        assert "Payday 10" in collector
        assert "in hospital" in supervisor

    anyio.run(look)


def test_take_write_and_hand_back(office: Office) -> None:
    case, conversation_id = waiting(office)
    path = f"/desk/cases/{case}"

    async def work_on_it() -> None:
        browser = office.browser(office.hired("collector", "mei"))
        assert (await browser.post(f"{path}/take")).headers["location"] == path
        assert "Your answer" in text_of(await browser.get(path))
        assert (await browser.post(f"{path}/answer", text="300 a month is fine.")).status_code == 303
        assert (await browser.post(f"{path}/note", text="relieved")).status_code == 303
        said = text_of(await browser.get(path))
        assert "300 a month is fine." in said
        assert "Private note · Mei" in said
        assert (await browser.post(f"{path}/return", agreed="300 on the 10th")).status_code == 303
        assert "Nobody is waiting." in text_of(await browser.get("/desk"))
        assert office.changed == [conversation_id] * 4

    anyio.run(work_on_it)
    with office.database.reading() as work:
        conversation = work.conversations.get(conversation_id)
        assert conversation is not None
        assert conversation.held_by is None
        kinds = [event.kind for event in work.record.events(conversation_id)][7:]
        assert kinds == ["case", "notice", "agent", "case", "case", "case", "notice"]


def test_the_slower_collector_sees_who_was_faster(office: Office) -> None:
    case, _ = waiting(office)

    async def race() -> None:
        await office.browser(office.hired("collector", "mei")).post(f"/desk/cases/{case}/take")
        late = await office.browser(office.hired("collector", "ben")).post(f"/desk/cases/{case}/take")
        assert late.status_code == 409
        assert "Mei was faster" in text_of(late)

    anyio.run(race)


def test_wording_is_stopped_with_the_rule_and_the_draft_stays(office: Office) -> None:
    case, conversation_id = waiting(office)
    path = f"/desk/cases/{case}"

    async def write() -> None:
        browser = office.browser(office.hired("collector"))
        await browser.post(f"{path}/take")
        stopped = await browser.post(f"{path}/answer", text="We will tell your boss.", sure="true")
        assert stopped.status_code == 409
        assert "Nobody but the borrower may learn" in text_of(stopped)
        assert "We will tell your boss.</textarea>" in stopped.text
        doubtful = await browser.post(f"{path}/answer", text="The next step is court.")
        assert "Send anyway" in text_of(doubtful)
        assert (
            await browser.post(f"{path}/answer", text="The next step is court.", sure="true")
        ).status_code == 303

    anyio.run(write)
    with office.database.reading() as work:
        said = [event.body for event in work.record.events(conversation_id, kinds=["agent"])]
        assert [body["text"] for body in said if body] == ["The next step is court."]


def test_news_arrive_once_by_cursor(office: Office) -> None:
    case, conversation_id = waiting(office)

    async def poll() -> None:
        browser = office.browser(office.hired("collector"))
        first = (await browser.get(f"/desk/cases/{case}/news?after=0")).json()
        assert "Hello." in first["lines"]
        again = (await browser.get(f"/desk/cases/{case}/news?after={first['after']}")).json()
        assert (again["lines"], again["after"]) == ("", first["after"])
        with office.database.transaction() as work:
            work.conversations.lock(conversation_id)
            work.record.append(
                conversation_id, [NewEvent("user", {"kind": "text", "input": 5, "text": "still there?"})], NOW
            )
        news = (await browser.get(f"/desk/cases/{case}/news?after={first['after']}")).json()
        assert "still there?" in news["lines"]
        await browser.post(f"/desk/cases/{case}/take")
        assert (await browser.get(f"/desk/cases/{case}/news?after=99")).json()["state"] != first["state"]

    anyio.run(poll)


def test_another_lenders_staff_see_nothing_of_it(office: Office) -> None:
    case, _ = waiting(office)

    async def look() -> None:
        browser = office.browser(office.hired("collector", "tom", speakers=("thames",)))
        assert "Nobody is waiting." in text_of(await browser.get("/desk"))
        for path in (f"/desk/cases/{case}", f"/desk/cases/{case}/news"):
            assert (await browser.get(path)).status_code == 403
        assert (await browser.post(f"/desk/cases/{case}/take")).status_code == 403

    anyio.run(look)


def test_opening_a_case_is_on_the_trail(office: Office) -> None:
    case, _ = waiting(office)

    async def look() -> None:
        await office.browser(office.hired("collector")).get(f"/desk/cases/{case}")

    anyio.run(look)
    with office.database.reading() as work:
        newest = work.audit.newest(limit=1)[0]
        assert (newest.action, newest.subject) == ("view_case", f"case:{case}")


@pytest.mark.parametrize("locale", ["en", "zh_Hans", "zh_Hant"])
def test_the_desk_speaks_the_staffs_language(office: Office, locale: str) -> None:
    case, _ = waiting(office)

    async def look() -> None:
        browser = office.browser(office.hired("supervisor"))
        await browser.post("/staff/language", locale=locale, back="/desk")
        page = await browser.get(f"/desk/cases/{case}")
        assert f'<html lang="{locale.replace("_", "-")}">' in page.text
        assert page.status_code == 200

    anyio.run(look)


def test_a_hold_is_lifted_and_a_dispute_answered_on_the_page(office: Office) -> None:
    case, conversation_id = waiting(office)
    with office.database.transaction() as work:
        conversation = work.conversations.get(conversation_id)
        assert conversation is not None
        assert conversation.borrower_id is not None
        hold = Hold(
            "h1", "borrower", conversation.borrower_id, "already_paid", "collection", NOW, None, ("collector",)
        )
        work.lending.add_hold(hold)
        work.lending.add_hold(replace(hold, id="h2", reason="hardship"))
        dispute = Dispute("d1", conversation.borrower_id, None, "already_paid", "on the 1st", NOW, NOW.date())
        work.lending.add_dispute(dispute)
        work.lending.note_support(Support(conversation.borrower_id, ("hearing",), "more_time", NOW))

    async def do() -> None:
        browser = office.browser(office.hired("collector"))
        said = text_of(await browser.get(f"/desk/cases/{case}"))
        for shown in ("Lift this hold", "Answer it", "To be considered", "Hearing", "needs time"):
            assert shown in said
        settled = f"/desk/cases/{case}/disputes/d1/settle"
        assert (await browser.post(settled, outcome="upheld", line="found it")).status_code == 303
        assert (await browser.post(f"/desk/cases/{case}/holds/h2/lift", line="settled")).status_code == 303
        assert (await browser.post(f"/desk/cases/{case}/holds/h2/lift", line="again")).status_code == 409
        said = text_of(await browser.get(f"/desk/cases/{case}"))
        assert "Hold lifted: Hardship" in said
        assert "Already paid: Upheld" in said
        assert "Lift this hold" not in said

    anyio.run(do)
