"""An agreement as it is written down: the terms that were confirmed, and the words in which they were read back."""

import uuid
from dataclasses import dataclass

from bot.actions.effects import ActionTurn
from bot.lending.debts import Account
from bot.lending.identity import Borrower
from bot.lending.plans import Agreement
from bot.lending.policy import PlanRules
from bot.lending.schedules import Schedule
from bot.money import Money


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the borrower said yes to, and the rule behind it."""

    account: Account
    schedule: Schedule
    rule: str
    policy_version: str
    rules: PlanRules


def confirmed(turn: ActionTurn, borrower: Borrower, terms: Confirmed, words: str) -> Agreement:
    """The live plan of this turn; its grace is what was read back, whatever the policy says later."""
    return Agreement(
        id=uuid.uuid4().hex,
        account_id=terms.account.id,
        borrower_id=borrower.id,
        schedule=terms.schedule,
        status="live",
        agreed_at=turn.now,
        locale=turn.tracker.locale,
        channel=turn.conversation.account,
        words=words,
        policy_version=terms.policy_version,
        rule=terms.rule,
        paid=Money.zero(terms.account.currency),
        grace_days=terms.rules.grace_days,
        missed_before_broken=terms.rules.missed_before_broken,
    )


def words_shown(turn: ActionTurn, question: str) -> str:
    """The lines in which the terms were last read back, up to the question, as the borrower saw them."""
    length, _ = turn.work.record.head(turn.conversation.id)
    said = turn.work.record.events(turn.conversation.id, after=max(0, length - 60), kinds=["bot"])
    lines: list[str] = []
    for event in reversed(said):
        body = event.body or {}
        if lines or body.get("response") == question:
            lines.append(str(body.get("text", "")))
        if lines and body.get("response") in ("utter_readback_plan", "utter_readback_one", "utter_readback_two"):
            break
    return "\n".join(reversed(lines))
