"""Personal data: sealed field by field, and found again by keyed digests."""

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import BadInput, BotError
from bot.lending.identity_input import normal_reference

_ID, _NONCE = 4, 12


class Unreadable(BotError):
    """A sealed field was made with another key, or was altered."""

    def __init__(self, place: str) -> None:
        super().__init__(f"{place} cannot be read with the keys at hand")
        self.place = place


class Fields:
    """AES-256-GCM for content, HMAC-SHA256 for lookups, each under a key of its own made from the given one.

    New fields are sealed with `key`; those sealed with `earlier` keys (oldest first) can still be read. Lookups
    stay with the oldest key, so that a new one does not mean a new index. A sealed field is
    key id (4 bytes) ‖ nonce (12) ‖ ciphertext and tag, bound to its place, so that it cannot be moved.
    """

    def __init__(self, key: bytes, earlier: Sequence[bytes] = ()) -> None:
        if any(len(each) < 32 for each in (key, *earlier)):
            raise BadInput("data key", "it needs at least 32 bytes")
        self._ciphers = {_derive(each, "id")[:_ID]: AESGCM(_derive(each, "seal")) for each in (*earlier, key)}
        self._id = _derive(key, "id")[:_ID]
        self._cipher = self._ciphers[self._id]
        self._lookup_key = _derive(earlier[0] if earlier else key, "lookup")

    def seal_bytes(self, place: str, content: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return self._id + nonce + self._cipher.encrypt(nonce, content, place.encode())

    def open_bytes(self, place: str, sealed: bytes) -> bytes:
        cipher = self._ciphers.get(sealed[:_ID])
        if cipher is None:
            raise Unreadable(place)
        nonce, content = sealed[_ID : _ID + _NONCE], sealed[_ID + _NONCE :]
        try:
            return cipher.decrypt(nonce, content, place.encode())
        except InvalidTag:
            raise Unreadable(place) from None

    def seal(self, place: str, text: str | None) -> bytes | None:
        return None if text is None else self.seal_bytes(place, text.encode())

    def open(self, place: str, sealed: bytes) -> str:
        return self.open_bytes(place, sealed).decode()

    def open_optional(self, place: str, sealed: bytes | None) -> str | None:
        return None if sealed is None else self.open(place, sealed)

    def lookup(self, domain: str, text: str) -> bytes:
        """The digest under which `text` is found; one domain's digests say nothing about another's."""
        return hmac.digest(self._lookup_key, f"{domain}\n{text}".encode("utf-8", "replace"), "sha256")


def plain(reference: str) -> str:
    """A reference as it is compared: full-width forms, dashes, spaces and case do not matter."""
    if reference.isascii() and reference.isalnum():
        return reference.upper()  # most are, and an import has many
    return normal_reference(reference)


def _derive(key: bytes, use: str) -> bytes:
    return hmac.digest(key, f"borrower-bot {use}".encode(), hashlib.sha256)
