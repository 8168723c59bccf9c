"""Reading the dialogue folder's YAML, so that every complaint names the file and the line or key."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.errors import BadInput


class _Loader(yaml.CSafeLoader):
    """Refuses a key that is written twice: plain YAML keeps the last one silently."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        key = loader.construct_object(key_node)
        if not isinstance(key, str | int | bool):
            raise yaml.constructor.ConstructorError(problem="a key is a word", problem_mark=key_node.start_mark)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                problem=f"{key!r} is written twice", problem_mark=key_node.start_mark
            )
        seen.add(key)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping that a file holds; BadInput names the file and line when it holds none."""
    try:
        content = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    except UnicodeDecodeError as wrong:
        raise BadInput(str(path), f"is not UTF-8: {wrong.reason} at byte {wrong.start}") from wrong
    except yaml.MarkedYAMLError as wrong:
        line = f":{wrong.problem_mark.line + 1}" if wrong.problem_mark else ""
        raise BadInput(f"{path}{line}", str(wrong.problem)) from wrong
    except yaml.YAMLError as wrong:
        raise BadInput(str(path), str(wrong)) from wrong
    if not isinstance(content, dict):
        raise BadInput(str(path), "must hold a mapping")
    return content


def read_folder(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every YAML file of a folder, in the order of the names."""
    if not folder.is_dir():
        raise BadInput(str(folder), "is not a folder")
    for path in sorted(folder.glob("*.yml")):
        yield path, read_yaml(path)


def only(place: str, content: object, required: set[str], optional: set[str] = frozenset()) -> Mapping[str, Any]:  # type: ignore[assignment]
    """`content` as a mapping with no other keys than these; BadInput names the one that is too many or missing."""
    if not isinstance(content, dict):
        raise BadInput(place, f"must be a mapping, not {content!r}")
    for key in content:
        if key not in required | optional:
            raise BadInput(f"{place}.{key}", "this key is not taken")
    for key in sorted(required - content.keys()):
        raise BadInput(place, f"{key} is missing")
    return content


def by_language(place: str, content: object) -> Mapping[str, Any]:
    """What stands under Rasa's `translation` key, by language; nothing where there is none."""
    if content is not None and not isinstance(content, dict):
        raise BadInput(place, f"must have an entry for each language, not {content!r}")
    return content or {}
