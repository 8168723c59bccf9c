"""People with a phone: what they do in their Telegram makes the updates, what they see is what the bot sent."""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.telegram.texts import units
from tests.telegram.world import Bot, Chat, Query, World

_START = re.compile(r"[A-Za-z0-9_-]{1,64}")
_COMMAND = re.compile(r"/[a-z0-9_]{1,32}(@\w+)?(?=\s|$)")


class NoButton(LookupError):
    """No message that is shown has such a button."""


@dataclass
class Person:
    """One person and their private chat with one bot; `said` are the ids of the updates that they made."""

    world: World
    bot: Bot
    language: str | None = "en"
    first_name: str = "Wang"
    phone: str = "+8613800001234"
    said: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.id = 200_000_000 + next(self.world.ids)
        about = {"id": self.id, "type": "private", "first_name": self.first_name}
        self.chat = Chat(self.id, "private", about, member=False)
        self.bot.chats[self.id] = self.chat

    @property
    def user(self) -> dict[str, Any]:
        user = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        return user | ({"language_code": self.language} if self.language else {})

    def start(self, payload: str = "") -> int:
        """Press Start, or open t.me/<bot>?start=<payload>; a client opens no other link."""
        if payload and not _START.fullmatch(payload):
            raise ValueError(f"{payload!r} can't stand in a deep link")
        return self.say(f"/start {payload}".strip())

    def say(self, text: str) -> int:
        return self._write(text=text, **_entities(text))

    def send_photo(self, content: bytes, caption: str = "", size: int | None = None) -> int:
        """A client makes several sizes; the last is the largest. `size` may claim more than there is."""
        file = self.world.add_file(self.bot, "", "image/jpeg", content, size)
        small = self.world.add_file(self.bot, "", "image/jpeg", content[:100])
        sizes = [
            {"file_id": one.id, "file_unique_id": one.unique_id, "file_size": one.size, "width": w, "height": w}
            for one, w in ((small, 90), (file, 800))
        ]
        return self._write(photo=sizes, **({"caption": caption} if caption else {}))

    def send_document(
        self, content: bytes, name: str = "proof.pdf", media_type: str = "application/pdf", size: int | None = None
    ) -> int:
        file = self.world.add_file(self.bot, name, media_type, content, size)
        about = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}
        return self._write(document=about | {"file_name": name, "mime_type": media_type})

    def send_voice(self) -> int:
        file = self.world.add_file(self.bot, "", "audio/ogg", b"OggS")
        about = {"file_id": file.id, "file_unique_id": file.unique_id, "duration": 3, "mime_type": "audio/ogg"}
        return self._write(voice=about | {"file_size": file.size})

    def send_sticker(self, emoji: str = "👍") -> int:
        file = self.world.add_file(self.bot, "", "image/webp", b"RIFF")
        about = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size, "emoji": emoji}
        shape = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._write(sticker=about | shape)

    def share_contact(self, *, other: bool = False) -> int:
        """One's own number, or a card from the address book (`other`), which may name somebody else or nobody."""
        contact = {"phone_number": self.phone, "first_name": self.first_name}
        return self._write(contact=contact | ({} if other else {"user_id": self.id}))

    def edit(self, text: str) -> int:
        """Change the newest message that this person wrote."""
        newest = [m for m in self.chat.messages.values() if m["from"]["id"] == self.id and "text" in m][-1]
        with self.world.changed:
            newest |= {"text": text, "edit_date": int(self.world.clock())}
        return self._update("edited_message", newest)

    def press(self, title_or_data: str) -> str:
        """Press the newest inline button of this title or data; returns the id of the callback query."""
        for message in reversed(self.chat.shown):
            for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
                for button in row:
                    if title_or_data in (button["text"], button.get("callback_data")):
                        return self._press(message, button["callback_data"])
        shown = [m.get("reply_markup") for m in self.chat.shown]
        raise NoButton(f"no button offers {title_or_data!r}; there are {shown}")

    def press_again(self, message: dict[str, Any], data: str) -> str:
        """Press a button that an old client still shows."""
        return self._press(message, data)

    def _press(self, message: dict[str, Any], data: str) -> str:
        query = Query(str(4_000_000_000 + next(self.world.ids)), self.world.clock())
        self.bot.queries[query.id] = query
        body = {"id": query.id, "from": self.user, "message": message, "chat_instance": str(self.id), "data": data}
        self._update("callback_query", body)
        return query.id

    def block(self) -> int:
        return self._blocked(True, "member", "kicked")

    def unblock(self) -> int:
        return self._blocked(False, "kicked", "member")

    def _blocked(self, blocked: bool, old: str, new: str) -> int:
        with self.world.changed:
            self.chat.blocked = blocked
        before, after = (_member(self.bot, status) for status in (old, new))
        body = {
            "chat": self.chat.about, "from": self.user, "date": int(self.world.clock()),
            "old_chat_member": before, "new_chat_member": after,
        }  # fmt: skip
        return self._update("my_chat_member", body)

    def _write(self, **content: Any) -> int:
        with self.world.changed:
            self.chat.member = True
            message = self.world.add_message(self.chat, self.user, **content)
            return self._update("message", message)

    def _update(self, kind: str, body: dict[str, Any]) -> int:
        self.said.append(self.bot.queue.put(kind, dict(body)))  # as it is now, whatever is edited later
        return self.said[-1]


@dataclass
class Group:
    """A group that the bot was added to by somebody."""

    world: World
    bot: Bot
    kind: str = "supergroup"

    def __post_init__(self) -> None:
        self.id = -1_001_000_000_000 - next(self.world.ids)
        self.chat = Chat(self.id, self.kind, {"id": self.id, "type": self.kind, "title": "Neighbours"}, member=True)
        self.bot.chats[self.id] = self.chat

    def add_bot(self, by: dict[str, Any]) -> int:
        before, after = (_member(self.bot, status) for status in ("left", "member"))
        body = {
            "chat": self.chat.about, "from": by, "date": int(self.world.clock()),
            "old_chat_member": before, "new_chat_member": after,
        }  # fmt: skip
        return self.bot.queue.put("my_chat_member", body)

    def say(self, by: dict[str, Any], text: str) -> int:
        with self.world.changed:
            kind = "channel_post" if self.kind == "channel" else "message"
            message = self.world.add_message(self.chat, by, text=text, **_entities(text))
            return self.bot.queue.put(kind, message)


def _member(bot: Bot, status: str) -> dict[str, Any]:
    return {"user": bot.user(), "status": status} | ({"until_date": 0} if status == "kicked" else {})


def _entities(text: str) -> dict[str, Any]:
    command = _COMMAND.match(text)
    if command is None:
        return {}
    return {"entities": [{"type": "bot_command", "offset": 0, "length": units(command[0])}]}
