"""A file from the collector to the borrower: believed by its content, made anew, checked like words, kept, sent."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from uuid import uuid4

from bot.access import Staff
from bot.desk import wording
from bot.desk.handoffs import UnfitAnswer, say
from bot.desk.states import CaseState
from bot.desk.store import DeskWork
from bot.desk.telling import locked
from bot.errors import BotError
from bot.files.checks import MediaType, media_type, safe_name
from bot.files.shown import picture
from bot.files.store import KeptFile
from bot.record.events import Event

LONGEST_CAPTION = 800  # characters; Telegram takes 1024 with the collector's name and all markup


class NobodyProved(BotError):
    """A file goes to nobody who never proved that they are the borrower."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """What may be sent: `content` is a PDF as it was, or a picture made anew."""

    name: str
    media_type: MediaType
    content: bytes


def prepared(name: str, content: bytes) -> Attachment:
    """The file as it will be sent; raises FileRefused. Slow: not in a transaction."""
    found = media_type(content)
    if found == "application/pdf":
        return Attachment(safe_name(name, found), found, content)
    return Attachment(safe_name(name, "image/jpeg"), "image/jpeg", picture(content))


def send(
    work: DeskWork,
    case_id: str,
    by: Staff,
    attachment: Attachment,
    caption: str,
    at: datetime,
    *,
    sure: bool = False,
    ground: wording.Ground | None = None,
) -> tuple[CaseState, Event]:
    """Send the file with its caption, after the wording check of both and of the file's name."""
    caption = caption.strip()
    if len(caption) > LONGEST_CAPTION:
        raise UnfitAnswer(f"the words beside a file have at most {LONGEST_CAPTION} characters, not {len(caption)}")
    conversation, state = locked(work, case_id, by)
    if conversation.borrower_id is None or conversation.verified_until is None:
        raise NobodyProved(case_id)
    doubts = wording.admit(f"{caption}\n{_words(attachment.name)}", sure=sure, ground=ground)
    kept = KeptFile(
        id=uuid4().hex,
        conversation_id=conversation.id,
        name=attachment.name,
        media_type=attachment.media_type,
        size=len(attachment.content),
        sha256=hashlib.sha256(attachment.content).digest(),
        kept_at=at,
        staff=by.id,
    )
    work.files.keep(kept, attachment.content)
    shown = {"id": kept.id, "name": kept.name, "media_type": kept.media_type, "size": kept.size}
    body = {"text": caption, "file": shown, "card": {"type": "file", "file": kept.id}}
    return say(work, conversation, state, by, body, doubts, at)


def _words(name: str) -> str:
    """A file's name as somebody reads it: "letter_to_your_boss.pdf" says what it says."""
    return re.sub(r"[_\-.+]+", " ", PurePath(name).stem)
