"""Whether anything has changed for pages that stay open, told without reading what."""

from collections.abc import Mapping
from typing import Protocol


class Pulse(Protocol):
    def queues(self) -> Mapping[str, str]:
        """A token for the open cases of each speaker, which differs once any of them has another event."""
        ...

    def length(self, conversation_id: str) -> int:
        """The seq of the conversation's newest event; 0 for one that does not exist."""
        ...
