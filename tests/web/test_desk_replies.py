"""Canned replies over HTTP: in the borrower's language, with the values of now."""

import json
from dataclasses import replace

import anyio

from tests.web.office import Office, holding, text_of, waiting


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
