"""One's own account page: language and clock, password, where one is signed in."""

from datetime import timedelta

import anyio

from bot.web import staff as accounts
from tests.desk.stage import PASSWORD, ask_for_person, chat
from tests.web.office import Office, text_of

PAGE = "/staff/account"
NEW = "an even longer one"


def test_language_and_clock_are_ones_own(office: Office) -> None:
    staff = office.hired("collector")
    with office.database.transaction() as work:
        case = ask_for_person(work, chat(work))

    async def choose() -> None:
        browser = office.browser(staff)
        saved = await browser.post(PAGE, locale="zh_Hant", time_zone="America/New_York")
        assert (saved.status_code, saved.headers["location"]) == (303, f"{PAGE}?done=saved")
        page = await browser.get(PAGE)
        assert "<option selected>America/New_York</option>" in page.text
        assert '<html lang="zh-Hant">' in page.text
        opened = (await browser.get(f"/desk/cases/{case}")).text
        assert "11月20日 23:00" in opened  # theirs, in the title
        assert ">11月21日 12:00</time>" in opened  # the borrower's
        assert (await browser.post(PAGE, locale="en", time_zone="Mars/Base")).status_code == 422

    anyio.run(choose)


def test_a_new_password_ends_every_other_session(office: Office) -> None:
    staff = office.hired("collector", "ann")

    async def change() -> None:
        here, elsewhere = office.browser(staff), office.browser(staff)
        assert text_of(await here.get(PAGE)).count("test") == 2  # both sessions began from there
        unlike = await here.post(f"{PAGE}/password", old=PASSWORD, new=NEW, again="another")
        assert unlike.status_code == 422
        assert (await here.post(f"{PAGE}/password", old=PASSWORD, new="short", again="short")).status_code == 422
        done = await here.post(f"{PAGE}/password", old=PASSWORD, new=NEW, again=NEW)
        assert done.headers["location"] == f"{PAGE}?done=password"
        assert (await here.get(PAGE)).status_code == 200
        assert (await elsewhere.get(PAGE)).status_code == 303
        with office.database.reading() as work:
            found = work.staff.by_login("ann")
            assert found is not None
            assert accounts.password_fits(NEW, found[1])

    anyio.run(change)


def test_guessing_the_present_password_is_slowed(office: Office) -> None:
    staff = office.hired("collector", "ann")

    async def guess() -> None:
        browser = office.browser(staff)
        for _ in range(accounts.FREE_TRIES):
            assert (await browser.post(f"{PAGE}/password", old="x", new=NEW, again=NEW)).status_code == 422
        assert (await browser.post(f"{PAGE}/password", old=PASSWORD, new=NEW, again=NEW)).status_code == 429
        office.clock.advance(timedelta(minutes=15))
        assert (await browser.post(f"{PAGE}/password", old=PASSWORD, new=NEW, again=NEW)).status_code == 303

    anyio.run(guess)


def test_signing_out_everywhere_else(office: Office) -> None:
    staff, colleague = office.hired("collector", "ann"), office.hired("collector", "ben")

    async def sign_out() -> None:
        here, elsewhere, other = office.browser(staff), office.browser(staff), office.browser(colleague)
        assert (await here.post(f"{PAGE}/sign-out")).status_code == 303
        assert [(await one.get(PAGE)).status_code for one in (here, elsewhere, other)] == [200, 303, 200]

    anyio.run(sign_out)
