"""What proving one's identity needs kept: failed tries, one-time links, codes to check the lender by."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.lending.store import LinkSpent
from bot.storage.columns import per_dialect
from bot.storage.schema_lending import attempts, borrowers, check_codes, links
from bot.storage.session import Session

_ATTEMPTS = (
    sa.select(attempts.c.at).where(attempts.c.subject_lookup == bindparam("subject")).order_by(attempts.c.at)
)
_ADD_ATTEMPT = sa.insert(attempts)
_CLEAR_ATTEMPTS = sa.delete(attempts).where(attempts.c.subject_lookup == bindparam("subject"))
_ADD_LINK = sa.insert(links)
_SPEND_LINK = (
    sa.update(links)
    .where(
        links.c.digest == bindparam("which"),
        links.c.spent_at.is_(None),
        links.c.expires_at > bindparam("now", type_=links.c.expires_at.type),
    )
    .values(spent_at=bindparam("now", type_=links.c.expires_at.type))
    .returning(links.c.borrower_id)
)
_SPEND_LINK_OF = _SPEND_LINK.where(
    links.c.borrower_id.in_(
        sa.select(borrowers.c.id).where(borrowers.c.creditor.in_(bindparam("creditors", expanding=True)))
    )
)
_ADD_CODE = per_dialect(
    lambda insert: (new := insert(check_codes)).on_conflict_do_update(
        index_elements=["speaker", "code"], set_={"expires_at": new.excluded.expires_at}
    )
)
_CODE = sa.select(check_codes.c.code).where(
    check_codes.c.speaker == bindparam("speaker"),
    check_codes.c.code == bindparam("code"),
    check_codes.c.expires_at > bindparam("now"),
)


class Checks:
    """The part of LendingStore about identity."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connection = session.connection
        self._fields = session.fields

    def failed_attempts(self, subject: str) -> list[datetime]:
        return list(self._connection.execute(_ATTEMPTS, {"subject": self._subject(subject)}).scalars())

    def add_failed_attempt(self, subject: str, at: datetime) -> None:
        self._connection.execute(_ADD_ATTEMPT, {"subject_lookup": self._subject(subject), "at": at})

    def clear_failed_attempts(self, subject: str) -> None:
        self._connection.execute(_CLEAR_ATTEMPTS, {"subject": self._subject(subject)})

    def add_link(self, digest: str, borrower_id: str, expires_at: datetime) -> None:
        self._connection.execute(
            _ADD_LINK, {"digest": digest, "borrower_id": borrower_id, "expires_at": expires_at}
        )

    def spend_link(self, digest: str, now: datetime, creditors: Sequence[str] | None = None) -> str:
        wanted = {"which": digest, "now": now}
        if creditors is None:
            borrower_id = self._connection.execute(_SPEND_LINK, wanted).scalar()
        else:
            borrower_id = self._connection.execute(
                _SPEND_LINK_OF, {**wanted, "creditors": list(creditors)}
            ).scalar()
        if borrower_id is None:
            raise LinkSpent("this link cannot be used")
        return str(borrower_id)

    def add_check_code(self, code: str, speaker: str, expires_at: datetime) -> None:
        row = {"code": code, "speaker": speaker, "expires_at": expires_at}
        self._connection.execute(_ADD_CODE[self._session.dialect], row)

    def check_code(self, code: str, speaker: str, now: datetime) -> bool:
        values = {"code": code.replace("\0", ""), "speaker": speaker, "now": now}
        return self._connection.execute(_CODE, values).first() is not None

    def _subject(self, subject: str) -> bytes:
        return self._fields.lookup("attempt", subject)
