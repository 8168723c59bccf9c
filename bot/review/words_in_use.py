"""Which words borrowers read: when a server starts with others than the last one, the trail says which changed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from bot.record.chain import canonical
from bot.review.store import ReviewWork

ACTION = "words_in_use"
SUBJECT = "words"
MOST = 1000  # entries that are looked at for the words of a message
_LONG = 16  # hexadecimal digits of a digest
_KINDS = ("*.yml", "*.po")


@dataclass(frozen=True, slots=True)
class InUse:
    """The words from some moment on: each file with its digest."""

    since: datetime
    digests: tuple[tuple[str, str], ...]


def digests(folders: Mapping[str, Path]) -> dict[str, str]:
    """The SHA-256, cut short, of every file of words in these folders, by its name there."""
    return {
        f"{name}/{path.relative_to(folder).as_posix()}": hashlib.sha256(path.read_bytes()).hexdigest()[:_LONG]
        for name, folder in folders.items()
        for kind in _KINDS
        for path in sorted(folder.rglob(kind))
    }


def note(work: ReviewWork, found: Mapping[str, str], at: datetime) -> None:
    """Enter the words that are used from now on, unless they are those of the newest entry."""
    newest = work.audit.newest(action=ACTION, limit=1)
    known: Mapping[str, str] = newest[0].detail["digests"] if newest else {}
    if known != found:
        changed = sorted(name for name in {*known, *found} if known.get(name) != found.get(name))
        detail = {"files": changed if known else [], "digests": dict(found)}
        work.audit.append(ACTION, SUBJECT, None, detail, at)


def history(work: ReviewWork) -> list[InUse]:
    """Newest first."""
    entries = work.audit.newest(action=ACTION, limit=MOST)
    return [InUse(entry.at, tuple(entry.detail["digests"].items())) for entry in entries]


def version(known: Sequence[InUse], at: datetime, locale: str) -> str:
    """Which dialogues and translation a message was made with; empty where the trail says nothing of that time."""
    found = next((one for one in known if one.since <= at), None)
    return _version(found.digests, locale) if found else ""


@lru_cache(maxsize=1000)
def _version(digests: tuple[tuple[str, str], ...], locale: str) -> str:
    spoken = ("dialogues/", f"locales/{locale}/")
    used = {name: digest for name, digest in digests if name.startswith(spoken)}
    return hashlib.sha256(canonical(used)).hexdigest()[:_LONG]
