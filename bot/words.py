"""The texts for translators: extracted from dialogues and pages into locales/messages.pot, kept up in every .po."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po
from jinja2.ext import babel_extract

from bot.dialogue.domain import PLACEHOLDER, Domain
from bot.dialogue.flow_files import load_flows
from bot.dialogue.responses import FLOW_PREFIX
from bot.errors import BadInput
from bot.locale import SOURCE, UNIT_CONTEXT, UNITS, read_catalogue, singular, translation

_HEADER = "# Texts of the borrower's chat and the staff pages."
# They would change with every run or every version of Babel, and tell a reader nothing.
_CHANGING = ('"POT-Creation-Date:', '"PO-Revision-Date:', '"Generated-By:')


@dataclass(frozen=True, slots=True)
class Source:
    """A text to be translated; `context` tells apart what reads the same in English."""

    id: str | tuple[str, str]
    context: str | None
    place: str


@dataclass(frozen=True, slots=True)
class Places:
    """Where the texts come from and where the catalogues are, all under one root."""

    root: Path

    @property
    def dialogues(self) -> Path:
        return self.root / "dialogues"

    @property
    def templates(self) -> Path:
        return self.root / "bot" / "web" / "templates"

    @property
    def template(self) -> Path:
        return self.root / "locales" / "messages.pot"

    def catalogue(self, locale: str) -> Path:
        return self.root / "locales" / locale / "LC_MESSAGES" / "messages.po"

    def locales(self) -> list[str]:
        return sorted(path.parent.parent.name for path in self.root.glob("locales/*/LC_MESSAGES/messages.po"))


def sources(places: Places) -> Iterator[Source]:
    """Every text that a person can see, in a fixed order."""
    domain = Domain.load(places.dialogues / "domain")
    for response in domain.responses.values():
        place = Path(response.place.split(": ")[0]).relative_to(places.root).as_posix()
        yield Source(response.text, response.name, place)
        for number, button in enumerate(response.buttons, 1):
            yield Source(button.title, f"{response.name}/{number}", place)
    for flow in load_flows(places.dialogues / "flows", domain).by_id.values():
        if flow.triggers:
            place = Path(flow.place.split(": ")[0]).relative_to(places.root).as_posix()
            yield Source(flow.title, FLOW_PREFIX + flow.id, place)
    for forms in UNITS.values():
        yield Source(forms, UNIT_CONTEXT, "bot/locale.py")
    yield from _pages(places)


def _pages(places: Places) -> Iterator[Source]:
    for path in sorted(places.templates.rglob("*.html")):
        with path.open("rb") as file:
            for _line, _function, text, _comments in babel_extract(file, ("_", "gettext"), (), {}):
                words = text[0] if isinstance(text, tuple) else text  # with values for placeholders: a tuple
                if words:
                    yield Source(words, None, path.relative_to(places.root).as_posix())


def template(places: Places) -> Catalog:
    """The catalogue of all sources, untranslated."""
    catalogue = Catalog(project="borrower-bot", header_comment=_HEADER)
    for source in sources(places):
        catalogue.add(source.id, context=source.context, locations=[(source.place, 0)])
    return catalogue


def written(catalogue: Catalog) -> str:
    """A catalogue as its file reads: the same every time."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=116, include_lineno=False, ignore_obsolete=True)
    lines = buffer.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(_CHANGING))


def update(places: Places) -> list[Path]:
    """Extract all texts anew and carry the translations over; returns the files written."""
    fresh = template(places)
    files = {places.template: written(fresh)}
    for locale in places.locales():
        path = places.catalogue(locale)
        files[path] = written(_carried_over(fresh, read_catalogue(path, locale), locale))
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return list(files)


def add(places: Places, locale: str) -> Path:
    """Begin the catalogue of another locale, all of it untranslated."""
    try:
        Locale.parse(locale)
    except (UnknownLocaleError, ValueError) as wrong:
        raise BadInput(locale, "is no locale; write it like de, pt_BR or zh_Hant") from wrong
    path = places.catalogue(locale)
    if path.exists():
        raise BadInput(str(path), "is there already")
    content = written(_carried_over(template(places), Catalog(), locale))
    path.parent.mkdir(parents=True)
    path.write_text(content, "utf-8")
    return path


def _carried_over(fresh: Catalog, old: Catalog, locale: str) -> Catalog:
    """Translations by source and context; where the English changed, the old one stays as a fuzzy proposal."""
    by_context = {
        message.context: message for message in old if message.context and message.context != UNIT_CONTEXT
    }
    catalogue = Catalog(locale, project="borrower-bot", header_comment=fresh.header_comment, fuzzy=False)
    for message in fresh:
        if not message.id:
            continue
        known = old.get(singular(message), message.context)
        near = by_context.get(message.context or "") if known is None else None
        found = known or near
        flags = (found.flags if known else {"fuzzy"}) if found and any(_forms(found)) else ()
        catalogue.add(
            message.id,
            found.string if found and found.pluralizable == message.pluralizable else None,
            locations=message.locations,
            context=message.context,
            flags={flag for flag in flags if flag == "fuzzy"},
            user_comments=known.user_comments if known else (),
        )
    return catalogue


def _forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def check(places: Places) -> list[str]:
    """What is wrong with the catalogues, one sentence each: empty when all is well."""
    fresh = template(places)
    problems = []
    if not places.template.exists() or places.template.read_text("utf-8") != written(fresh):
        problems.append(f"{_short(places.template, places)} is stale: run `python -m bot words update`")
    for locale in places.locales():
        path = places.catalogue(locale)
        catalogue = read_catalogue(path, locale)
        problems += [f"{_short(path, places)}: {problem}" for problem in _compare(fresh, catalogue, locale)]
    return problems


def _short(path: Path, places: Places) -> str:
    return path.relative_to(places.root).as_posix()


def _compare(fresh: Catalog, catalogue: Catalog, locale: str) -> Iterator[str]:
    for message in fresh:
        if not message.id:
            continue
        label = f"{message.context or ''} “{singular(message)}”".strip()
        found = catalogue.get(singular(message), message.context)
        if found is None:
            yield f"{label} is not in the catalogue: run `python -m bot words update`"
            continue
        forms = [form for form in _forms(found) if form]
        if locale != SOURCE and (translation(found) is None or found.fuzzy):
            yield f"{label} is not translated" + (" (fuzzy)" if found.fuzzy else "")
        wanted = set(PLACEHOLDER.findall(singular(message)))
        for form in forms:
            if set(PLACEHOLDER.findall(form)) != wanted:
                yield f"{label} has other placeholders than its translation “{form}”"
