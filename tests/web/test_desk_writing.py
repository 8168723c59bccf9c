"""Writing at the desk over HTTP: the check while typing, canned replies, files to the borrower, mentions."""

import io
import json
import zlib
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import anyio
import httpx
import pytest
from anyio import CapacityLimiter
from PIL import Image

from bot.channels.backend import Address, NotThere
from bot.channels.documents import announced
from bot.channels.telegram_messages import pieces
from bot.lending.contact_rules import Preference
from bot.lending.holds import Hold
from bot.lending.policy import Policies
from bot.lending.policy_rules import Hours
from bot.locale import Catalogues
from bot.storage.engine import Database
from bot.web import staff as accounts
from bot.web.documents import Documents
from bot.web.own_record import OwnRecords
from tests.desk.stage import NOW, ask_for_person, chat, move_in
from tests.web.office import ROOT, Browser, Office, text_of

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nstartxref 0 %%EOF"


@pytest.fixture
def office(database: Database) -> Office:
    move_in(database)
    return Office(database)


def waiting(office: Office, **how: Any) -> tuple[str, str]:
    """A case that waits: its id and its conversation's."""
    with office.database.transaction() as work:
        conversation = chat(work, **how)
        return ask_for_person(work, conversation), conversation.id


async def holding(office: Office, case: str, login: str = "collector") -> Browser:
    browser = office.browser(office.hired("collector", login))
    await browser.post(f"/desk/cases/{case}/take")
    return browser


async def sent(browser: Browser, case: str, name: str, content: bytes, **fields: str) -> httpx.Response:
    data = {"csrf": accounts.csrf_of(browser.token), **fields}
    files = {"file": (name, content, "image/svg+xml")}  # what the browser calls it decides nothing
    return await browser.client.post(f"/desk/cases/{case}/file", data=data, files=files)


def photo() -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "taken at home"
    Image.new("RGB", (60, 40), "red").save(out, "JPEG", exif=exif)
    return out.getvalue() + b"<script>alert(1)</script>"


def bomb() -> bytes:
    """A small PNG that unpacks to more pixels than may be."""
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    return out.getvalue()


def hidden_script() -> bytes:
    """A PDF whose program is packed away and spelt by numbers."""
    packed = zlib.compress(b"1 0 <</S/J#61vaScript/JS(app.alert(1))>>")
    return (
        b"%PDF-1.5\n2 0 obj<</Type/ObjStm/N 1/Filter/FlateDecode>>\nstream\n"
        + packed
        + b"\nendstream\nstartxref 0 %%EOF"
    )


def documents(office: Office) -> Documents:
    words = Catalogues.load(ROOT / "locales")
    return Documents(
        database=office.database,
        policies=Policies.load(ROOT / "bot" / "lender" / "demo" / "creditors"),
        clock=office.clock,
        writers=CapacityLimiter(1),
        records=OwnRecords(words.localizer, bytes(32)),
        localizer=words.localizer,
    )


def test_a_picture_is_made_anew_sent_and_fetched_in_its_own_chat_only(office: Office) -> None:
    case, conversation_id = waiting(office)
    waiting(office, sender="somebody-else", reference="HB-1002")

    async def send() -> None:
        browser = await holding(office, case)
        answer = await sent(browser, case, "../../信 1.svg", photo(), caption="Here is the letter.")
        assert answer.status_code == 303, text_of(answer)
        page = await browser.get(f"/desk/cases/{case}")
        assert "File: 信 1.jpg" in text_of(page)
        assert "Here is the letter." in text_of(page)
        with office.database.reading() as work:
            (event,) = work.record.events(conversation_id, kinds=["agent"])
            queued = work.outbox.ready(conversation_id, NOW + timedelta(minutes=1))
        assert event.body is not None
        assert event.seq in [row.seq for row in queued]
        card = announced(event.body)
        assert card == {"type": "file", "file": event.body["file"]["id"]}
        made = await documents(office).sent_file(Address("web:harbour", "borrower-1"), card["file"])
        assert (made.name, made.media_type) == ("信 1.jpg", "image/jpeg")
        assert b"script" not in made.content
        assert b"taken at home" not in made.content
        with Image.open(io.BytesIO(made.content)) as shown:
            assert shown.size == (60, 40)
        for stranger in (Address("web:harbour", "somebody-else"), Address("web:harbour", "nobody")):
            with pytest.raises(NotThere):
                await documents(office).sent_file(stranger, card["file"])
        (piece,) = pieces([event], protect_figures=True, document=made)
        assert piece.document == made
        assert "Collector" in piece.html
        assert "Here is the letter." in piece.html
        assert not piece.protect
        (bare,) = pieces([replace(event, body={**event.body, "text": ""})], protect_figures=False, document=made)
        assert bare.html.strip() == "<b>Collector</b>"

    anyio.run(send)


