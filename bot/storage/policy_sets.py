"""The sets of policy files that were proposed or in force."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from bot.lending.policy_set import PolicySet
from bot.storage.columns import per_dialect
from bot.storage.schema_two_people import policy_sets
from bot.storage.session import Session

_KEEP = per_dialect(lambda insert: insert(policy_sets).on_conflict_do_nothing(index_elements=["fingerprint"]))
_KEPT = sa.select(policy_sets.c.texts).where(policy_sets.c.fingerprint == bindparam("which"))
_PUT = (
    sa.update(policy_sets)
    .where(policy_sets.c.fingerprint == bindparam("which"))
    .values(in_force_from=bindparam("new_from"))
)
_IN_FORCE = (
    sa.select(policy_sets.c.texts)
    .where(policy_sets.c.in_force_from.is_not(None))
    .order_by(policy_sets.c.in_force_from.desc())
    .limit(1)
)


class PolicySets:
    """Implements PolicySetStore."""

    def __init__(self, session: Session) -> None:
        self._dialect = session.dialect
        self._connection = session.connection

    def keep(self, written: PolicySet, at: datetime) -> None:
        row = {"fingerprint": written.fingerprint, "texts": written.texts(), "kept_at": at, "in_force_from": None}
        self._connection.execute(_KEEP[self._dialect], row)

    def kept(self, fingerprint: str) -> PolicySet | None:
        return _read(self._connection.execute(_KEPT, {"which": fingerprint}).scalar())

    def put_in_force(self, fingerprint: str, at: datetime) -> None:
        self._connection.execute(_PUT, {"which": fingerprint, "new_from": at})

    def in_force(self) -> PolicySet | None:
        return _read(self._connection.execute(_IN_FORCE).scalar())


def _read(texts: Any) -> PolicySet | None:
    return PolicySet(texts["packs"], texts["creditors"]) if texts else None
