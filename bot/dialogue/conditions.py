"""Flow conditions in Rasa's predicate language (pypred), compiled once into plain functions.

Two things differ from bare pypred, on purpose: a name that no slot has is refused when the flows load (pypred
would silently take it for false), and comparing the size of something unknown is false instead of an error.
"""

import contextlib
import io
import re
import sys
import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from pypred import Predicate
from pypred import ast as nodes

State = Mapping[str, Mapping[str, Any]]  # {"slots": {...}, "context": {...}}
Condition = Callable[[State], bool]
_Term = Callable[[State], Any]

_TABLE = "pypred.parsetab"  # written at the first use after an installation
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


class BadCondition(ValueError):
    """A condition cannot be understood; the message says why, the caller knows where it stands."""


def compile_condition(text: object, slot_names: Collection[str]) -> Condition:
    """Turn a condition into a function of the state; BadCondition if it is malformed or names no slot."""
    if isinstance(text, bool):
        return _always(text)
    if not isinstance(text, str) or not text.strip():
        raise BadCondition(f"a condition is a text, not {text!r}")
    _refuse_mixing(text)
    try:
        predicate, valid = _parsed(text)
    except Exception as broken:
        raise BadCondition(f"{text!r} is not a condition: {broken}") from broken
    if not valid:
        raise BadCondition(f"{text!r} is not a condition")
    term = _term(predicate.ast, slot_names)
    return lambda state: bool(term(state))


def _parsed(text: str) -> tuple[Predicate, bool]:
    """The predicate, and whether it is one; waits while another process writes the parser's table beside pypred."""
    for pause in (0.1, 0.5, 2.0, None):
        try:
            with contextlib.redirect_stderr(io.StringIO()):  # its parser warns of an old table that it then renews
                predicate = Predicate(text)
                return predicate, predicate.is_valid()
        except (AttributeError, SyntaxError):
            if pause is None or _TABLE not in sys.modules:
                raise
            del sys.modules[_TABLE]  # half of it was read
            time.sleep(pause)
    raise AssertionError("the last try returns or raises")


def _always(value: Any) -> _Term:
    return lambda _state: value


def _refuse_mixing(text: str) -> None:
    # pypred reads "a and b or c" as "a and (b or c)", unlike everything else that people write.
    words = _QUOTED.sub("", text).lower().replace("(", " ( ").split()
    if "and" in words and "or" in words and "(" not in words:
        raise BadCondition(f"{text!r} mixes 'and' with 'or': say by brackets which goes first")


def _term(node: Any, slot_names: Collection[str]) -> _Term:
    match node:
        case nodes.LogicalOperator():
            return _logical(node.type, _term(node.left, slot_names), _term(node.right, slot_names))
        case nodes.NegateOperator():
            inner = _term(node.left, slot_names)
            return lambda state: not inner(state)
        case nodes.CompareOperator():
            return _comparison(node.type, _term(node.left, slot_names), _term(node.right, slot_names))
        case nodes.ContainsOperator():
            return _contains(_term(node.left, slot_names), _term(node.right, slot_names))
        case nodes.MatchOperator():
            return _matches(_term(node.left, slot_names), node.right.value)
        case nodes.Number() | nodes.Constant():
            return _always(node.value)
        case nodes.Undefined():
            return _always(None)
        case nodes.Empty():
            return _always(_EMPTY)
        case nodes.Literal():
            return _literal(node.value, slot_names)
    raise BadCondition(f"{type(node).__name__} is not taken in a condition")


class _Empty:
    """Equal to whatever has nothing in it."""

    def __eq__(self, other: object) -> bool:
        return other is None or (isinstance(other, str | list) and not other)

    __hash__ = None  # type: ignore[assignment]  # equality with unequal things cannot be hashed


_EMPTY = _Empty()


def _literal(text: str, slot_names: Collection[str]) -> _Term:
    if text[0] in "\"'":
        return _always(text[1:-1])
    scope, _, name = text.partition(".")
    if scope == "slots" and name in slot_names:
        return lambda state: state["slots"].get(name)
    if scope == "context" and name:
        return lambda state: state["context"].get(name)
    if scope == "slots":
        raise BadCondition(f"no slot is called {name!r}")
    raise BadCondition(f"{text!r} is neither slots.<name>, context.<name> nor a text in quotes")


def _logical(operator: str, left: _Term, right: _Term) -> _Term:
    if operator == "and":
        return lambda state: bool(left(state)) and bool(right(state))
    return lambda state: bool(left(state)) or bool(right(state))


def _comparison(operator: str, left: _Term, right: _Term) -> _Term:
    if operator in ("=", "is"):
        return lambda state: bool(left(state) == right(state))
    if operator == "!=":
        return lambda state: bool(left(state) != right(state))

    def ordered(state: State) -> bool:
        pair = _comparable(left(state), right(state))
        return pair is not None and _ORDER[operator](*pair)

    return ordered


_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
}


def _comparable(left: object, right: object) -> tuple[Any, Any] | None:
    """Both sides as one kind; amounts are texts in slots ("800.00"), so a text meets a number as a number."""
    if left is None or right is None:
        return None
    if isinstance(left, str) and isinstance(right, str):
        return left, right
    try:
        return float(left), float(right)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _contains(container: _Term, item: _Term) -> _Term:
    def contains(state: State) -> bool:
        whole, part = container(state), item(state)
        if isinstance(whole, str):
            return isinstance(part, str) and part in whole
        return isinstance(whole, list | tuple) and part in whole

    return contains


def _matches(subject: _Term, pattern: str) -> _Term:
    try:
        compiled = re.compile(pattern)
    except re.error as broken:
        raise BadCondition(f"{pattern!r} is not a regular expression: {broken}") from broken

    def matches(state: State) -> bool:
        value = subject(state)
        return isinstance(value, str) and compiled.search(value) is not None

    return matches
