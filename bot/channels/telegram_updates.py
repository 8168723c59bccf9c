"""What a Telegram update says, read from its raw JSON; nothing in it is believed to be there.

Field names and rules: https://core.telegram.org/bots/api#update.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.dialogue.messages import InputKind
from bot.errors import BadInput

PRIVATE = "private"
FILE_MOST = 20 * 1024 * 1024  # "bots can download files of up to 20MB" (getFile)
MEDIA_TYPES = ("image/jpeg", "image/png", "image/webp", "application/pdf")
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
# Messages that tell of the chat and say nothing: no answer to these.
_SERVICE = frozenset(
    {
        "pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "proximity_alert_triggered",
        "chat_background_set", "boost_added", "connected_website", "successful_payment", "refunded_payment",
    }
)  # fmt: skip
COMMANDS = ("start", "help", "menu", "human", "language", "stop", "privacy")
_COMMAND = re.compile(r"/([a-z0-9_]{1,32})(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_CHOICE = re.compile(r"[0-9]{1,9}-[0-9]{1,3}")

Want = Literal["input", "file", "joined", "left", "leave", "nothing"]


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that Telegram keeps; size and type are what the sender's app said, None where it did not."""

    id: str
    name: str
    media_type: str | None
    size: int | None


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button and the message that it stood on, as the press brought it. `message` is None if too old."""

    query: str
    data: str
    message: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Update:
    """One update: what it wants of us, and the input in it. `link` is a deep link's payload.

    `leave` is the id of a chat that is none of a borrower's. `phone` is set for a contact that is the sender's own.
    `caption` is what was written with something that can't be read.
    """

    want: Want
    sender: str = ""
    kind: InputKind = "unreadable"
    text: str | None = None
    choice: str | None = None
    locale: str | None = None
    link: str | None = None
    phone: str | None = None
    file: RemoteFile | None = None
    press: Press | None = None
    leave: int | None = None
    message_id: int | None = None
    caption: str | None = None


NOTHING = Update("nothing")


def number_of(raw: object) -> int | None:
    """The update's id, if it is one."""
    found = raw.get("update_id") if isinstance(raw, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) and 0 <= found < 2**53 else None


def sender_of(raw: object) -> str:
    """The chat that an update belongs to, for its place in line; "" where none can be found."""
    for name in ("message", "edited_message", "my_chat_member"):
        found = _at(raw, name, "chat", "id")
        if isinstance(found, int):
            return str(found)
    found = _at(raw, "callback_query", "message", "chat", "id") or _at(raw, "callback_query", "from", "id")
    return str(found) if isinstance(found, int) else ""


def read(raw: object) -> Update:
    """What an update says; BadInput if it is not what the Bot API describes."""
    if not isinstance(raw, dict):
        raise BadInput("update", "is no JSON object")
    if "callback_query" in raw:
        return _press(_object(raw, "callback_query"))
    if "my_chat_member" in raw:
        return _membership(_object(raw, "my_chat_member"))
    if "message" in raw:
        return _message(_object(raw, "message"))
    if "edited_message" in raw:
        return _edited(_object(raw, "edited_message"))
    return _elsewhere(raw)


def _elsewhere(raw: Mapping[str, Any]) -> Update:
    """Posts of channels and whatever else was not asked for."""
    chat = _at(raw, "channel_post", "chat", "id") or _at(raw, "edited_channel_post", "chat", "id")
    return Update("leave", leave=chat) if isinstance(chat, int) else NOTHING


def _press(query: Mapping[str, Any]) -> Update:
    query_id, sender = _text(query, "id"), _number(_object(query, "from"), "id")
    message = query.get("message")
    if message is None:
        return NOTHING  # a press on a message that was sent by way of inline mode: not ours
    chat = _object(_object(query, "message"), "chat")
    if chat.get("type") != PRIVATE:
        return Update("leave", leave=_number(chat, "id"))
    data = query.get("data")
    data = data if isinstance(data, str) else ""
    # A message that has become inaccessible comes with date 0 and nothing but its ids.
    there = None if message.get("date") == 0 else message
    return Update(
        "input",
        str(sender),
        "button",
        choice=data if _CHOICE.fullmatch(data) else "0-0",
        locale=_language(query),
        press=Press(query_id, data, there),
    )


def _membership(change: Mapping[str, Any]) -> Update:
    chat, status = _object(change, "chat"), _text(_object(change, "new_chat_member"), "status")
    chat_id = _number(chat, "id")
    if chat.get("type") != PRIVATE:
        gone = status in ("left", "kicked")
        return NOTHING if gone else Update("leave", leave=chat_id)
    return Update("left" if status in ("left", "kicked") else "joined", str(chat_id))


