"""Review: find a conversation, read every event of it, reveal for a reason, verify, export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse

from bot.access import Staff
from bot.conversations.store import Conversation
from bot.review import words_in_use
from bot.review.masking import Mask
from bot.review.verification import Verdict, verify_conversation
from bot.review.words_in_use import InUse
from bot.web import evidence
from bot.web.guard import Here, NotHere, SignedIn, staff_router
from bot.web.review_reading import Shown, beside_messages, did_in, readings
from bot.web.review_showing import LEAST_REASON, Reason, review_page, visible
from bot.web.staff_pages import StaffPages
from bot.web.staff_showing import zone_of
from bot.web.work import StaffWork


@dataclass(frozen=True, slots=True)
class Read:
    """One conversation as this reader may see it."""

    conversation: Conversation
    events: Shown
    revealed: bool
    names: Mapping[str, str]  # of staff, by id
    words: Sequence[InUse]  # newest first


def router(pages: StaffPages) -> APIRouter:
    routes = staff_router(pages)
    _reading(routes, pages)
    _proving(routes, pages)
    return routes


def _reading(routes: APIRouter, pages: StaffPages) -> None:
    @routes.get("/review/conversations/{conversation_id}")
    async def conversation(signed: Here, conversation_id: str) -> Response:
        read = await _read(pages, signed.staff, conversation_id, "view_conversation", {})
        return _conversation_page(pages, signed, read)

    @routes.post("/review/conversations/{conversation_id}/reveal")
    async def reveal(signed: Here, conversation_id: str, reason: Reason) -> Response:
        read = await _read(pages, signed.staff, conversation_id, "reveal", {"reason": reason}, revealed=True)
        return _conversation_page(pages, signed, read)

    @routes.get("/review/conversations/{conversation_id}/files/{file_id}")
    async def file(signed: Here, conversation_id: str, file_id: str) -> Response:
        def find(work: StaffWork) -> evidence.Kept | None:
            visible(work, signed.staff, conversation_id)
            return evidence.read(work, conversation_id, file_id, signed.staff, pages.clock.now())

        kept = await pages.port.run(find)
        if kept is None:
            raise NotHere(file_id)
        return await evidence.answer(kept)


def _proving(routes: APIRouter, pages: StaffPages) -> None:
    @routes.post("/review/conversations/{conversation_id}/verify")
    async def verify(signed: Here, conversation_id: str) -> Response:
        def recompute(work: StaffWork) -> Verdict:
            visible(work, signed.staff, conversation_id)
            return verify_conversation(work, conversation_id)

        verdict = await pages.port.run(recompute, reading=True)
        found = {"length": verdict.length, "broken_at": verdict.broken.seq if verdict.broken else None}
        read = await _read(pages, signed.staff, conversation_id, "verify", found)
        return _conversation_page(pages, signed, read, verdict)


async def _read(
    pages: StaffPages,
    staff: Staff,
    conversation_id: str,
    action: str,
    detail: Mapping[str, Any],
    *,
    revealed: bool = False,
) -> Read:
    """Read a conversation and write down who did, in one transaction."""
    now: datetime = pages.clock.now()

    def read(work: StaffWork) -> Read:
        conversation = visible(work, staff, conversation_id)
        work.audit.append(action, f"conversation:{conversation_id}", staff.id, detail, now)
        events = work.record.events(conversation_id)
        shown = [(event, event.body) for event in events] if revealed else _mask(work, conversation).events(events)
        return Read(conversation, shown, revealed, work.staff.names(), words_in_use.history(work))

    return await pages.port.run(read)


def _mask(work: StaffWork, conversation: Conversation) -> Mask:
    return Mask(work.lending.borrower(conversation.borrower_id) if conversation.borrower_id else None)


def _conversation_page(
    pages: StaffPages, signed: SignedIn, read: Read, verdict: Verdict | None = None
) -> HTMLResponse:
    zone = zone_of(pages, read.conversation.speaker)
    return review_page(
        pages,
        signed,
        "review/conversation.html",
        read=read,
        readings=readings(read.events),
        deliveries=beside_messages(read.events),
        did_in=did_in,
        names=read.names,
        words_version=partial(words_in_use.version, read.words),
        verdict=verdict,
        zone=zone,
        least=LEAST_REASON,
    )
