"""What comes in from a channel and what goes out to it, free of any channel's own format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any, Literal

from bot.money import Money

InputKind = Literal["start", "text", "button", "file", "unreadable", "command", "contact", "edited", "deleted"]


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file that was already checked and kept; `id` is its id in `bot.files`."""

    id: str
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """One input of one sender. (account, update_id) is unique; a repetition is the same input.

    `account` names the channel account that received it, as "<channel>:<public id>" (web:harbour).
    `choice` is the id of a button that was offered in this conversation. A `command` has its name in `text`
    ("/help"), an `edited` message the new words, a `deleted` one none. `what` says what an unreadable input is
    (voice, sticker, location, too_large …). `phone` is the number of a `contact` that the channel vouches to be
    the sender's own; None: another's.
    """

    account: str
    sender: str
    update_id: str
    kind: InputKind
    text: str | None = None
    choice: str | None = None
    file: FileRef | None = None
    locale: str | None = None  # what the borrower's app or browser is set to
    what: str | None = None
    phone: str | None = None
    message: str | None = None  # the channel's own id of a message; an edit or deletion names the one it is of


@dataclass(frozen=True, slots=True)
class Count:
    """A number of things, rendered with the locale's plural: Count(45, "day") → 45 days / 45天.

    Units: day, week, month, year, instalment, payment, account, try, minute, hour.
    """

    number: int
    unit: str


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount shown as a bare number, where the currency is plain from the line: 12,000.00."""

    money: Money


@dataclass(frozen=True, slots=True)
class DayMonth:
    """A date without its year, where the year is plain: 7 Oct, 10月7日."""

    date: date


@dataclass(frozen=True, slots=True)
class Percent:
    """A fraction shown as a percentage with the digits that it has: 0.0005 → 0.05%."""

    fraction: Decimal


@dataclass(frozen=True, slots=True)
class Names:
    """A proper name as it is written in each locale (a lender, an agency, an office)."""

    by_locale: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Label:
    """The text of another response, put in place: a product, a reason, a frequency."""

    response: str
    args: "Mapping[str, Value]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """Several values joined as the locale joins a list: 7 Oct and 7 Nov, 10月7日、11月7日."""

    items: "tuple[Value, ...]"


Value = (
    str | int | bool | Decimal | date | time | Money | None
    | Count | Figure | DayMonth | Percent | Names | Label | Listed
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Button:
    """`payload` is a command in Rasa's notation: /SetSlots(name=value, …) or /intent. Channels never see it."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class DynamicButton:
    """A button whose title is the text of a response, rendered with `args` in the borrower's language."""

    response: str
    payload: str
    args: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something to be said, not yet in any language: a response's name, its values, and extra buttons.

    Extra buttons come before those of the response itself. `card` is structured data that a channel may
    draw instead of the text (plan cards); the text always says the same.
    """

    response: str
    args: Mapping[str, Value] = field(default_factory=dict)
    buttons: tuple[DynamicButton, ...] = ()
    card: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An utterance in words."""

    text: str
    response: str
    buttons: tuple[Button, ...] = ()
    card: Mapping[str, Any] | None = None
    locale: str = "en"
