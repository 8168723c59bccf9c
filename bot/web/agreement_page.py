"""An agreement as a page to keep: its instalments, its state, and the words that were confirmed."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.channels.backend import Document
from bot.lending.debts import Account
from bot.lending.identity import Borrower
from bot.lending.plans import Agreement
from bot.locale import Localizer
from bot.web.templating import Pages


class AgreementPages:
    """Writes agreements in the language that they were made in."""

    def __init__(self, localizer: Callable[[str], Localizer]) -> None:
        self._localizer = localizer
        self._pages = Pages(localizer)

    def write(
        self, plan: Agreement, account: Account, borrower: Borrower, *, lender: str, at: datetime
    ) -> Document:
        """The page as of `at`, all times those of where the borrower lives."""
        words, zone = self._localizer(plan.locale), ZoneInfo(borrower.time_zone)
        agreed, made = plan.agreed_at.astimezone(zone), at.astimezone(zone)
        rows = [(words.date(row.due), words.money(row.amount)) for row in plan.schedule.instalments]
        page = self._pages.render(
            "agreement.html",
            plan.locale,
            lender=lender,
            reference=borrower.reference,
            ending=account.ending,
            plan=plan,
            agreed=f"{words.date(agreed.date())} {words.time(agreed.time())}",
            made=words.date(made.date()),
            zone=borrower.time_zone,
            rows=rows,
            total=words.money(plan.schedule.total),
            paid=words.money(plan.paid),
        )
        name = f"plan-{account.ending}-{agreed.date().isoformat()}.html"
        return Document(name, "text/html", page.encode())
