# ruff: noqa: E501 - a pattern is read as one line
"""Other terms than those that were read back, in place of a yes: "ok, but from the 15th", "make it 600"."""

import re
from datetime import date
from decimal import Decimal

from bot.dialogue.understanding.amounts import amounts
from bot.dialogue.understanding.dates import dates
from bot.dialogue.understanding.fold import for_grammar, simplified
from bot.dialogue.understanding.quantities import instalments
from bot.dialogue.understanding.shares import fractions
from bot.dialogue.understanding.yes_no import yes_or_no

_LEAST = 10  # smaller figures count something else
_REJECTED = re.compile(
    r"\b(?:too (?:much|high|long|many|soon|late|early)|can'?t|cannot|not|won'?t|don'?t)\b|太|不行|不够|付不|还不|没办法|拿不"
)


def new_day(text: str, today: date, locale: str) -> date | None:
    """The only day to come that a message names."""
    named = {entity.value for entity in dates(for_grammar(text), today, locale)}
    to_come = [day for day in named if isinstance(day, date) and day > today]
    return to_come[0] if len(named) == len(to_come) == 1 else None


def other_terms(text: str, today: date, locale: str) -> bool:
    """Whether a message names an amount, a number of payments, a share or a day, and does not just turn it down."""
    plain = for_grammar(text)
    if yes_or_no(text) is not None or _REJECTED.search(simplified(plain)):
        return False
    named = [*instalments(plain), *fractions(plain)]
    named += [entity for entity in amounts(plain, bare=True) if Decimal(str(entity.value)) >= _LEAST]
    return bool(named) or new_day(text, today, locale) is not None
