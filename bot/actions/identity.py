"""Proving who one is, letting the borrower check us first, and how long a check holds."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.channels import BY_PHONE, shares_phone, take_phone
from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, keep, policy_of, today
from bot.actions.identity_words import NO_REFERENCE, another_reference, in_digits
from bot.actions.parts import Parts, say
from bot.actions.patterns import introduce
from bot.dialogue.commands import ActionResult, SlotValue, StartFlow
from bot.dialogue.messages import Count, Names
from bot.dialogue.understanding.fold import narrow
from bot.dialogue.understanding.phrases import beside_reference, mentioned
from bot.lending.holds import carried_over, disproved
from bot.lending.identity import (
    Borrower,
    Claim,
    locked_until,
    new_check_code,
    proves,
    same_birth_date,
    try_subjects,
)
from bot.lending.identity_input import normal_document, reference_in, told_at_once
from bot.lending.policy import IdentityRules
from bot.record.events import NewEvent

_ASKED: dict[str, SlotValue] = dict.fromkeys(
    ("identity_reference", "identity_birth_date", "identity_document", "identity_by_phone", "identity_phone_asked")
)
_PHONE_COUNTS_FOR = timedelta(hours=1)  # a number that was shared proves something for so long


class Session:
    """Implements conversations' Session: a check lapses when the chat is idle, and lasts while it is used."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def refresh(self, turn: ActionTurn) -> ActionResult:
        conversation = turn.conversation
        slots: dict[str, SlotValue] = {"reference_known": conversation.borrower_id is not None}
        if conversation.verified(turn.now):
            minutes = policy_of(turn, self._parts).identity.verified_minutes
            turn.conversation = replace(conversation, verified_until=turn.now + timedelta(minutes=minutes))
            return ActionResult(slots=[*slots.items(), ("verified", True)])
        lapsed = turn.tracker.slots.get("verified") is True
        if lapsed:
            turn.tracker.answered = None  # nothing is answered anew for somebody else
            turn.events.append(NewEvent("access", {"what": "lapsed"}))
        again = lapsed and turn.tracker.stack and turn.input.incoming.kind != "start"
        return ActionResult(
            slots=[*slots.items(), ("verified", False)],
            commands=[StartFlow("verify_again")] if again else [],
        )


