"""The page of proof: who may see it, what it starts, what it gives to deposit."""

import anyio
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.jobs.worker import Worker
from bot.record.checkpoint import take
from bot.record.deposit import deposited, verify_deposit
from bot.review import proof_runs
from bot.storage.schema import events
from tests.desk.stage import NOW, chat
from tests.web.office import Office, text_of

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def verified(office: Office) -> None:
    runs = proof_runs.ProofRuns(office.clock, [KEY.public_key()])
    while Worker(office.database, office.clock, {proof_runs.KIND: runs}).run_due():
        pass


def test_everything_or_a_day_is_verified_and_what_is_broken_is_named(office: Office) -> None:
    with office.database.transaction() as work:
        talked = chat(work, sender="b", reference="HB-1001", speaker="harbour").id

    async def look() -> None:
        browser = office.browser(office.hired("auditor"))
        assert (await browser.post("/review/proof/runs", day="2026-11-21")).status_code == 303
        assert "Under way" in text_of(await browser.get("/review/proof"))
        verified(office)
        assert "Unaltered." in text_of(await browser.get("/review/proof"))
        with office.database.transaction() as work:
            work.connection.execute(sa.update(events).values(kind="agent"))
        await browser.post("/review/proof/runs")
        verified(office)
        page = await browser.get("/review/proof")
        assert "Altered: 1" in text_of(page)
        assert f'href="/review/conversations/{talked}"' in page.text
        assert (await browser.post("/review/proof/runs", day="yesterday")).status_code == 404

    anyio.run(look)
    with office.database.reading() as work:
        noted = [entry.detail for entry in work.audit.newest(action="verify")]
    assert noted == [{"day": ""}, {"day": "2026-11-21"}]


def test_a_checkpoint_is_fetched_to_be_kept_elsewhere(office: Office) -> None:
    with office.database.transaction() as work:
        chat(work, sender="b", reference="HB-1001", speaker="harbour")
    with office.database.transaction() as work:
        taken = take(work.checkpoints, KEY, NOW)
    assert taken is not None

    async def look() -> str:
        browser = office.browser(office.hired("admin"))
        assert taken.key_id in (await browser.get("/review/proof")).text
        assert (await browser.get("/review/proof/deposits/99")).status_code == 404
        return (await browser.get("/review/proof/deposits/1")).text

    kept = deposited(anyio.run(look), "the download")
    with office.database.reading() as work:
        assert verify_deposit(work.checkpoints, kept, [KEY.public_key()]) is None


def test_only_who_may_see_everything_verifies_everything(office: Office) -> None:
    async def look() -> None:
        for bounded in (office.hired("admin", "narrow", ("harbour",)), office.hired("collector")):
            browser = office.browser(bounded)
            assert (await browser.get("/review/proof")).status_code == 403
            assert (await browser.post("/review/proof/runs")).status_code == 403
            assert (await browser.get("/review/proof/deposits/1")).status_code == 403

    anyio.run(look)
