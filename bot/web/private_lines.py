"""Which lines of a transcript are not for every reader, by what the flows made of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.dialogue.understanding.support_needs import support_needs
from bot.lending.hardship import SENSITIVE
from bot.record.events import Event

# Of what somebody tells when these begin, more may be personal than the flow has a slot for.
_TELLING = frozenset({"report_hardship", "disclose_vulnerability"})
_REASON = "hardship_reason"
_LABELS = frozenset(f"utter_reason_{reason}" for reason in SENSITIVE)


# What somebody proves who they are with: only the bot reads it. A reference is on every letter and no secret.
_PROOFS = frozenset({"identity_birth_date", "identity_document"})


def proofs(events: Sequence[Event]) -> frozenset[int]:
    """Seqs of what the borrower said to prove who they are, right or wrong."""
    answered = {
        event.body.get("input")
        for event in events
        if event.kind == "turn"
        and event.body
        and any(command.get("name") in _PROOFS for command in event.body.get("commands", ()))
    }
    return frozenset(
        event.seq for event in events if event.kind == "user" and event.body and event.body.get("input") in answered
    )


def of_health(note: str) -> bool:
    """Whether a colleague's note tells of health or the like, in words that a borrower would use for it."""
    return bool(support_needs(note))


def private(events: Sequence[Event], reader: str = "") -> frozenset[int]:
    """Seqs of what was said of health and similar matters: by the borrower, by the bot, in others' notes."""
    texts = {
        event.body["input"]: event
        for event in events
        if event.kind == "user" and event.body and "input" in event.body
    }
    found: set[int] = set()
    for event in events:
        if event.kind == "turn" and event.body:
            said = texts.get(event.body.get("input"))
            if said is not None and said.body and _tells(event.body, str(said.body.get("text") or "")):
                found.add(said.seq)
        elif event.body and _speaks_of_it(event.kind, event.body, reader):
            found.add(event.seq)
    return frozenset(found)


def _speaks_of_it(kind: str, body: Mapping[str, Any], reader: str) -> bool:
    """Whether the bot or a colleague's note does."""
    return _repeats(body.get("args", {})) if kind == "bot" else kind == "case" and _kept_apart(body, reader)


def _kept_apart(body: Mapping[str, Any], reader: str) -> bool:
    """A note that was marked, or that says what should have marked it; whoever wrote it knows it."""
    if body.get("event") != "note" or body.get("staff") == reader:
        return False
    return bool(body.get("sensitive")) or of_health(str(body.get("text") or ""))


def _tells(turn: Mapping[str, Any], text: str) -> bool:
    commands = turn.get("commands", ())
    if any(command.get("name") == _REASON and command.get("value") in SENSITIVE for command in commands):
        return True
    begun = {command.get("flow") for command in commands} & _TELLING
    return "disclose_vulnerability" in begun or (bool(begun) and bool(support_needs(text)))


def _repeats(value: Any) -> bool:
    """Whether a sensitive reason stands among the values of a message."""
    return value in _LABELS if isinstance(value, str) else any(_repeats(part) for part in _parts(value))


def _parts(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping):
        return list(value.values())
    return value if isinstance(value, list | tuple) else ()
