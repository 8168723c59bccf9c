"""Plays a case and says what does not hold, with the bot's real words beside it."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from bot.clock import FixedClock
from tests.conversations.cases import Case, Step, named_slots
from tests.conversations.cells import moment, proven
from tests.conversations.colleague import act
from tests.conversations.driver import Chat, Said

ANYTHING = {"text_matches": "."}
_UPLOAD = re.compile(r"/upload\((.+)\)")


def play(case: Case, chat: Chat) -> None:
    """Run every step; AssertionError names the first that does not hold, or the cells that were not proven."""
    _arrange(case, chat)
    heard: list[Said] = list(chat.replies)
    unproven = set(case.cells)
    for step in case.steps:
        if step.kind == "user":
            before = moment(chat) if unproven else None
            heard = list(_say(chat, step))
            for kind, value in step.assertions:
                _check(ASSERTIONS[kind](chat, value), step, kind, value, chat)
            if before and _judged(step):
                after = moment(chat)
                unproven -= {cell for cell in unproven if proven(cell, before, after, chat.turns)}
        elif step.kind in ("utter", "bot"):
            heard = _after(heard, step, chat)
        else:
            _check(ASSERTIONS[step.kind](chat, step.value), step, step.kind, step.value, chat)
    if unproven:
        raise AssertionError(f"{case.place}: does not prove {', '.join(sorted(map(str, unproven)))}")


def _arrange(case: Case, chat: Chat) -> None:
    chat.start()
    if case.setting.verified:
        chat.verify(case.setting.reference)
    if case.slots:
        chat.set_slots(case.slots)
    if case.setting.taken:
        chat.be_taken()


def _judged(step: Step) -> bool:
    """Whether the step says what the bot answers, or that it leaves the answer to a collector."""
    return any(
        kind == "bot_uttered" or (kind, value) == ("bot_did_not_utter", ANYTHING) for kind, value in step.assertions
    )


def _say(chat: Chat, step: Step) -> list[Said]:
    text, clock = step.value, chat.app.clock
    assert isinstance(clock, FixedClock)
    clock.advance(timedelta(seconds=1))  # nobody says two things at one instant
    acted = act(chat, text)
    if acted is not None:
        return acted
    if text == "/start":
        return chat.start()
    if text == "/voice":
        return chat.send_unreadable()
    if match := _UPLOAD.fullmatch(text):
        return chat.upload(b"%PDF-1.4\nstartxref\n9\n%%EOF\n", match[1], "application/pdf")
    offered = any(text == button["payload"] for said in chat.history for button in said.buttons)
    return chat.press(text) if offered else chat.type(text)


def _check(holds: bool, step: Step, kind: str, value: object, chat: Chat) -> None:
    if not holds:
        raise AssertionError(f"{step.place}: {kind} {value!r} does not hold\n{_seen(chat)}")


def _after(heard: list[Said], step: Step, chat: Chat) -> list[Said]:
    """The messages after the one expected, which must be among those not yet taken."""
    for position, said in enumerate(heard):
        if step.value == (said.response if step.kind == "utter" else said.text):
            return heard[position + 1 :]
    raise AssertionError(f"{step.place}: {step.kind} {step.value!r} does not come\n{_seen(chat)}")


def _seen(chat: Chat) -> str:
    said = [f"  {said.response}: {said.text} {[b['title'] for b in said.buttons] or ''}" for said in chat.replies]
    return "\n".join(["the bot said:", *said, "and did:", *(f"  {step}" for step in chat.trace)])


def _happened(chat: Chat, event: str, **facts: Any) -> bool:
    return any(step["event"] == event and facts.items() <= step.items() for step in chat.trace)


def _flow(event: str) -> Callable[[Chat, Any], bool]:
    def holds(chat: Chat, value: Any) -> bool:
        if isinstance(value, str):
            return _happened(chat, event, flow_id=value)
        facts = {"flow_id": value["flow_id"]}
        if "flow_step_id" in value:
            facts["step_id"] = value["flow_step_id"]
        return _happened(chat, event, **facts)

    return holds


def _slots_are(chat: Chat, value: Any) -> bool:
    slots = chat.tracker.slots
    return all(
        slots.get(name) == wanted if given else slots.get(name) is not None
        for name, wanted, given in named_slots(value)
    )


def _slots_are_not(chat: Chat, value: Any) -> bool:
    slots = chat.tracker.slots
    return all(
        slots.get(name) != unwanted if given else slots.get(name) is None
        for name, unwanted, given in named_slots(value)
    )


def _uttered(chat: Chat, value: Mapping[str, Any]) -> bool:
    return any(_fits(said, value) for said in chat.replies)


def _fits(said: Said, value: Mapping[str, Any]) -> bool:
    if "utter_name" in value and said.response != value["utter_name"]:
        return False
    if "text_matches" in value and re.search(value["text_matches"], said.text) is None:
        return False
    return all(
        any(wanted.items() <= button.items() for button in said.buttons) for wanted in value.get("buttons", ())
    )


def _clarified(chat: Chat, value: Any) -> bool:
    offered = {button["payload"] for said in chat.replies for button in said.buttons}
    asked = _happened(chat, "flow_started", flow_id="pattern_clarification")
    return asked and {f"/{flow}" for flow in value} <= offered


ASSERTIONS: Mapping[str, Callable[[Chat, Any], bool]] = {
    "flow_started": _flow("flow_started"),
    "flow_completed": _flow("flow_completed"),
    "flow_cancelled": _flow("flow_cancelled"),
    "slot_was_set": _slots_are,
    "slot_was_not_set": _slots_are_not,
    "action_executed": lambda chat, value: _happened(chat, "action", name=value),
    "bot_uttered": _uttered,
    "bot_did_not_utter": lambda chat, value: not _uttered(chat, value),
    "pattern_clarification_contains": _clarified,
}
