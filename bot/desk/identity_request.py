"""A collector asks who writes: the bot asks for proof and checks it, the collector sees what comes of it."""

from datetime import datetime
from typing import Protocol

from bot.access import Staff
from bot.desk import wording
from bot.desk.asking import put_before
from bot.desk.offers import holding
from bot.desk.settling import NotInForce
from bot.desk.store import DeskWork
from bot.desk.wording_ground import ground
from bot.lending.policy import Policies
from bot.record.events import NewEvent


class IdentityWords(Protocol):
    """The request in the borrower's language, with its button; it must not tell a stranger that there is a debt."""

    def __call__(self, name: str, locale: str) -> NewEvent: ...


def ask_identity(
    work: DeskWork, policies: Policies, words: IdentityWords, case_id: str, by: Staff, at: datetime
) -> int:
    """Put the request before the borrower; NotInForce where the check still holds. Returns the message's seq."""
    conversation, state = holding(work, case_id, by)
    if conversation.verified(at):
        raise NotInForce(f"conversation {conversation.id}: a request to prove what is proved")
    event = words(by.name, conversation.locale)
    # The house's own words; but they may start a matter, which has to wait for its hour.
    text = str((event.body or {})["text"])
    wording.admit(text, sure=True, ground=ground(work, policies, state, conversation, at))
    return put_before(work, conversation, state, [event], by, {"what": "identity_asked"}, at)
