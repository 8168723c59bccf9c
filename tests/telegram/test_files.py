"""Files in both directions: how large, of which shape, and for how long a link is good."""

from io import BytesIO

import httpx
from PIL import Image

from tests.telegram.asking import Asking, bites
from tests.telegram.conftest import MovableTime
from tests.telegram.people import Person

MB = 2**20


def picture(width: int, height: int) -> bytes:
    content = BytesIO()
    Image.new("1", (width, height)).save(content, "PNG")
    return content.getvalue()


@bites("document_size")
def test_a_document_has_up_to_50_mb(api: Asking, person: Person) -> None:
    here = {"chat_id": str(person.id)}
    sent = api.upload("sendDocument", "document", "plan.pdf", bytes(50 * MB), **here).json()["result"]
    assert sent["document"]["file_size"] == 50 * MB
    assert sent["document"]["file_name"] == "plan.pdf"
    for size in (50 * MB + 1, 52 * MB):
        answer = api.upload("sendDocument", "document", "plan.pdf", bytes(size), **here)
        assert api.denied(413, answer)["description"] == "Request Entity Too Large"
    empty = api.upload("sendDocument", "document", "plan.pdf", b"", **here)
    assert api.denied(400, empty)["description"] == "Bad Request: file must be non-empty"


@bites("photo_size", "photo_shape")
def test_a_photo_has_up_to_10_mb_and_a_fair_shape(api: Asking, person: Person) -> None:
    here = {"chat_id": str(person.id)}
    sent = api.upload("sendPhoto", "photo", "a.png", picture(40, 30), **here).json()["result"]
    assert (sent["photo"][0]["width"], sent["photo"][0]["height"]) == (40, 30)
    large = api.upload("sendPhoto", "photo", "a.png", bytes(10 * MB + 1), **here)
    assert "too big for a photo" in api.denied(400, large)["description"]
    for width, height in ((210, 10), (9000, 1001)):
        answer = api.upload("sendPhoto", "photo", "a.png", picture(width, height), **here)
        assert api.denied(400, answer)["description"] == "Bad Request: PHOTO_INVALID_DIMENSIONS"
    other = api.upload("sendPhoto", "photo", "a.png", b"%PDF-1.4", **here)
    assert api.denied(400, other)["description"] == "Bad Request: IMAGE_PROCESS_FAILED"


@bites("caption_length")
def test_a_caption_has_up_to_1024_characters(api: Asking, person: Person) -> None:
    here = {"chat_id": str(person.id), "parse_mode": "HTML"}
    for caption in ("<b>" + "x" * 1024 + "</b>", ""):
        assert api.upload("sendDocument", "document", "a.pdf", b"%PDF-", caption=caption, **here).json()["ok"]
    answer = api.upload("sendDocument", "document", "a.pdf", b"%PDF-", caption="😀" * 512 + "x", **here)
    assert api.denied(400, answer)["description"] == "Bad Request: message caption is too long"
    sent = person.chat.shown[0]
    assert (
        api.ok("editMessageCaption", chat_id=person.id, message_id=sent["message_id"], caption="c")["caption"]
        == "c"
    )


@bites("file_id")
def test_a_file_is_sent_again_by_its_id(api: Asking, person: Person) -> None:
    here = {"chat_id": str(person.id)}
    sent = api.upload("sendDocument", "document", "a.pdf", b"%PDF-", **here).json()["result"]["document"]
    assert api.ok("sendDocument", chat_id=person.id, document=sent["file_id"])["document"] == sent
    problem = api.because("sendDocument", chat_id=person.id, document="none")
    assert problem == "wrong file identifier/HTTP URL specified"
    assert api.because("getFile", file_id="none") == "invalid file_id"


@bites("download_size")
def test_a_bot_downloads_up_to_20_mb(api: Asking, person: Person) -> None:
    person.send_document(b"%PDF-", size=20 * MB)
    person.send_document(b"%PDF-", size=20 * MB + 1)
    fits, over = (update["message"]["document"] for update in api.ok("getUpdates"))
    assert api.ok("getFile", file_id=fits["file_id"])["file_size"] == 20 * MB
    assert api.because("getFile", file_id=over["file_id"]) == "file is too big"


@bites("download_link")
def test_a_link_is_good_for_an_hour(api: Asking, person: Person, time: MovableTime) -> None:
    person.send_photo(b"\xff\xd8 a photo", caption="my payslip")
    (update,) = api.ok("getUpdates")
    assert update["message"]["caption"] == "my payslip"
    photo = max(update["message"]["photo"], key=lambda size: size["width"])
    path = api.ok("getFile", file_id=photo["file_id"])["file_path"]
    link = f"{api.served.url}/file/bot{api.bot.token}/{path}"
    assert httpx.get(link).content == b"\xff\xd8 a photo"
    other = api.served.world.add_bot("other_bot")
    assert httpx.get(link.replace(api.bot.token, other.token)).status_code == 404
    assert httpx.get(link.replace(api.bot.token, "1:x")).status_code == 401
    time.at += 3601
    assert httpx.get(link).status_code == 404
    api.ok("getFile", file_id=photo["file_id"])
    assert httpx.get(link).status_code == 200
