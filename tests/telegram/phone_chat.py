"""The borrower of the written conversations, on Telegram: everything goes over HTTP by way of the strict server."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.assembly import App
from bot.dialogue.messages import Incoming
from tests.conversations.driver import Chat, MediaType, Said
from tests.telegram.people import Person

SETTLED_WITHIN = 30.0  # seconds
_EVERYTHING = 2**31 - 1


@dataclass
class PhoneChat(Chat):
    """Writes as `person`; what the bot recorded is believed only where the person's phone shows it."""

    person: Person = field(kw_only=True)
    channel: str = "telegram"
    _seen: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.sender = str(self.person.id)

    def send(self, incoming: Incoming) -> list[Said]:
        self._act(incoming)
        return self.come_to_rest()

    def upload(self, content: bytes, name: str = "proof.png", media_type: MediaType = "image/png") -> list[Said]:
        self.person.send_document(content, name, media_type)
        return self.come_to_rest()

    def _act(self, incoming: Incoming) -> None:
        match incoming.kind:
            case "start":
                self.person.start()
            case "text":
                self.person.say(incoming.text or "")
            case "button":
                self._press(incoming.choice or "")
            case "unreadable":
                self.person.send_voice()
            case kind:
                raise NotImplementedError(f"nobody does {kind} on a phone")

    def _press(self, data: str) -> None:
        """What the bot has since taken away can still be pressed: an old phone shows it."""
        carrying = [message for message in self.person.chat.shown if data in _data(message)]
        if carrying:
            self.person.press(data)
        else:
            self.person.press_again(self.person.chat.shown[-1], data)

    def come_to_rest(self) -> list[Said]:
        """Wait until all that the person did is answered; what the bot said then."""
        end = time.monotonic() + SETTLED_WITHIN
        while not at_rest(self.app, self.person, self.speaker):
            if time.monotonic() > end:
                raise AssertionError(f"the chat did not come to rest: {self.person.bot.queue.waiting}")
            time.sleep(0.01)
        with self.app.database.reading() as work:
            found = work.conversations.find(f"telegram:{self.speaker}", self.sender)
        if found is None:
            return []  # nothing was said that opens a chat
        self.conversation_id = found.id
        self.read()
        self._compare()
        return self.replies

    def _compare(self) -> None:
        """AssertionError where the phone shows other words or buttons than the bot has on its record."""
        shown = [m for m in self.person.chat.shown if m["message_id"] not in self._seen]
        self._seen |= {message["message_id"] for message in shown}
        for said in self.replies:
            missing = unshown(shown, said.text, said.card)
            assert not missing, f"{said.response} is not shown:\n{missing}\nbut:\n{shown}"
        buttons = [button for message in shown for button in _buttons(message)]
        wanted = [
            (f"{said.seq}-{position}", button["title"])
            for said in self.replies
            for position, button in enumerate(said.buttons, 1)
        ]
        assert buttons == wanted, f"the phone shows the buttons {buttons}, the record has {wanted}"


def at_rest(app: App, person: Person, speaker: str) -> bool:
    """Whether everything that was sent has been taken, read, handled and answered; looked at in that order."""
    if person.bot.queue.waiting:
        return False
    with app.database.reading() as work:
        far = app.clock.now() + timedelta(days=3650)
        if work.updates.senders(f"telegram:{speaker}", far, 1) or work.inbox.waiting(1):
            return False
        found = work.conversations.find(f"telegram:{speaker}", str(person.id))
        if found is not None and work.outbox.unfetched(found.id, _EVERYTHING):
            return False
    return all(query.answered is not None for query in person.bot.queries.values())


def unshown(messages: Iterable[dict[str, Any]], text: str, card: Any) -> list[str]:
    """What of a message's words, or of a drawn card's figures, is not to be seen in these."""
    shown = _squeezed(" ".join(message.get("text") or message.get("caption", "") for message in messages))
    drawn = card["plans"] if card and card.get("type") == "plans" else ()
    wanted = [str(plan["amount"]) for plan in drawn] or [text]
    return [piece for piece in wanted if _squeezed(piece) not in shown]


def _squeezed(text: str) -> str:
    """Without white space: where lines end is the channel's business."""
    return re.sub(r"\s+", "", text)


def _buttons(message: dict[str, Any]) -> list[tuple[str, str]]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", ())
    shown = [button for row in rows for button in row if "callback_data" in button]
    return [(button["callback_data"], button["text"]) for button in shown]


def _data(message: dict[str, Any]) -> list[str]:
    return [data for data, _ in _buttons(message)]
