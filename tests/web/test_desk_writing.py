"""A draft at the desk is checked while it is written, over HTTP."""

import json
from dataclasses import replace
from datetime import time, timedelta

import anyio
import httpx

from bot.lending.contact_rules import Preference
from bot.lending.holds import Hold
from bot.lending.policy_rules import Hours
from tests.desk.stage import NOW, ask_for_person, chat
from tests.web.office import Office, holding, waiting


def checked(answer: httpx.Response) -> tuple[str, str]:
    told = json.loads(answer.text)
    return told["verdict"], told["html"]


def test_a_draft_is_checked_while_it_is_written_and_nothing_of_it_is_kept(office: Office) -> None:
    case, conversation_id = waiting(office)

    async def write() -> None:
        browser = await holding(office, case)
        with office.database.reading() as work:
            before = work.record.head(conversation_id), len(work.audit.newest())
        path = f"/desk/cases/{case}/check"
        verdict, html = checked(await browser.post(path, text="您再不还，我们就告诉您的家人。"))
        assert verdict == "stop"
        assert "告诉您的家人" in html
        assert "第68条" in html  # the law that stands behind the rule here
        assert checked(await browser.post(path, text="The next step is court."))[0] == "doubt"
        assert checked(await browser.post(path, text="Take the time that you need.")) == ("pass", "")
        assert checked(await browser.post(path, text="")) == ("pass", "")
        assert "<b>" not in checked(await browser.post(path, text="You liar <b>liar"))[1]
        with office.database.reading() as work:
            assert (work.record.head(conversation_id), len(work.audit.newest())) == before

    anyio.run(write)


def test_that_words_were_stopped_is_on_the_trail_by_rule_without_the_words(office: Office) -> None:
    case, _ = waiting(office)

    async def write() -> None:
        browser = await holding(office, case)
        path = f"/desk/cases/{case}/answer"
        assert (await browser.post(path, text="We will tell your boss Old Wang.")).status_code == 409
        assert (await browser.post(path, text="The next step would be court.")).status_code == 409  # only doubtful

    anyio.run(write)
    with office.database.reading() as work:
        trail = [entry for entry in work.audit.newest(20) if entry.action == "wording_stopped"]
    assert [(entry.subject, entry.detail) for entry in trail] == [(f"case:{case}", {"rules": ["disclosure"]})]


def test_what_may_be_said_depends_on_who_reads_it(office: Office) -> None:
    stranger, _ = waiting(office, verified=False, reference=None)
    known, conversation_id = waiting(office, sender="second")

    async def write() -> None:
        browser = office.browser(office.hired("collector"))
        figures = "You owe ¥12,600.00 on the card."
        assert checked(await browser.post(f"/desk/cases/{stranger}/check", text=figures))[0] == "stop"
        assert checked(await browser.post(f"/desk/cases/{known}/check", text=figures))[0] == "pass"
        office.clock.set(NOW + timedelta(minutes=45))  # the check of who they are has lapsed since
        assert checked(await browser.post(f"/desk/cases/{known}/check", text=figures))[0] == "doubt"

    anyio.run(write)
    with office.database.transaction() as work:
        conversation = work.conversations.get(conversation_id)
        assert conversation
        assert conversation.borrower_id
        hold = Hold(
            "h", "borrower", conversation.borrower_id, "stop_contact", "reminders", NOW, None, ("borrower",)
        )
        work.lending.add_hold(hold)

    async def silence() -> None:
        browser = office.browser(office.hired("collector", "second"))
        verdict, html = checked(await browser.post(f"/desk/cases/{known}/check", text="Hello."))
        assert (verdict, "They asked for no contact" in html) == ("doubt", True)

    anyio.run(silence)


def test_a_matter_is_started_in_their_hours_only_and_an_answer_is_always_allowed(office: Office) -> None:
    case, conversation_id = waiting(office)
    night = NOW.replace(hour=15)  # 23:00 in Shanghai, a Saturday

    async def write() -> None:
        browser = await holding(office, case)
        path = f"/desk/cases/{case}"
        assert (await browser.post(f"{path}/answer", text="Good evening.")).status_code == 303  # they wait for it
        office.clock.set(night)
        token = office.browser(office.hired("collector", "late"))
        verdict, html = checked(await token.post(f"{path}/check", text="One more thing."))
        assert (verdict, "It may be sent from 22 Nov 09:00" in html) == ("stop", True)
        with office.database.transaction() as work:
            conversation = work.conversations.lock(conversation_id)
            assert conversation.borrower_id
            wish = Preference(conversation.borrower_id, Hours(opens=time(14), closes=time(16)), (), NOW)
            work.lending.set_contact_preference(conversation.borrower_id, wish)
        assert "from 22 Nov 14:00" in checked(await token.post(f"{path}/check", text="One more thing."))[1]
        with office.database.transaction() as work:
            work.conversations.save(replace(work.conversations.lock(conversation_id), last_input_at=night))
        assert checked(await token.post(f"{path}/check", text="One more thing."))[0] == "pass"

    anyio.run(write)


def test_despair_is_answered_at_any_hour(office: Office) -> None:
    with office.database.transaction() as work:
        case = ask_for_person(work, chat(work), reason="distress", wants="distress")

    async def write() -> None:
        path = f"/desk/cases/{case}"
        browser = await holding(office, case)
        await browser.post(f"{path}/answer", text="I'm here.")
        office.clock.set(NOW.replace(hour=19))
        late = office.browser(office.hired("collector", "late"))
        assert checked(await late.post(f"{path}/check", text="Are you safe?"))[0] == "pass"

    anyio.run(write)
