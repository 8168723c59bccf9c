"""What a collector does in a chat, and what time does: for conversations in which the borrower is not alone."""

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.access import Staff
from bot.background import due_work
from bot.clock import FixedClock
from bot.desk import handoffs
from tests.conversations.driver import Chat, Said

_ACT = re.compile(r"/(takes|answers|hands_back|resolves|later|comes)\((.*)\)", re.DOTALL)
_ROUNDS = 5  # work that is due may leave other work that is due at once


def act(chat: Chat, text: str) -> list[Said] | None:
    """Do what a step like /answers(Hello.) or /later(12 minutes) says; None for what a borrower says."""
    match = _ACT.fullmatch(text)
    if match is None:
        return None
    _ACTS[match[1]](chat, match[2])
    worker = due_work(chat.app)
    for _ in range(_ROUNDS):
        if not worker.run_due():
            break
    return chat.come_to_rest()


def _takes(chat: Chat, _: str) -> None:
    chat.be_taken()


def _comes(chat: Chat, name: str) -> None:
    """Somebody signs in to the desk and is there for half an hour."""
    chat.sign_in(Staff(id=uuid.uuid4().hex, login=uuid.uuid4().hex, name=name, role="collector"))


def _answers(chat: Chat, words: str) -> None:
    with chat.app.database.transaction() as work:
        handoffs.answer(work, chat.case_id, _holder(chat), words, chat.app.clock.now(), sure=True)


def _hands_back(chat: Chat, agreed: str) -> None:
    told = (chat.app.responses.text, chat.app.dialogue)
    with chat.app.database.transaction() as work:
        handoffs.hand_back(work, chat.case_id, _holder(chat), agreed, chat.app.clock.now(), *told)


def _resolves(chat: Chat, line: str) -> None:
    told = (chat.app.responses.text, chat.app.dialogue)
    with chat.app.database.transaction() as work:
        handoffs.resolve(work, chat.case_id, _holder(chat), "agreed", line, chat.app.clock.now(), *told)


def _later(chat: Chat, span: str) -> None:
    count, unit = span.split()
    assert isinstance(chat.app.clock, FixedClock)
    chat.app.clock.advance(timedelta(**{unit.rstrip("s") + "s": int(count)}))


def _holder(chat: Chat) -> Staff:
    assert chat.collector is not None
    return chat.collector


_ACTS: Mapping[str, Callable[[Chat, str], None]] = {
    "takes": _takes,
    "comes": _comes,
    "answers": _answers,
    "hands_back": _hands_back,
    "resolves": _resolves,
    "later": _later,
}
