"""Proving who one is: nothing before it, no answer that tells which detail was wrong, locks that grow."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.dialogue.commands import SlotValue, StartFlow
from bot.dialogue.messages import Count
from bot.dialogue.tracker import Frame
from bot.lending.identity import link_digest, new_link_token
from bot.storage.engine import Database
from tests.actions.stage import NOW, PARTS, Chat

BORN, LAST4 = "1990-05-17", "4417"


@pytest.fixture
def chat(database: Database) -> Chat:
    return Chat(database)


def test_the_right_details_verify_and_are_forgotten(chat: Chat) -> None:
    step = chat.prove("HB-1001", BORN, LAST4)
    assert step.said == ["utter_identity_verified"]
    assert chat.conversation.verified(NOW)
    slots = chat.tracker.slots
    assert slots["verified"] is True
    assert all(slots[f"identity_{name}"] is None for name in ("reference", "birth_date", "document"))
    [access] = [event for event in step.events if event["kind"] == "access"]
    assert access["what"] == "verified"
    assert BORN not in str(step.events)


@pytest.mark.parametrize(
    "details",
    [
        ("HB-1001", BORN, "0000"),
        ("HB-1001", "1990-05-18", LAST4),
        ("HB-9999", BORN, LAST4),
        ("CT-3001", BORN, LAST4),
    ],
)
def test_every_failure_looks_the_same_until_it_locks(chat: Chat, details: tuple[str, str, str]) -> None:
    heard = [chat.prove(*details) for _ in range(4)]
    assert [step.said for step in heard] == [["utter_identity_failed"]] * 2 + [["utter_identity_locked"]] * 2
    assert heard[2].utterances[0].args["wait"] == Count(15, "minute")
    assert not chat.conversation.verified(NOW)


def test_the_right_details_do_not_open_a_lock(chat: Chat) -> None:
    for _ in range(3):
        chat.prove("HB-1001", BORN, "0000")
    assert chat.prove("HB-1001", BORN, LAST4).said == ["utter_identity_locked"]
    chat.pass_time(timedelta(minutes=15, seconds=1))
    assert chat.prove("HB-1001", BORN, LAST4).said == ["utter_identity_verified"]


def test_the_second_lock_is_longer(chat: Chat) -> None:
    for _ in range(3):
        chat.prove("HB-1001", BORN, "0000")
    chat.pass_time(timedelta(minutes=16))
    for _ in range(3):
        last = chat.prove("HB-1001", BORN, "0000")
    locks = PARTS.policies.for_creditor("harbour").identity.lock_minutes
    assert last.utterances[0].args["wait"] == Count(locks[1], "minute")


def test_a_reference_is_locked_from_every_address_whether_it_exists_or_not(database: Database) -> None:
    for reference in ("HB-1001", "HB-9999"):
        for number in range(3):
            Chat(database, sender=f"{reference}/{number}").prove(reference, BORN, "0000")
        assert Chat(database, sender=f"{reference}/x").prove(reference, BORN, LAST4).said == [
            "utter_identity_locked"
        ]


def test_another_speakers_borrower_is_not_found(database: Database) -> None:
    assert Chat(database, "chuntian").prove("HB-1001", BORN, LAST4).said == ["utter_identity_failed"]


def test_a_link_finds_the_account_but_does_not_verify(chat: Chat) -> None:
    token = new_link_token()
    borrower = chat.borrower("HB-1001")
    with chat.database.transaction() as work:
        work.lending.add_link(link_digest(token), borrower.id, NOW + timedelta(hours=1))
        spent = work.lending.spend_link(link_digest(token), NOW)
        conversation = work.conversations.lock(chat.id)
        work.conversations.save(replace(conversation, borrower_id=spent))
    step = chat.step("action_open_identity")
    assert not chat.conversation.verified(NOW)
    assert chat.tracker.slots["reference_known"] is True
    assert dict(step.results[0].slots)["identity_state"] == "open"
    answers: dict[str, SlotValue] = {"identity_birth_date": BORN, "identity_document": LAST4}
    assert chat.step("action_check_identity", slots=answers).said == ["utter_identity_verified"]


def test_verification_lasts_while_used_and_lapses_when_idle(chat: Chat) -> None:
    chat.verify()
    for _ in range(4):
        chat.pass_time(timedelta(minutes=25))
        chat.step()
    assert chat.conversation.verified(chat.clock.now())
    chat.pass_time(timedelta(minutes=31))
    chat.step()
    assert not chat.conversation.verified(chat.clock.now())
    assert chat.tracker.slots["verified"] is False


def test_after_a_lapse_identity_comes_first_where_something_was_under_way(chat: Chat) -> None:
    chat.verify()
    chat.pass_time(timedelta(hours=2))
    step = chat.step(stack=[Frame("request_plan", "which")])
    assert step.first == [StartFlow("verify_again")]
    assert chat.step().first == []


def test_a_check_code_is_known_to_its_own_page_and_no_other(chat: Chat) -> None:
    step = chat.step("action_check_code")
    code = str(step.utterances[0].args["code"])
    later = NOW + timedelta(days=2)
    assert chat.read(lambda work: work.lending.check_code(code, "harbour", NOW))
    assert not chat.read(lambda work: work.lending.check_code(code, "thames", NOW))
    assert not chat.read(lambda work: work.lending.check_code(code, "harbour", later))


def test_typed_details_are_read_or_asked_again(chat: Chat) -> None:
    step = chat.step("validate_identity_reference", slots={"identity_reference": "编号是ｈｂ－１００１"})
    assert chat.tracker.slots["identity_reference"] == "HB-1001"
    assert step.said == []
    step = chat.step("validate_identity_birth_date", slots={"identity_birth_date": "03/04/1990"})
    assert step.said == ["utter_identity_birth_date_unclear"]
    assert chat.tracker.slots["identity_birth_date"] is None
    assert chat.step("validate_identity_document", slots={"identity_document": "no"}).said == [
        "utter_identity_document_unclear"
    ]


def test_one_account_is_taken_and_several_are_asked_for(database: Database) -> None:
    chat = Chat(database)
    borrower = chat.verify("HB-1001")
    chat.step("action_choose_account")
    assert chat.tracker.slots["account_id"] == chat.accounts(borrower)[0].id
    other = Chat(database, sender="b")
    chen = other.verify("HB-1002")
    asked = other.step("action_choose_account", "action_ask_account_id")
    own = other.accounts(chen)
    assert other.tracker.slots["account_id"] is None
    assert [button.payload for button in asked.utterances[0].buttons] == [
        f"/SetSlots(account_id={account.id})" for account in own
    ]
    other.step("validate_account_id", slots={"account_id": f"the one ending {own[1].ending}"})
    assert other.tracker.slots["account_id"] == own[1].id


def test_a_strangers_account_is_refused(database: Database) -> None:
    chat = Chat(database)
    chen = chat.borrower("HB-1002")
    chat.verify("HB-1001")
    foreign = chat.accounts(chen)[0].id
    step = chat.step("validate_account_id", slots={"account_id": foreign})
    assert step.said == ["utter_account_not_found"]
    assert chat.tracker.slots["account_id"] is None
