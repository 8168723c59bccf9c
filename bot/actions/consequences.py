"""What happens next: what has happened, may follow and can't, what waiting costs, what stops it; sources."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import reduce

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.charges import daily_interest
from bot.actions.debts import PERSON, WRONG, State, account_label, free_advice, past, state_of
from bot.actions.doing import Do, Doing
from bot.actions.effects import ActionTurn, chosen_account, today
from bot.actions.parts import Parts, say, utter
from bot.dialogue.messages import Count, DayMonth, DynamicButton, Figure, Label, Listed, Utterance, Value
from bot.lending import consequences
from bot.lending.consequences import Cost, NextStep, Outlook, Saying

UNMISTAKABLE_DAYS = 300
PLANS = DynamicButton("utter_button_see_plans", "/request_plan")
SOURCES = DynamicButton("utter_button_sources", "/show_sources")


class Consequences:
    """The actions of this feature over the parts that they share."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def explain(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """The outlook for the account that is talked about; the last message carries the buttons."""
        account = chosen_account(turn)
        if account is None:
            return
        state = state_of(turn, self._parts, account)
        outlook = self._outlook(turn, state)
        lines = lines_of(state, outlook)
        turn.note(
            rule=f"{account.creditor}.yml#consequences",
            law=[{"title": one.title, "article": one.article, "url": one.url} for one in outlook.sources],
        )
        if state.line.past_limitation:
            lines.append(Utterance("utter_free_advice", {"lines": free_advice(turn, self._parts)}))
        lines[-1] = replace(lines[-1], buttons=tuple(_buttons(state)))
        for line in lines:
            utter(dispatcher, line)

    def sources(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """Where each statement of law stands."""
        account = chosen_account(turn)
        if account is None:
            return
        state = state_of(turn, self._parts, account)
        found = self._outlook(turn, state).sources
        if not found:
            say(dispatcher, "utter_nothing_known", buttons=[PERSON])
            return
        labels = [
            Label("utter_source", {"title": one.title, "article": one.article, "url": one.url}) for one in found
        ]
        say(dispatcher, "utter_sources", account=account_label(account), sources=_joined("utter_line_then", labels))
        say(
            dispatcher,
            "utter_sources_lender",
            buttons=[button for button in _buttons(state) if button is not SOURCES],
        )

    def _outlook(self, turn: ActionTurn, state: State) -> Outlook:
        day = today(turn, self._parts)
        return consequences.outlook(state.account, state.policy, day, suspended=state.held or state.plan)


def lines_of(state: State, outlook: Outlook) -> list[Utterance]:
    """The messages in order, never none."""
    lines: list[Utterance] = []
    if state.line.stale_days:
        age = Count(state.line.stale_days, "day")
        lines.append(Utterance("utter_figures_stale", {"as_of": state.account.statement.as_of, "age": age}))
    if outlook.limitation:
        lines.append(past(state.policy))
    else:
        lines += _so_far(state, outlook)
        lines += _ahead(state, outlook)
    sayings = (*outlook.cannot, *outlook.stops, *outlook.after)
    return [*lines, *(_said(saying) for saying in sayings)] or [Utterance("utter_nothing_known")]


def _so_far(state: State, outlook: Outlook) -> list[Utterance]:
    if not state.account.statement.overdue_since:
        return [Utterance("utter_nothing_overdue", {"account": account_label(state.account)})]
    so_far, registry = outlook.so_far, Label(state.policy.registry)
    values: dict[str, Value] = {"registry": registry}
    facts: list[Label] = []
    if so_far.daily_interest:
        values["daily"] = daily_interest(so_far.daily_interest)
        facts.append(Label("utter_fact_interest", values))
    if so_far.late_fees:
        values["fees"] = Count(so_far.late_fees, "late_fee")
        facts.append(Label("utter_fact_fees", values))
    if so_far.missed_reported:
        values["missed"] = Count(so_far.missed_reported, "missed_payment")
        facts.append(Label("utter_fact_reported", values))
    if len(facts) == 3:
        return [Utterance("utter_so_far", values)]
    return [Utterance("utter_so_far_listed", {"facts": Listed(tuple(facts))})] if facts else []


def _ahead(state: State, outlook: Outlook) -> list[Utterance]:
    """What waiting costs and which steps may follow; or why none does."""
    if state.held:
        return [Utterance("utter_debt_on_hold")]
    if state.missed:
        return [Utterance("utter_plan_missed_steps", {"missed": Count(state.missed, "instalment")})]
    if state.plan:
        return [Utterance("utter_plan_stops_steps")]
    chain = _chain(outlook.steps, state.account.statement.as_of) if outlook.steps else None
    now = _open_now(outlook)
    steps = [Utterance("utter_steps", {"steps": chain})] if chain else []
    if not outlook.costs:
        return [*now, *steps]
    first, later = outlook.costs[0], outlook.costs[1:]
    listed = tuple(Label("utter_cost_on", {"day": DayMonth(cost.day), "total": cost.total}) for cost in later)
    longer = Utterance("utter_waiting_longer", {"costs": Listed(listed)})
    if first.fees and chain:
        return [*now, Utterance("utter_waiting_steps", _cost_values(first) | {"steps": chain}), longer]
    waiting = "utter_waiting" if first.fees else "utter_waiting_interest"
    return [*now, Utterance(waiting, _cost_values(first)), longer, *steps]


def _open_now(outlook: Outlook) -> list[Utterance]:
    """The steps whose day has come, and that a plan stops them unless the law's own words say so."""
    if not outlook.open_steps:
        return []
    steps = Listed(tuple(Label(step.response) for step in outlook.open_steps))
    return [Utterance("utter_steps_now" if outlook.stops else "utter_steps_now_plan", {"steps": steps})]


def _cost_values(cost: Cost) -> dict[str, Value]:
    return {
        "day": DayMonth(cost.day),
        "total": cost.total,
        "interest": Figure(cost.interest),
        "fees": Figure(cost.fees),
    }


def _chain(steps: Sequence[NextStep], as_of: date) -> Label:
    """The steps in one sentence, each with the day from which it may follow."""
    labels = [
        Label("utter_step_from", {"day": _near(step.day, as_of), "step": Label(step.response)}) for step in steps
    ]
    return _joined("utter_step_then", labels)


def _joined(response: str, labels: Sequence[Label]) -> Label:
    """Several labels in one, each joined to the next as `response` words it."""
    return reduce(lambda first, then: Label(response, {"first": first, "then": then}), labels)


def _near(day: date, as_of: date) -> Value:
    """A day without its year where nobody can mistake the year."""
    return DayMonth(day) if abs((day - as_of).days) < UNMISTAKABLE_DAYS else day


def _said(saying: Saying) -> Utterance:
    return Utterance(saying.response, dict(saying.values))


def _buttons(state: State) -> list[DynamicButton]:
    """No plan is offered on a debt that is old, on hold, or has one."""
    may_plan = not (state.line.past_limitation or state.held or state.plan)
    return [PLANS, SOURCES, WRONG, PERSON] if may_plan else [SOURCES, WRONG, PERSON]


def actions(parts: Parts) -> list[Action]:
    """Every action of this feature, by the name that flows use."""
    feature = Consequences(parts)
    table: dict[str, Do] = {
        "action_explain_consequences": feature.explain,
        "action_show_sources": feature.sources,
    }
    return [Doing(name, do) for name, do in table.items()]
