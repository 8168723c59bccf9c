"""Times of callbacks and answers to the survey."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.desk.endings_store import Booking, Survey
from bot.storage.columns import per_dialect
from bot.storage.schema_endings import callbacks, surveys
from bot.storage.session import Session

_BOOKING = tuple(callbacks.c[name] for name in Booking.__slots__)
_SURVEY = tuple(surveys.c[name] for name in Survey.__slots__)

_TAKEN = (
    sa.select(callbacks.c.starts_at, sa.func.count())
    .where(callbacks.c.speaker == bindparam("speaker"), callbacks.c.team == bindparam("team"))
    .where(callbacks.c.starts_at >= bindparam("since"), callbacks.c.starts_at < bindparam("until"))
    .group_by(callbacks.c.starts_at)
)
# Whoever comes second with the same place waits for the first to commit, and then tries the next.
_BOOK = per_dialect(lambda insert: insert(callbacks).on_conflict_do_nothing().returning(callbacks.c.place))
_OF_CASE = sa.select(*_BOOKING).where(callbacks.c.case_id == bindparam("which"))
_OF_CASES = sa.select(*_BOOKING).where(callbacks.c.case_id.in_(bindparam("which", expanding=True)))
_RELEASE = sa.delete(callbacks).where(callbacks.c.case_id == bindparam("which"))
_RELEASE_OTHERS = _RELEASE.where(callbacks.c.starts_at != bindparam("but"))

_ASK = per_dialect(
    lambda insert: insert(surveys).on_conflict_do_nothing(index_elements=["case_id"]).returning(surveys.c.case_id)
)
_ASKED = sa.select(*_SURVEY).where(surveys.c.case_id == bindparam("which"))
_ANSWER = (
    sa.update(surveys)
    .where(surveys.c.case_id == bindparam("which"))
    .values(score=bindparam("given"), answered_at=bindparam("at"))
)
_COMMENT = sa.update(surveys).where(surveys.c.case_id == bindparam("which")).values(comment_seq=bindparam("seq"))
_SEE = (
    sa.update(surveys)
    .where(surveys.c.case_id == bindparam("which"), surveys.c.seen_at.is_(None))
    .values(seen_by=bindparam("who"), seen_at=bindparam("at"))
)
_UNSEEN = (
    sa.select(*_SURVEY)
    .where(surveys.c.score <= bindparam("worst"), surveys.c.seen_at.is_(None))
    .order_by(surveys.c.answered_at.desc(), surveys.c.case_id)
    .limit(bindparam("most"))
)
_BETWEEN = (
    sa.select(*_SURVEY)
    .where(surveys.c.asked_at >= bindparam("since"), surveys.c.asked_at < bindparam("until"))
    .order_by(surveys.c.asked_at, surveys.c.case_id)
)
_OF_SPEAKERS = surveys.c.speaker.in_(bindparam("speakers", expanding=True))


class Callbacks:
    """Implements CallbackStore."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection

    def taken(self, speaker: str, team: str, since: datetime, until: datetime) -> Mapping[datetime, int]:
        asked = {"speaker": speaker, "team": team, "since": since, "until": until}
        return {row[0]: row[1] for row in self._connection.execute(_TAKEN, asked)}

    def book(self, booking: Booking, per_slot: int) -> bool:
        held = self.of_case(booking.case_id)
        if held and (held.team, held.starts_at) == (booking.team, booking.starts_at):
            return True
        row: dict[str, Any] = {name: getattr(booking, name) for name in Booking.__slots__}
        for place in range(1, per_slot + 1):
            if self._connection.execute(_BOOK[self._session.dialect], {**row, "place": place}).first():
                self._connection.execute(_RELEASE_OTHERS, {"which": booking.case_id, "but": booking.starts_at})
                return True
        return False

    def of_case(self, case_id: str) -> Booking | None:
        row = self._connection.execute(_OF_CASE, {"which": case_id}).first()
        return Booking(*row) if row else None

    def of_cases(self, case_ids: Sequence[str]) -> Mapping[str, Booking]:
        rows = self._connection.execute(_OF_CASES, {"which": list(case_ids)})
        return {booking.case_id: booking for booking in (Booking(*row) for row in rows)}

    def release(self, case_id: str) -> bool:
        return self._connection.execute(_RELEASE, {"which": case_id}).rowcount > 0


class Surveys:
    """Implements SurveyStore."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection

    def ask(self, survey: Survey) -> bool:
        row: dict[str, Any] = {name: getattr(survey, name) for name in Survey.__slots__}
        return self._connection.execute(_ASK[self._session.dialect], row).first() is not None

    def of_case(self, case_id: str) -> Survey | None:
        row = self._connection.execute(_ASKED, {"which": case_id}).first()
        return Survey(*row) if row else None

    def answer(self, case_id: str, score: int | None, at: datetime) -> None:
        self._connection.execute(_ANSWER, {"which": case_id, "given": score, "at": at})

    def comment(self, case_id: str, seq: int) -> None:
        self._connection.execute(_COMMENT, {"which": case_id, "seq": seq})

    def see(self, case_id: str, staff: str, at: datetime) -> bool:
        return self._connection.execute(_SEE, {"which": case_id, "who": staff, "at": at}).rowcount == 1

    def unseen(self, speakers: Sequence[str] | None, worst: int, limit: int = 50) -> list[Survey]:
        return self._found(_UNSEEN, speakers, {"worst": worst, "most": limit})

    def between(self, speakers: Sequence[str] | None, since: datetime, until: datetime) -> list[Survey]:
        return self._found(_BETWEEN, speakers, {"since": since, "until": until})

    def _found(
        self, query: sa.Select[Any], speakers: Sequence[str] | None, asked: Mapping[str, Any]
    ) -> list[Survey]:
        if speakers is not None:
            query, asked = query.where(_OF_SPEAKERS), {**asked, "speakers": list(speakers)}
        return [Survey(*row) for row in self._connection.execute(query, dict(asked))]
