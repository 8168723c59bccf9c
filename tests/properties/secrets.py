"""What a stranger must not learn: the demo's names, account numbers, figures, and that there is a debt at all."""

import re
from collections.abc import Iterable

from bot.lender.demo.people import DemoPerson
from bot.money import Money
from tests.conversations.driver import Said

# Words by which a sentence tells that somebody owes money.
_DEBT = r"\bow(?:e|ed|es|ing)\b|\bdebt|\boverdue|\barrears|\blate fee|\binstalment|\bpast due"
_DEBT_IN_CHINESE = "欠|逾期|债务|債務|违约金|違約金"

_ADDRESS = re.compile(r"https?://[!-~]+")


class Secrets:
    """`public` are the names of those who give free advice: some are called after debts, whoever asks."""

    def __init__(self, people: Iterable[DemoPerson], public: Iterable[str]) -> None:
        found: set[str] = set()
        for person in people:
            found |= {
                re.escape(person.borrower.name),
                re.escape(person.latin),
                re.escape(person.borrower.reference),
            }
            for account in person.accounts:
                statement = account.statement
                amounts = [
                    statement.total,
                    statement.principal,
                    statement.interest,
                    statement.fees,
                    statement.overdue,
                ]
                found |= {_standing_alone(account.ending), _standing_alone(account.reference)}
                found |= {
                    form for amount in [*amounts, statement.last_payment] if amount for form in _forms(amount)
                }
        self._private = re.compile("|".join(sorted(found)))
        self._public = re.compile("|".join(sorted(map(re.escape, public), key=len, reverse=True)))
        self._debt = re.compile(f"{_DEBT}|{_DEBT_IN_CHINESE}", re.IGNORECASE)

    def told_by(self, said: Said, heard: Iterable[str] = ()) -> str | None:
        """The first thing in a message that only the borrower may read; what they wrote themselves is no secret."""
        shown = "\n".join([said.text, *(button["title"] for button in said.buttons), str(said.card or "")])
        for text in (text.strip() for text in heard):
            if len(text) > 4:  # shorter ones would cut amounts in two
                shown = shown.replace(text, "")
        shown = _ADDRESS.sub("", shown)  # a port may look like an amount
        # The names of topics on buttons say what anybody may ask about, not that this person owes.
        found = self._private.search(shown) or self._debt.search(self._public.sub("", said.text))
        return found and found[0]


def _standing_alone(digits: str) -> str:
    return rf"(?<![0-9A-Za-z]){re.escape(digits)}(?![0-9A-Za-z])"


def _forms(amount: Money) -> set[str]:
    """An amount as it may be written; small round ones could be anything."""
    value = amount.amount
    forms = {f"{value:,.2f}", f"{value:.2f}"}
    if value >= 1000:
        forms |= {f"{value:,.0f}", f"{value:.0f}"}
    return {rf"(?<![\d,.]){re.escape(form)}(?!\d)" for form in forms}
