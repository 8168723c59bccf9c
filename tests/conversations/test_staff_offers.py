"""A colleague's offer in the real chat: sent, accepted as if the bot had made it, known to the bot afterwards."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.access import Staff
from bot.actions.offer_words import OffersInWords
from bot.assembly import App
from bot.clock import FixedClock
from bot.desk import handoffs, offers, recording
from bot.desk.offers import Lender, Preview, Wanted
from bot.desk.recording import Book
from bot.dialogue.understanding import Understanding
from bot.lending.debts import Account
from bot.lending.plans import OwnIdea
from bot.lending.staff_offers import StaffOffer, Terms, Waiver
from bot.money import Money, total
from tests.conversations.driver import Chat, demo_app

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
TERMS = OwnIdea(count=30, frequency="monthly", first_due=date(2026, 12, 10))


@pytest.fixture
def app(database_url: str, tmp_path: Path, model: Understanding) -> Iterator[App]:
    app = demo_app(database_url, tmp_path, NOW, model)
    yield app
    app.close()


def yuan(amount: str) -> Money:
    return Money.of(amount, "CNY")


class Talk:
    """A verified borrower's chat that a collector has taken."""

    def __init__(self, app: App, locale: str = "en") -> None:
        self.app = app
        self.chat = Chat(app, locale=locale)
        self.chat.start()
        self.chat.verify("HB-1001")
        self.chat.be_taken()
        with app.database.reading() as work:
            conversation = work.conversations.get(self.chat.conversation_id)
            assert conversation
            assert conversation.held_by
            assert conversation.borrower_id
            held = work.staff.by_id(conversation.held_by)
            case = work.desk.open_case(conversation.id)
            [(self.account, _)] = work.lending.accounts(conversation.borrower_id)
        assert held
        assert case
        self.collector: Staff = held
        self.borrower, self.case = conversation.borrower_id, case.id
        self.lender = Lender(app.policies, OffersInWords(app.responses))

    def wanted(self, idea: OwnIdea = TERMS, fees: str = "0") -> Wanted:
        waiver = replace(Waiver.none("CNY"), fees=yuan(fees))
        return Wanted(self.account.id, Terms(idea, waiver))

    def preview(self, wanted: Wanted) -> Preview:
        with self.app.database.reading() as work:
            state = work.desk.case(self.case)
            assert state
            return offers.preview(work, self.lender, state, self.collector, wanted, self.app.clock.now())

    def offer(self, idea: OwnIdea = TERMS, fees: str = "0") -> StaffOffer:
        wanted = self.wanted(idea, fees)
        looked_at = replace(wanted, check=self.preview(wanted).check)
        with self.app.database.transaction() as work:
            sent = offers.send(work, self.lender, self.case, self.collector, looked_at, self.app.clock.now())
        self.chat.read()
        return sent

    def kept(self, offer: StaffOffer) -> StaffOffer:
        with self.app.database.reading() as work:
            found = work.acting.offer(offer.id)
        assert found
        return found

    def later(self, span: timedelta) -> None:
        assert isinstance(self.app.clock, FixedClock)
        self.app.clock.set(self.app.clock.now() + span)

    def hand_back(self, agreed: str = "") -> None:
        with self.app.database.transaction() as work:
            words, talk, now = self.app.responses.text, self.app.dialogue, self.app.clock.now()
            handoffs.hand_back(work, self.case, self.collector, agreed, now, words, talk)

    def responses(self) -> list[str]:
        return [said.response for said in self.chat.replies]


@pytest.mark.parametrize("locale", ["en", "zh_Hans", "zh_Hant"])
def test_a_whole_case_from_offer_to_a_bot_that_knows(app: App, locale: str) -> None:
    talk = Talk(app, locale)
    offer = talk.offer(fees="60.00")
    shown = [said.response for said in talk.chat.replies]
    assert shown == ["utter_staff_offer", "utter_offer_waived", "utter_if_missed_promise", "utter_offer_stands"]
    assert offer.words == "\n".join(said.text for said in talk.chat.replies)
    assert total((row.amount for row in offer.schedule.instalments), "CNY") == yuan("12540.00")
    talk.chat.press("/accept_offer")
    assert talk.responses()[0] == "utter_readback_plan"
    assert talk.responses()[-1] == "utter_ask_offer_confirmed"
    read_back = "\n".join(said.text for said in talk.chat.replies)
    talk.chat.press("/SetSlots(offer_confirmed=true)")
    assert talk.responses() == ["utter_offer_accepted"]
    with app.database.reading() as work:
        [plan] = work.lending.agreements(talk.borrower, "live")
        answers = [event.body for event in work.desk.events(talk.case) if event.kind == "offer_answered"]
    assert (plan.schedule, plan.words, plan.rule) == (offer.schedule, read_back, "harbour.yml#waivers")
    assert (plan.locale, plan.account_id) == (locale, talk.account.id)
    assert answers == [{"offer": offer.id, "answer": "accepted"}]
    assert (talk.kept(offer).status, talk.kept(offer).agreement_id) == ("accepted", plan.id)
    talk.chat.press("/accept_offer")
    assert talk.responses() == ["utter_offer_taken"], "once more says so, and agrees to nothing twice"
    talk.hand_back("30 months, half the fees let off")
    talk.chat.press("/help")
    talk.chat.press("/check_plan") if any(
        button["payload"] == "/check_plan" for said in talk.chat.replies for button in said.buttons
    ) else talk.chat.type({"en": "show my plan", "zh_Hans": "我的方案", "zh_Hant": "我的方案"}[locale])
    assert {"utter_plan_of", "utter_colleague_agreed"} <= set(talk.responses())


