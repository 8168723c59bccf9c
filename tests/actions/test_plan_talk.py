"""Hardship, offers, own ideas and agreements, talked through with the whole application on both databases."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier, Thread

import pytest

from bot.assembly import App
from bot.dialogue.understanding import Understanding
from bot.lending.affordability import Means, exactly
from bot.lending.hardship import Hardship
from bot.lending.holds import Hold
from bot.lending.plans import Agreement
from bot.money import Money, total
from tests.conversations.driver import Chat, demo_app

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.fixture
def app(database_url: str, tmp_path: Path, model: Understanding) -> Iterator[App]:
    with closing(demo_app(database_url, tmp_path, AT, model)) as app:
        yield app


def chat(app: App, reference: str = "HB-1001", speaker: str = "harbour") -> Chat:
    talk = Chat(app, speaker)
    talk.start()
    talk.verify(reference)
    return talk


def said(talk: Chat) -> list[str]:
    return [reply.response for reply in talk.replies]


def borrower_id(app: App, talk: Chat) -> str:
    with app.database.reading() as work:
        conversation = work.conversations.get(talk.conversation_id)
    assert conversation is not None
    assert conversation.borrower_id is not None
    return conversation.borrower_id


def agreements(app: App, talk: Chat) -> list[Agreement]:
    who = borrower_id(app, talk)
    with app.database.reading() as work:
        return work.lending.agreements(who)


def report(app: App, talk: Chat) -> Hardship:
    who = borrower_id(app, talk)
    with app.database.reading() as work:
        found = work.lending.latest_hardship(who)
    assert found is not None
    return found


def holds(app: App, talk: Chat) -> list[Hold]:
    who = borrower_id(app, talk)
    with app.database.reading() as work:
        return work.lending.holds([("borrower", who)])


def say_safe(app: App, talk: Chat, amount: str, payday: int | None = 8, currency: str = "CNY") -> None:
    """The borrower said before what is safe."""
    means = Means(payday=payday, safe=exactly(Money.of(amount, currency)))
    with app.database.transaction() as work:
        conversation = work.conversations.get(talk.conversation_id)
        assert conversation is not None
        assert conversation.borrower_id is not None
        work.lending.add_hardship(Hardship("0" * 32, conversation.borrower_id, AT, None, None, means))


def tell_means(talk: Chat, income: str, essentials: str, others: str, safe: str) -> None:
    for answer in (income, essentials, others, safe):
        talk.type(answer)


def test_hardship_in_four_questions_leads_to_plans_below_what_is_safe(app: App) -> None:
    talk = chat(app)
    talk.type("I lost my job")
    talk.press("/SetSlots(hardship_since=months)")
    tell_means(talk, "5000 to 6000, paid on the 8th", "3500", "400", "800 to 1000")
    assert said(talk) == ["utter_offers_below", "utter_plans_3", "utter_if_missed_promise"]
    plans = talk.replies[-1].card["plans"]
    assert [(plan["label"], plan["count"]) for plan in plans] == [("A", 18), ("B", 21), ("C", 24)]
    told = report(app, talk)
    assert told.reason == "job_loss"
    assert told.means.payday == 8
    assert told.means.income is not None
    assert told.means.income.low == Money.of(5000, "CNY")
    assert told.means.income.high == Money.of(6000, "CNY")
    assert told.means.safe is not None
    assert told.means.safe.low == Money.of(800, "CNY")


def test_an_agreement_keeps_the_words_policy_time_locale_and_channel(app: App) -> None:
    talk = chat(app)
    say_safe(app, talk, "800")
    talk.press("/request_plan")
    talk.press("/SetSlots(plan_choice=a)")
    shown = "\n".join(reply.text for reply in talk.replies)
    talk.press("/SetSlots(plan_confirmed=true)")
    assert said(talk) == ["utter_plan_recorded"]
    (plan,) = agreements(app, talk)
    assert plan.words == shown
    assert (plan.locale, plan.channel, plan.status, plan.agreed_at) == ("en", "web:harbour", "live", AT)
    assert plan.rule == "harbour.yml#plans"
    assert len(plan.policy_version) == 64
    assert total((row.amount for row in plan.schedule.instalments), "CNY") == Money.of("12600.00", "CNY")
    assert plan.schedule.first.due == date(2026, 12, 10)


def test_going_back_agrees_nothing(app: App) -> None:
    talk = chat(app)
    say_safe(app, talk, "800")
    talk.press("/request_plan")
    talk.press("/SetSlots(plan_choice=b)")
    talk.press("/SetSlots(plan_confirmed=false)")
    assert said(talk)[-1] == "utter_if_missed_promise"
    assert agreements(app, talk) == []


def test_a_second_plan_is_met_with_the_first(app: App) -> None:
    talk = chat(app)
    say_safe(app, talk, "800")
    for payload in ("/request_plan", "/SetSlots(plan_choice=a)", "/SetSlots(plan_confirmed=true)"):
        talk.press(payload)
    other = chat(app)
    other.type("I'd like to pay in instalments")
    assert said(other)[:2] == ["utter_plan_exists_already", "utter_plan_of"]
    assert len(agreements(app, talk)) == 1


def test_two_channels_at_the_same_instant_make_one_plan(app: App) -> None:
    talks = [chat(app), chat(app)]
    say_safe(app, talks[0], "800")
    for talk, choice in zip(talks, "ac", strict=True):
        talk.press("/request_plan")
        talk.press(f"/SetSlots(plan_choice={choice})")
    together = Barrier(2)

    def agree(talk: Chat) -> None:
        together.wait()
        talk.press("/SetSlots(plan_confirmed=true)")

    threads = [Thread(target=agree, args=(talk,)) for talk in talks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(agreements(app, talks[0])) == 1
    assert {said(talk)[0] for talk in talks} == {"utter_plan_recorded", "utter_plan_exists_already"}


def test_terms_that_no_longer_hold_are_not_recorded(app: App) -> None:
    talk = chat(app)
    say_safe(app, talk, "800")
    talk.press("/request_plan")
    talk.press("/SetSlots(plan_choice=a)")
    say_less = Means(payday=8, safe=exactly(Money.of(600, "CNY")))
    with app.database.transaction() as work:
        conversation = work.conversations.get(talk.conversation_id)
        assert conversation is not None
        assert conversation.borrower_id is not None
        later = Hardship("1" * 32, conversation.borrower_id, AT + timedelta(seconds=1), None, None, say_less)
        work.lending.add_hardship(later)
    talk.press("/SetSlots(plan_confirmed=true)")
    assert said(talk)[0] == "utter_plans_changed"
    assert agreements(app, talk) == []


def test_nothing_to_spare_gets_a_pause_a_review_date_and_free_advice(app: App) -> None:
    talk = chat(app, "PC-4001", "prairie")
    talk.type("I lost my job")
    talk.press("/SetSlots(hardship_since=weeks)")
    tell_means(talk, "1500", "1600", "200", "0")
    assert said(talk) == ["utter_pause_placed", "utter_pause_review", "utter_pause_advice", "utter_pause_back"]
    (hold,) = holds(app, talk)
    assert (hold.reason, hold.stops) == ("hardship", "reminders")
    assert hold.review_on is not None
    assert hold.review_on > AT.date()
    assert not any(reply.card for reply in talk.history)


def test_proof_is_optional_and_kept_beside_the_report(app: App) -> None:
    talk = chat(app, "PC-4001", "prairie")
    say_safe(app, talk, "0", currency="USD")
    talk.type("I'd like to pay in instalments")
    assert said(talk)[-1] == "utter_pause_back"
    talk.press("/send_evidence")
    assert said(talk) == ["utter_ask_evidence"]
    talk.upload(b"a payslip")
    assert said(talk) == ["utter_evidence_kept"]
    assert len(report(app, talk).evidence) == 1
    talk.press("/send_evidence")
    talk.press("/SetSlots(uploaded_file=none)")
    assert len(report(app, talk).evidence) == 1


def test_a_sensitive_reason_is_kept_only_with_consent(app: App) -> None:
    for reference, speaker, consent, kept in [
        ("HB-1001", "harbour", "true", "illness"),
        ("SL-2001", "swiftlend", "false", None),
    ]:
        talk = chat(app, reference, speaker)
        talk.type("I have been ill and cannot work")
        assert said(talk)[-1] == "utter_ask_hardship_consent"
        talk.press(f"/SetSlots(hardship_consent={consent})")
        talk.press("/SetSlots(hardship_since=withheld)")
        for slot in ("means_income", "means_essentials", "means_other_debts", "means_safe"):
            talk.press(f"/SetSlots({slot}=withheld)")
        assert report(app, talk).reason == kept
        assert said(talk)[0] == "utter_offers"


def test_an_idea_that_is_too_low_gets_the_nearest_and_after_two_rounds_a_person(app: App) -> None:
    talk = chat(app)
    say_safe(app, talk, "800")
    talk.type("I can pay 500 a month")
    assert said(talk) == ["utter_idea_too_long", "utter_idea_nearest"]
    talk.press("/SetSlots(idea_reply=again)")
    talk.type("450 a month")
    assert said(talk)[-1] == "utter_idea_nearest"
    talk.press("/SetSlots(idea_reply=again)")
    talk.type("400 a month")
    assert said(talk)[0] == "utter_idea_person"
    with app.database.reading() as work:
        case = work.desk.open_case(talk.conversation_id)
    assert case is not None
    assert case.reason == "negotiation"


def test_the_nearest_plan_can_be_taken(app: App) -> None:
    talk = chat(app)
    say_safe(app, talk, "800")
    talk.type("I can pay 500 a month")
    talk.press("/SetSlots(idea_reply=take)")
    talk.press("/SetSlots(plan_confirmed=true)")
    (plan,) = agreements(app, talk)
    assert len(plan.schedule.instalments) == 24


def test_more_than_what_is_safe_is_asked_about_first(app: App) -> None:
    talk = chat(app)
    say_safe(app, talk, "800")
    talk.type("I can pay 900 a month")
    assert said(talk) == ["utter_ask_idea_sure"]
    talk.press("/SetSlots(idea_sure=true)")
    assert said(talk)[0] == "utter_readback_plan"
    talk.press("/SetSlots(plan_confirmed=true)")
    (plan,) = agreements(app, talk)
    assert plan.schedule.first.amount == Money.of(900, "CNY")
    safe = report(app, talk).means.safe
    assert safe is not None
    assert safe.low == Money.of(900, "CNY")


def test_half_now_and_the_rest_in_march(app: App) -> None:
    talk = chat(app, "SL-2001", "swiftlend")
    talk.type("half now and the rest in March")
    talk.press("/SetSlots(plan_confirmed=true)")
    (plan,) = agreements(app, talk)
    rows = [(row.due, str(row.amount.amount)) for row in plan.schedule.instalments]
    assert rows == [(date(2026, 11, 24), "3072.00"), (date(2027, 3, 1), "3072.00")]


def test_one_budget_over_the_plans_of_two_accounts(app: App) -> None:
    talk = chat(app, "HB-1002")
    say_safe(app, talk, "1000", payday=None)
    first, second = _accounts(app, talk)[:2]
    for account, choice in ((first, "a"), (second, "c")):
        talk.set_slots({"account_id": account})
        talk.type("I'd like to pay in instalments")
        if "utter_ask_account" in said(talk):
            talk.press(f"/SetSlots(account_id={account})")
        if any(reply.card for reply in talk.replies):
            talk.press(f"/SetSlots(plan_choice={choice})")
            talk.press("/SetSlots(plan_confirmed=true)")
    months: dict[tuple[int, int], Decimal] = {}
    for plan in agreements(app, talk):
        for row in plan.schedule.instalments:
            key = (row.due.year, row.due.month)
            months[key] = months.get(key, Decimal(0)) + row.amount.amount
    assert months
    assert max(months.values()) <= 1000


def _accounts(app: App, talk: Chat) -> list[str]:
    who = borrower_id(app, talk)
    with app.database.reading() as work:
        return [account.id for account, _ in work.lending.accounts(who)]


@pytest.mark.parametrize(("reference", "response"), [("TB-7001", "utter_plan_held"), ("TB-7002", "utter_plan_old")])
def test_no_plan_on_hold_or_past_limitation(app: App, reference: str, response: str) -> None:
    talk = chat(app, reference, "thames")
    talk.type("can I pay in instalments")
    assert said(talk) == [response]
    talk.type("I want to pay now")
    assert said(talk) == [response]


def test_a_promise_is_read_back_and_recorded(app: App) -> None:
    talk = chat(app, "SF-8001", "sagar")
    talk.type("I'll pay 2000 next Friday")
    assert said(talk) == ["utter_ask_promise_confirmed"]
    talk.press("/SetSlots(promise_confirmed=true)")
    who = borrower_id(app, talk)
    with app.database.reading() as work:
        (promise,) = work.lending.promises(who)
    assert (promise.amount, promise.due) == (Money.of(2000, "INR"), date(2026, 11, 27))


def test_a_stranger_gets_no_plan(app: App) -> None:
    talk = Chat(app)
    talk.start()
    talk.type("I can pay 500 a month")
    assert said(talk) == ["utter_ask_identity_reference"]
    assert "12,600" not in " ".join(reply.text for reply in talk.history)
