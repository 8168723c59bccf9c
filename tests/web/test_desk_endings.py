"""What a collector sees of time around a talk: who is silent, and when the borrower expects somebody."""

from datetime import timedelta

import anyio

from bot.desk import callbacks, handoffs
from bot.desk.callbacks import Slot
from bot.desk.handoffs import add_event
from bot.desk.store import CaseEventKind
from bot.lending.policy_hours import CallbackRules
from bot.storage.engine import Database
from tests.desk.stage import NOW, ask_for_person, chat, notice
from tests.web.office import Office, text_of


def test_the_page_says_who_is_silent_and_when_somebody_is_expected(sqlite_database: Database) -> None:
    office = Office(sqlite_database)
    ann = office.hired("collector", "ann")
    with sqlite_database.transaction() as work:
        conversation = chat(work, reference=None)
        case = ask_for_person(work, conversation, wants="person")
        monday = Slot(NOW + timedelta(days=2), NOW + timedelta(days=2, minutes=30))  # noon in Shanghai
        assert callbacks.book(work, work.desk.lock(case), monday, CallbackRules(per_slot=1), NOW)
        handoffs.take(work, case, ann, NOW, notice)
        add_event(work.desk, work.desk.lock(case), "message_left", None, {"seq": 4}, NOW)
        handoffs.answer(work, case, ann, "Is the 10th all right?", NOW)

    async def seen(*kinds: CaseEventKind) -> str:
        with sqlite_database.transaction() as work:
            for kind in kinds:
                _, event = add_event(work.desk, work.desk.lock(case), kind, None, {"seq": 4}, NOW)
                work.record.append(conversation.id, [handoffs.on_record(event)], NOW)
        return text_of(await office.browser(ann).get(f"/desk/cases/{case}"))

    async def look() -> None:
        silent = await seen("silent")
        assert "The borrower is silent: reminder" in silent
        assert "soon goes back to the bot" in silent
        assert "The borrower expects a colleague" in silent
        assert "12:00" in silent
        assert "it is None" in silent
        late = await seen("message", "overdue")
        assert "was told that you have been reminded" in late
        assert "soon goes back to the bot" not in late

    anyio.run(look)
