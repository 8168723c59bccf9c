"""What the command line does, over a built App; each function is one command."""

import getpass
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

from bot import serving
from bot.access import Role
from bot.assembly import App
from bot.dialogue.understanding import Awaiting, Understanding, Understood
from bot.errors import BadInput
from bot.lending.identity import link_digest, new_link_token
from bot.review.verification import Verdict, verify_all, verify_conversation
from bot.settings import Settings
from bot.web import staff

LINK_LASTS = timedelta(hours=72)


def one_time_link(settings: Settings, reference: str) -> str:
    """A link that finds the borrower's account once; it verifies nobody."""
    app = serving.open_app(settings)
    try:
        creditors = [creditor for speaker in app.policies.speakers() for creditor in speaker.creditors]
        with app.database.transaction() as work:
            borrower = work.lending.borrower_by_reference(creditors, reference)
            if borrower is None:
                raise BadInput(reference, "no borrower has this reference")
            token = new_link_token()
            work.lending.add_link(link_digest(token), borrower.id, app.clock.now() + LINK_LASTS)
    finally:
        app.close()
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{base.rstrip('/')}/l/{token}"


def add_user(settings: Settings, login: str, name: str, role: str, speakers: list[str] | None) -> str:
    """Add a member of staff; the password is asked for, never taken from the command line."""
    if role not in get_args(Role):
        raise BadInput("--role", f"{role!r} is none of {', '.join(get_args(Role))}")
    app = serving.open_app(settings)
    try:
        for speaker in speakers or ():
            app.policies.speaker(speaker)
        password = getpass.getpass(f"Password for {login} (12 characters or more): ")
        if password != getpass.getpass("The same again: "):
            raise BadInput("password", "the two are not the same")
        with app.database.transaction() as work:
            added = staff.add_user(work, login, name or login, role, password, app.clock.now(), speakers=speakers)  # type: ignore[arg-type]  # checked above
    finally:
        app.close()
    return f"{added.login} may now sign in as {added.role}"


def verify(app: App, conversation_id: str | None) -> Iterator[Verdict]:
    """Recompute the chain of one conversation, or of all and of the audit trail."""
    with app.database.reading() as work:
        if conversation_id:
            yield verify_conversation(work, conversation_id)
        else:
            yield from verify_all(work)


def understood(model: Understanding, line: Mapping[str, Any]) -> dict[str, Any]:
    """One JSON line of `understand`: {"text", "locale"?, "today"?, "awaiting"?} to what it may mean."""
    awaiting = line.get("awaiting")
    found = model.understand(
        str(line["text"]),
        locale=str(line.get("locale", "en")),
        today=date.fromisoformat(line["today"]) if "today" in line else datetime.now(UTC).date(),
        awaiting=Awaiting(**awaiting) if awaiting else None,
    )
    return _as_json(found)


def _as_json(found: Understood) -> dict[str, Any]:
    entities: dict[str, Any] = {}
    for entity in found.entities:
        entities.setdefault(entity.name, _plain(entity.value))
        if entity.currency:
            entities["currency"] = entity.currency
    return {
        "intents": [{"name": each.name, "confidence": round(each.confidence, 4)} for each in found.intents],
        "band": found.band,
        "carries": list(found.carries),
        "entities": entities,
        "language": found.language,
        "distress": {"yes": True, "no": False, "check": "check"}[found.distress],
        "answer": _plain(found.answer),
    }


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Decimal | date) else value
