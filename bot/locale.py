"""Languages: catalogues of words, and amounts, dates, plurals and lists as each locale writes them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from bot.errors import BadInput, BotError
from bot.money import Money

SOURCE = "en"
UNIT_CONTEXT = "unit"
UNITS: Mapping[str, tuple[str, str]] = {
    "day": ("{n} day", "{n} days"),
    "week": ("{n} week", "{n} weeks"),
    "month": ("{n} month", "{n} months"),
    "year": ("{n} year", "{n} years"),
    "instalment": ("{n} instalment", "{n} instalments"),
    "payment": ("{n} payment", "{n} payments"),
    "account": ("{n} account", "{n} accounts"),
    "try": ("{n} try", "{n} tries"),
    "minute": ("{n} minute", "{n} minutes"),
    "hour": ("{n} hour", "{n} hours"),
    "late_fee": ("{n} late fee", "{n} late fees"),
    "missed_payment": ("{n} missed payment", "{n} missed payments"),
}

# Where CLDR's sign is not what borrowers of that currency see on their papers.
_SIGNS = {"CNY": "¥", "TWD": "NT$", "USD": "$", "GBP": "£", "INR": "₹", "EUR": "€", "HKD": "HK$"}
# Currencies with decimals by ISO 4217 that nobody uses for whole amounts.
_WHOLE = {"TWD", "JPY", "KRW"}
_DATES = {"en": ("d MMM y", "d MMM"), "zh": ("y年M月d日", "M月d日")}
# As their readers call them; Babel names a script in brackets.
_OWN_NAMES = {"en": "English", "zh_Hans": "简体中文", "zh_Hant": "繁體中文"}
_BY_TAG = {"zh_Hans": ("cn", "sg", "my", "hans"), "zh_Hant": ("tw", "hk", "mo", "hant")}


class UnknownLocale(BotError):
    """A locale was asked for that no catalogue and no rule of fallback serves."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no catalogue for the locale {name!r}")
        self.name = name


class Localizer:
    """Everything that depends on one locale; immutable but for its caches, shared by all conversations."""

    def __init__(self, name: str, messages: Mapping[tuple[str | None, str], str | Sequence[str]]) -> None:
        self.name = name
        self._messages = messages
        self._babel = Locale.parse(name)
        self._plural = _plural_index(name)
        self._dates = _DATES.get(self._babel.language)
        self.money = lru_cache(4096)(self._money)
        self.date = lru_cache(4096)(self._date)
        self.day_month = lru_cache(1024)(self._day_month)
        self.number = lru_cache(4096)(self._number)
        self.percent = lru_cache(256)(self._percent)

    def __repr__(self) -> str:
        return f"Localizer({self.name})"

    @property
    def tag(self) -> str:
        """The BCP 47 tag, as HTML's lang takes it."""
        return self.name.replace("_", "-")

    def has(self, msgid: str, context: str | None = None) -> bool:
        return (context, msgid) in self._messages

    def text(self, msgid: str, context: str | None = None) -> str:
        """The translation, or the source text where there is none."""
        found = self._messages.get((context, msgid), msgid)
        return found if isinstance(found, str) else found[0]

    def count(self, number: int, unit: str) -> str:
        """A number of things with the locale's plural: 45 days, 45天."""
        singular, plural = UNITS[unit]
        forms = self._messages.get((UNIT_CONTEXT, singular))
        if forms is None or isinstance(forms, str):
            form = singular if number == 1 else plural
        else:
            form = forms[min(self._plural(number), len(forms) - 1)]
        return form.replace("{n}", self.number(Decimal(number)))

    def _money(self, money: Money) -> str:
        """An amount with its currency's sign: ¥12,600.00, NT$12,600."""
        sign = _SIGNS.get(money.currency, "¤")
        standard = self._babel.currency_formats["standard"].pattern.split(";")[0]
        pattern = _pattern(standard.replace("¤", f"'{sign}'" if sign != "¤" else sign), _decimals(money))
        return str(pattern.apply(money.amount, self._babel, currency=money.currency, currency_digits=False))

    def figure(self, money: Money) -> str:
        """An amount as a bare number: 12,000.00."""
        return self.number(money.amount, _decimals(money))

    def _number(self, value: Decimal, decimals: int | None = None) -> str:
        """A number with the locale's separators; without `decimals`, the digits that it has."""
        plain = value.normalize() if decimals is None else value
        digits = max(0, -int(plain.as_tuple().exponent)) if decimals is None else decimals
        return str(format_decimal(plain, "#,##0" + ("." + "0" * digits if digits else ""), self._babel))

    def _percent(self, fraction: Decimal) -> str:
        """A fraction as a percentage with the digits that it has: 0.05%."""
        digits = max(0, -int((fraction * 100).normalize().as_tuple().exponent))
        pattern = self._babel.percent_formats[None].pattern
        return str(_pattern(pattern, digits).apply(fraction, self._babel))

    def _date(self, day: date) -> str:
        if self._dates:
            return str(format_date(day, self._dates[0], self._babel))
        return str(format_date(day, "medium", self._babel))

    def _day_month(self, day: date) -> str:
        pattern = self._dates[1] if self._dates else self._babel.datetime_skeletons["MMMd"].pattern
        return str(format_date(day, pattern, self._babel))

    def time(self, moment: time) -> str:
        pattern = "H:mm" if self._babel.language == "zh" else "HH:mm" if self._babel.language == "en" else "short"
        return str(format_time(moment, pattern, locale=self._babel))

    def list(self, items: Iterable[str]) -> str:
        """Several texts joined: a, b and c; a、b."""
        texts = list(items)
        if self._babel.language == "zh":
            return "、".join(texts)
        if self._babel.language == "en" and len(texts) > 1:
            return f"{', '.join(texts[:-1])} and {texts[-1]}"
        return str(format_list(texts, locale=self._babel))


