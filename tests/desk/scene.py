"""A borrower's chat that a collector holds, for tests of what is done there."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.access import Role, Staff
from bot.conversations.store import Conversation
from bot.desk import handoffs, offers
from bot.desk.offers import Lender, Wanted
from bot.desk.recording import Book
from bot.lending.affordability import Means, exactly
from bot.lending.hardship import Hardship
from bot.lending.plans import OwnIdea
from bot.lending.policy import Policies
from bot.lending.staff_offers import StaffOffer, Terms, Waiver
from bot.money import Money
from bot.settings import ROOT
from bot.storage.work import Work
from tests.desk.stage import NOW, ask_for_person, chat, hire, notice, offered

POLICIES = Policies.load(ROOT / "bot" / "lender" / "demo" / "creditors")
LENDER, BOOK = Lender(POLICIES, offered), Book(POLICIES, notice)
MONTHLY = OwnIdea(count=30, first_due=date(2026, 12, 10))


def yuan(amount: str) -> Money:
    return Money.of(amount, "CNY")


@dataclass
class Scene:
    """A verified borrower's chat that a collector holds."""

    work: Work
    conversation: Conversation
    case: str
    collector: Staff
    account: str

    @classmethod
    def of(cls, work: Work, role: Role = "collector", *, verified: bool = True) -> "Scene":
        conversation = chat(work, verified=verified)
        case, staff = ask_for_person(work, conversation), hire(work, role)
        handoffs.take(work, case, staff, NOW, notice)
        assert conversation.borrower_id
        [(account, _)] = work.lending.accounts(conversation.borrower_id)
        return cls(work, work.conversations.lock(conversation.id), case, staff, account.id)

    def wanted(self, idea: OwnIdea = MONTHLY, fees: str = "0", interest: str = "0") -> Wanted:
        off = Waiver(yuan(fees), yuan(interest), yuan("0"))
        wanted = Wanted(self.account, Terms(idea, off))
        state = self.work.desk.case(self.case)
        assert state
        return replace(wanted, check=offers.preview(self.work, LENDER, state, self.collector, wanted, NOW).check)

    def send(self, line: str = "", at: datetime = NOW, **terms: str) -> StaffOffer:
        return offers.send(self.work, LENDER, self.case, self.collector, self.wanted(**terms), at, line)  # type: ignore[arg-type]

    def says_is_safe(self, amount: str) -> None:
        assert self.conversation.borrower_id
        means = Means(safe=exactly(yuan(amount)))
        self.work.lending.add_hardship(Hardship("h", self.conversation.borrower_id, NOW, None, None, means))

    def told(self) -> list[str]:
        """What the case's events say was done."""
        return [str(e.body["what"]) for e in self.work.desk.events(self.case) if e.kind == "acted"]
