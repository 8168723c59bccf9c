"""Buttons' payloads in Rasa's notation: /SetSlots(name=value, …) and /intent."""

import re
from collections.abc import Mapping, Sequence

from bot.dialogue.commands import CancelFlow, Command, HumanHandoff
from bot.dialogue.domain import Domain
from bot.dialogue.flows import Flow, Flows
from bot.errors import BadInput

_SET_SLOTS = re.compile(r"/SetSlots\((.*)\)", re.DOTALL)
_PAIR = re.compile(r"""\s*(\w+)\s*=\s*("[^"]*"|'[^']*'|[^,]*?)\s*(?:,|$)""")
INTENT = re.compile(r"/(\w+)\s*(\{.*\})?", re.DOTALL)
WITHOUT_FLOW: Mapping[str, Command] = {"request_human": HumanHandoff(), "go_back": CancelFlow()}
YES_NO = {"affirm": True, "deny": False}


def parse_set_slots(payload: str) -> list[tuple[str, str]] | None:
    """The pairs of "/SetSlots(a=1, b=x)", values as written without their quotes; None for anything else."""
    match = _SET_SLOTS.fullmatch(payload.strip())
    if match is None:
        return None
    pairs = []
    position, inner = 0, match[1]
    while position < len(inner):
        pair = _PAIR.match(inner, position)
        if pair is None:
            return None
        pairs.append((pair[1], _unquoted(pair[2])))
        position = pair.end()
    return pairs or None


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'" else text


def check_payloads(domain: Domain, flows: Flows) -> None:
    """BadInput for a button in the domain that would do nothing when pressed."""
    for response in domain.responses.values():
        for button in response.buttons:
            problem = _problem(button.payload, domain, flows)
            if problem:
                raise BadInput(f"{response.place}.buttons", f"{button.payload}: {problem}")


def _problem(payload: str, domain: Domain, flows: Flows) -> str | None:
    pairs = parse_set_slots(payload)
    if pairs is not None:
        return bad_value(pairs, domain)
    match = INTENT.fullmatch(payload)
    if match is None:
        return "is neither /SetSlots(name=value, …) nor /intent"
    known = match[1] in {*WITHOUT_FLOW, *YES_NO} or flow_for(match[1], flows)
    return None if known else f"no flow starts with {match[1]}"


def bad_value(pairs: Sequence[tuple[str, str]], domain: Domain) -> str | None:
    for name, value in pairs:
        if name not in domain.slots:
            return f"no slot is called {name}"
        try:
            domain.slots[name].coerce(written(value))
        except ValueError as wrong:
            return str(wrong)
    return None


def written(text: str) -> str | None:
    return None if text in ("null", "None") else text


def flow_for(intent: str, flows: Flows) -> Flow | None:
    triggered = flows.by_intent.get(intent)
    return triggered[0] if triggered else flows.get(intent)
