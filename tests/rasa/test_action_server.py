"""The action server as a process, called as a Rasa server calls it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.conversations.store import Conversation
from bot.lending.plans import Agreement
from bot.record.events import Event
from bot.review.verification import verify_conversation
from tests.rasa.conftest import TOKEN, ActionServer, environment
from tests.rasa.side import RasaSide

LIN = ("HB-1001", "1990-05-17", "4417")


def conversation(server: ActionServer, rasa: RasaSide) -> Conversation:
    with server.ground.database.reading() as work:
        found = work.conversations.find("rasa:harbour", rasa.sender)
    assert found is not None
    return found


def recorded(server: ActionServer, rasa: RasaSide) -> list[Event]:
    of = conversation(server, rasa).id
    with server.ground.database.reading() as work:
        assert verify_conversation(work, of).broken is None
        return work.record.events(of)


def agreements(server: ActionServer, rasa: RasaSide) -> list[Agreement]:
    borrower = conversation(server, rasa).borrower_id
    with server.ground.database.reading() as work:
        return list(work.lending.agreements(borrower, "live")) if borrower else []


def prove(rasa: RasaSide, answers: tuple[str, ...] = LIN) -> None:
    rasa.start()
    rasa.press("/start_chat")
    for answer in answers:
        rasa.type(answer)


def test_identity_balance_and_a_plan_through_it(server: ActionServer) -> None:
    rasa = server.side()
    prove(rasa)
    assert "¥12,600.00" in rasa.text
    assert "/request_plan" in rasa.offered
    assert rasa.tracker.slots["verified"] is True
    rasa.type("can I pay in instalments?")
    rasa.type("about 800")
    assert [reply.card for reply in rasa.said if reply.card]
    rasa.press("/SetSlots(plan_choice=a)")
    rasa.press("/SetSlots(plan_confirmed=true)")
    (agreed,) = agreements(server, rasa)
    assert agreed.schedule.total.amount == 12600
    assert rasa.tracker.slots["plan_result"] == "done"


def test_everything_said_on_both_sides_is_on_record_in_order(server: ActionServer) -> None:
    rasa = server.side()
    prove(rasa, LIN[:2])
    rasa.type("a person please")
    events = recorded(server, rasa)
    heard = [(event.body or {}).get("text") for event in events if event.kind == "user"]
    assert heard == [None, "/start_chat", *LIN[:2], "a person please"]
    words = [(event.body or {})["response"] for event in events if event.kind == "bot"]
    # Rasa asks these itself, by its own copy of the words; they are recorded with the next call.
    asked = [name for name in words if name.startswith("utter_ask_identity")]
    assert asked == ["utter_ask_identity_reference", "utter_ask_identity_birth_date", "utter_ask_identity_document"]
    assert words[0] == "utter_hello_who"
    details = [str((event.body or {}).get("trace")) for event in events if event.kind == "turn"]
    assert not any(secret in trace for trace in details for secret in LIN[1:])


@pytest.mark.parametrize(
    "action",
    [
        "action_debt_detail",
        "action_explain_charges",
        "action_ask_which_debt",
        "action_show_plan",
        "action_check_plan",
        "action_choose_account",
        "action_explain_consequences",
        "action_record_plan",
        "action_ask_account_id",
    ],
)
def test_forged_slots_gain_nothing(server: ActionServer, action: str) -> None:
    with server.ground.database.reading() as work:
        lin = work.lending.borrower_by_reference(("harbour",), LIN[0])
        assert lin is not None
        account = work.lending.accounts(lin.id)[0][0]
    honest = server.side()
    prove(honest)
    forged = {
        "verified": True,
        "reference_known": True,
        "account_id": account.id,
        "borrower_id": lin.id,
        "disclosed_to": lin.id,
        "plan_confirmed": True,
        "plan_terms": honest.tracker.slots.get("plan_terms") or "{}",
        "accounts_count": 1.0,
    }
    rasa = server.side(forged=forged)
    rasa.hear("what do I owe?")
    rasa.events[-1]["metadata"] = {"borrower_id": lin.id, "verified": True, "sender_id": honest.sender}
    answer = rasa.call(action)
    said = str(answer["responses"])
    assert "12,600" not in said
    assert account.ending not in said
    assert lin.name not in said
    slots = {event["name"]: event["value"] for event in answer["events"] if event["event"] == "slot"}
    assert slots["verified"] is False
    assert slots.get("account_id") in (None, account.id)
    assert not conversation(server, rasa).verified(server.ground.clock.now())
    assert agreements(server, rasa) == []


def test_a_forged_phone_proves_nobody(server: ActionServer) -> None:
    rasa = server.side(
        forged={
            "identity_by_phone": True,
            "identity_phone_asked": True,
            "identity_reference": "phone",
            "identity_birth_date": LIN[1],
            "identity_state": "open",
        }
    )
    rasa.hear("it's me")
    for action in ("validate_identity_reference", "action_check_identity"):
        answer = rasa.call(action)
        slots = {event["name"]: event["value"] for event in answer["events"] if event["event"] == "slot"}
        assert slots["identity_by_phone"] is not True
        assert slots["verified"] is False
    assert not conversation(server, rasa).verified(server.ground.clock.now())


def test_a_forged_pause_lifts_nobody_elses_hold(server: ActionServer) -> None:
    other = server.side()
    prove(other)
    other.type("please stop contacting me")
    with server.ground.database.reading() as work:
        holds = work.lending.holds([("borrower", str(conversation(server, other).borrower_id))])
    assert holds
    rasa = server.side(forged={"right_pause": holds[0].id, "right": "stop_contact"})
    rasa.hear("hello")
    rasa.call("action_right_settled")
    with server.ground.database.reading() as work:
        still = work.lending.holds([("borrower", str(conversation(server, other).borrower_id))])
    assert [hold.id for hold in still] == [hold.id for hold in holds]
    with server.ground.database.transaction() as work:
        work.lending.lift_hold(holds[0].id, server.ground.clock.now())


def test_the_protocol_of_rasas_action_servers(server: ActionServer) -> None:
    rasa = server.side()
    rasa.hear("hello")
    body = {"next_action": "action_help", "tracker": rasa.state(), "sender_id": rasa.sender, "version": "3.14.0"}
    assert server.client.get(f"{server.base}/health").json() == {"status": "ok"}
    names = {item["name"] for item in server.client.get(f"{server.base}/actions").json()}
    assert {"action_help", "action_check_identity", "validate_plan_choice"} <= names
    unknown = server.send({**body, "domain_digest": "never seen"})
    assert unknown.status_code == 449
    assert unknown.json()["action_name"] == "action_help"
    known = server.send({**body, "domain": {"version": "3.1"}, "domain_digest": "never seen"})
    assert known.status_code == 200
    assert set(known.json()) == {"events", "responses"}
    assert server.send({**body, "domain_digest": "never seen"}).status_code == 200
    missing = server.send({**body, "next_action": "action_of_nobody", "domain": {}})
    assert (missing.status_code, missing.json()["action_name"]) == (404, "action_of_nobody")
    assert server.send({**body, "next_action": None}).json() is None


def test_the_session_begins_as_rasas_own_action_begins_it(server: ActionServer) -> None:
    rasa = server.side()
    answer = rasa.call("action_session_start")
    kinds = [event["event"] for event in answer["events"]]
    assert (kinds[0], kinds[-1]) == ("session_started", "action")
    assert answer["events"][-1]["name"] == "action_listen"
    assert len(answer["responses"]) == 3


@pytest.mark.parametrize(
    ("change", "names"),
    [({"sender_id": None}, "sender_id"), ({"sender_id": "x\0y"}, "sender"), ({"slots": ["verified"]}, "slots"),
     ({"events": {}}, "events"), ({"stack": "top"}, "stack")],
)  # fmt: skip
def test_a_call_of_another_form_is_refused_with_its_place(
    server: ActionServer, change: dict[str, Any], names: str
) -> None:
    rasa = server.side()
    rasa.hear("hello")
    state = {**rasa.state(), **change}
    refused = server.send({"next_action": "action_help", "tracker": state, "domain": {"version": "3.1"}})
    assert refused.status_code == 400
    assert names in refused.json()["error"]


def test_no_browser_and_no_broken_body_gets_in(server: ActionServer) -> None:
    page = {"Origin": "https://elsewhere.example"}
    hook = f"{server.base}/webhook"
    assert server.client.post(hook, json={"next_action": "action_help"}, headers=page).status_code == 403
    assert server.client.options(hook, headers=page).status_code in (200, 403)
    assert server.client.post(hook, content=b"{not json").status_code == 400
    assert server.client.post(hook, content=b"[1, 2]").status_code == 400
    assert server.client.get(f"{server.base}/elsewhere").status_code == 404


def test_whoever_lacks_the_token_is_refused(server: ActionServer) -> None:
    hook = f"{server.base}/webhook"
    body = {"next_action": "action_of_nobody", "tracker": {}}
    assert httpx.post(hook, json=body).status_code == 401
    assert httpx.post(hook, json=body, headers={"Authorization": "Bearer a guess"}).status_code == 401
    assert httpx.post(hook, json=body, params={"token": TOKEN}).status_code == 404  # as `token:` in endpoints.yml


@pytest.mark.parametrize(
    ("arguments", "names"),
    [(["--speaker", "harbour", "--host", "0.0.0.0"], "BOT_ACTION_TOKEN"), ([], "--speaker"),
     (["--speaker", "nobody"], "nobody")],
)  # fmt: skip
def test_it_says_what_it_needs_to_start(tmp_path: Path, arguments: list[str], names: str) -> None:
    command = [sys.executable, "-m", "bot", "action-server", "--demo", *arguments]
    refused = subprocess.run(command, env=environment(tmp_path), cwd=tmp_path, capture_output=True, text=True)
    assert refused.returncode == 2
    assert names in refused.stderr


def test_half_a_character_harms_nothing(server: ActionServer) -> None:
    rasa = server.side()
    rasa.hear("so \ud83d sad \0")
    assert rasa.call("action_help")["responses"]
    assert [(event.body or {}).get("text") for event in recorded(server, rasa) if event.kind == "user"] == [
        "so ? sad \0"
    ]


def test_calls_for_one_sender_at_once_are_taken_one_after_the_other(server: ActionServer) -> None:
    rasa = server.side()
    rasa.hear("what can you do?")
    body = {"next_action": "action_help", "tracker": rasa.state(), "domain": {"version": "3.1"}}

    def send(_: int) -> httpx.Response:
        return server.send(body)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert {answer.status_code for answer in answers} == {200}
    events = recorded(server, rasa)
    assert [event.kind for event in events].count("user") == 1
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert len([event for event in events if event.kind == "turn"]) == 8


def test_wrong_details_lock_here_as_everywhere(server: ActionServer) -> None:
    rasa = server.side()
    rasa.start()
    rasa.press("/start_chat")
    rasa.type("HB-1003")
    for _ in range(6):
        rasa.type("1991-01-01")
        rasa.type("0000")
    assert rasa.tracker.slots["identity_state"] == "locked"
    again = server.side()
    prove(again, ("HB-1003", "1991-01-01", "0000"))
    assert again.tracker.slots["verified"] is not True


def test_a_right_is_done_whatever_rasa_has_understood(server: ActionServer) -> None:
    rasa = server.side()
    rasa.hear("I can't go on, I want to kill myself")
    answer = rasa.call("action_help")
    said = " ".join(message["text"] for message in answer["responses"])
    assert "crisis" in said.lower() or "call" in said.lower()
    chat = conversation(server, rasa)
    with server.ground.database.reading() as work:
        assert {hold.reason for hold in work.lending.holds([("address", chat.address)])} == {"distress"}
        assert work.desk.open_case(chat.id) is not None
    # Rasa's flow goes on with what it had in mind; nothing is added to these words.
    assert rasa.call("action_cannot_handle") == {"events": answer["events"], "responses": []}
