"""How long talks with people, and rights, took in a conversation: folded from its record, to the second."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from bot.record.events import Event

# Upper ends in minutes, the last one open: how long somebody waited for a person, and until the matter was closed.
WAITS = (("5m", 5), ("15m", 15), ("60m", 60), ("4h", 240), ("24h", 1440), ("more", None))
TimeFacet = Literal["waited", "solved", "exactly"]
_CLOSING = frozenset({"returned", "resolved", "superseded"})


@dataclass(slots=True)
class Talk:
    """One case; `reasons` in the order in which they came up."""

    opened_at: datetime
    reasons: list[str] = field(default_factory=list)
    answered_at: datetime | None = None  # the first word of a person
    closed_at: datetime | None = None


def talks(events: Sequence[Event]) -> dict[str, Talk]:
    """Every case of a conversation, by id."""
    found: dict[str, Talk] = {}
    for event in events:
        body = event.body if event.kind == "case" else None
        if not body or "case" not in body:
            continue
        talk = found.setdefault(str(body["case"]), Talk(event.at))
        what = body.get("event")
        if body.get("reason") and what in ("opened", "raised"):
            talk.reasons.append(str(body["reason"]))
        elif what == "answered" and talk.answered_at is None:
            talk.answered_at = event.at
        elif what in _CLOSING:
            talk.closed_at = event.at
    return found


def bucket(since: datetime, until: datetime) -> str:
    minutes = (until - since).total_seconds() / 60
    return next(name for name, most in WAITS if most is None or minutes <= most)


def seconds(since: datetime, until: datetime) -> int:
    return round((until - since).total_seconds())


def honoured(at: datetime, done: Mapping[str, Any], cases: Mapping[str, Talk]) -> str:
    """Seconds until a right had its effect: none where a hold came at once; else until a person answered.

    "open" while nobody has.
    """
    case = cases.get(str(done.get("case", "")))
    if done.get("hold") or case is None:
        return "0"
    return str(seconds(at, case.answered_at)) if case.answered_at else "open"


def times(cases: Mapping[str, Talk]) -> Iterator[tuple[TimeFacet, str]]:
    """Facets of how long each took: in buckets to search by, and exact for the figures."""
    for number, talk in enumerate(cases.values()):
        ends: Sequence[tuple[str, TimeFacet, datetime | None]] = (
            ("wait", "waited", talk.answered_at),
            ("solve", "solved", talk.closed_at),
        )
        for what, facet, end in ends:
            if end:
                yield facet, bucket(talk.opened_at, end)
                yield "exactly", f"{what}:{number}:{seconds(talk.opened_at, end)}"
