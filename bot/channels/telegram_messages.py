"""From recorded events to Telegram messages: markup, keyboards, cards, and what leaves together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.channels.backend import Document
from bot.channels.documents import ANNOUNCING
from bot.channels.telegram_text import LONGEST, html, length, plan_table, preformatted, rows_of, split
from bot.conversations.inputs import choice_id
from bot.conversations.sending import Event

TITLE_MOST = 64  # of a button; longer ones are cut off on a phone anyway
# Cards that need a message of their own.
_OWN_MESSAGE = (*ANNOUNCING, "ask_contact", "end_contact")
_FIGURES = frozenset({"money", "figure"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One Telegram message. `keyboard` has rows of (title, callback data), the data at most 64 bytes.

    `ask_contact` is the title of the button below the text field that shares one's own number; `end_contact`
    takes that button away.
    """

    html: str
    keyboard: tuple[tuple[tuple[str, str], ...], ...] = ()
    ask_contact: str | None = None
    end_contact: bool = False
    document: Document | None = None
    protect: bool = False


def together(events: Sequence[Event]) -> int:
    """How many of these leave as one message: a turn's words up to the first with buttons, as far as they fit."""
    total = 0
    for count, event in enumerate(events):
        if count and (event.kind != "bot" or _card(event).get("type") in _OWN_MESSAGE):
            return count
        total += length(_plain(event)) + 2
        if count and total > LONGEST:
            return count
        if event.kind != "bot" or _buttons(event) or _card(event).get("type") in _OWN_MESSAGE:
            return count + 1
    return len(events)


def pieces(events: Sequence[Event], *, protect_figures: bool, document: Document | None = None) -> list[Piece]:
    """The messages that say what these events say; buttons stand under the last."""
    blocks = [block for event in events for block in _blocks(event)]
    protect = protect_figures and any(_has_figures(event) for event in events)
    texts = _joined(blocks)
    if document is not None:
        texts = texts or [""]
    last = events[-1] if events else None
    made = [Piece(text, protect=protect) for text in texts]
    if made and last is not None:
        made[-1] = _ending(made[-1], last, document)
    return made


def _ending(piece: Piece, event: Event, document: Document | None) -> Piece:
    kind = _card(event).get("type")
    return Piece(
        piece.html,
        keyboard=_keyboard(event),
        ask_contact=str(_card(event)["button"]) if kind == "ask_contact" else None,
        end_contact=kind == "end_contact",
        document=document,
        protect=piece.protect and document is None,  # a copy to keep that could not be saved would be none
    )


def _blocks(event: Event) -> list[str]:
    """The event's words as marked up blocks, none longer than a message may be."""
    text = str((event.body or {}).get("text") or "")
    card = _card(event)
    found = [preformatted(plan_table(card["plans"]))] if card.get("type") == "plans" and card.get("plans") else []
    name = (event.body or {}).get("name")
    if event.kind == "agent" and name:
        head = f"<b>{html(str(name))}</b>\n"
        parts = split(text, LONGEST - length(str(name)) - 1) or ([""] if (event.body or {}).get("file") else [])
        return [head + html(part) for part in parts]
    return [*found, *(html(part) for part in split(text))]


def _joined(blocks: Sequence[str]) -> list[str]:
    """Blocks put together with an empty line between, as long as a message holds them."""
    made: list[str] = []
    for block in blocks:
        if made and length(made[-1]) + length(block) + 2 <= LONGEST:
            made[-1] = f"{made[-1]}\n\n{block}"
        else:
            made.append(block)
    return made


def _keyboard(event: Event) -> tuple[tuple[tuple[str, str], ...], ...]:
    buttons = _buttons(event)
    titles = [_title(str(button["title"])) for button in buttons]
    return tuple(
        tuple((titles[position], choice_id(event.seq, position + 1)) for position in row) for row in rows_of(titles)
    )


def _title(title: str) -> str:
    return title if len(title) <= TITLE_MOST else f"{title[: TITLE_MOST - 1]}…"


def _plain(event: Event) -> str:
    card = _card(event)
    table = plan_table(card["plans"]) + "\n\n" if card.get("type") == "plans" and card.get("plans") else ""
    return table + str((event.body or {}).get("text") or "")


def _buttons(event: Event) -> Sequence[Mapping[str, Any]]:
    return (event.body or {}).get("buttons") or ()


def _card(event: Event) -> Mapping[str, Any]:
    card = (event.body or {}).get("card")
    return card if isinstance(card, dict) else {}


def _has_figures(event: Event) -> bool:
    body = event.body or {}
    return _card(event).get("type") in ("plans", *ANNOUNCING) or _amount(body.get("args"))


def _amount(value: Any) -> bool:
    """Whether an amount of money stands anywhere in an event's values."""
    if isinstance(value, dict):
        return bool(_FIGURES & value.keys()) or any(_amount(each) for each in value.values())
    return isinstance(value, list) and any(_amount(each) for each in value)
