"""Recording what somebody says is wrong, and the day by which they get an answer."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import cast, get_args

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.debts import PERSON
from bot.actions.doing import Doing
from bot.actions.effects import (
    RIGHTS,
    ActionTurn,
    Right,
    chosen_account,
    exercise,
    hold_for,
    keep,
    lay_aside,
    left_to_colleague,
    own_accounts,
    policy_of,
    to_person,
    today,
    verified_borrower,
)
from bot.actions.holds import STATUS, say_also, say_redress
from bot.actions.parts import Parts, say
from bot.actions.received import received
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import Listed
from bot.dialogue.understanding.disputed import disputed
from bot.lending.disputes import Dispute, DisputeKind, held_for, raise_dispute, still_needed
from bot.lending.holds import Hold
from bot.lending.policy import Policy

_KINDS: frozenset[str] = frozenset(get_args(DisputeKind))
_LONGEST_WORDS = 4000
_AROUND = timedelta(days=7)  # a transfer takes days, and days are remembered wrongly
_LATELY = timedelta(days=60)
_ALSO = {name: right.hold for name, right in RIGHTS.items()}


class Disputes:
    """While a collector has the chat, what was said is recorded at once, and what to ask is left to them."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def _open(self, turn: ActionTurn, dispatcher: CollectingDispatcher, name: str, response: str) -> None:
        """Exercise the right and thank; before identity without a word of there being a debt."""
        right = RIGHTS[name]
        exercise(turn, self._parts, right)
        if right.clears:
            lay_aside(turn)
        known = turn.conversation.verified(turn.now)
        say(dispatcher, response if known else "utter_noted_before_identity")
        say_also(turn, dispatcher, {other: reason for other, reason in _ALSO.items() if other != name})

    def dispute(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """Pause and thank; for what is being checked already, say by when there is an answer."""
        named = disputed(_said(turn)) or turn.tracker.slots.get("dispute_kind")
        known = self._being_checked(turn, named)
        if known is not None:
            return self._under_way(turn, dispatcher, "dispute_debt", known)
        self._open(turn, dispatcher, "dispute_debt", "utter_dispute_paused")
        if left_to_colleague(turn):
            told = self._record(turn, str(named) if named in _KINDS else "other", None, "dispute_debt")
            self._say_recorded(dispatcher, told)
        return {"dispute_state": "new", "dispute_kind": named}

    def _under_way(
        self, turn: ActionTurn, dispatcher: CollectingDispatcher, name: str, known: Dispute
    ) -> Mapping[str, SlotValue]:
        lay_aside(turn)
        say_also(turn, dispatcher, {other: reason for other, reason in _ALSO.items() if other != name})
        say(dispatcher, "utter_dispute_under_way", ticket=known.ticket, answer_by=known.answer_by)
        left_to_colleague(turn)
        return {"dispute_state": "open", "dispute_kind": None}

    def _being_checked(self, turn: ActionTurn, kind: SlotValue) -> Dispute | None:
        """The latest open dispute about the account being talked about, or the only one: of this kind, if named."""
        borrower, own = verified_borrower(turn), own_accounts(turn)
        account = chosen_account(turn) or (own[0] if len(own) == 1 else None)
        if borrower is None or account is None:
            return None
        known = [
            d for d in turn.work.lending.disputes(borrower.id) if (d.account_id, d.status) == (account.id, "open")
        ]
        disputes = [dispute for dispute in known if dispute.kind not in ("complaint", "data_request")]
        if kind is not None:
            disputes = [dispute for dispute in disputes if dispute.kind in (kind, "other")]
        return max(disputes, key=lambda dispute: dispute.raised_at, default=None)

    def record_dispute(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """Say when it is answered, what is looked at meanwhile, and what would show it."""
        kind = turn.tracker.slots.get("dispute_kind")
        dispute = self._record(turn, str(kind) if kind in _KINDS else "other", "dispute_words", "dispute_debt")
        self._say_recorded(dispatcher, dispute)
        if dispute.borrower_id is not None:
            say(dispatcher, f"utter_dispute_next_{dispute.kind}")
        return {"dispute_kind": None}

    def fraud(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        exercise(turn, self._parts, RIGHTS["report_fraud"])
        lay_aside(turn)
        say(dispatcher, "utter_fraud_believed")
        say_also(turn, dispatcher, {name: reason for name, reason in _ALSO.items() if name != "report_fraud"})
        if left_to_colleague(turn):
            self._say_recorded(dispatcher, self._record(turn, "fraud", None, "report_fraud"))

    def record_fraud(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        dispute = self._record(turn, "fraud", "fraud_words", "report_fraud")
        self._say_recorded(dispatcher, dispute)
        if dispute.borrower_id is not None:
            say(dispatcher, "utter_fraud_next")

    def paid(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """Thank; a payment that is being looked for already is not asked about again."""
        known = self._being_checked(turn, "already_paid")
        if known is not None and known.kind == "already_paid":
            return self._under_way(turn, dispatcher, "already_paid", known)
        self._open(turn, dispatcher, "already_paid", "utter_paid_thanks")
        if left_to_colleague(turn) or not turn.conversation.verified(turn.now):
            self._say_recorded(dispatcher, self._record(turn, "already_paid", None, "already_paid"))
        return {"dispute_state": "new"}

    def read_payment_day(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """A day that has come, or that they do not remember it."""
        typed = str(turn.tracker.slots.get("payment_made_on") or "")
        if typed == "unknown":
            return {"payment_made_on": typed}
        try:
            past = date.fromisoformat(typed) <= today(turn, self._parts)
        except ValueError:
            past = False
        if not past:
            say(dispatcher, "utter_payment_day_unclear")
        return {"payment_made_on": typed if past else None}

    def record_payment(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        slots = turn.tracker.slots
        # Whatever was typed in place of a file is no proof.
        proof = turn.work.files.file(str(slots.get("uploaded_file") or ""))
        card = {"paid_on": slots.get("payment_made_on"), "proof": proof.id if proof else None}
        dispute = self._record(turn, "already_paid", "payment_made_on", "already_paid", **card)
        self._say_recorded(dispatcher, dispute)
        if seen := self._seen(turn):
            say(dispatcher, "utter_payment_seen", payments=seen)
        say(dispatcher, "utter_payment_next")
        return {"uploaded_file": None}

    def _seen(self, turn: ActionTurn) -> Listed | None:
        """What came in about the day that they named, or lately when they do not remember one."""
        account = chosen_account(turn)
        if account is None:
            return None
        try:
            day = date.fromisoformat(str(turn.tracker.slots.get("payment_made_on")))
        except ValueError:
            return received(turn, account, today(turn, self._parts) - _LATELY)
        return received(turn, account, day - _AROUND, day + _AROUND)

    def complaint(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        exercise(turn, self._parts, RIGHTS["complain"])
        say(dispatcher, "utter_complaint_sorry")
        say_also(turn, dispatcher, {name: reason for name, reason in _ALSO.items() if name != "complain"})
        if left_to_colleague(turn):
            self._say_complaint(turn, dispatcher, None)

    def record_complaint(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        self._say_complaint(turn, dispatcher, "complaint_words")

    def _say_complaint(self, turn: ActionTurn, dispatcher: CollectingDispatcher, slot: str | None) -> None:
        """Reference, day, who looks into it, and who outside the lender can."""
        words = self._words(turn, slot)
        told = self._record(turn, "complaint", slot, "complain", words=words)
        say(dispatcher, "utter_complaint_recorded", ticket=told.ticket, answer_by=told.answer_by)
        say_redress(turn, self._parts, dispatcher, buttons=[STATUS, PERSON])

    def data(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        dispute = self._raise(turn, "data_request", _said(turn))
        due = dispute.answer_by
        to_person(turn, self._parts, "rights", "own_data", dispute=dispute.id, answer_by=due.isoformat())
        say(dispatcher, "utter_data_passed_on", ticket=dispute.ticket, answer_by=due)
        left_to_colleague(turn)

    def _record(
        self, turn: ActionTurn, kind: str, words_slot: str | None, right: str, **card: SlotValue
    ) -> Dispute:
        """Save the dispute, hold the account that is known by now, and put it on the case."""
        dispute = self._raise(turn, cast(DisputeKind, kind), self._words(turn, words_slot))
        for reason in dict.fromkeys((RIGHTS[right].hold, held_for(dispute.kind))):
            hold = hold_for(turn, self._parts, Right(right, reason, None, None, personal=False))
            if hold is not None:
                keep(turn, hold)
                self._narrow(turn, hold)
        case, wants = RIGHTS[right].case or "dispute", RIGHTS[right].wants or "dispute"
        due = dispute.answer_by.isoformat()
        to_person(turn, self._parts, case, wants, dispute=dispute.id, kind=kind, answer_by=due, **card)
        return dispute

    def _narrow(self, turn: ActionTurn, hold: Hold) -> None:
        """Now that the account is known, the same hold no longer stands on all of the borrower's accounts."""
        borrower = verified_borrower(turn)
        if borrower is None or hold.subject_kind != "account":
            return
        if still_needed(hold.reason, turn.work.lending.disputes(borrower.id), None):
            return
        for wider in turn.work.lending.holds([("borrower", borrower.id)]):
            if wider.reason == hold.reason and not wider.provisional:
                turn.work.lending.lift_hold(wider.id, turn.now)
                turn.note(narrowed=wider.id)

    def _raise(self, turn: ActionTurn, kind: DisputeKind, words: str) -> Dispute:
        borrower, account = verified_borrower(turn), chosen_account(turn)
        policy: Policy = policy_of(turn, self._parts)
        dispute = raise_dispute(
            kind,
            words[:_LONGEST_WORDS],
            borrower_id=borrower.id if borrower else None,
            account_id=account.id if account else None,
            at=turn.now,
            today=today(turn, self._parts),
            days=policy.disputes,
            address=turn.conversation.address,
        )
        turn.work.lending.add_dispute(dispute)
        turn.note(dispute=dispute.id, policy=policy.version)
        return dispute

    def _words(self, turn: ActionTurn, slot: str | None) -> str:
        words = str(turn.tracker.slots.get(slot) or "") if slot else _said(turn)
        return "" if words == "none" else words[:_LONGEST_WORDS]

    def _say_recorded(self, dispatcher: CollectingDispatcher, dispute: Dispute) -> None:
        known = dispute.borrower_id is not None
        response = "utter_dispute_recorded" if known else "utter_recorded_before_identity"
        say(dispatcher, response, ticket=dispute.ticket, answer_by=dispute.answer_by)


def _said(turn: ActionTurn) -> str:
    return (turn.input.incoming.text or "").strip()


def actions(parts: Parts) -> list[Action]:
    disputes = Disputes(parts)
    return [
        Doing("action_dispute_debt", disputes.dispute),
        Doing("action_dispute_record", disputes.record_dispute),
        Doing("action_report_fraud", disputes.fraud),
        Doing("action_fraud_record", disputes.record_fraud),
        Doing("action_already_paid", disputes.paid),
        Doing("validate_payment_made_on", disputes.read_payment_day),
        Doing("action_payment_record", disputes.record_payment),
        Doing("action_complain", disputes.complaint),
        Doing("action_complaint_record", disputes.record_complaint),
        Doing("action_request_data", disputes.data),
    ]
