"""Files from a collector to the borrower over HTTP: made anew, checked, and refused with the reason."""

import io
import zlib
from dataclasses import replace
from datetime import timedelta

import anyio
import httpx
import pytest
from anyio import CapacityLimiter
from PIL import Image

from bot.channels.backend import Address, NotThere
from bot.channels.documents import announced
from bot.channels.telegram_messages import pieces
from bot.lending.policy import Policies
from bot.locale import Catalogues
from bot.web import staff as accounts
from bot.web.documents import Documents
from bot.web.own_record import OwnRecords
from tests.desk.stage import NOW
from tests.web.office import ROOT, Browser, Office, holding, text_of, waiting

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nstartxref 0 %%EOF"


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
