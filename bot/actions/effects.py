"""What a recognised right changes, done once a turn: a hold by the policy's table, a case for a person."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.actions.parts import ActionWork, Parts
from bot.conversations.ports import Turn
from bot.desk.handoffs import Opened, open_case
from bot.desk.hold_reviews import schedule
from bot.desk.routing import route
from bot.desk.store import CaseReason, Wish
from bot.lending import holds
from bot.lending.debts import Account
from bot.lending.hardship import SENSITIVE
from bot.lending.holds import Hold, HoldReason, SubjectKind
from bot.lending.identity import Borrower
from bot.lending.policy import Policy

ActionTurn = Turn[ActionWork]


@dataclass(frozen=True, slots=True)
class Right:
    """One of the rights: what it places and opens. `wants` is what the collector reads.

    `personal`: it concerns the person whatever the account. `clears`: the open question is not asked again.
    """

    name: str
    hold: HoldReason | None
    case: CaseReason | None
    wants: Wish | None
    personal: bool = True
    clears: bool = True


RIGHTS: dict[str, Right] = {
    right.name: right
    for right in (
        Right("distress", "distress", "distress", "distress"),
        Right("stop_contact", "stop_contact", None, None),
        Right("report_death", "death", "rights", "death"),
        Right("report_fraud", "fraud", "fraud", "fraud", False),
        Right("dispute_debt", "dispute", "dispute", "dispute", False),
        Right("has_representative", "representative", "rights", "representative"),
        Right("report_bankruptcy", "bankruptcy", "rights", "insolvency"),
        Right("wrong_person", "wrong_person", "rights", "wrong_person"),
        Right("third_party", "third_party", "rights", "third_party"),
        Right("already_paid", "already_paid", "dispute", "already_paid", False),
        Right("refuse_to_pay", "refusal", None, None, False),
        Right("contact_preference", "contact_preference", None, None, clears=False),
        Right("complain", "complaint", "complaint", "complaint", False, False),
        Right("report_minor", "minor", "rights", "minor"),
        Right("report_moratorium", "moratorium", "rights", "moratorium"),
        Right("request_human", None, "request", "person"),
    )
}


def verified_borrower(turn: ActionTurn) -> Borrower | None:
    """The borrower, if this chat has proved to be theirs; None otherwise, even when a link tells who it may be."""
    conversation = turn.conversation
    if not conversation.verified(turn.now) or conversation.borrower_id is None:
        return None
    return turn.work.lending.borrower(conversation.borrower_id)


def own_accounts(turn: ActionTurn) -> list[Account]:
    """The verified borrower's accounts; none for anybody else."""
    borrower = verified_borrower(turn)
    return [account for account, _ in turn.work.lending.accounts(borrower.id)] if borrower else []


def chosen_account(turn: ActionTurn) -> Account | None:
    """The account being talked about, if it is the verified borrower's own."""
    wanted = turn.tracker.slots.get("account_id")
    return next((account for account in own_accounts(turn) if account.id == wanted), None)


def policy_of(turn: ActionTurn, parts: Parts) -> Policy:
    """The rules for the account being talked about, else for the borrower's creditor, else for who speaks."""
    account = chosen_account(turn)
    if account is not None:
        return parts.policies.for_account(account)
    borrower = verified_borrower(turn)
    if borrower is not None:
        return parts.policies.for_creditor(borrower.creditor)
    return parts.policies.for_speaker(turn.conversation.speaker)


def time_zone(turn: ActionTurn, parts: Parts) -> ZoneInfo:
    """Where the borrower's clock stands, as far as this chat may know it."""
    borrower = verified_borrower(turn)
    return ZoneInfo(borrower.time_zone if borrower else policy_of(turn, parts).office_hours.time_zone)


def today(turn: ActionTurn, parts: Parts) -> date:
    return local(turn, parts, turn.now).date()


def local(turn: ActionTurn, parts: Parts, at: datetime) -> datetime:
    return at.astimezone(time_zone(turn, parts))


def holds_in_force(turn: ActionTurn) -> list[Hold]:
    """Every hold on this chat, and once verified on the borrower and their accounts."""
    subjects: list[tuple[SubjectKind, str]] = [("address", turn.conversation.address)]
    borrower = verified_borrower(turn)
    if borrower is not None:
        subjects.append(("borrower", borrower.id))
        subjects += [("account", account.id) for account in own_accounts(turn)]
    return turn.work.lending.holds(subjects)


