"""After a press: the keyboard goes and the choice is shown in the message."""

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.channels.telegram_api import Api, NotTaken, TooFast
from bot.channels.telegram_text import LONGEST, LONGEST_CAPTION, length
from bot.channels.telegram_updates import Press

MARK = "\n\n✓ "  # before the choice, below the words
LONGEST_WAIT = 60.0  # seconds that an edit is put off for; it is a courtesy


async def show_choice(api: Api, chat: int, press: Press, title: str | None) -> None:
    """Take the pressed message's keyboard away and write the choice below; a message too old stays as it is.

    `title` is that of the button by the record: a press need not bring the keyboard with it.
    """
    message = press.message
    if message is None or shown_already(message):
        return
    title = title_of(message, press.data) or title
    try:
        await _edit(api, chat, message, title)
    except TooFast as early:
        if early.seconds > LONGEST_WAIT:
            return
        await asyncio.sleep(early.seconds)
        await _edit(api, chat, message, title)


def shown_already(message: Mapping[str, Any]) -> bool:
    """Whether an earlier press has taken the keyboard away."""
    text = str(message.get("text") or message.get("caption") or "")
    return not message.get("reply_markup") and MARK in text


async def _edit(api: Api, chat: int, message: Mapping[str, Any], title: str | None) -> None:
    try:
        await _with_choice(api, chat, message, title)
    except NotTaken as refused:
        if "not modified" not in str(refused):
            raise


async def _with_choice(api: Api, chat: int, message: Mapping[str, Any], title: str | None) -> None:
    number = int(message["message_id"])
    chosen = f"{MARK}{title}" if title else ""
    text, caption = message.get("text"), message.get("caption")
    if isinstance(text, str) and chosen and length(text + chosen) <= LONGEST:
        await api.edit_text(chat, number, text + chosen, message.get("entities") or ())
    elif isinstance(caption, str) and chosen and length(caption + chosen) <= LONGEST_CAPTION:
        await api.edit_caption(chat, number, caption + chosen, message.get("caption_entities") or ())
    else:
        await api.take_keyboard(chat, number)


def title_of(message: Mapping[str, Any], data: str) -> str | None:
    """What stood on the button with this data."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard") or ()
    for row in rows:
        for button in row:
            if button.get("callback_data") == data:
                return str(button.get("text") or "")
    return None
