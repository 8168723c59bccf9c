"""The files that a message announces by its card: the borrower's own record, an agreement, what a person sent."""

from collections.abc import Mapping
from typing import Any

from bot.channels.backend import Address, ChatBackend, Document

Card = Mapping[str, Any]
ANNOUNCING = ("record", "agreement", "file")
# Their words promise the file, or there are none: without it they are not sent at all.
NOTHING_WITHOUT = ("record", "file")


def announced(body: Mapping[str, Any] | None) -> Card | None:
    """The card of a message with a file: {"type": "record"}; "agreement" and "file" with its id beside."""
    card = (body or {}).get("card")
    return card if isinstance(card, Mapping) and card.get("type") in ANNOUNCING else None


async def fetch(backend: ChatBackend, address: Address, card: Card) -> Document:
    """Make the file that a card announces; raises NotProved."""
    if card["type"] == "file":
        return await backend.sent_file(address, str(card["file"]))
    if card["type"] == "agreement":
        return await backend.agreement(address, str(card["agreement"]))
    return await backend.own_record(address)
