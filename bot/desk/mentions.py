"""A colleague named in a private note (@login) is told so, if the case is theirs to see."""

import re
from collections.abc import Sequence

from bot.access import Staff, StaffStore
from bot.desk import colleagues
from bot.desk.states import CaseState
from bot.errors import BotError

_NAMED = re.compile(r"(?<![\w@.])@([\w][\w.-]*)")


class CannotMention(BotError):
    """Nobody of these logins may see the case; whether there is such a login is not told."""

    def __init__(self, logins: Sequence[str]) -> None:
        super().__init__(f"nobody who may see this case: {', '.join(logins)}")
        self.logins = tuple(logins)


class NotForThem(CannotMention):
    """A note about health or the like names somebody to whom such notes are not shown."""


def named(staff: StaffStore, text: str, state: CaseState, by: Staff, *, sensitive: bool = False) -> list[Staff]:
    """The colleagues whom a note names, each once; raises CannotMention."""
    logins = list(dict.fromkeys(hit.rstrip(".-").lower() for hit in _NAMED.findall(text)))
    found = {login: known[0] for login in logins if (known := staff.by_login(login))}
    unseen = [login for login in logins if login not in found or not _sees(found[login], state)]
    if unseen:
        raise CannotMention(unseen)
    told = [one for one in found.values() if one.id != by.id]
    kept_from = [one.login for one in told if sensitive and not one.may("desk.sensitive")]
    if kept_from:
        raise NotForThem(kept_from)
    return told


def _sees(colleague: Staff, state: CaseState) -> bool:
    return colleague.may("desk.view") and colleagues.sees(colleague, state)
