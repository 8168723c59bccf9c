"""A conversation as JSON lines, one event a line, with what is needed to verify it elsewhere."""

import json
from collections.abc import Iterator
from typing import Any

from bot.record.events import Event
from bot.review.masking import Mask


def json_lines(events: list[Event], mask: Mask | None) -> Iterator[str]:
    """Lines end with a newline. Masked events carry no salt: their content is not what was hashed."""
    bodies = mask.events(events) if mask else [(event, event.body) for event in events]
    for event, body in bodies:
        line: dict[str, Any] = {
            "conversation": event.conversation_id,
            "seq": event.seq,
            "kind": event.kind,
            "at": event.at.isoformat(),
            "body": body,
            "digest": event.digest.hex(),
            "hash": event.hash.hex(),
        }
        if mask is None and event.salt is not None:
            line["salt"] = event.salt.hex()
        elif mask is not None:
            line["masked"] = True
        yield json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n"
