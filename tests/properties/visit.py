"""One borrower with a chat on each of two channels of the assembled application, and a collector beside them."""

import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from bot.access import Staff
from bot.assembly import App
from bot.clock import FixedClock
from bot.desk import handoffs
from bot.dialogue.messages import FileRef, Incoming
from bot.dialogue.understanding import Awaiting
from bot.lender.demo import people
from bot.lender.demo.people import DemoPerson
from tests.conversations.driver import Chat
from tests.properties.moves import (
    Act,
    Again,
    Answer,
    Collector,
    Edit,
    Forge,
    Move,
    Press,
    Send,
    Single,
    Start,
    Type,
    Wait,
)

CHANNELS = ("web", "terminal")
_FITTING = {
    "money": ("800", "1000-1200", "0", "3000", "50000", "around 250", "五百", "120", "rather not say", "1"),
    "date": ("2026-12-05", "next friday", "2026-11-27", "tomorrow", "2027-02-31", "2026-12-31", "下周五", "today"),
    "number": ("10", "3", "24", "0", "120"),
    "frequency": ("monthly", "每周", "fortnightly"),
    "text": ("800 a month", "half now and the rest in March", "over ten months", "400 every two weeks",
             "it was paid in October", "1234.56 a month", "500 now and the rest on 15 January", "50"),
}  # fmt: skip


