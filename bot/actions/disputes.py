"""Recording what somebody says is wrong, and the day by which they get an answer."""

from collections.abc import Mapping
from datetime import date
from typing import cast, get_args

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import (
    RIGHTS,
    ActionTurn,
    chosen_account,
    exercise,
    hold_for,
    keep,
    lay_aside,
    own_accounts,
    policy_of,
    to_person,
    today,
    verified_borrower,
)
from bot.actions.parts import Parts, say
from bot.dialogue.commands import SlotValue
from bot.dialogue.understanding.disputed import disputed
from bot.lending.disputes import Dispute, DisputeKind, answer_by, raise_dispute

_KINDS: frozenset[str] = frozenset(get_args(DisputeKind))
_LONGEST_WORDS = 4000


class Disputes:
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

    def dispute(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """Pause and thank; for what is being checked already, say by when there is an answer."""
        known = self._being_checked(turn)
        if known is None:
            self._open(turn, dispatcher, "dispute_debt", "utter_dispute_paused")
            named = disputed(_said(turn)) or turn.tracker.slots.get("dispute_kind")
            return {"dispute_state": "new", "dispute_kind": named}
        lay_aside(turn)
        say(dispatcher, "utter_dispute_under_way", ticket=known.ticket, answer_by=known.answer_by)
        return {"dispute_state": "open"}

    def _being_checked(self, turn: ActionTurn) -> Dispute | None:
        """The latest open dispute about the account being talked about, or about the only one."""
        borrower, own = verified_borrower(turn), own_accounts(turn)
        account = chosen_account(turn) or (own[0] if len(own) == 1 else None)
        if borrower is None or account is None:
            return None
        known = [
            d for d in turn.work.lending.disputes(borrower.id) if (d.account_id, d.status) == (account.id, "open")
        ]
        return max(known, key=lambda dispute: dispute.raised_at, default=None)

    def record_dispute(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        kind = turn.tracker.slots.get("dispute_kind")
        dispute = self._record(turn, str(kind) if kind in _KINDS else "other", "dispute_words", "dispute_debt")
        self._say_recorded(dispatcher, dispute, "utter_dispute_meanwhile")
        return {"dispute_kind": None}

    def fraud(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        right = RIGHTS["report_fraud"]
        exercise(turn, self._parts, right)
        lay_aside(turn)
        say(dispatcher, "utter_fraud_believed")

    def record_fraud(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        dispute = self._record(turn, "fraud", "fraud_words", "report_fraud")
        self._say_recorded(dispatcher, dispute, "utter_fraud_next")

    def paid(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        self._open(turn, dispatcher, "already_paid", "utter_paid_thanks")
        if not turn.conversation.verified(turn.now):
            dispute = self._record(turn, "already_paid", None, "already_paid")
            self._say_recorded(dispatcher, dispute, None)

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

    def record_payment(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        slots = turn.tracker.slots
        # Whatever was typed in place of a file is no proof.
        proof = turn.work.files.file(str(slots.get("uploaded_file") or ""))
        card = {"paid_on": slots.get("payment_made_on"), "proof": proof.id if proof else None}
        dispute = self._record(turn, "already_paid", "payment_made_on", "already_paid", **card)
        self._say_recorded(dispatcher, dispute, "utter_dispute_meanwhile")

    def complaint(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        exercise(turn, self._parts, RIGHTS["complain"])
        say(dispatcher, "utter_complaint_sorry")

    def record_complaint(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        words = self._words(turn, "complaint_words")
        due = answer_by("complaint", today(turn, self._parts), policy_of(turn, self._parts).disputes)
        facts = to_person(turn, "complaint", "complaint", words=words, answer_by=due.isoformat())
        say(dispatcher, "utter_complaint_recorded", ticket=facts["case"][:8].upper(), answer_by=due)

    def data(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        due = answer_by("data_request", today(turn, self._parts), policy_of(turn, self._parts).disputes)
        to_person(turn, "rights", "own_data", answer_by=due.isoformat())
        say(dispatcher, "utter_data_passed_on", answer_by=due)

    def _record(
        self, turn: ActionTurn, kind: str, words_slot: str | None, right: str, **card: SlotValue
    ) -> Dispute:
        """Save the dispute, hold the account that is known by now, and put it on the case."""
        borrower, account = verified_borrower(turn), chosen_account(turn)
        dispute = raise_dispute(
            cast(DisputeKind, kind),
            self._words(turn, words_slot),
            borrower_id=borrower.id if borrower else None,
            account_id=account.id if account else None,
            at=turn.now,
            today=today(turn, self._parts),
            days=policy_of(turn, self._parts).disputes,
        )
        turn.work.lending.add_dispute(dispute)
        hold = hold_for(turn, self._parts, RIGHTS[right])
        if hold is not None:
            keep(turn, hold)
        reason, wants = RIGHTS[right].case or "dispute", RIGHTS[right].wants or "dispute"
        to_person(turn, reason, wants, dispute=dispute.id, kind=kind, answer_by=str(dispute.answer_by), **card)
        turn.note(dispute=dispute.id)
        return dispute

    def _words(self, turn: ActionTurn, slot: str | None) -> str:
        words = str(turn.tracker.slots.get(slot) or "") if slot else _said(turn)
        return "" if words == "none" else words[:_LONGEST_WORDS]

    def _say_recorded(self, dispatcher: CollectingDispatcher, dispute: Dispute, then: str | None) -> None:
        known = dispute.borrower_id is not None
        response = "utter_dispute_recorded" if known else "utter_recorded_before_identity"
        say(dispatcher, response, ticket=dispute.ticket, answer_by=dispute.answer_by)
        if known and then is not None:
            say(dispatcher, then)


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
