"""Kept files: evidence that a borrower sent, documents made for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class KeptFile:
    id: str
    conversation_id: str
    name: str
    media_type: Literal["image/jpeg", "image/png", "image/webp", "application/pdf"]
    size: int
    sha256: bytes
    kept_at: datetime
    staff: str | None = None  # who of the staff sent it; None: the borrower, or the bot


class FileStore(Protocol):
    def keep(self, file: KeptFile, content: bytes) -> None: ...
    def file(self, file_id: str) -> KeptFile | None: ...
    def content(self, file_id: str) -> bytes | None: ...
    def files(self, conversation_id: str) -> list[KeptFile]: ...
