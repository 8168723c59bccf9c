"""Holds plans and promises against what was paid, account by account."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.conversations.store import Database
from bot.lender.imports import ImportWork
from bot.lender.tables import in_batches
from bot.lending.holds import SubjectKind, stopping
from bot.lending.payments import Promise, PromiseStatus
from bot.lending.plans import Agreement
from bot.lending.policy import Policies
from bot.lending.standing import Standing, Terms, plan_standing, promises_standing
from bot.lending.store import LendingStore

BATCH = 500  # accounts settled in one transaction, so that no chat waits long for its own


class Indexed(Protocol):
    def again(self, borrower_ids: Collection[str]) -> None:
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
) -> Settled:
    """Settle the creditor's accounts that have a live plan or an open promise, and those that were `touched`.

    Run again, it changes nothing more: whoever is killed in between loses nothing.
    """
    settled = Settled()
    with database.reading() as work:
        open_ones = work.lending.agreed_upon(creditor)
    for batch in in_batches(sorted({*touched, *open_ones}), BATCH):
        with database.reading() as work:
            changes = _changes(work.lending, policies, batch, through)
        if changes:
            with database.transaction() as work:
                _write(work, policies, changes, through, settled)
    return settled


def _write(
    work: SettleWork, policies: Policies, changes: dict[str, _Change], through: date | None, settled: Settled
) -> None:
    # Conversations before accounts, as a turn takes them; then all is looked at again under the locks.
    work.search.again({borrower for change in changes.values() for borrower in change.borrowers()})
    accounts = sorted(changes)
    work.lending.lock_accounts(accounts)
    for change in _changes(work.lending, policies, accounts, through).values():
        if change.plan:
            _settle_plan(work.lending, *change.plan, settled)
        for promise, status in change.promises:
            work.lending.settle_promise(promise.id, status)
            settled.kept += status == "kept"
            settled.not_kept += status == "broken"


def _settle_plan(lending: LendingStore, plan: Agreement, standing: Standing, settled: Settled) -> None:
    lending.settle_plan(plan.id, standing)
    settled.plans += 1
    if standing.status != plan.status:
        settled.completed += standing.status == "completed"
        settled.broken += standing.status == "broken"
        settled.resumed += standing.status == "live"


def _changes(
    lending: LendingStore, policies: Policies, accounts: Sequence[str], through: date | None
) -> dict[str, _Change]:
    found = ((terms.account.id, _change(lending, policies, terms, through)) for terms in lending.terms(accounts))
    return {account: change for account, change in found if change.plan or change.promises}


def _change(lending: LendingStore, policies: Policies, terms: Terms, through: date | None) -> _Change:
    rules, plan = policies.for_account(terms.account).plans, terms.plan
    standing = plan_standing(terms, through, rules, held=False)
    if standing and standing.status == "broken" and _held(lending, terms):
        standing = plan_standing(terms, through, rules, held=True)
    promises = promises_standing(terms, through, rules)
    return _Change(
        plan=(plan, standing)
        if plan and standing and standing != Standing(plan.paid, plan.missed, plan.status)
        else None,
        promises=tuple((one, promises[one.id]) for one in terms.promises if promises[one.id] != one.status),
    )


def _held(lending: LendingStore, terms: Terms) -> bool:
    subjects: list[tuple[SubjectKind, str]] = [("account", terms.account.id)]
    if terms.plan:
        subjects.append(("borrower", terms.plan.borrower_id))
    return stopping(lending.holds(subjects), "plans") is not None
