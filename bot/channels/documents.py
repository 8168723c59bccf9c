"""The files that a bot message announces by its card: the borrower's own record, an agreement."""

from collections.abc import Mapping
from typing import Any

from bot.channels.backend import Address, ChatBackend, Document

Card = Mapping[str, Any]
ANNOUNCING = ("record", "agreement")


def announced(body: Mapping[str, Any] | None) -> Card | None:
    """The card of a message with a file: {"type": "record"}, or {"type": "agreement", "agreement": id}."""
    card = (body or {}).get("card")
    return card if isinstance(card, Mapping) and card.get("type") in ANNOUNCING else None


async def fetch(backend: ChatBackend, address: Address, card: Card) -> Document:
    """Make the file that a card announces; raises NotProved."""
    if card["type"] == "agreement":
        return await backend.agreement(address, str(card["agreement"]))
    return await backend.own_record(address)
