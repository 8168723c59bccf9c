"""The terms that somebody names in a message of their own: amount, number, dates, a first part and the rest."""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

from bot.dialogue.understanding import Entity, Understood
from bot.dialogue.understanding.amounts import amounts
from bot.dialogue.understanding.fold import for_grammar
from bot.dialogue.understanding.shares import names_the_rest, shares

_AT_FIRST = re.compile(
    r"\b(?:now|today|up ?front|straight away|right away|at once|first|down|to start)\b"
    r"|先|首付|头款|頭款|首期|现在|現在|马上|馬上"
)
# What somebody spends to live on is no offer.
_SPENT = re.compile(
    r"\b(?:rent|mortgage|food|groceries|bills|meds|medicine|pills|childcare|nursery)\b"
    r"|房租|房贷|房貸|吃饭|吃飯|伙食|生活费|生活費|水电|水電|学费|學費|药费|藥費"
)
_PAYS = re.compile(r"\b(?:pay|paying|offer|afford|spare|manage|do|give)\b|还|還|付|缴|繳|拿")
_LEAST = 10  # smaller figures count something else


def heard_idea(understood: Understood | None, day: date, *, bare: bool = False) -> str | None:
    """The idea in a message, as the slot's text; None when it names neither amount, number nor share.

    `bare`: a number that nothing marks is an amount, as in "and 300?".

    {"amount", "count", "frequency", "dates", "share", "rest", "down"}: amounts are of the account's currency; share
    is a fraction of the debt to be paid first; rest: the message speaks of what is left after it; down: an amount
    that is paid first.
    """
    if understood is None or (_SPENT.search(understood.text.lower()) and not _PAYS.search(understood.text.lower())):
        return None
    found: dict[str, Any] = {"dates": []}
    for entity in (*understood.entities, *shares(understood.text, day)):
        _take(found, entity)
    if bare and not found.keys() & {"amount", "count", "share"} and not found["dates"]:
        for entity in amounts(for_grammar(understood.text), bare=True)[:1]:
            _take(found, entity)
    if "share" in found and names_the_rest(understood.text):
        found["rest"] = True
    _take_first_part(found, understood.text)
    return json.dumps(found) if found.keys() & {"amount", "count", "share"} else None


def has_nothing(understood: Understood) -> bool:
    """Whether the one amount that a message names is zero: no offer, but a hard time."""
    named = [entity.value for entity in understood.entities if entity.name == "amount_of_money"]
    return bool(named) and not any(Decimal(str(value)) for value in named)


def _take(found: dict[str, Any], entity: Entity) -> None:
    match entity.name:
        case "amount_of_money" if Decimal(str(entity.value)):
            found.setdefault("amount", str(entity.value))
        case "instalments":
            found.setdefault("count", int(Decimal(str(entity.value))))
        case "frequency":
            found.setdefault("frequency", str(entity.value))
        case "date":
            found["dates"].append(str(entity.value))
        case "fraction":
            found.setdefault("share", str(entity.value))
        case "percentage":
            found.setdefault("share", str(Decimal(str(entity.value)) / 100))


def _take_first_part(found: dict[str, Any], text: str) -> None:
    """'1000 now and then 500 a month', 先还两千，剩下分10期: the first amount comes before the instalments."""
    plain = for_grammar(text)
    named = [entity.value for entity in amounts(plain, bare=True) if Decimal(str(entity.value)) >= _LEAST]
    if "share" in found or not named or not _AT_FIRST.search(plain):
        return
    if len(named) > 1 and found.keys() & {"frequency", "count"}:
        found["amount"] = str(named[1])
    elif len(named) == 1 and "count" in found and names_the_rest(text):
        found.pop("amount", None)
    else:
        return
    found["down"] = str(named[0])
    if "count" in found:
        found["count"] += 1
