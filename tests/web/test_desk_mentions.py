"""Colleagues who are named in a note are told, over HTTP."""

import json

import anyio

from tests.web.office import Office, holding, text_of, waiting


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