class Visit:
    """A newcomer with the figures of one of the demo's people, so that no two visits share anything."""

    def __init__(self, app: App, like: DemoPerson, number: int, locale: str) -> None:
        self.app = app
        self.person = _newcomer(like, number)
        with app.database.transaction() as work:
            self.borrower = people.settle(work.lending, self.person, app.clock)
        self.chats = tuple(Chat(app, like.speaker, locale, channel=channel) for channel in CHANNELS)
        self.staff = Staff(id=uuid.uuid4().hex, login=uuid.uuid4().hex, name="Mei", role="supervisor")

    def started(self) -> list[Chat]:
        return [chat for chat in self.chats if chat.conversation_id]

    def incoming(self, chat: Chat, act: Single) -> Incoming:
        """What the channel would hand over for this act, as things stand now."""
        match act:
            case Start():
                return chat.input("start")
            case Type(text):
                return chat.input("text", text=text, message=uuid.uuid4().hex)
            case Edit(text, back):
                return _edit(chat, text, back)
            case Press(number, back):
                return self._press(chat, number, back)
            case Forge(choice):
                other = self.chats[chat is self.chats[0]].history
                return chat.input("button", choice=choice or (f"{other[-1].seq}-1" if other else "1-1"))
            case Send(what):
                return chat.input("file", file=self._file(chat)) if what == "file" else chat.input("unreadable")
            case Again():
                return chat.sent[-1] if chat.sent else chat.input("start")
            case Answer(way):
                return self._answer(chat, way)

    def staff_and(self, chat: Chat, act: Collector, incoming: Incoming) -> None:
        """A collector acts at the very instant at which something comes from the borrower."""
        chat.post(incoming)
        self._at_one_instant([lambda: self.app.turns.drain(chat.conversation_id), lambda: self._staff(chat, act)])
        chat.read()

    def _press(self, chat: Chat, number: int, back: int) -> Incoming:
        offering = [said for said in chat.history if said.buttons]
        if not offering:
            return chat.input("start")
        said = offering[max(0, len(offering) - 1 - back)]
        return chat.input("button", choice=f"{said.seq}-{number % len(said.buttons) + 1}")

    def _answer(self, chat: Chat, way: int) -> Incoming:
        asked = self.app.dialogue.awaiting(chat.tracker) if chat.conversation_id else None
        if asked is None:
            return self._press(chat, way, 0)
        own = {
            "identity_reference": self.person.borrower.reference,
            "identity_birth_date": self.person.borrower.birth_date.isoformat(),
            "identity_document": self.person.borrower.document_last4,
        }
        if asked.slot in own:
            return chat.input("text", text=own[asked.slot])
        if asked.slot == "uploaded_file" and way % 2:
            return chat.input("file", file=self._file(chat))
        return self._fitting(chat, asked, way)

    def _fitting(self, chat: Chat, asked: Awaiting, way: int) -> Incoming:
        choices = _FITTING.get(asked.kind, ())
        if asked.choices and (not choices or way % 3 == 0):
            return self._press(chat, way // 3 if choices else way, 0)
        return chat.input("text", text=choices[way % len(choices)] if choices else "ok")

    def _file(self, chat: Chat) -> FileRef:
        if not chat.conversation_id:
            chat.start()
        return chat.keep(b"%PDF-1.4\n%%EOF\n", "proof.pdf", "application/pdf")

    def at_once(self, acts: list[tuple[Chat, Incoming]]) -> None:
        """Have every input stored and then all handled at the same instant, each by a thread of its own."""
        for chat, incoming in acts:
            chat.post(incoming)
        self._at_one_instant([partial(self.app.turns.drain, chat.conversation_id) for chat, _ in acts])
        for chat, _ in acts:
            chat.read()

    def _at_one_instant(self, doings: Sequence[Callable[[], None]]) -> None:
        failures: list[BaseException] = []
        gate = threading.Barrier(len(doings))

        def run(doing: Callable[[], None]) -> None:
            try:
                gate.wait(30)
                doing()
            except BaseException as failure:  # noqa: BLE001 - handed over to the thread that judges
                failures.append(failure)

        threads = [threading.Thread(target=run, args=(doing,)) for doing in doings]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for failure in failures:
            raise failure

    def collector(self, chat: Chat, act: Collector) -> None:
        """What a collector can do just now; nothing where no case waits or is theirs."""
        self._staff(chat, act)
        chat.read()

    def _staff(self, chat: Chat, act: Collector) -> None:
        with self.app.database.transaction() as work:
            case = work.desk.open_case(chat.conversation_id) if chat.conversation_id else None
            if case is None or (act.does == "take") != (case.holder is None):
                return
            at, words = self.app.clock.now(), self.app.responses.text
            if act.does == "take":
                if work.staff.by_id(self.staff.id) is None:
                    work.staff.add(self.staff, "no password fits this")
                handoffs.take(work, case.id, self.staff, at, words)
            elif act.does == "answer":
                handoffs.answer(work, case.id, self.staff, "Hello, I have read it all.", at, sure=True)
            else:
                handoffs.hand_back(work, case.id, self.staff, "", at, words, self.app.dialogue)

    def wait(self, minutes: int) -> None:
        clock = self.app.clock
        assert isinstance(clock, FixedClock)
        clock.advance(timedelta(minutes=minutes))


def _edit(chat: Chat, text: str | None, back: int) -> Incoming:
    ids = [sent.message for sent in chat.sent if sent.kind == "text" and sent.message]
    named = ids[-1 - back] if len(ids) > back else uuid.uuid4().hex
    return chat.input("edited" if text else "deleted", text=text, message=named)


def _newcomer(like: DemoPerson, number: int) -> DemoPerson:
    """The same person with another reference and other accounts, which end in the same digits."""
    accounts = tuple(
        replace(account, id=uuid.uuid4().hex, reference=f"{number:05}{account.reference}")
        for account in like.accounts
    )
    renamed = {old.reference: new.reference for old, new in zip(like.accounts, accounts, strict=True)}
    reference = f"{like.borrower.reference}{number:05}"
    return replace(
        like,
        borrower=replace(like.borrower, id=uuid.uuid4().hex, reference=reference),
        accounts=accounts,
        plan=_moved(like.plan, renamed),
        dispute=_moved(like.dispute, renamed),
    )


def _moved(entry: Any, renamed: dict[str, str]) -> Any:
    return {**entry, "account": renamed[entry["account"]]} if entry else None


__all__ = ["Act", "Move", "Visit", "Wait"]