def _decimals(money: Money) -> int:
    whole = money.amount == money.amount.to_integral_value()
    return 0 if money.currency in _WHOLE and whole else 2


@lru_cache(256)
def _pattern(pattern: str, decimals: int) -> NumberPattern:
    body = pattern.replace("0.00", "0")
    return parse_pattern(body.replace("0", "0." + "0" * decimals, 1) if decimals else body)


def _plural_index(name: str) -> Callable[[int], int]:
    """Which of a catalogue's plural forms a number takes, by CLDR's rule in gettext's order of forms."""
    locale = Locale.parse(name)
    order: list[str] = [
        tag for tag in ("zero", "one", "two", "few", "many", "other") if tag in locale.plural_form.tags
    ]
    order += [] if "other" in order else ["other"]
    return lambda number: order.index(str(locale.plural_form(number)))


class Catalogues:
    """The localizers of every locale that has a catalogue, and English, in which the sources are written."""

    def __init__(self, localizers: Mapping[str, Localizer]) -> None:
        self._localizers = localizers

    @classmethod
    def load(cls, folder: Path) -> "Catalogues":
        """Read <locale>/LC_MESSAGES/messages.po of a folder; BadInput names the file and line."""
        found = {SOURCE: Localizer(SOURCE, {})}
        for path in sorted(folder.glob("*/LC_MESSAGES/messages.po")):
            name = path.parent.parent.name
            found[name] = Localizer(name, _messages(read_catalogue(path, name)))
        return cls(found)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._localizers)

    def localizer(self, name: str) -> Localizer:
        """The locale's own, or English where it has no catalogue; never another script of the same language."""
        return self._localizers.get(name) or self._localizers[SOURCE]

    @property
    def languages(self) -> Mapping[str, str]:
        """Every locale with its name as its own readers write it."""
        return {name: _OWN_NAMES.get(name) or str(Locale.parse(name).display_name) for name in self._localizers}

    def negotiate(self, *tags: str | None) -> str | None:
        """The first of BCP 47 `tags` that a catalogue serves, as a locale's name: zh-TW → zh_Hant."""
        return negotiate(tags, self.names)


def negotiate(tags: Iterable[str | None], offered: Collection[str]) -> str | None:
    """The first of BCP 47 `tags` that one of the `offered` locales serves; None when none does."""
    return next((name for tag in tags if tag and (name := _serving(tag, offered))), None)


def _serving(tag: str, offered: Collection[str]) -> str | None:
    parts = [part for part in tag.replace("_", "-").split(".")[0].lower().split("-") if part]
    if not parts:
        return None
    if parts[0] in ("zh", "yue", "cmn"):
        name = _chinese(parts)
        return name if name in offered else None
    exact = {name.lower(): name for name in offered}
    return exact.get("_".join(parts)) or exact.get(parts[0])


def _chinese(parts: Sequence[str]) -> str:
    # The script decides; without one, what is read in the region; without that, Simplified.
    for name in _BY_TAG:
        if name[3:].lower() in parts[1:]:
            return name
    for name, signs in _BY_TAG.items():
        if set(signs) & set(parts[1:]):
            return name
    return "zh_Hant" if parts[0] == "yue" else "zh_Hans"


def read_catalogue(path: Path, name: str) -> Catalog:
    """Parse a .po file strictly; BadInput names the file and line."""
    try:
        Locale.parse(name)
    except (UnknownLocaleError, ValueError) as wrong:
        raise BadInput(str(path), f"{name!r} is no locale that Babel knows") from wrong
    try:
        with path.open("rb") as file:
            return read_po(file, locale=name, abort_invalid=True)
    except PoFileError as wrong:
        raise BadInput(f"{path}:{wrong.lineno}", str(wrong)) from wrong
    except UnicodeDecodeError as wrong:
        raise BadInput(str(path), f"is not UTF-8: {wrong.reason} at byte {wrong.start}") from wrong


def _messages(catalogue: Catalog) -> dict[tuple[str | None, str], str | Sequence[str]]:
    return {
        (message.context, singular(message)): forms
        for message in catalogue
        if message.id and not message.fuzzy and (forms := translation(message))
    }


def singular(message: Message) -> str:
    """The source text of a message, the first form if it has a plural."""
    return message.id if isinstance(message.id, str) else message.id[0]


def translation(message: Message) -> str | Sequence[str] | None:
    """What a message is translated to, None while a form is missing."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not forms or not all(forms):
        return None
    return forms[0] if isinstance(message.id, str) else forms
