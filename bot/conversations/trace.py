"""The events that a turn leaves: what was sent, how it was understood and what it did, what was said and why."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

from bot.conversations.ports import Turn
from bot.conversations.store import StoredInput, W
from bot.dialogue.commands import Command
from bot.dialogue.interpreter import Outcome
from bot.dialogue.messages import Reply, Utterance
from bot.dialogue.responses import encode_args
from bot.dialogue.understanding import Understood
from bot.record.events import NewEvent


def user_event(stored: StoredInput, pressed: str | None, edits: int | None = None) -> NewEvent:
    """What the borrower sent, in their own words; a press with the title that they saw.

    `edits`: the place of the message that was edited or deleted; it stays as it was, beside this event.
    """
    incoming = stored.incoming
    body: dict[str, Any] = {"kind": incoming.kind, "input": stored.id, "update_id": incoming.update_id}
    if incoming.text is not None:
        body["text"] = incoming.text
    if incoming.choice is not None:
        body["choice"] = incoming.choice
        body["text"] = pressed
    if incoming.message is not None:
        body["message"] = incoming.message
    if edits is not None:
        body["edits"] = edits
    if incoming.what is not None:
        body["what"] = incoming.what
    if incoming.phone is not None:
        body["text"] = f"☎ …{incoming.phone[-4:]}"  # whole, it stands in the lender's own record
    if incoming.file is not None:
        body["file"] = asdict(incoming.file)
    return NewEvent("user", body)


def turn_event(turn: Turn[W], commands: Sequence[Command], outcome: Outcome) -> NewEvent:
    """Why the bot did what it did; `trace` is in Rasa's event format."""
    body: dict[str, Any] = {
        "input": turn.input.id,
        "turn": turn.tracker.turn,
        "commands": [_command(command) for command in commands],
        "trace": [_discreet(step) for step in outcome.trace],
    }
    if turn.understood is not None:
        body["understood"] = _understood(turn.understood)
    if turn.facts:
        body["facts"] = turn.facts
    return NewEvent("turn", body)


def bot_event(reply: Reply, utterance: Utterance) -> NewEvent:
    body: dict[str, Any] = {
        "text": reply.text,
        "response": reply.response,
        "locale": reply.locale,
        "args": encode_args(utterance.args),
    }
    if reply.buttons:
        body["buttons"] = [{"title": button.title, "payload": button.payload} for button in reply.buttons]
    if reply.card is not None:
        body["card"] = reply.card
    return NewEvent("bot", body)


def _command(command: Command) -> dict[str, Any]:
    return _discreet({"command": type(command).__name__, **asdict(command)})


def _discreet(step: dict[str, Any]) -> dict[str, Any]:
    """Details that prove who somebody is stand in their own words only, not in the trace as well."""
    if str(step.get("name", "")).startswith("identity_") and step.get("value") is not None:
        return {**step, "value": "…"}
    return step


def _understood(understood: Understood) -> dict[str, Any]:
    return {
        "intents": [[intent.name, round(intent.confidence, 4)] for intent in understood.intents],
        "band": understood.band,
        "carries": list(understood.carries),
        "entities": [
            {"entity": entity.name, "value": _json(entity.value), "start": entity.start, "end": entity.end}
            for entity in understood.entities
        ],
        "language": understood.language,
        "distress": understood.distress,
        "answer": _json(understood.answer),
    }


def _json(value: object) -> object:
    return str(value) if isinstance(value, Decimal | date) else value
