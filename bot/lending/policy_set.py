"""All files that make an installation's policies, as they are written: what two people agree on."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from bot.lending.policy_files import PACKS, creditors_texts, texts_in


@dataclass(frozen=True, slots=True)
class PolicySet:
    """The texts of the house's and the jurisdictions' packs and of creditors' and agencies' files, by file name."""

    packs: Mapping[str, str]
    creditors: Mapping[str, str]

    @property
    def fingerprint(self) -> str:
        """SHA-256 over every name and text."""
        content = json.dumps(self.texts(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()

    def texts(self) -> dict[str, dict[str, str]]:
        """As JSON holds it."""
        return {"packs": dict(self.packs), "creditors": dict(self.creditors)}


def read_set(creditors: Path) -> PolicySet:
    """The program's packs and the files in a folder; BadInput where one cannot be read."""
    return PolicySet(texts_in(PACKS), creditors_texts(creditors))


def changed_files(before: PolicySet, after: PolicySet) -> list[str]:
    """Names of the files that differ, are new or are gone, packs first."""
    return [f"{folder}/{name}" for folder, name, _, _ in _differing(before, after)]


def differences(before: PolicySet, after: PolicySet) -> Iterator[str]:
    """Line by line, as `diff -u` shows it."""
    for folder, name, was, now in _differing(before, after):
        place = f"{folder}/{name}"
        yield from unified_diff(was.splitlines(), now.splitlines(), place, place, lineterm="")


def _differing(before: PolicySet, after: PolicySet) -> Iterator[tuple[str, str, str, str]]:
    for folder, old, new in (
        ("packs", before.packs, after.packs),
        ("creditors", before.creditors, after.creditors),
    ):
        for name in sorted({*old, *new}):
            was, now = old.get(name, ""), new.get(name, "")
            if was != now or (name in old) != (name in new):
                yield folder, name, was, now
