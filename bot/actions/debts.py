"""What a borrower owes, to whom, and how it came to that much."""

from dataclasses import dataclass

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import accounts
from bot.actions.charges import arithmetic
from bot.actions.doing import Do, Doing
from bot.actions.effects import ActionTurn, chosen_account, own_accounts, today, verified_borrower
from bot.actions.parts import Parts, say, utter
from bot.actions.received import received
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import Count, DayMonth, DynamicButton, Figure, Label, Listed, Names, Utterance, Value
from bot.lending import debts
from bot.lending.consequences import limitation_saying
from bot.lending.debts import Account, DebtLine, Statement
from bot.lending.holds import SubjectKind, stopping
from bot.lending.policy import Policy

PERSON = DynamicButton("utter_button_person", "/request_human")
WRONG = DynamicButton("utter_button_wrong", "/dispute_debt")
MY_PLAN = DynamicButton("utter_button_my_plan", "/check_plan")


@dataclass(frozen=True, slots=True)
class State:
    """What decides how an account may be talked about today."""

    line: DebtLine
    held: bool  # a hold stops collection talk
    plan: bool  # an agreed plan is under way
    missed: int = 0  # its instalments that were due and have not come in

    @property
    def account(self) -> Account:
        return self.line.account

    @property
    def policy(self) -> Policy:
        return self.line.policy


def state_of(turn: ActionTurn, parts: Parts, account: Account) -> State:
    policy = parts.policies.for_account(account)
    borrower = verified_borrower(turn)
    subjects: list[tuple[SubjectKind, str]] = [("address", turn.conversation.address), ("account", account.id)]
    if borrower:
        subjects.append(("borrower", borrower.id))
    live = turn.work.lending.agreements(borrower.id, "live") if borrower else []
    plans = [agreement for agreement in live if agreement.account_id == account.id]
    turn.note(policy=policy.version)
    return State(
        debts.line(account, policy, today(turn, parts)),
        stopping(turn.work.lending.holds(subjects), "collection") is not None,
        bool(plans),
        sum(plan.missed for plan in plans),
    )


def account_label(account: Account) -> Label:
    """An account at the head of a line: Card ending 0916."""
    return Label(f"utter_debt_name_{account.product}", {"ending": account.ending})


def free_advice(turn: ActionTurn, parts: Parts) -> Listed:
    """Who gives free advice where the borrower lives, as far as this chat may know it."""
    borrower = verified_borrower(turn)
    place = borrower.residence if borrower else parts.policies.speaker(turn.conversation.speaker).jurisdiction
    lines = parts.policies.residence(place).advice
    return Listed(
        tuple(Label("utter_legal_advice_line", {"name": Names(one.name), "number": one.number}) for one in lines)
    )


class Debts:
    """The actions of this feature over the parts that they share."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def overview(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> dict[str, SlotValue]:
        """How many accounts there are; the only one, or the one that the message names, is taken."""
        own = own_accounts(turn)
        if not own and turn.conversation.verified(turn.now):
            say(dispatcher, "utter_no_account")
        only = own[0].id if len(own) == 1 else accounts.mentioned(turn, own)
        return {"accounts_count": 1 if only else len(own), "account_id": only}

    def ask_which(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """All accounts in a line each, their sum, and the question which of them to look at."""
        pairs = [(account, self._parts.policies.for_account(account)) for account in own_accounts(turn)]
        overview = debts.overview(pairs, today(turn, self._parts))
        for line in overview.lines:
            _row(dispatcher, line)
        days = {line.account.statement.as_of for line in overview.lines if not line.past_limitation}
        if len(days) == 1 and overview.totals:
            say(dispatcher, "utter_debts_total", totals=Listed(overview.totals), as_of=days.pop())
        accounts.ask(turn, dispatcher)

    def detail(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """One account: how much, since when, of what, last payment, whose."""
        account = chosen_account(turn)
        if account is None:
            return
        state = state_of(turn, self._parts, account)
        _head(dispatcher, state.line)
        _parts_line(dispatcher, account)
        _payments(dispatcher, account.statement)
        if since := received(turn, account, account.statement.as_of):
            say(dispatcher, "utter_received_since", payments=since, as_of=account.statement.as_of)
        if creditor := whose(self._parts, account):
            utter(dispatcher, Utterance("utter_debt_whose", creditor))
        self._close(turn, dispatcher, state, "utter_balance_next")

    def charges(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """Why it is so much: each part with the sum behind it, where the lender's figures bear it out."""
        account = chosen_account(turn)
        if account is None:
            return
        state = state_of(turn, self._parts, account)
        _head(dispatcher, state.line)
        _parts_line(dispatcher, account)
        arithmetic(dispatcher, state.account.statement, state.policy.rounding_step)
        self._close(turn, dispatcher, state, "utter_wrong_line")

    def _close(self, turn: ActionTurn, dispatcher: CollectingDispatcher, state: State, usual: str) -> None:
        """The last message, with what can be done next; no way to pay on a debt that is old or on hold."""
        if state.line.past_limitation:
            utter(dispatcher, past(state.policy))
            lines = free_advice(turn, self._parts)
            say(dispatcher, "utter_free_advice", buttons=[PERSON, WRONG], lines=lines)
        elif state.held:
            say(dispatcher, "utter_debt_on_hold", buttons=[PERSON])
        elif state.plan:
            say(dispatcher, "utter_debt_has_plan", buttons=[MY_PLAN, PERSON])
        else:
            say(dispatcher, usual)