HOSTILE = [
    ("x.jpg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "Only JPEG"),
    ("x.pdf", b"<!doctype html><script>alert(1)</script>", "Only JPEG"),
    ("x.exe", b"MZ\x90\x00", "Only JPEG"),
    ("x.png", bomb(), "too many pixels"),
    ("x.jpg", photo()[:200], "damaged"),
    ("x.pdf", b"%PDF-1.4 never ends", "damaged"),
    ("x.pdf", PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript>>"), "programs"),
    ("x.pdf", PDF.replace(b"/Catalog", b"/Catalog/J#53(x)"), "programs"),
    ("x.pdf", hidden_script(), "programs"),
    ("x.pdf", PDF.replace(b"/Catalog", b"/Catalog/Encrypt 3 0 R"), "password"),
    ("x.pdf", b"", "empty"),
    ("x.pdf", b"%PDF-1.4" + b" " * (10 * 1024 * 1024) + b"startxref 0 %%EOF", "larger than 10 MB"),
]


def test_hostile_files_are_refused_with_the_reason(office: Office) -> None:
    case, conversation_id = waiting(office)

    async def send() -> None:
        browser = await holding(office, case)
        for name, content, why in HOSTILE:
            answer = await sent(browser, case, name, content, caption="kept words")
            assert answer.status_code == 409, why
            assert why in text_of(answer)
            assert 'value="kept words"' in answer.text

    anyio.run(send)
    with office.database.reading() as work:
        assert work.files.files(conversation_id) == []


def test_a_pdf_goes_as_it_is_and_is_never_shown_in_the_desks_origin(office: Office) -> None:
    case, conversation_id = waiting(office)

    async def send() -> None:
        browser = await holding(office, case)
        assert (await sent(browser, case, "plan.pdf", PDF)).status_code == 303
        with office.database.reading() as work:
            (file,) = work.files.files(conversation_id)
        answer = await browser.get(f"/desk/cases/{case}/files/{file.id}")
        assert answer.content == PDF
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        # What staff sent is not among what the borrower sent.
        card = text_of(await browser.get(f"/desk/cases/{case}"))
        assert card.count("plan.pdf") == 1

    anyio.run(send)


def test_words_beside_a_file_and_its_name_are_checked(office: Office) -> None:
    case, conversation_id = waiting(office)

    async def send() -> None:
        browser = await holding(office, case)
        for name, caption in (("a.pdf", "Pay or we will tell your boss."), ("we_will_tell_your_boss.pdf", "")):
            stopped = await sent(browser, case, name, PDF, caption=caption, sure="true")
            assert stopped.status_code == 409
            assert "Nobody but the borrower may learn" in text_of(stopped)
        doubtful = await sent(browser, case, "a.pdf", PDF, caption="The next step is court.")
        assert "Send anyway" in text_of(doubtful)
        assert (
            await sent(browser, case, "a.pdf", PDF, caption="The next step is court.", sure="true")
        ).status_code == 303

    anyio.run(send)
    with office.database.reading() as work:
        (answered,) = [
            event.body for event in work.record.events(conversation_id, kinds=["case"])
            if event.body and event.body["event"] == "answered"
        ]  # fmt: skip
    assert answered["wording"] == [{"rule": "court", "words": "court"}]


def test_a_file_goes_to_nobody_who_never_proved_who_they_are_nor_from_who_does_not_hold(office: Office) -> None:
    case, _ = waiting(office, verified=False)
    other, _ = waiting(office, sender="second", reference="HB-1002")

    async def send() -> None:
        browser = await holding(office, case)
        assert "proved who they are" in text_of(await sent(browser, case, "a.pdf", PDF))
        assert (await sent(browser, other, "a.pdf", PDF)).status_code == 409

    anyio.run(send)


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


def test_replies_are_offered_in_the_borrowers_language_with_the_values_of_now(office: Office) -> None:
    case, conversation_id = waiting(office)
    with office.database.transaction() as work:
        work.conversations.save(replace(work.conversations.lock(conversation_id), locale="zh_Hant"))

    async def look() -> None:
        browser = await holding(office, case)
        path = f"/desk/cases/{case}/replies"
        offered = {one["id"]: one for one in json.loads((await browser.get(path)).text)["replies"]}
        assert offered["greeting"]["title"] == "Greeting"
        assert offered["greeting"]["text"].startswith("您好，我是海港銀行的Collector")
        assert "¥12,600.00" in offered["owed_now"]["text"]
        assert (offered["plan_status"]["text"], offered["plan_status"]["why"]) == (
            "",
            "There is no plan under way.",
        )
        one = await browser.get(f"{path}/owed_now")
        assert json.loads(one.text)["text"] == offered["owed_now"]["text"]
        assert (await browser.get(f"{path}/plan_status")).status_code == 409
        assert (await browser.get(f"{path}/no_such_reply")).status_code == 404
        page = await browser.get("/desk/replies")
        assert "scam_warning" in page.text
        assert "missing" not in text_of(page).split("Of the house")[1]

    anyio.run(look)


def test_a_colleague_who_is_named_in_a_note_is_told_until_they_open_the_case(office: Office) -> None:
    case, _ = waiting(office)

    async def write() -> None:
        ben, away = office.hired("collector", "ben.wu"), office.hired("collector", "away", ("fairway",))
        ann = await holding(office, case, "ann")
        path = f"/desk/cases/{case}"
        for unseen in ("@nobody look", f"@{away.login} look"):
            refused = await ann.post(f"{path}/note", text=unseen)
            assert refused.status_code == 409
            assert "nobody of that sign-in name" in text_of(refused)
        note = "@Ben.Wu, is a@b.example theirs? <b> @ann"
        assert (await ann.post(f"{path}/note", text=note)).status_code == 303
        reader = office.browser(ben)
        assert json.loads((await reader.get("/desk/mentions/count")).text) == {"unread": 1}
        assert json.loads((await ann.get("/desk/mentions/count")).text) == {"unread": 0}
        page = await reader.get("/desk/mentions")
        assert "not read" in text_of(page)
        assert "is a@b.example theirs? &lt;b&gt;" in page.text
        assert (await reader.get(path)).status_code == 200
        assert json.loads((await reader.get("/desk/mentions/count")).text) == {"unread": 0}
        assert path in (await reader.get("/desk/mentions")).text

    anyio.run(write)
