"""What happened around the talk of one case, for whoever reads it: callback, messages left, how it was."""

from dataclasses import dataclass
from datetime import datetime

from bot.desk.endings_store import Booking, Survey
from bot.desk.store import CaseState, DeskWork
from bot.record.events import Event


@dataclass(frozen=True, slots=True)
class LeftMessage:
    """What a borrower left for the team while nobody was there; `text` None: erased."""

    at: datetime
    seq: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Around:
    """`last_survey` is of this borrower's latest talk that was asked about, which may be an earlier case."""

    callback: Booking | None
    messages: tuple[LeftMessage, ...]  # newest first
    survey: Survey | None
    comment: str | None
    last_survey: Survey | None


def around(work: DeskWork, state: CaseState) -> Around:
    """The facts of one case."""
    survey = work.surveys.of_case(state.id)
    return Around(
        callback=work.bookings.of_case(state.id),
        messages=messages_left(work, state),
        survey=survey,
        comment=comment_of(work, survey) if survey else None,
        last_survey=survey or _last(work, state),
    )


def messages_left(work: DeskWork, state: CaseState) -> tuple[LeftMessage, ...]:
    left = [event for event in work.desk.events(state.id) if event.kind == "message_left"]
    return tuple(
        LeftMessage(event.at, event.body["seq"], _text(work, state.conversation_id, event.body["seq"]))
        for event in reversed(left)
    )


def comment_of(work: DeskWork, survey: Survey) -> str | None:
    """The line that the borrower left beside their score."""
    return _text(work, survey.conversation_id, survey.comment_seq) if survey.comment_seq else None


def _last(work: DeskWork, state: CaseState) -> Survey | None:
    earlier = (other for other in reversed(work.desk.cases(state.conversation_id)) if other.id != state.id)
    return next((found for other in earlier if (found := work.surveys.of_case(other.id))), None)


def _text(work: DeskWork, conversation_id: str, seq: int) -> str | None:
    event: Event | None = work.record.event(conversation_id, seq)
    text = (event.body or {}).get("text") if event else None
    return str(text) if text is not None else None