def whose(parts: Parts, account: Account) -> dict[str, Value] | None:
    """Creditor and collector, where they are not the same."""
    policies = parts.policies
    owner, speaker = policies.creditor(account.creditor), policies.speaker_of_creditor(account.creditor)
    if owner.id == speaker.id:
        return None
    return {"creditor": Names(owner.names), "speaker": Names(speaker.names)}


def _row(dispatcher: CollectingDispatcher, line: DebtLine) -> None:
    values: dict[str, Value] = {
        "account": account_label(line.account),
        "as_of": line.account.statement.as_of,
        "total": line.account.statement.total,
        "days": Count(line.days_past_due, "day"),
    }
    response = "utter_debt_row" if line.days_past_due else "utter_debt_row_current"
    if line.past_limitation:
        response = "utter_debt_row_old"
    utter(dispatcher, Utterance(response, values))


def _head(dispatcher: CollectingDispatcher, line: DebtLine) -> None:
    account, statement = line.account, line.account.statement
    values: dict[str, Value] = {
        "account": account_label(account),
        "as_of": statement.as_of,
        "total": statement.total,
    }
    if statement.overdue_since:
        near = statement.overdue_since.year == statement.as_of.year
        values["since"] = DayMonth(statement.overdue_since) if near else statement.overdue_since
        values["days"] = Count(line.days_past_due, "day")
    utter(dispatcher, Utterance("utter_debt_overdue" if statement.overdue_since else "utter_debt_current", values))
    if line.stale_days:
        say(dispatcher, "utter_figures_stale", as_of=statement.as_of, age=Count(line.stale_days, "day"))


def _parts_line(dispatcher: CollectingDispatcher, account: Account) -> None:
    statement = account.statement
    kind = Label("utter_part_spending" if account.product == "card" else "utter_part_principal")
    values: dict[str, Value] = {"kind": kind, "principal": Figure(statement.principal)}
    values |= {"interest": Figure(statement.interest), "fees": Figure(statement.fees)}
    response = {
        (True, True): "utter_parts",
        (True, False): "utter_parts_no_fees",
        (False, True): "utter_parts_no_interest",
        (False, False): "utter_parts_principal",
    }[bool(statement.interest), bool(statement.fees)]
    utter(dispatcher, Utterance(response, values))


def _payments(dispatcher: CollectingDispatcher, statement: Statement) -> None:
    if statement.overdue and statement.overdue != statement.total:
        say(dispatcher, "utter_overdue_part", overdue=statement.overdue)
    if statement.next_due:
        say(dispatcher, "utter_next_due", due=statement.next_due)
    if statement.last_payment and statement.last_payment_on:
        say(dispatcher, "utter_last_payment", amount=statement.last_payment, on=statement.last_payment_on)


def past(policy: Policy) -> Utterance:
    """The honest sentence about a debt past its limitation period."""
    years = Count(policy.limitation.years or 0, "year")
    return Utterance(limitation_saying(policy).response, {"years": years})


def actions(parts: Parts) -> list[Action]:
    """Every action of this feature, by the name that flows use."""
    feature = Debts(parts)
    table: dict[str, Do] = {
        "action_debt_overview": feature.overview,
        "action_ask_which_debt": feature.ask_which,
        "action_debt_detail": feature.detail,
        "action_explain_charges": feature.charges,
    }
    return [Doing(name, do) for name, do in table.items()]
