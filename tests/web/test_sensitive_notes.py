"""A colleague's note about health or the like is for its writer, supervisors and the hardship team."""

import anyio
import pytest

from bot.record.events import NewEvent
from bot.review.masking import COVER, Mask
from tests.web.office import Office, holding, text_of, waiting

MARKED, NAMING, PLAIN = "Ask nothing about the son", "He is in hospital until June", "Wages come on the 10th"


@pytest.mark.parametrize(
    ("form", "apart"),
    [({"text": MARKED, "sensitive": "true"}, True), ({"text": NAMING}, True), ({"text": PLAIN}, False)],
)
def test_who_reads_a_note(office: Office, form: dict[str, str], apart: bool) -> None:
    case, conversation_id = waiting(office)

    async def look() -> None:
        ann = await holding(office, case, "ann")
        assert (await ann.post(f"/desk/cases/{case}/note", **form)).status_code == 303
        page = f"/desk/cases/{case}"
        assert form["text"] in (await ann.get(page)).text
        ben, sam = office.hired("collector", "ben"), office.hired("supervisor", "sam")
        hidden = (await office.browser(ben).get(page)).text
        assert (form["text"] in hidden) is not apart
        assert ("Something personal" in hidden) is apart
        assert form["text"] in (await office.browser(sam).get(page)).text

    anyio.run(look)
    with office.database.reading() as work:
        (note,) = [e for e in work.record.events(conversation_id) if (e.body or {}).get("event") == "note"]
    ((_, masked),) = Mask(None).events([note])
    assert masked
    assert (masked["text"] == COVER) is apart, "reviewers reveal it for a reason"


def test_a_note_from_before_there_was_a_mark_is_read_for_what_it_says(office: Office) -> None:
    case, conversation_id = waiting(office)
    with office.database.transaction() as work:
        body = {"case": case, "event": "note", "staff": "f" * 32, "text": NAMING}
        work.record.append(conversation_id, [NewEvent("case", body)], office.clock.now())

    async def look() -> None:
        page = f"/desk/cases/{case}"
        assert NAMING not in (await office.browser(office.hired("collector", "ben")).get(page)).text
        assert NAMING in (await office.browser(office.hired("supervisor", "sam")).get(page)).text

    anyio.run(look)


def test_it_names_nobody_to_whom_it_is_not_shown(office: Office) -> None:
    case, _ = waiting(office)

    async def write() -> None:
        office.hired("collector", "ben")
        office.hired("supervisor", "sam")
        ann = await holding(office, case, "ann")
        refused = await ann.post(f"/desk/cases/{case}/note", text=f"@ben {NAMING}")
        assert refused.status_code == 409
        assert "Not kept: a note about health or the like" in text_of(refused)
        assert (await ann.post(f"/desk/cases/{case}/note", text=f"@sam {NAMING}")).status_code == 303
        assert (await ann.post(f"/desk/cases/{case}/note", text=f"@ben {PLAIN}")).status_code == 303

    anyio.run(write)
