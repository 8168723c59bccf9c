"""The filters of review's pages as they stand in an address: their choices, and which of them cannot be read."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import get_args

from bot.errors import BadInput
from bot.lending.hardship import REASONS, SENSITIVE
from bot.lending.holds import HoldReason
from bot.lending.policy_desk import CaseReason
from bot.review import search
from bot.review.facts import APART, FLAGS, HOURS, LATENESS, OUTCOMES, PLANS, RIGHTS
from bot.review.search import FIELDS
from bot.review.talks import WAITS
from bot.web.guard import BadField

Fields = Sequence[tuple[str, str]]
CHOICES: Mapping[str, Sequence[str]] = {
    "outcome": OUTCOMES,
    "plan": PLANS,
    "lateness": ("unknown", *(name for name, _ in LATENESS)),
    "satisfaction": ("5", "4", "3", "2", "1"),
    "flag": FLAGS,
    "channel": ("web", "telegram", "terminal"),
    "hold": get_args(HoldReason),
    "case": get_args(CaseReason),
    "right": RIGHTS,
    "waited": [name for name, _ in WAITS],
    "solved": [name for name, _ in WAITS],
    "hour": HOURS,
    "hardship": [*(reason for reason in REASONS if reason not in SENSITIVE), APART],
}


def in_use(given: Fields) -> list[tuple[str, str]]:
    """The filters that are in use, as they stand in an address; what is none of them is left out."""
    known = [(name, value.replace("\0", "").strip()) for name, value in given]
    return [(name, value) for name, value in known if name in FIELDS and value]


def asked_for(fields: Fields) -> search.Asked:
    """What to search for; BadField names the first field that cannot be read."""
    for name, value in fields:
        one_of(name, value, CHOICES.get(name, (value,)))
    try:
        return search.asked(fields)
    except BadInput as bad:
        raise BadField(bad.place, dict(reversed(fields))[bad.place]) from bad


def one_of(field: str, value: str, choices: Sequence[str]) -> str:
    """The value, if it is one of the choices; BadField."""
    if value not in choices:
        raise BadField(field, value)
    return value


def day_of(field: str, value: str) -> date | None:
    """A day as a form sends it, None where the field is empty; BadField."""
    try:
        return search.day_of(field, value) if value else None
    except BadInput as bad:
        raise BadField(field, value) from bad
