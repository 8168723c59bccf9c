"""What the borrower reads about what they owe: the tone page's lines, and what is held back or said to be old."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.dialogue.domain import Domain
from bot.dialogue.messages import Utterance
from bot.dialogue.responses import Responses
from bot.lending.debts import Account
from bot.lending.holds import place
from bot.lending.identity import Borrower
from bot.locale import Catalogues
from bot.storage.engine import Database
from tests.actions.stage import NOW, PARTS, Chat, Step, sure

ROOT = Path(__file__).parents[2]
RESPONSES = Responses(Domain.load(ROOT / "dialogues" / "domain"), Catalogues.load(ROOT / "locales"))


def words(said: Sequence[Utterance], locale: str = "en") -> list[str]:
    return [RESPONSES.render(utterance, locale).text for utterance in said]


def titles(utterance: Utterance, locale: str = "en") -> list[str]:
    return [button.title for button in RESPONSES.render(utterance, locale).buttons]


def about(chat: Chat, reference: str, *actions: str, which: int = 0) -> Step:
    """Prove to be the borrower, choose one of their accounts, and run the actions."""
    account = chat.accounts(chat.verify(reference))[which]
    return chat.step(*actions, slots={"account_id": account.id})


def restate(chat: Chat, reference: str, **change: object) -> None:
    """The lender's next import brings other figures."""
    borrower = chat.borrower(reference)
    with chat.database.transaction() as work:
        accounts = work.lending.accounts(borrower.id)
        changed = [(_with(account, change), role) for account, role in accounts]
        work.lending.import_portfolio(borrower.creditor, [(borrower, changed)])


