"""Which events of a chat a borrower may have a copy of: what was said with them, not with somebody before them."""

from collections.abc import Sequence

from bot.record.copies import SPOKEN
from bot.record.events import Event


def open_to(events: Sequence[Event], borrower_id: str) -> frozenset[int]:
    """The places of what was said or sent while this borrower had the chat.

    What was said before anybody had proved who they are belongs to whoever proved it next.
    """
    owners: list[str | None] = []
    current: str | None = None
    for place, event in enumerate(events):
        what = (event.body or {}).get("what") if event.kind == "access" else None
        if what in ("lapsed", "ended"):
            # The message with which it ended was recorded before that was noticed.
            current = None
            start = _turn_of(events, place)
            owners[start:] = [None] * (place - start)
        elif what == "verified":
            current = str((event.body or {}).get("borrower"))
            owners = [current if owner is None else owner for owner in owners]
        owners.append(current)
    mine = zip(events, owners, strict=True)
    return frozenset(e.seq for e, owner in mine if owner in (borrower_id, None) and e.kind in SPOKEN)


def _turn_of(events: Sequence[Event], place: int) -> int:
    return next((n for n in range(place - 1, -1, -1) if events[n].kind == "user"), place)
