"""What stands beside a message in review: its turn, its delivery, its wording check; nothing is lost by that."""

from bot.record.events import Event, EventKind
from bot.web.review_reading import Body, Did, beside_messages, did_in, readings
from tests.desk.stage import NOW

SOURCE = {"title": "Regulation F", "article": "§ 1006.6", "url": "https://example.org/f"}
TURN = {
    "input": 2,
    "trace": [
        {"event": "action", "name": "action_check_identity"},
        {"event": "flow_completed", "flow_id": "verify_identity", "step_id": "check"},
        {"event": "flow_started", "flow_id": "check_balance"},
        {"event": "flow_started", "flow_id": "choose_account"},
        {"event": "action", "name": "validate_account_id"},
        {"event": "flow_completed", "flow_id": "choose_account", "step_id": "which"},
        {"event": "action", "name": "action_debt_detail"},
        {"event": "action", "name": "utter_balance_next"},
    ],
}
TALK: list[tuple[EventKind, Body | None]] = [
    ("user", {"kind": "text", "input": 2, "text": "1189"}),
    ("turn", TURN),
    ("bot", {"text": "You owe", "response": "utter_debt", "args": {"first": [{"label": {"args": SOURCE}}]}}),
    ("bot", {"text": "It's for", "response": "utter_whose"}),
    ("bot", {"text": "What now?", "response": "utter_balance_next"}),
    ("delivery", {"state": "sent", "seqs": [3, 4, 5]}),
    ("delivery", {"state": "failed", "seqs": [5], "why": "blocked"}),
    ("notice", {"text": "Mei has joined."}),
    ("bot", None),
    ("agent", {"text": "Hello", "name": "Mei"}),
    ("case", {"event": "answered", "staff": "m", "wording": [{"rule": "visit", "words": "come by"}]}),
    ("agent", {"text": "Fine", "name": "Mei"}),
    ("case", {"event": "answered", "staff": "m", "wording": []}),
    ("case", {"event": "resolved", "staff": "m", "outcome": "informed"}),
    ("delivery", {"state": "unreachable", "why": "gone"}),
]


def shown() -> list[tuple[Event, Body | None]]:
    return [
        (Event("c", seq, kind, NOW, body, b"", b"", b""), body) for seq, (kind, body) in enumerate(TALK, start=1)
    ]


def test_an_action_is_told_with_the_flow_that_called_it() -> None:
    assert did_in(TURN) == [
        Did("action_check_identity", "verify_identity", "check"),
        Did("validate_account_id", "choose_account", "which"),
        Did("action_debt_detail", "check_balance", ""),
        Did("utter_balance_next", "check_balance", ""),
    ]


def test_each_message_has_its_reason_and_what_became_of_it() -> None:
    read = {one.event.seq: one for one in readings(shown())}
    why = read[3].why
    assert why is not None
    assert (why.seq, [one.name for one in why.did], why.sources) == (
        2, ["action_check_identity", "action_debt_detail"], [SOURCE],
    )  # fmt: skip
    assert read[4].why is not None
    assert read[4].why.same_as == 3
    assert read[5].why is not None
    assert [one.name for one in read[5].why.did] == ["utter_balance_next"]
    assert read[5].why.same_as is None
    fates = {seq: (one.fate.state, one.fate.seq) for seq, one in read.items() if one.fate}
    assert fates == {3: ("sent", 6), 4: ("sent", 6), 5: ("failed", 7)}
    assert read[9].why is None
    assert read[10].wording == [{"rule": "visit", "words": "come by"}]
    assert read[12].wording == []
    assert read[3].wording is None


def test_every_event_stands_on_the_page_once() -> None:
    read = readings(shown())
    beside = [event.seq for one in read for event, _ in one.beside]
    marks = [event.seq for event, _ in beside_messages(shown())]
    assert sorted([one.event.seq for one in read] + beside + marks) == list(range(1, len(TALK) + 1))
    assert (beside, marks) == ([11, 13], [6, 7])
