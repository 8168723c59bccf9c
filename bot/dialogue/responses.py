"""Puts utterances into words: a response in the borrower's language, its values as the locale writes them."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any

from bot.dialogue.domain import PLACEHOLDER, Domain
from bot.dialogue.flows import Flows
from bot.dialogue.messages import (
    Button,
    Count,
    DayMonth,
    DynamicButton,
    Figure,
    Label,
    Listed,
    Names,
    Percent,
    Reply,
    Utterance,
    Value,
)
from bot.errors import BotError
from bot.locale import Catalogues, Localizer
from bot.money import Money

FLOW_PREFIX = "flow/"  # a flow's own name, shown where flows are offered


class UnknownResponse(BotError):
    """Something was to be said by a response that the domain does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no response is called {name}")
        self.name = name


class MissingValue(BotError):
    """A response's text has a placeholder for which no value was given."""

    def __init__(self, response: str, placeholder: str) -> None:
        super().__init__(f"{response} needs a value for {{{placeholder}}}")
        self.response, self.placeholder = response, placeholder


class UnknownFormat(BotError):
    """A value is of a kind that has no form in words."""

    def __init__(self, value: object) -> None:
        super().__init__(f"{value!r} cannot be put into words")
        self.value = value


class Responses:
    """All texts of the domain in all languages; immutable, shared by all conversations."""

    def __init__(self, domain: Domain, catalogues: Catalogues, flows: Flows | None = None) -> None:
        self._domain = domain
        self._catalogues = catalogues
        names = {FLOW_PREFIX + flow.id: flow.title for flow in (flows.by_id.values() if flows else ())}
        self._texts = names | {name: response.text for name, response in domain.responses.items()}

    def render(self, utterance: Utterance, locale: str) -> Reply:
        """UnknownResponse or MissingValue if the utterance does not fit the domain."""
        localizer = self._catalogues.localizer(locale)
        name, args = utterance.response, utterance.args
        text = self._text(name, localizer, args)
        own = self._domain.responses.get(name)
        added = [self._dynamic(button, localizer) for button in utterance.buttons]
        fixed = [
            Button(self._fill(localizer, button.title, f"{name}/{number}", args), button.payload)
            for number, button in enumerate(own.buttons if own else (), 1)
        ]
        return Reply(
            text=text,
            response=name,
            buttons=(*added, *fixed),
            card=None if utterance.card is None else self._card(utterance.card, localizer),
            locale=locale,
        )

    def text(self, response: str, locale: str, args: Mapping[str, Value] | None = None) -> str:
        """The words of one response alone."""
        return self._text(response, self._catalogues.localizer(locale), args or {})

    def _text(self, response: str, localizer: Localizer, args: Mapping[str, Value]) -> str:
        source = self._texts.get(response)
        if source is None:
            raise UnknownResponse(response)
        return self._fill(localizer, source, response, args)

    def _fill(self, localizer: Localizer, source: str, context: str, args: Mapping[str, Value]) -> str:
        """One pass over the placeholders: what a value holds is never read as a template."""
        template = localizer.text(source, context)
        if "{" not in template:
            return template

        def value(match: Any) -> str:
            name = match[1]
            if name not in args:
                raise MissingValue(context, name)
            return self.format(args[name], localizer)

        return PLACEHOLDER.sub(value, template)

    def _dynamic(self, button: DynamicButton, localizer: Localizer) -> Button:
        return Button(self._text(button.response, localizer, button.args), button.payload)

    def format(self, value: Value, localizer: Localizer) -> str:  # noqa: C901 - one line for each kind of value
        """A value as the locale writes it; UnknownFormat for a bool or anything that is no Value."""
        match value:
            case str():
                return value
            case None:
                return ""
            case Money():
                return localizer.money(value)
            case Figure(money):
                return localizer.figure(money)
            case Count(number, unit):
                return localizer.count(number, unit)
            case DayMonth(day):
                return localizer.day_month(day)
            case Percent(fraction):
                return localizer.percent(fraction)
            case Names(by_locale):
                return by_locale.get(localizer.name) or by_locale.get("en") or next(iter(by_locale.values()))
            case Label(response, args):
                return self._text(response, localizer, args)
            case Listed(items):
                return localizer.list(self.format(item, localizer) for item in items)
            case _:
                return _plain(value, localizer)

    def _card(self, value: Any, localizer: Localizer) -> Any:
        """The same structure with its typed values in words; plain JSON values stay as they are."""
        if isinstance(value, Mapping):
            return {key: self._card(item, localizer) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._card(item, localizer) for item in value]
        if value is None or isinstance(value, bool | int | float | str):
            return value
        return self.format(value, localizer)


def _plain(value: object, localizer: Localizer) -> str:
    if isinstance(value, bool | datetime):
        raise UnknownFormat(value)
    if isinstance(value, int | Decimal):
        return localizer.number(Decimal(value))
    if isinstance(value, date):
        return localizer.date(value)
    if isinstance(value, time):
        return localizer.time(value)
    raise UnknownFormat(value)


def encode_args(args: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON for the record: {"money": ["12600.00", "CNY"]}, {"date": "2026-11-21"} and so on by kind."""
    return {name: _encoded(value) for name, value in args.items()}


def _encoded(value: Any) -> Any:
    kind = type(value)
    if kind in _JSON:
        return value
    write = _WRITERS.get(kind)
    if write is not None:
        return write(value)
    name, parts = _shape(kind)  # type: ignore[arg-type]  # a class is hashable
    return {name: {part: _encoded(getattr(value, part)) for part in parts}}


# By the exact kind of a value: a turn writes some forty of them.
_JSON = frozenset({str, int, bool, NoneType})
_WRITERS: Mapping[type, Callable[[Any], Any]] = {
    Money: lambda money: {"money": [format(money.amount, "f"), money.currency]},
    Decimal: lambda number: {"decimal": format(number, "f")},
    date: lambda day: {"date": day.isoformat()},
    time: lambda moment: {"time": moment.isoformat()},
    dict: lambda mapping: {name: _encoded(value) for name, value in mapping.items()},
    list: lambda items: [_encoded(item) for item in items],
    tuple: lambda items: [_encoded(item) for item in items],
}


@cache
def _shape(kind: type) -> tuple[str, tuple[str, ...]]:
    """How a dataclass is called in the record, and its fields."""
    if not is_dataclass(kind):
        raise UnknownFormat(kind)
    return kind.__name__.lower(), tuple(field.name for field in fields(kind))
