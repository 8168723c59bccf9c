"""What a collector records for a borrower: a hold, a promise to pay, when to write, a dispute."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.access import Staff
from bot.conversations.store import Conversation
from bot.desk import hold_reviews
from bot.desk.acting import end
from bot.desk.handoffs import NoticeWords, fit, locked, open_case
from bot.desk.offers import NotVerified, holding, reckoned, theirs
from bot.desk.routing import route
from bot.desk.settling import holds_here, lifter, put_on_case
from bot.desk.store import CaseReason, CaseState, DeskWork
from bot.errors import BotError
from bot.lending import holds
from bot.lending.contact_rules import Preference, preferred
from bot.lending.disputes import Dispute, DisputeKind, held_for, raise_dispute
from bot.lending.holds import Hold, HoldReason, SubjectKind, may_lift
from bot.lending.payments import Promise, Refusal, refuse_amount, refuse_date
from bot.lending.policy import Policies, Policy
from bot.lending.policy_rules import Hours, Weekday
from bot.money import Money
from bot.record.events import NewEvent

# These are work of their own teams, however they came up.
_RAISED: Mapping[DisputeKind, CaseReason] = {"fraud": "fraud", "complaint": "complaint"}
_WANTS: Mapping[DisputeKind, Literal["fraud", "complaint"]] = {"fraud": "fraud", "complaint": "complaint"}


class CannotRecord(BotError):
    """The rules have no place for it; `reason` says why, `doubt` that it may be recorded all the same."""

    def __init__(
        self, reason: Refusal | Literal["held", "old", "no_rate", "above_safe", "no_hours"], *, doubt: bool = False
    ) -> None:
        super().__init__(f"cannot be recorded: {reason}")
        self.reason, self.doubt = reason, doubt


@dataclass(frozen=True, slots=True)
class Book:
    """What recording is done by: the lenders' rules, and words that tell the borrower."""

    policies: Policies
    words: NoticeWords


def place_hold(
    work: DeskWork,
    book: Book,
    case_id: str,
    by: Staff,
    reason: HoldReason,
    account_id: str | None,
    line: str,
    at: datetime,
) -> Hold:
    """Place a hold on the policy's terms: on one account, on the person, or on a chat whose borrower is unknown."""
    conversation, state = locked(work, case_id, by)
    by.require("desk.act")
    policy = _policy(work, book, conversation, account_id)
    kind, subject = _subject(work, conversation, account_id)
    hold = _placed(work, policy, conversation, reason, kind, subject, at)
    rule = {"rule": f"{policy.creditor}.yml#holds.{reason}", "policy": policy.version}
    told = {"what": "hold", "hold": hold.id, "reason": reason, "line": fit(line), **rule}
    _end_stopped(work, conversation, hold, at)
    state = put_on_case(work, conversation, state, "acted", by, told, at)
    _tell_of_hold(work, book, conversation, hold, by, at)
    return hold


def promise(
    work: DeskWork,
    book: Book,
    case_id: str,
    by: Staff,
    account_id: str,
    amount: Money,
    due: date,
    line: str,
    at: datetime,
    *,
    sure: bool = False,
) -> Promise:
    """Record what the borrower says they will pay by a day; `sure` records more than what they called safe."""
    conversation, state = holding(work, case_id, by)
    if not conversation.verified(at):
        raise NotVerified(conversation.id)
    borrower, account, _ = theirs(work, conversation, account_id)
    work.lending.lock_borrower(borrower.id)
    found, barred = reckoned(work, book.policies, conversation, account_id, at)
    today = at.astimezone(ZoneInfo(borrower.time_zone)).date()
    refused = barred or refuse_amount(amount, account.statement.total) or refuse_date(due, today)
    if refused:
        raise CannotRecord(refused)
    if found and found.surplus is not None and amount > found.surplus and not sure:
        raise CannotRecord("above_safe", doubt=True)
    made = Promise(uuid4().hex, account.id, borrower.id, amount, due, at)
    work.lending.add_promise(made)
    told = {"what": "promise", "promise": made.id, "line": fit(line)}
    put_on_case(work, conversation, state, "acted", by, told, at)
    _notice(work, book, conversation, "utter_notice_promise", at, name=by.name, amount=amount, due=due)
    return made


def prefer(
    work: DeskWork,
    book: Book,
    case_id: str,
    by: Staff,
    hours: Hours | None,
    days: tuple[Weekday, ...],
    line: str,
    at: datetime,
) -> Preference | None:
    """Correct when the borrower wants to be written to; neither hours nor days: any time within the rules."""
    conversation, state = locked(work, case_id, by)
    by.require("desk.act")
    if not conversation.verified(at) or conversation.borrower_id is None:
        raise NotVerified(conversation.id)
    wanted = Preference(conversation.borrower_id, hours, days, at) if hours or days else None
    if preferred(_policy(work, book, conversation, None).contact, wanted) is None:
        raise CannotRecord("no_hours")
    work.lending.set_contact_preference(conversation.borrower_id, wanted)
    work.outbox.cancel_unasked_of(conversation.borrower_id)
    for hold in holds_here(work, conversation):
        if hold.reason == "contact_preference" and may_lift(hold, lifter(by)):
            work.lending.lift_hold(hold.id, at)
    told = {"what": "preference", "line": fit(line)}
    put_on_case(work, conversation, state, "acted", by, told, at)
    response = "utter_notice_preference" if wanted else "utter_notice_any_time"
    _notice(work, book, conversation, response, at, name=by.name)
    return wanted


