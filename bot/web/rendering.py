"""Staff pages as HTML: templates with words, amounts and times in the reader's language."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel.dates import format_timedelta
from jinja2 import Environment

from bot.money import Money
from bot.web.templating import templates


class Words(Protocol):
    """One language, as `bot.locale` gives it."""

    def text(self, msgid: str) -> str: ...
    def money(self, money: Money) -> str: ...
    def date(self, day: dt.date) -> str: ...
    def day_month(self, day: dt.date) -> str: ...
    def time(self, moment: dt.time) -> str: ...
    def list(self, items: Iterable[str]) -> str: ...
    def percent(self, fraction: Decimal) -> str: ...


# Characters that turn the direction of writing, take no room or show nothing: they can make a message read as
# another one. Joiners and variation selectors stay, since emoji and several scripts need them.
_TRICKS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def visible(text: object) -> str:
    """Text as it was written, with invisible characters that change how it reads shown by their code."""
    return _TRICKS.sub(lambda hit: f"[U+{ord(hit.group()):04X}]", str(text))


def city(zone: object) -> str:
    """Asia/Shanghai → Shanghai."""
    return str(zone).rpartition("/")[2].replace("_", " ")


def environment() -> Environment:
    return templates(visible, city)


@dataclass(frozen=True, slots=True)
class _Times:
    """How moments and spans of time are put, seen from `now`."""

    words: Words
    locale: str
    now: datetime

    def moment(self, at: datetime, zone: str = "UTC", form: str = "medium") -> str:
        here = at.astimezone(ZoneInfo(zone))
        day = self.words.day_month if form == "short" else self.words.date
        return f"{day(here.date())} {self.words.time(here.time())}"

    def iso_day(self, text: object) -> str:
        """A day as JSON holds it; what is none is shown as it is."""
        try:
            return self.words.date(dt.date.fromisoformat(str(text)))
        except ValueError:
            return visible(text)

    def lasting(self, time: timedelta) -> str:
        return format_timedelta(time, threshold=1.2, format="short", locale=self.locale)

    def since(self, at: datetime) -> str:
        return self.lasting(max(self.now - at, timedelta(0)))

    def span(self, at: datetime) -> str:
        """How far away a moment is, before or behind."""
        return self.lasting(abs(at - self.now))


@dataclass(frozen=True, slots=True)
class Renderer:
    """`words` gives the language for a locale id; `languages` are all on offer, by their own names."""

    words: Callable[[str], Words]
    languages: Mapping[str, str]
    templates: Environment

    def page(self, template: str, locale: str, now: datetime, **context: Any) -> str:
        return self.templates.get_template(template).render(**self.helpers(locale, now), **context)

    def helpers(self, locale: str, now: datetime) -> Mapping[str, Any]:
        """What every template may call; `_` takes {placeholders} by name."""
        words = self.words(locale)
        times = _Times(words, locale, now)

        def translated(msgid: str, **args: object) -> str:
            text = words.text(msgid)
            return text.format(**args) if args else text

        return {
            "_": translated,
            "money": words.money,
            "day": words.date,
            "day_month": words.day_month,
            "iso_day": times.iso_day,
            "moment": times.moment,
            "since": times.since,
            "span": times.span,
            "lasting": times.lasting,
            "percent": lambda share: words.percent(Decimal(round(share * 100)) / 100),
            "now": now,
            "locale": locale,
            "locales": self.languages,
        }