def test_the_flows_stay_silent_but_for_the_offer(app: App) -> None:
    talk = Talk(app)
    talk.offer()
    talk.chat.type("how much do I owe?")
    assert talk.responses() == []
    talk.chat.type("Accept")  # the button's own words
    assert talk.responses()[-1] == "utter_ask_offer_confirmed"
    talk.chat.type("what is the interest rate?")
    assert talk.responses() == []
    talk.chat.press("/SetSlots(offer_confirmed=false)")
    assert talk.responses() == ["utter_offer_kept"]
    talk.chat.press("/decline_offer")
    assert talk.responses() == ["utter_offer_declined"]
    with app.database.reading() as work:
        assert work.lending.agreements(talk.borrower) == []
        assert [offer.status for offer in work.acting.offers(talk.borrower)] == ["declined"]
    talk.chat.press("/accept_offer")
    assert talk.responses() == ["utter_offer_gone"]


def test_whose_check_has_lapsed_proves_again_who_they_are_and_the_offer_is_still_there(app: App) -> None:
    talk = Talk(app)
    offer = talk.offer()
    talk.later(timedelta(hours=2))
    talk.chat.press("/accept_offer")
    assert talk.responses() == ["utter_ask_identity_birth_date"]
    talk.chat.type("1990-05-17")
    talk.chat.type("4417")
    assert talk.responses()[-1] == "utter_ask_offer_confirmed"
    talk.later(timedelta(hours=2))
    talk.chat.press("/SetSlots(offer_confirmed=true)")
    assert talk.responses() == ["utter_ask_identity_birth_date"], "a yes of nobody known agrees to nothing"
    with app.database.reading() as work:
        assert work.lending.agreements(talk.borrower) == []
    talk.chat.type("1990-05-17")
    talk.chat.type("4417")
    talk.chat.press("/SetSlots(offer_confirmed=true)")
    assert talk.responses() == ["utter_offer_accepted"]
    assert talk.kept(offer).status == "accepted"


def figures_move(talk: Talk) -> None:
    with talk.app.database.transaction() as work:
        statement = replace(talk.account.statement, as_of=talk.account.statement.as_of + timedelta(days=1))
        moved: Account = replace(talk.account, statement=statement)
        borrower = work.lending.borrower(talk.borrower)
        assert borrower
        work.lending.import_portfolio("harbour", [(borrower, [(moved, "borrower")])])


def a_hold_comes(talk: Talk) -> None:
    with talk.app.database.transaction() as work:
        book = Book(talk.app.policies, talk.app.responses.text)
        account = talk.account.id
        recording.place_hold(work, book, talk.case, talk.collector, "dispute", account, "says so", NOW)


def it_is_taken_back(talk: Talk) -> None:
    with talk.app.database.transaction() as work:
        [offer] = work.acting.offers(talk.borrower)
        offers.take_back(work, talk.case, offer.id, talk.collector, "wrong date", NOW)


ENDS: dict[str, tuple[Callable[[Talk], object], str, str, str]] = {
    "figures": (figures_move, "utter_offer_changed", "withdrawn", "changed"),
    "hold": (a_hold_comes, "utter_plan_held", "withdrawn", "held"),
    "taken back": (it_is_taken_back, "utter_offer_gone", "withdrawn", "taken_back"),
    "case": (Talk.hand_back, "utter_offer_gone", "withdrawn", "case_ended"),
    "another": (Talk.offer, "utter_offer_gone", "withdrawn", "replaced"),
}


@pytest.mark.parametrize("what", ENDS)
def test_an_offer_that_no_longer_stands_agrees_to_nothing_and_says_so(app: App, what: str) -> None:
    happens, response, status, why = ENDS[what]
    talk = Talk(app)
    offer = talk.offer()
    seq = offer.seq
    happens(talk)
    talk.chat.read()
    talk.chat.send(talk.chat.input("button", choice=f"{seq}-1"))
    assert talk.responses() == [response]
    assert (talk.kept(offer).status, talk.kept(offer).ended_why) == (status, why)
    with app.database.reading() as work:
        assert work.lending.agreements(talk.borrower) == []


def test_an_offer_ends_with_its_days_also_between_reading_back_and_yes(app: App) -> None:
    talk = Talk(app)
    offer = talk.offer()
    talk.later(timedelta(days=7) - timedelta(minutes=10))
    talk.chat.press("/accept_offer")
    talk.chat.type("1990-05-17")
    talk.chat.type("4417")
    talk.later(timedelta(minutes=11))
    talk.chat.press("/SetSlots(offer_confirmed=true)")
    assert talk.responses() == ["utter_offer_expired"]
    assert talk.kept(offer).status == "expired"


def test_a_promise_that_a_collector_recorded_is_told_by_the_bot(app: App) -> None:
    talk = Talk(app)
    with app.database.transaction() as work:
        book = Book(app.policies, app.responses.text)
        due = date(2026, 11, 30)
        args = (talk.case, talk.collector, talk.account.id, yuan("500"), due, "payday on the 28th", NOW)
        recording.promise(work, book, *args)
    talk.hand_back()
    talk.chat.read()
    talk.chat.type("show my plan")
    assert talk.responses() == ["utter_promise_open"]
