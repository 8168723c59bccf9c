"""Pattern lists that are data: YAML files beside this module, each pattern with a note."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from bot.errors import BadInput

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Entry:
    """One pattern: `kind` says what a hit means, `note` why it is there, `hits` what it must find."""

    kind: str
    pattern: re.Pattern[str]
    note: str
    hits: tuple[str, ...]


@cache
def entries(name: str) -> tuple[Entry, ...]:
    """The entries of data/<name>.yml; BadInput names the entry that is wrong."""
    file = FOLDER / f"{name}.yml"
    document = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return tuple(
        _entry(f"{file}: {kind}[{i}]", kind, item) for kind in document for i, item in enumerate(document[kind])
    )


def _entry(place: str, kind: str, item: object) -> Entry:
    if not isinstance(item, dict) or not {"pattern", "note"} <= item.keys():
        raise BadInput(place, "needs a pattern and a note")
    try:
        pattern = re.compile(str(item["pattern"]))
    except re.error as error:
        raise BadInput(place, f"is not a regular expression: {error}") from error
    return Entry(kind, pattern, str(item["note"]), tuple(item.get("hits", ())))
