"""Holds plans and promises against what was paid, account by account."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.conversations.store import Database
from bot.lender.imports import ImportWork
from bot.lender.tables import in_batches
from bot.lending.holds import SubjectKind, stopping
from bot.lending.payments import Promise, PromiseStatus
from bot.lending.plans import Agreement
from bot.lending.policy import Policies
from bot.lending.reminders import INSTALMENT_MISSED
from bot.lending.standing import Standing, Terms, plan_standing, promises_standing
from bot.lending.store import LendingStore

BATCH = 500  # accounts settled in one transaction, so that no chat waits long for its own


class Indexed(Protocol):
    def index_anew(self, borrower_ids: Collection[str]) -> None:
        """Have the conversations of these borrowers indexed anew, since what became of their plans has changed."""
        ...


class SettleWork(ImportWork, Protocol):
    @property
    def search(self) -> Indexed: ...


@dataclass(slots=True)
class Settled:
    """How many plans and promises changed, by what they came to."""

    plans: int = 0  # whose amount paid or number of missed instalments changed
    completed: int = 0
    broken: int = 0
    resumed: int = 0
    kept: int = 0  # promises
    not_kept: int = 0


@dataclass(frozen=True, slots=True)
class _Change:
    """What is new of one account."""

    plan: tuple[Agreement, Standing] | None
    promises: tuple[tuple[Promise, PromiseStatus], ...]

    def borrowers(self) -> Iterator[str]:
        if self.plan:
            yield self.plan[0].borrower_id
        yield from (promise.borrower_id for promise, _ in self.promises)


def settle(
    database: Database[SettleWork],
    policies: Policies,
    creditor: str,
    touched: Collection[str],
    through: date | None,
    now: datetime,
) -> Settled:
    """Settle the creditor's accounts that have a live plan or an open promise, and those that were `touched`.

    Whose instalment is newly missed will be asked what happened. Run again, it changes nothing more: whoever is
    killed in between loses nothing.
    """
    settling = _Settling(policies, through, now)
    with database.reading() as work:
        open_ones = work.lending.agreed_upon(creditor)
    for batch in in_batches(sorted({*touched, *open_ones}), BATCH):
        with database.reading() as work:
            changes = settling.changes(work.lending, batch)
        if changes:
            with database.transaction() as work:
                settling.write(work, changes)
    return settling.settled


class _Settling:
    """By which rules and up to which day; counts what it changes."""

    def __init__(self, policies: Policies, through: date | None, now: datetime) -> None:
        self._policies = policies
        self._through = through
        self._now = now
        self.settled = Settled()

    def changes(self, lending: LendingStore, accounts: Sequence[str]) -> dict[str, _Change]:
        found = ((terms.account.id, self._change(lending, terms)) for terms in lending.terms(accounts))
        return {account: change for account, change in found if change.plan or change.promises}

    def _change(self, lending: LendingStore, terms: Terms) -> _Change:
        rules, plan = self._policies.for_account(terms.account).plans, terms.plan
        standing = plan_standing(terms, self._through, rules, held=False)
        if standing and standing.status == "broken" and _held(lending, terms):
            standing = plan_standing(terms, self._through, rules, held=True)
        promises = promises_standing(terms, self._through, rules)
        changed = plan and standing and standing != Standing(plan.paid, plan.missed, plan.status)
        return _Change(
            plan=(plan, standing) if plan and standing and changed else None,
            promises=tuple((one, promises[one.id]) for one in terms.promises if promises[one.id] != one.status),
        )

    def write(self, work: SettleWork, changes: Mapping[str, _Change]) -> None:
        # Conversations before accounts, as a turn takes them; then all is looked at again under the locks.
        work.search.index_anew({borrower for change in changes.values() for borrower in change.borrowers()})
        accounts = sorted(changes)
        work.lending.lock_accounts(accounts)
        for change in self.changes(work.lending, accounts).values():
            if change.plan:
                self._plan(work, *change.plan)
            for promise, status in change.promises:
                self._promise(work, promise, status)

    def _plan(self, work: SettleWork, plan: Agreement, standing: Standing) -> None:
        work.lending.settle_plan(plan.id, standing)
        if standing.missed > plan.missed:
            work.jobs.add(INSTALMENT_MISSED, plan.id, self._now, {"borrower": plan.borrower_id, "plan": plan.id})
        self.settled.plans += 1
        if standing.status != plan.status:
            self.settled.completed += standing.status == "completed"
            self.settled.broken += standing.status == "broken"
            self.settled.resumed += standing.status == "live"

    def _promise(self, work: SettleWork, promise: Promise, status: PromiseStatus) -> None:
        work.lending.settle_promise(promise.id, status)
        self.settled.kept += status == "kept"
        self.settled.not_kept += status == "broken"


def _held(lending: LendingStore, terms: Terms) -> bool:
    subjects: list[tuple[SubjectKind, str]] = [("account", terms.account.id)]
    if terms.plan:
        subjects.append(("borrower", terms.plan.borrower_id))
    return stopping(lending.holds(subjects), "plans") is not None
