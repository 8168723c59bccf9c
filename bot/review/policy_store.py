"""What is kept of policies: every set of files that was proposed or in force, and since when."""

from datetime import datetime
from typing import Protocol

from bot.lending.policy_set import PolicySet


class PolicySetStore(Protocol):
    """Implemented by `storage`."""

    def keep(self, written: PolicySet, at: datetime) -> None:
        """Keep a set as it is written, if it is not kept yet."""
        ...

    def kept(self, fingerprint: str) -> PolicySet | None: ...
    def put_in_force(self, fingerprint: str, at: datetime) -> None:
        """From now on a kept set is the one that counts."""
        ...

    def in_force(self) -> PolicySet | None:
        """The set that was put in force last."""
        ...
