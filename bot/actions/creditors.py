"""Whose debt it is, whether it was sold, and what is on record where a court paper has come."""

from datetime import date

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.debts import account_label, free_advice, past, state_of
from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, chosen_account, own_accounts, today
from bot.actions.parts import Parts, say, utter
from bot.dialogue.messages import Names
from bot.dialogue.understanding.disputed import disputed
from bot.lending.consequences import steps
from bot.lending.debts import Account
from bot.lending.policy import Policy


class Creditors:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def tell(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """Who is writing; for whom, and about which account, only to the borrower."""
        speaker = self._parts.policies.speaker(turn.conversation.speaker)
        own = own_accounts(turn)
        if not own:
            say(dispatcher, "utter_creditor_unverified", speaker=Names(speaker.names))
            return
        say(dispatcher, "utter_creditor_speaker", speaker=Names(speaker.names))
        sold = disputed(turn.input.incoming.text or "") == "sold"
        for account in own:
            self._owed(dispatcher, account, sold=sold)
        say(dispatcher, "utter_creditor_next")

    def _owed(self, dispatcher: CollectingDispatcher, account: Account, *, sold: bool) -> None:
        """As the lender's data have it: with whom it began, if that was somebody else."""
        names = self._parts.policies.creditor(account.creditor).names
        label, owner = account_label(account), Names(names)
        if account.original_creditor and account.original_creditor not in names.values():
            say(
                dispatcher,
                "utter_creditor_began",
                account=label,
                original=account.original_creditor,
                creditor=owner,
            )
            return
        say(dispatcher, "utter_creditor_owed", account=label, creditor=owner)
        if sold:
            say(dispatcher, "utter_creditor_not_sold", as_of=account.statement.as_of)

    def papers(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """What is on record and what to do; the bot can't see the paper and gives no legal advice."""
        own = own_accounts(turn)
        account = chosen_account(turn) or (own[0] if len(own) == 1 else None)
        if account is not None:
            self._on_record(turn, dispatcher, account)
        say(dispatcher, "utter_legal_papers_dates")
        say(dispatcher, "utter_legal_papers_check")
        say(dispatcher, "utter_legal_papers_advice", lines=free_advice(turn, self._parts))

    def _on_record(self, turn: ActionTurn, dispatcher: CollectingDispatcher, account: Account) -> None:
        state = state_of(turn, self._parts, account)
        if state.line.past_limitation:
            utter(dispatcher, past(state.policy))
        if account.judgment:
            say(dispatcher, "utter_papers_judgment", account=account_label(account))
            return
        say(
            dispatcher,
            "utter_papers_no_judgment",
            account=account_label(account),
            as_of=account.statement.as_of,
        )
        first = court_day(account, state.policy)
        if first is not None and first > today(turn, self._parts):
            say(dispatcher, "utter_papers_no_court_before", day=first)


def court_day(account: Account, policy: Policy) -> date | None:
    """The first day on which the lender may go to court by its own steps; None where it has no such step."""
    court = {step.says for step in policy.consequences.steps if step.court}
    return next((step.day for step in steps(account, policy) if step.response in court), None)


def actions(parts: Parts) -> list[Action]:
    feature = Creditors(parts)
    return [Doing("action_tell_creditor", feature.tell), Doing("action_legal_papers", feature.papers)]