def exercise(turn: ActionTurn, parts: Parts, right: Right, **known: Any) -> dict[str, Any]:
    """Do what the right asks for. A second call in the same turn, through the other door, does nothing more.

    Returns JSON facts: hold, case, ahead (cases before this one); a key is missing where there is no such thing.
    """
    done: dict[str, Any] = turn.facts.setdefault("rights", {})
    if right.name not in done:
        end_pause(turn)
        done[right.name] = facts = {}
        hold = hold_for(turn, parts, right)
        if hold is not None:
            facts["hold"] = keep(turn, hold)
        if right.case is not None and right.wants is not None:
            facts |= to_person(turn, parts, right.case, right.wants, **known)
    result: dict[str, Any] = done[right.name]
    return result


def to_person(turn: ActionTurn, parts: Parts, reason: CaseReason, wants: Wish, **known: Any) -> dict[str, Any]:
    """Open or raise the chat's case; returns its id and how many wait before it."""
    borrower = verified_borrower(turn)
    creditor = borrower.creditor if borrower else None
    card = {"account": account.id} if (account := chosen_account(turn)) else {}
    opened: Opened = open_case(
        turn.work,
        turn.conversation,
        reason=reason,
        wants=wants,
        card={**card, **told_so_far(turn), **known},
        at=turn.now,
        route=route(parts.policies, turn.conversation, creditor, reason, wants, turn.now),
        creditor=creditor,
    )
    turn.events.extend(opened.events)
    return {"case": opened.case_id, "ahead": opened.waiting_ahead}


def told_so_far(turn: ActionTurn) -> dict[str, Any]:
    """What a hardship talk that is broken off has brought out, so that nobody asks it again; JSON facts."""
    slots = turn.tracker.slots
    if verified_borrower(turn) is None or slots.get("hardship_reason") in SENSITIVE:
        return {}
    told = {name: slots.get(f"means_{name}") for name in ("income", "essentials", "other_debts", "safe", "payday")}
    told = {name: _range(value, slots.get(f"means_{name}_high")) for name, value in told.items() if value}
    if slots.get("hardship_reason"):
        told["reason"] = slots["hardship_reason"]
    return {"told": told} if told else {}


def _range(low: object, high: object) -> str:
    return f"{low} – {high}" if high and high != low else str(low)


def hold_for(turn: ActionTurn, parts: Parts, right: Right) -> Hold | None:
    """The hold that the policy's table places for this right; None when it places none."""
    terms = policy_of(turn, parts).holds.get(right.hold) if right.hold else None
    if terms is None or right.hold is None:
        return None
    kind, subject = _subject(turn, right)
    day = today(turn, parts)
    hold = holds.place(terms, kind, subject, right.hold, turn.now, day)
    # Whoever reports a death is not the person whose details they gave; nor is a child likely to be.
    doubtful = kind == "address" or right.hold in ("death", "minor")
    return holds.provisionally(hold, day) if doubtful else hold


def keep(turn: ActionTurn, hold: Hold) -> str:
    """Save the hold, to be reviewed on its day, unless one like it is in force; the id of the one that is."""
    known = holds.same(turn.work.lending.holds([(hold.subject_kind, hold.subject)]), hold)
    if known is None:
        turn.work.lending.add_hold(hold)
        borrower = verified_borrower(turn)
        schedule(turn.work.jobs, hold, turn.conversation, ZoneInfo(borrower.time_zone) if borrower else UTC)
        whose = borrower.creditor if borrower else turn.conversation.speaker
        turn.facts.setdefault("hold_rules", {})[hold.id] = f"{whose}.yml#holds.{hold.reason}"
    return (known or hold).id


def end_pause(turn: ActionTurn) -> None:
    """Lift the pause under which a right was only asked about: it is settled now, one way or the other."""
    paused = turn.tracker.slots.get("right_pause")
    if paused:
        turn.work.lending.lift_hold(str(paused), turn.now)
        turn.tracker.slots["right_pause"] = None


def _subject(turn: ActionTurn, right: Right) -> tuple[SubjectKind, str]:
    borrower = verified_borrower(turn)
    if borrower is None:
        return "address", turn.conversation.address
    account = chosen_account(turn)
    if account is not None and not right.personal:
        return "account", account.id
    return "borrower", borrower.id


def own_seq(turn: ActionTurn) -> int:
    """The place on the record of what the borrower said in this turn: it is the first that the turn appends."""
    length, _ = turn.work.record.head(turn.conversation.id)
    return length + 1


def left_to_colleague(turn: ActionTurn) -> bool:
    """Whether a collector has the chat: what was said is done, and what to ask is theirs, so the flow ends here."""
    if turn.conversation.held_by is None:
        return False
    turn.tracker.stack.clear()
    return True


def lay_aside(turn: ActionTurn) -> None:
    """Drop what was under way beneath the running flow, and its answers, so that nothing of it is asked again."""
    stack = turn.tracker.stack
    for frame in stack[:-1]:
        for name in frame.slots_set:
            if name != "account_id":
                turn.tracker.slots[name] = None
    del stack[:-1]
