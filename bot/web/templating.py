"""Jinja pages: escaped by default, with `_()` for words and `static()` for addresses that carry a content hash."""

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"
TEMPLATES = HERE / "templates"


class Localizer(Protocol):
    def text(self, msgid: str) -> str: ...


@cache
def digest(name: str) -> str:
    """Short hash of a static file's content: its address changes when it does."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def static(name: str) -> str:
    return f"/static/{name}?v={digest(name)}"


def language_tag(locale: str) -> str:
    """zh_Hans → zh-Hans, as HTML and browsers write it."""
    return locale.replace("_", "-")


@cache
def templates(*filters: Callable[[object], str]) -> Environment:
    """With these filters by their names; one for the process, so that a template is compiled once."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(static=static)
    made.filters.update(tag=language_tag, **{one.__name__: one for one in filters})
    return made


class Pages:
    """Renders templates in a locale; `localizer` gives the words of one."""

    def __init__(self, localizer: Callable[[str], Localizer]) -> None:
        self._localizer = localizer
        self._jinja = templates()

    def render(self, template: str, locale: str, **context: Any) -> str:
        text = self._localizer(locale).text
        return self._jinja.get_template(template).render(context, _=text, locale=locale)

    def words(self, template: str, locale: str) -> dict[str, str]:
        """The words of a JSON template, for a script."""
        words: dict[str, str] = json.loads(self.render(template, locale))
        return words