def _with(account: Account, change: dict[str, object]) -> Account:
    return replace(account, statement=replace(account.statement, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("locale", "lines"),
    [
        (
            "en",
            [
                "Card ending 0916, 21 Nov 2026: ¥12,600.00. Overdue since 7 Oct, 45 days.",
                "Spending 12,000.00 + interest 480.00 + late fees 120.00.",
                "Interest: 12,000.00 × 0.05% = 6.00 daily, × 80 days from 2 Sep. "
                "Fees: 60.00 × 2 (7 Oct and 7 Nov); no interest on fees.",
                "If a line looks wrong, tell me. We'll check it.",
            ],
        ),
        (
            "zh_Hans",
            [
                "尾号0916的卡，截至2026年11月21日共欠¥12,600.00，10月7日起逾期，已45天。",
                "本金12,000.00＋利息480.00＋违约金120.00。",
                "利息：12,000.00×0.05%＝每天6.00，9月2日起80天。违约金：60.00×2（10月7日、11月7日），违约金不计息。",
                "哪项觉得不对，请告诉我，我们来核查。",
            ],
        ),
        (
            "zh_Hant",
            [
                "末四碼0916的卡，截至2026年11月21日共欠¥12,600.00，10月7日起逾期，已45天。",
                "本金12,000.00＋利息480.00＋違約金120.00。",
                "利息：12,000.00×0.05%＝每日6.00，9月2日起80天。違約金：60.00×2（10月7日、11月7日），違約金不計息。",
                "哪一項覺得不對，請告訴我，我們會查。",
            ],
        ),
    ],
)
def test_why_so_much(database: Database, locale: str, lines: list[str]) -> None:
    said = about(Chat(database), "HB-1001", "action_explain_charges").utterances
    assert words(said, locale) == lines
    assert len(titles(said[-1], locale)) == 4


def test_interest_that_the_figures_do_not_give_is_told_without_a_sum(database: Database) -> None:
    chat = Chat(database)
    restate(chat, "HB-1001", interest_term=None, late_fees=())
    said = about(chat, "HB-1001", "action_explain_charges").said
    assert said[2:] == ["utter_interest_reported", "utter_fees_reported", "utter_wrong_line"]


def test_nobody_unverified_hears_of_a_debt(database: Database) -> None:
    chat = Chat(database)
    account = chat.accounts(chat.borrower("HB-1001"))[0]
    step = chat.step(
        "action_debt_overview",
        "action_debt_detail",
        "action_explain_charges",
        "action_explain_consequences",
        "action_show_sources",
        slots={"account_id": account.id},
    )
    assert step.said == []


def test_an_account_of_somebody_else_is_not_shown(database: Database) -> None:
    chat = Chat(database)
    other = chat.accounts(chat.borrower("HB-1002"))[0]
    chat.verify("HB-1001")
    step = chat.step("action_debt_detail", "action_explain_charges", slots={"account_id": other.id})
    assert step.said == []


def test_several_accounts_are_listed_with_their_sum(database: Database) -> None:
    chat = Chat(database)
    borrower = chat.verify("HB-1002")
    said = chat.step("action_debt_overview", "action_ask_which_debt")
    assert said.said[:4] == ["utter_debt_row"] * 3 + ["utter_debts_total"]
    assert dict(said.results[0].slots)["accounts_count"] == 3
    owed = sum(account.statement.total.amount for account in chat.accounts(borrower))
    assert words(said.utterances)[3] == f"Together, 21 Nov 2026: ¥{owed:,.2f}."


def test_a_single_account_is_chosen_and_shown_in_detail(database: Database) -> None:
    chat = Chat(database)
    chat.verify("HB-1001")
    said = chat.step("action_debt_overview", "action_debt_detail")
    assert said.said == ["utter_debt_overdue", "utter_parts", "utter_last_payment", "utter_balance_next"]


def test_an_agency_says_whose_debt_it_is(database: Database) -> None:
    said = about(Chat(database, speaker="fairway"), "NW-5001", "action_debt_detail").utterances
    assert "Owed to Northwind Card; Fairway Recovery collects it for them." in words(said)


def test_old_figures_say_so(database: Database) -> None:
    chat = Chat(database)
    chat.pass_time(timedelta(days=40))
    said = about(chat, "HB-1001", "action_explain_charges")
    assert words(said.utterances)[1] == (
        "These figures are from 21 Nov 2026, 40 days ago. Anything that has changed since isn't in them."
    )


def test_on_hold_nothing_is_asked_of_them(database: Database) -> None:
    said = about(Chat(database, speaker="thames"), "TB-7001", "action_debt_detail").utterances
    assert said[-1].response == "utter_debt_on_hold"
    assert titles(said[-1]) == ["A person"]


def test_a_plan_under_way_is_what_there_is_to_pay(database: Database) -> None:
    said = about(Chat(database), "HB-1003", "action_debt_detail").utterances
    assert said[-1].response == "utter_debt_has_plan"


def test_past_limitation_no_way_to_pay_is_pressed(database: Database) -> None:
    chat = Chat(database, speaker="thames")
    for action in ("action_debt_detail", "action_explain_charges"):
        said = about(chat, "TB-7002", action).utterances
        assert [utterance.response for utterance in said[-2:]] == [
            "utter_limitation_passed_gb",
            "utter_free_advice",
        ]
        assert titles(said[-1]) == ["A person", "Something's wrong"]


def test_who_is_writing_is_told_to_strangers_without_the_reason(database: Database) -> None:
    chat = Chat(database, speaker="fairway")
    (line,) = words(chat.step("action_tell_creditor").utterances)
    assert line.startswith("This is Fairway Recovery's automated assistant.")
    assert not {"debt", "owe", "Northwind"} & set(line.replace(".", " ").split())
    chat.verify("NW-5001")
    assert words(chat.step("action_tell_creditor").utterances)[1] == "Card ending 8834 is owed to Northwind Card."


def test_advice_about_papers_is_of_where_the_borrower_lives(database: Database) -> None:
    chat = Chat(database, speaker="chuntian")
    chat.verify("CT-3001")
    lines = words(chat.step("action_legal_papers").utterances, "zh_Hant")
    assert "法律扶助基金會412-8518" in lines[-1]


def test_a_hold_on_another_account_does_not_stop_this_one(database: Database) -> None:
    chat = Chat(database)
    borrower: Borrower = chat.verify("HB-1002")
    first, second, _ = chat.accounts(borrower)
    with database.transaction() as work:
        terms = PARTS.policies.for_creditor("harbour").holds["dispute"]
        work.lending.add_hold(place(terms, "account", first.id, "dispute", NOW, NOW.date()))
    assert chat.step("action_debt_detail", slots={"account_id": first.id}).said[-1] == "utter_debt_on_hold"
    assert chat.step("action_debt_detail", slots={"account_id": second.id}).said[-1] == "utter_balance_next"


def test_a_court_paper_is_met_with_what_is_on_record(database: Database) -> None:
    chat = Chat(database)
    chat.verify()
    told = chat.step("action_legal_papers").utterances
    assert [said.response for said in told][:2] == ["utter_papers_no_judgment", "utter_papers_no_court_before"]
    since = chat.accounts(chat.borrower("HB-1001"))[0].statement.overdue_since
    assert since is not None
    assert told[1].args["day"] == since + timedelta(days=120)


def test_a_stranger_with_a_court_paper_learns_nothing_of_records(database: Database) -> None:
    told = Chat(database).step("action_legal_papers").said
    assert told == ["utter_legal_papers_dates", "utter_legal_papers_check", "utter_legal_papers_advice"]


def test_a_decision_of_a_court_is_told_as_one(database: Database) -> None:
    chat = Chat(database)
    borrower = chat.verify()
    [account] = chat.accounts(borrower)
    with database.transaction() as work:
        work.lending.import_portfolio("harbour", [(borrower, [(replace(account, judgment=True), "borrower")])])
    assert chat.step("action_legal_papers").said[0] == "utter_papers_judgment"


@pytest.mark.parametrize(
    ("original", "words", "said"),
    [
        (None, "who are you", ["utter_creditor_owed"]),
        (None, "was my debt sold to somebody else?", ["utter_creditor_owed", "utter_creditor_not_sold"]),
        ("Harbour Bank", "was it sold", ["utter_creditor_owed", "utter_creditor_not_sold"]),
        ("Old Mill Bank", "who owns it now", ["utter_creditor_began"]),
    ],
)
def test_whose_it_is_and_whether_it_was_sold(
    database: Database, original: str | None, words: str, said: list[str]
) -> None:
    chat = Chat(database)
    borrower = chat.verify()
    [account] = chat.accounts(borrower)
    changed = replace(account, original_creditor=original)
    with database.transaction() as work:
        work.lending.import_portfolio("harbour", [(borrower, [(changed, "borrower")])])
    told = chat.step("action_tell_creditor", understood=sure("ask_creditor", text=words)).said
    assert told == ["utter_creditor_speaker", *said, "utter_creditor_next"]
