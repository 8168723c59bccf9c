"""What figures measure of a conversation: of whom each measure is asked, and when it is true of them."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, get_args

Measure = Literal[
    "verified", "saw_balance", "offered", "agreed", "first_kept", "person", "not_understood", "satisfied"
]
MEASURES: tuple[Measure, ...] = get_args(Measure)
Sign = Literal[
    "unverified", "saw_balance", "offered", "agreed", "first_kept", "person", "not_understood", "answered",
    "satisfied", "due",
]  # fmt: skip
SIGNS: tuple[Sign, ...] = get_args(Sign)
Signs = int  # a bit for each sign, so that those of all facets are put together quickly
# The facet, and its values of which any will do.
_VALUES: Mapping[Sign, tuple[str, frozenset[str]]] = {
    "unverified": ("outcome", frozenset({"unverified"})),
    "saw_balance": ("flag", frozenset({"saw_balance"})),
    "offered": ("plan", frozenset({"offered", "own_idea", "agreed"})),
    "agreed": ("plan", frozenset({"agreed"})),
    "first_kept": ("plan", frozenset({"first_kept"})),
    "person": ("outcome", frozenset({"person"})),
    "not_understood": ("flag", frozenset({"not_understood"})),
    "satisfied": ("satisfaction", frozenset({"4", "5"})),
}
_Has = Callable[[Sign], bool]


def signs_of(facet: str, values: Sequence[str], today: str) -> Signs:
    """What the values of one facet tell; `today` as 2026-11-30."""
    found = {sign for sign, (of, any_of) in _VALUES.items() if of == facet and not any_of.isdisjoint(values)}
    if facet == "satisfaction" and values:
        found.add("answered")
    if facet == "first_due" and any(day < today for day in values):
        found.add("due")  # a first instalment of a plan that was agreed here
    return sum(1 << SIGNS.index(sign) for sign in found)


@lru_cache(maxsize=4096)
def answers(signs: Signs) -> tuple[Sequence[Measure], Sequence[Measure]]:
    """Which measures are asked of a conversation with these signs, and which of these are true of it."""

    def has(sign: Sign) -> bool:
        return bool(signs >> SIGNS.index(sign) & 1)

    asked = [measure for measure in MEASURES if _TESTS[measure][0](has)]
    return asked, [measure for measure in asked if _TESTS[measure][1](has)]


def _anybody(has: _Has) -> bool:  # noqa: ARG001 - asked of every conversation
    return True


def _verified(has: _Has) -> bool:
    return not has("unverified")


# Of whom each measure is asked, and when it is true of them.
_TESTS: Mapping[Measure, tuple[Callable[[_Has], bool], Callable[[_Has], bool]]] = {
    "verified": (_anybody, _verified),
    "saw_balance": (_verified, lambda has: has("saw_balance")),
    "offered": (_verified, lambda has: has("offered")),
    "agreed": (_verified, lambda has: has("agreed")),
    "first_kept": (lambda has: has("due"), lambda has: has("first_kept")),
    "person": (_anybody, lambda has: has("person")),
    "not_understood": (_anybody, lambda has: has("not_understood")),
    "satisfied": (lambda has: has("answered"), lambda has: has("satisfied")),
}