class Identity:
    """The steps of verify_identity. Which detail was wrong, and whether a reference exists, is never told."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def open(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        if turn.conversation.verified(turn.now):
            return {"identity_state": "verified", "verified": True}
        until = self._locked(turn, self._subjects(turn, ""))
        if until is not None:
            return self._say_locked(turn, dispatcher, until)
        if not turn.tracker.slots.get("introduced"):
            introduce(turn, self._parts, dispatcher)
        elif _asked_meanwhile(turn):
            say(dispatcher, "utter_identity_first")
        anew: dict[str, SlotValue] = {"identity_by_phone": None, "identity_phone_asked": None}
        beside = self._beside_reference(turn, turn.tracker.slots.get("identity_reference"))
        return {**anew, **beside, "identity_state": "open", "introduced": True}

    def _beside_reference(self, turn: ActionTurn, reference: object) -> Mapping[str, SlotValue]:
        """A date of birth and the last four that stand in the same message as the reference."""
        text = turn.understood.text if turn.understood else ""
        if not reference or mentioned(narrow(text)) != reference:
            return {}
        rest = in_digits(beside_reference(text)).strip()
        born, document = told_at_once(rest, today(turn, self._parts), republic=turn.tracker.locale == "zh_Hant")
        told = {"identity_birth_date": born.isoformat() if born else None, "identity_document": document}
        return {name: value for name, value in told.items() if value}

    def read_reference(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        typed = str(turn.tracker.slots.get("identity_reference") or "")
        if typed == BY_PHONE and shares_phone(turn):
            return take_phone(turn, self._parts.policies, dispatcher)
        reference = reference_in(typed) if typed != NO_REFERENCE else None
        if typed == NO_REFERENCE:
            say(dispatcher, "utter_identity_reference_help")
        elif reference is None:
            say(dispatcher, "utter_identity_reference_unclear")
        elif turn.tracker.slots.get("identity_phone_asked"):
            say(dispatcher, "utter_phone_not_needed", card={"type": "end_contact"})
        beside = self._beside_reference(turn, reference)
        return {"identity_reference": reference, "identity_by_phone": None, **beside}

    def read_birth_date(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        typed = str(turn.tracker.slots.get("identity_birth_date") or "")
        republic = turn.tracker.locale == "zh_Hant"
        born, document = told_at_once(in_digits(typed), today(turn, self._parts), republic=republic)
        known = turn.tracker.slots.get("identity_reference")
        if born is None and known and (reference := another_reference(typed, known)):
            say(dispatcher, "utter_identity_reference_taken")
            return {"identity_birth_date": None, "identity_reference": reference}
        if born is None:
            say(dispatcher, "utter_identity_birth_date_unclear")
        told: dict[str, SlotValue] = {"identity_document": document} if document else {}
        return {"identity_birth_date": born.isoformat() if born else None, **told}

    def read_document(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        document = normal_document(str(turn.tracker.slots.get("identity_document") or ""))
        if document is None:
            say(dispatcher, "utter_identity_document_unclear")
        return {"identity_document": document}

    def check(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        if turn.tracker.slots.get("identity_by_phone"):
            return self._check_phone(turn, dispatcher)
        borrower, claim = self._claim(turn)
        if claim is None:
            return {**_ASKED, "identity_state": "failed"}
        subjects = self._subjects(turn, claim.reference)
        until = self._locked(turn, subjects)
        if until is not None:
            return self._say_locked(turn, dispatcher, until)
        right = proves(claim, borrower)
        if right and borrower is not None:
            return self._proved(turn, dispatcher, borrower, subjects)
        return self._failed(turn, dispatcher, subjects)

    def _check_phone(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """The channel has vouched for the number, by storage and not by slots; the date of birth is second."""
        born = turn.tracker.slots.get("identity_birth_date")
        conversation = turn.conversation
        since = turn.now - _PHONE_COUNTS_FOR
        shared = turn.work.channels.phone_proved(conversation.account, conversation.sender, since)
        subjects = (f"address:{conversation.address}", *(f"phone:{borrower_id}" for borrower_id in shared))
        until = self._locked(turn, subjects)
        if until is not None:
            return self._say_locked(turn, dispatcher, until)
        owners = [turn.work.lending.borrower(borrower_id) for borrower_id in shared]
        fitting = [owner for owner in owners if owner is not None and same_birth_date(owner, str(born))]
        # Two people may share a phone, and even a birthday: then it is not known which of them writes.
        if len({owner.document_last4 for owner in fitting}) == 1:
            return self._proved(turn, dispatcher, fitting[0], subjects, by="phone")
        return self._failed(turn, dispatcher, subjects)

    def _claim(self, turn: ActionTurn) -> tuple[Borrower | None, Claim | None]:
        slots, lending = turn.tracker.slots, turn.work.lending
        born, document = slots.get("identity_birth_date"), slots.get("identity_document")
        if turn.conversation.borrower_id is not None:
            borrower = lending.borrower(turn.conversation.borrower_id)
            reference = borrower.reference if borrower else ""
        else:
            reference = str(slots.get("identity_reference") or "")
            speaker = self._parts.policies.speaker(turn.conversation.speaker)
            borrower = lending.borrower_by_reference(speaker.creditors, reference)
        if not born or not document:
            return borrower, None
        return borrower, Claim(reference, date.fromisoformat(str(born)), str(document))

    def _proved(
        self,
        turn: ActionTurn,
        dispatcher: CollectingDispatcher,
        borrower: Borrower,
        subjects: tuple[str, ...],
        by: str = "reference",
    ) -> Mapping[str, SlotValue]:
        for subject in subjects:
            turn.work.lending.clear_failed_attempts(subject)
        by_link = turn.conversation.borrower_id is not None
        until = turn.now + timedelta(minutes=self._rules(turn).verified_minutes)
        turn.conversation = replace(turn.conversation, borrower_id=borrower.id, verified_until=until)
        how = "phone, date of birth" if by == "phone" else f"{'link' if by_link else by}, date of birth, document"
        turn.events.append(NewEvent("access", {"what": "verified", "how": how, "borrower": borrower.id}))
        self._carry_over(turn, borrower)
        say(dispatcher, "utter_identity_verified")
        self._disclose(turn, dispatcher, borrower)
        kept: dict[str, SlotValue] = {} if by_link else {"account_id": None}
        proved: dict[str, SlotValue] = {"identity_state": "verified", "verified": True, "reference_known": True}
        return {**_ASKED, **kept, **proved, "disclosed_to": borrower.id}

    def _disclose(self, turn: ActionTurn, dispatcher: CollectingDispatcher, borrower: Borrower) -> None:
        """Say, once to this borrower, what the law wants said before a debt is spoken of."""
        if turn.tracker.slots.get("disclosed_to") == borrower.id:
            return
        speaker = self._parts.policies.speaker(turn.conversation.speaker)
        creditor = self._parts.policies.creditor(borrower.creditor)
        for law in self._parts.policies.for_creditor(borrower.creditor).says("disclosure"):
            if law.says:
                say(dispatcher, law.says.response, speaker=Names(speaker.names), creditor=Names(creditor.names))

    def _carry_over(self, turn: ActionTurn, borrower: Borrower) -> None:
        """What this chat told before it was known whose it is now holds for the borrower, still provisionally."""
        for hold in turn.work.lending.holds([("address", turn.conversation.address)]):
            moved = carried_over(hold, borrower.id)
            if moved is not None:
                turn.note(hold=keep(turn, moved))
            if disproved(hold):
                turn.work.lending.lift_hold(hold.id, turn.now)
                turn.note(lifted=[hold.id])
        turn.work.lending.adopt_disputes(turn.conversation.address, borrower.id)

    def _failed(
        self, turn: ActionTurn, dispatcher: CollectingDispatcher, subjects: tuple[str, ...]
    ) -> Mapping[str, SlotValue]:
        for subject in subjects:
            turn.work.lending.add_failed_attempt(subject, turn.now)
        turn.events.append(NewEvent("access", {"what": "failed"}))
        until = self._locked(turn, subjects)
        if until is not None:
            return self._say_locked(turn, dispatcher, until)
        say(dispatcher, "utter_identity_failed")
        return {**_ASKED, "identity_state": "failed"}

    def _say_locked(
        self, turn: ActionTurn, dispatcher: CollectingDispatcher, until: datetime
    ) -> Mapping[str, SlotValue]:
        turn.events.append(NewEvent("access", {"what": "locked", "until": until.isoformat()}))
        say(dispatcher, "utter_identity_locked", wait=waiting(until - turn.now))
        return {**_ASKED, "identity_state": "locked"}

    def _locked(self, turn: ActionTurn, subjects: tuple[str, ...]) -> datetime | None:
        """The end of the longest lock in force on any of `subjects`."""
        rules = self._rules(turn)
        ends = [
            locked_until(turn.work.lending.failed_attempts(subject), rules.tries, rules.lock_minutes)
            for subject in subjects
        ]
        return max((end for end in ends if end is not None and end > turn.now), default=None)

    def _subjects(self, turn: ActionTurn, reference: str) -> tuple[str, ...]:
        address, typed = try_subjects(turn.conversation.address, turn.conversation.speaker, reference)
        return (address, typed) if reference else (address,)

    def _rules(self, turn: ActionTurn) -> IdentityRules:
        return policy_of(turn, self._parts).identity

    def check_code(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """Give a code that the lender's own page will recognise as ours."""
        speaker = self._parts.policies.speaker(turn.conversation.speaker)
        minutes = self._rules(turn).check_code_minutes
        code = new_check_code()
        turn.work.lending.add_check_code(code, speaker.id, turn.now + timedelta(minutes=minutes))
        page = speaker.verify_page
        # A page of this server's own is written in full: the borrower types it by hand.
        page = self._parts.public_url.rstrip("/") + page if page.startswith("/") else page
        say(dispatcher, "utter_check_code", code=code, page=page)
        say(dispatcher, "utter_check_code_lasts", wait=Count(minutes, "minute"))


def _asked_meanwhile(turn: ActionTurn) -> bool:
    """Whether something was asked in the midst of these questions; a hard time is answered in words of its own."""
    flows = [frame.flow for frame in turn.tracker.stack]
    return flows.count("verify_identity") > 1 and flows[-2] not in ("start_chat", "report_hardship", "verify_again")


def waiting(span: timedelta) -> Count:
    """How long to wait, in minutes or whole hours, never shorter than it is."""
    minutes = max(1, -(-int(span.total_seconds()) // 60))
    return Count(minutes, "minute") if minutes <= 90 else Count(-(-minutes // 60), "hour")


def actions(parts: Parts) -> list[Action]:
    identity = Identity(parts)
    return [
        Doing("action_open_identity", identity.open),
        Doing("validate_identity_reference", identity.read_reference),
        Doing("validate_identity_birth_date", identity.read_birth_date),
        Doing("validate_identity_document", identity.read_document),
        Doing("action_check_identity", identity.check),
        Doing("action_check_code", identity.check_code),
    ]
