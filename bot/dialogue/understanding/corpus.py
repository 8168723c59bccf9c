"""Example messages, read from Rasa NLU files."""

import csv
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.errors import BadInput

_ANNOTATION = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


@dataclass(frozen=True, slots=True)
class Example:
    """One message and what it means; `batch` is its authoring round, `idiom`: it only sounds like distress."""

    text: str
    intent: str
    locale: str
    batch: str = ""
    idiom: bool = False


def read(folder: Path) -> list[Example]:
    """All examples under `folder`/<locale>/*.yml; BadInput names the file and the intent that is wrong."""
    files = sorted(folder.glob("*/*.yml"))
    if not files:
        raise BadInput(str(folder), "holds no example messages (<locale>/*.yml)")
    return [example for file in files for example in read_file(file, file.parent.name)]


def read_file(file: Path, locale: str) -> list[Example]:
    try:
        document = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadInput(str(file), f"is not YAML in UTF-8: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("nlu"), list):
        raise BadInput(str(file), "needs a list under the key nlu")
    return [example for block in document["nlu"] for example in _block(file, block, locale)]


def read_any(file: Path) -> list[Example]:
    """Examples of Rasa's NLU YAML, or of a CSV whose columns are text and label (with or without a heading)."""
    if file.suffix.lower() != ".csv":
        return read_file(file, "")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.reader(lines) if row]
    names = [name.strip().lower() for name in rows[0]] if rows else []
    label = next((name for name in ("label", "intent", "category") if name in names), None)
    text, intent = (names.index("text"), names.index(label)) if label and "text" in names else (0, 1)
    wrong = next((number for number, row in enumerate(rows, 1) if len(row) <= max(text, intent)), None)
    if wrong or not rows:
        raise BadInput(f"{file}, row {wrong or 1}", "needs a text and a label")
    return [Example(row[text].strip(), row[intent].strip(), "") for row in rows[1 if label else 0 :]]


def digest(folder: Path) -> str:
    """A key for the content of all files under `folder`."""
    key = hashlib.sha256()
    for file in sorted(folder.glob("*/*.yml")):
        key.update(f"{file.parent.name}/{file.name}\0".encode())
        key.update(hashlib.sha256(file.read_bytes()).digest())
    return key.hexdigest()


def _block(file: Path, block: object, locale: str) -> list[Example]:
    if not isinstance(block, dict):
        raise BadInput(str(file), f"an entry under nlu is not a mapping: {block!r}")
    if "intent" not in block:  # synonyms, lookups and regexes are legal in Rasa and of no use here
        return []
    intent, metadata = str(block["intent"]), block.get("metadata") or {}
    if not isinstance(metadata, dict):
        raise BadInput(f"{file}: {intent}", "metadata is not a mapping")
    batch, idiom = str(metadata.get("batch", "")), bool(metadata.get("idiom", False))
    return [Example(text, intent, locale, batch, idiom) for text in _texts(file, intent, block.get("examples"))]


def _texts(file: Path, intent: str, examples: object) -> list[str]:
    if isinstance(examples, str):
        lines = [line.strip() for line in examples.splitlines() if line.strip()]
        wrong = next((line for line in lines if not line.startswith("- ")), None)
        if wrong is not None:
            raise BadInput(f"{file}: {intent}", f"an example must begin with '- ': {wrong}")
        return [_ANNOTATION.sub(r"\1", line[2:].strip()) for line in lines]
    if isinstance(examples, list) and all(isinstance(item, dict) and "text" in item for item in examples):
        return [_ANNOTATION.sub(r"\1", str(item["text"]).strip()) for item in examples]
    raise BadInput(f"{file}: {intent}", "examples must be a text of lines that begin with '- '")