def dispute(
    work: DeskWork,
    book: Book,
    case_id: str,
    by: Staff,
    kind: DisputeKind,
    account_id: str | None,
    words: str,
    at: datetime,
) -> Dispute:
    """Open a dispute in the borrower's words, with the day for its answer and the hold that stands meanwhile."""
    conversation, state = locked(work, case_id, by)
    by.require("desk.act")
    if account_id:
        theirs(work, conversation, account_id)
    policy = _policy(work, book, conversation, account_id)
    opened = raise_dispute(
        kind,
        fit(words),
        borrower_id=conversation.borrower_id,
        account_id=account_id,
        at=at,
        today=_today(work, policy, conversation, at),
        days=policy.disputes,
        address=conversation.address,
    )
    work.lending.add_dispute(opened)
    reason = held_for(kind)
    if reason:
        where, subject = _subject(work, conversation, account_id)
        _end_stopped(work, conversation, _placed(work, policy, conversation, reason, where, subject, at), at)
    told = {"what": "dispute", "dispute": opened.id, "kind": kind, "line": opened.words}
    put_on_case(work, conversation, state, "acted", by, told, at)
    _to_team(work, book, conversation, state, opened, at)
    response = "utter_dispute_recorded" if conversation.verified(at) else "utter_recorded_before_identity"
    _notice(work, book, conversation, response, at, ticket=opened.ticket, answer_by=opened.answer_by)
    return opened


def _to_team(
    work: DeskWork, book: Book, conversation: Conversation, state: CaseState, opened: Dispute, at: datetime
) -> None:
    """What is a team's own work waits for that team when this talk ends."""
    reason, wants = _RAISED.get(opened.kind), _WANTS.get(opened.kind)
    if reason is None or wants is None:
        return
    way = route(book.policies, conversation, state.creditor, reason, wants, at)
    card = {"dispute": opened.id, "kind": opened.kind, "answer_by": opened.answer_by.isoformat()}
    raised = open_case(
        work, conversation, reason=reason, wants=wants, card=card, at=at, route=way, creditor=state.creditor
    )
    work.record.append(conversation.id, list(raised.events), at)


def _policy(work: DeskWork, book: Book, conversation: Conversation, account_id: str | None) -> Policy:
    """The rules for the account that is meant, else for the borrower's creditor, else for who speaks."""
    if account_id:
        return book.policies.for_account(theirs(work, conversation, account_id)[1])
    borrower = work.lending.borrower(conversation.borrower_id) if conversation.borrower_id else None
    if borrower is not None:
        return book.policies.for_creditor(borrower.creditor)
    return book.policies.for_speaker(conversation.speaker)


def _subject(work: DeskWork, conversation: Conversation, account_id: str | None) -> tuple[SubjectKind, str]:
    if account_id:
        return "account", theirs(work, conversation, account_id)[1].id
    if conversation.borrower_id:
        return "borrower", conversation.borrower_id
    return "address", conversation.address


def _today(work: DeskWork, policy: Policy, conversation: Conversation, at: datetime) -> date:
    borrower = work.lending.borrower(conversation.borrower_id) if conversation.borrower_id else None
    zone = borrower.time_zone if borrower else policy.office_hours.time_zone
    return at.astimezone(ZoneInfo(zone)).date()


def _placed(
    work: DeskWork,
    policy: Policy,
    conversation: Conversation,
    reason: HoldReason,
    kind: SubjectKind,
    subject: str,
    at: datetime,
) -> Hold:
    """The hold, to be reviewed on its day; one in force that is no weaker stands for it."""
    hold = holds.place(policy.holds[reason], kind, subject, reason, at, _today(work, policy, conversation, at))
    known = holds.same(work.lending.holds([(kind, subject)]), hold)
    if known:
        return known
    work.lending.add_hold(hold)
    borrower = work.lending.borrower(conversation.borrower_id) if conversation.borrower_id else None
    hold_reviews.schedule(work.jobs, hold, conversation, ZoneInfo(borrower.time_zone) if borrower else UTC)
    return hold


def _end_stopped(work: DeskWork, conversation: Conversation, hold: Hold, at: datetime) -> None:
    """No offer stands where plans may not be talked of."""
    if conversation.borrower_id is None or holds.stopping([hold], "plans") is None:
        return
    for offer in work.acting.offers(conversation.borrower_id):
        if offer.open and (hold.subject_kind != "account" or hold.subject == offer.account_id):
            end(work, offer, "held", at)


def _tell_of_hold(
    work: DeskWork, book: Book, conversation: Conversation, hold: Hold, by: Staff, at: datetime
) -> None:
    """What rests, in the borrower's words; a stranger learns of no debt."""
    effect = hold.stops if conversation.verified(at) else "address"
    if hold.review_on:
        rests = book.words(f"utter_rests_{effect}", conversation.locale, {})
        _notice(work, book, conversation, "utter_hold_rests", at, stops=rests, review=hold.review_on)
        return
    stops = book.words(f"utter_stops_{effect}", conversation.locale, {})
    _notice(work, book, conversation, "utter_notice_hold", at, name=by.name, stops=stops)


def _notice(
    work: DeskWork, book: Book, conversation: Conversation, response: str, at: datetime, **args: Any
) -> None:
    """A line of the lender's own in the chat, in the borrower's language."""
    text = book.words(response, conversation.locale, args)
    body = {"notice": "recorded", "response": response, "text": text, "args": {k: str(v) for k, v in args.items()}}
    [event] = work.record.append(conversation.id, [NewEvent("notice", body)], at)
    work.outbox.put(conversation.id, [event.seq], unasked=False, at=at)
