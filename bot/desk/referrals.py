"""Referrals: records that a matter goes to somebody else, with reason and outcome. Nothing is sent by itself."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.access import NotAllowed, Permission, Staff
from bot.conversations.store import Conversation
from bot.desk.acting_store import Referral
from bot.desk.handoffs import fit, locked
from bot.desk.offers import theirs
from bot.desk.settling import NotInForce, holds_here, put_on_case
from bot.desk.store import DeskWork
from bot.errors import BotError
from bot.lending import holds
from bot.lending.debts import Account, past_limitation
from bot.lending.policy import Policies, Policy
from bot.lending.policy_acting import ReferralKind

# What ends in somebody at the door or in court is a supervisor's to decide.
NEEDS: Mapping[ReferralKind, Permission] = {
    "legal": "desk.refer_hard",
    "field_visit": "desk.refer_hard",
    "insurer": "desk.act",
    "guarantor": "desk.act",
}
# These go on with collecting, so a hold that stops all talk of it stops them too.
_COLLECTS: frozenset[ReferralKind] = frozenset({"legal", "field_visit", "guarantor"})
Why = Literal["not_made", "too_early", "held", "old", "open_already"]
COLUMNS = (
    "id", "kind", "status", "speaker", "creditor", "borrower_reference", "account_reference", "reason", "opened_by",
    "opened_at", "outcome", "closed_by", "closed_at",
)  # fmt: skip


class ReferralRefused(BotError):
    """This matter may not be referred so; `reason` says why."""

    def __init__(self, reason: Why) -> None:
        super().__init__(f"cannot be referred: {reason}")
        self.reason: Why = reason


def open_referral(
    work: DeskWork,
    policies: Policies,
    case_id: str,
    account_id: str,
    kind: ReferralKind,
    by: Staff,
    reason: str,
    at: datetime,
) -> Referral:
    """Record that an account goes to somebody else; ReferralRefused where policy, law or a hold forbids it."""
    conversation, state = locked(work, case_id, by)
    by.require(NEEDS[kind])
    borrower, account, _ = theirs(work, conversation, account_id)
    today = at.astimezone(ZoneInfo(borrower.time_zone)).date()
    policy = policies.for_account(account)
    days = account.statement.days_past_due(today)
    old = kind in _COLLECTS and past_limitation(account, policy, today)
    why = _forbidden(work, conversation, account, policy, kind, days) or ("old" if old else None)
    if why:
        raise ReferralRefused(why)
    made = Referral(
        uuid4().hex, case_id, conversation.id, state.speaker, account.creditor, borrower.id, account.id, kind,
        fit(reason), by.id, at,
    )  # fmt: skip
    work.acting.add_referral(made)
    told = {"what": "referred", "referral": made.id, "kind": kind, "line": made.reason}
    put_on_case(work, conversation, state, "acted", by, told, at)
    return made


def _forbidden(
    work: DeskWork, conversation: Conversation, account: Account, policy: Policy, kind: ReferralKind, days: int
) -> Why | None:
    rule = policy.referrals.get(kind)
    if rule is None:
        return "not_made"
    if days < rule.from_days:
        return "too_early"
    here = [hold for hold in holds_here(work, conversation) if hold.subject_kind != "account"]
    here += work.lending.holds([("account", account.id)])
    if kind in _COLLECTS and holds.stopping(here, "collection"):
        return "held"
    known = work.acting.referrals(conversation.borrower_id)
    twice = any((one.account_id, one.kind, one.status) == (account.id, kind, "opened") for one in known)
    return "open_already" if twice else None


def close_referral(
    work: DeskWork,
    case_id: str,
    referral_id: str,
    status: Literal["done", "cancelled"],
    by: Staff,
    outcome: str,
    at: datetime,
) -> Referral:
    """Say what came of a referral, or that it is called off; also from a later case of the same borrower."""
    conversation, state = locked(work, case_id, by)
    known = work.acting.referral(referral_id)
    if known is None or known.status != "opened" or known.borrower_id != conversation.borrower_id:
        raise NotInForce(f"referral {referral_id}")
    by.require(NEEDS[known.kind])
    closed = replace(known, status=status, outcome=fit(outcome), closed_by=by.id, closed_at=at)
    work.acting.save_referral(closed)
    told = {"what": f"referral_{status}", "referral": known.id, "kind": known.kind, "line": closed.outcome}
    put_on_case(work, conversation, state, "acted", by, told, at)
    return closed


def visible_referrals(work: DeskWork, reader: Staff) -> list[Referral]:
    """Every referral within a reader's bounds, newest first."""
    if not reader.may("desk.refer_export"):
        raise NotAllowed(reader, "desk.refer_export")
    return [one for one in work.acting.referrals() if reader.covers(one.speaker, one.creditor)]


def as_csv(work: DeskWork, referrals: Iterable[Referral]) -> str:
    """Referrals as CSV with a header, times in UTC; no cell is one that a spreadsheet would run as a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    logins = {colleague.id: colleague.login for colleague in work.staff.everyone()}
    for one in referrals:
        writer.writerow([harmless(cell) for cell in _cells(work, one, logins)])
    return out.getvalue()


def _cells(work: DeskWork, one: Referral, logins: Mapping[str, str]) -> Sequence[str]:
    borrower = work.lending.borrower(one.borrower_id)
    account = next((own for own, _ in work.lending.accounts(one.borrower_id) if own.id == one.account_id), None)
    return (
        one.id, one.kind, one.status, one.speaker, one.creditor, borrower.reference if borrower else "",
        account.reference if account else "", one.reason, logins.get(one.opened_by, ""),
        one.opened_at.isoformat(), one.outcome, logins.get(one.closed_by or "", ""),
        one.closed_at.isoformat() if one.closed_at else "",
    )  # fmt: skip


def harmless(cell: str) -> str:
    """The cell as text: what a spreadsheet would take for a formula gets an apostrophe in front."""
    start = cell.lstrip(" \t\r\n")[:1]
    return f"'{cell}" if start and start in "=+-@|%＝＋－＠" else cell