def _edited(message: Mapping[str, Any]) -> Update:
    """New words, also those with a picture or recording; a command that was mistyped at first counts as one."""
    said = _message(message)
    if said.want == "leave" or said.kind == "command":
        return said
    words = said.text if said.kind == "text" else _caption(message)
    if said.want not in ("input", "file") or not words:
        return NOTHING
    number = _number(message, "message_id")
    return Update("input", said.sender, "edited", text=words, locale=said.locale, message_id=number)


def _message(message: Mapping[str, Any]) -> Update:
    chat = _object(message, "chat")
    chat_id = _number(chat, "id")
    if chat.get("type") != PRIVATE:
        return Update("leave", leave=chat_id)
    sender, locale, message_id = str(chat_id), _language(message), _number(message, "message_id")
    if "text" in message:
        return _typed(sender, locale, clean(_text(message, "text")), message_id)
    if "photo" in message or "document" in message:
        file = _document(message) if "document" in message else _photo(message, message_id)
        words = _caption(message)
        return Update("file", sender, "file", text=words, locale=locale, file=file, message_id=message_id)
    if "contact" in message:
        return _contact(message, sender, locale)
    if _SERVICE & message.keys():
        return NOTHING
    kind = _unreadable(message)
    return Update("input", sender, "unreadable", locale=locale, text=kind, caption=_caption(message))


def _caption(message: Mapping[str, Any]) -> str | None:
    caption = message.get("caption")
    return clean(caption) if isinstance(caption, str) else None


def _typed(sender: str, locale: str | None, text: str, message_id: int) -> Update:
    command = _COMMAND.fullmatch(text.strip())
    if command is None or command[1].lower() not in COMMANDS:
        return Update("input", sender, "text", text=text, locale=locale, message_id=message_id)
    name, rest = command[1].lower(), (command[2] or "").strip()
    if name == "start":
        return Update("input", sender, "start", locale=locale, link=rest or None)
    return Update("input", sender, "command", text=f"/{name}", locale=locale)


def _contact(message: Mapping[str, Any], sender: str, locale: str | None) -> Update:
    """Only one's own: what is shared of another's address book proves nothing."""
    contact = _object(message, "contact")
    own = contact.get("user_id") is not None and str(contact.get("user_id")) == sender
    own = own and str(_at(message, "from", "id")) == sender and "forward_origin" not in message
    phone = contact.get("phone_number")
    return Update(
        "input", sender, "contact", locale=locale, phone=phone if own and isinstance(phone, str) else None
    )


def _photo(message: Mapping[str, Any], message_id: int) -> RemoteFile:
    """The largest size that Telegram will hand out."""
    sizes = [size for size in message["photo"] if isinstance(size, dict)] if _listed(message, "photo") else []
    fit = [size for size in sizes if (size.get("file_size") or 0) <= FILE_MOST] or sizes
    if not fit:
        raise BadInput("message.photo", "has no sizes")
    best = max(fit, key=lambda size: (size.get("width") or 0) * (size.get("height") or 0))
    return RemoteFile(_text(best, "file_id"), f"photo-{message_id}.jpg", "image/jpeg", _size(best))


def _document(message: Mapping[str, Any]) -> RemoteFile:
    document = _object(message, "document")
    name, media_type = document.get("file_name"), document.get("mime_type")
    return RemoteFile(
        _text(document, "file_id"),
        clean(name)[:200] if isinstance(name, str) and name else "file",
        media_type if isinstance(media_type, str) else None,
        _size(document),
    )


def _unreadable(message: Mapping[str, Any]) -> str:
    """What it is that can't be read: voice, sticker, location …; other for what Telegram may bring one day."""
    known = (
        "voice", "audio", "video_note", "video", "animation", "sticker", "location", "venue", "poll", "dice",
    )  # fmt: skip
    return next((name for name in known if name in message), "other")


def clean(text: str) -> str:
    """Text that every database takes: without NUL, and with no half of a surrogate pair."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _language(holder: Mapping[str, Any]) -> str | None:
    tag = _at(holder, "from", "language_code")
    return tag[:35] if isinstance(tag, str) else None


def _size(file: Mapping[str, Any]) -> int | None:
    size = file.get("file_size")
    return size if isinstance(size, int) else None


def _listed(holder: Mapping[str, Any], name: str) -> bool:
    return isinstance(holder.get(name), list)


def _at(holder: object, *names: str) -> object:
    for name in names:
        holder = holder.get(name) if isinstance(holder, dict) else None
    return holder


def _object(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = holder.get(name)
    if not isinstance(found, dict):
        raise BadInput(f"update.{name}", "is no object")
    return found


def _text(holder: Mapping[str, Any], name: str) -> str:
    found = holder.get(name)
    if not isinstance(found, str):
        raise BadInput(f"update.{name}", "is no text")
    return found


def _number(holder: Mapping[str, Any], name: str) -> int:
    found = holder.get(name)
    if not isinstance(found, int) or isinstance(found, bool):
        raise BadInput(f"update.{name}", "is no number")
    return found
