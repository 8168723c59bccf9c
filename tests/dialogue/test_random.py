"""Whatever is said or pressed, in any order: no exception, no loop, a bounded stack, a state that JSON carries."""

import itertools
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.commands import (
    ActionResult,
    CancelFlow,
    CannotHandle,
    Clarify,
    CorrectSlot,
    HumanHandoff,
    RepeatQuestion,
    SessionStart,
    SetSlot,
    StartFlow,
)
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.stack import MAX_FRAMES
from bot.dialogue.tracker import from_json, to_json
from tests.dialogue.shop import Talk

_FLOWS = ("check_balance", "ask_charges", "verify", "make_offer", "tell", "circle", "hidden", "gone")
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "reference": st.text(max_size=5),
    "amount": st.sampled_from(["1.00", "5000.00", "many", None]),
    "start": st.just("2026-12-01"),
    "often": st.sampled_from(["weekly", "hourly"]),
    "sure": st.booleans(),
    "reason": st.text(max_size=5),
    "note": st.text(max_size=5),
    "gone": st.integers(),
}
_FLOW = st.sampled_from(_FLOWS)
_PAIR = st.sampled_from(sorted(_VALUES)).flatmap(lambda name: st.tuples(st.just(name), _VALUES[name]))
_COMMAND = st.one_of(
    _FLOW.map(StartFlow),
    _PAIR.map(lambda pair: SetSlot(*pair)),
    _PAIR.map(lambda pair: CorrectSlot(*pair)),
    st.just(CancelFlow()),
    st.just(CannotHandle()),
    st.just(HumanHandoff()),
    st.just(SessionStart()),
    st.just(RepeatQuestion()),
    st.lists(_FLOW, max_size=3).map(lambda names: Clarify(tuple(names))),
)
_TURN = st.lists(_COMMAND, max_size=4) | st.text(max_size=30).map(lambda text: "/" + text)
_RESULT = st.builds(
    ActionResult,
    slots=st.lists(st.sampled_from([("agreed", True), ("reference", None), ("verified", True)]), max_size=2),
    commands=st.lists(_COMMAND, max_size=1),
)


@given(st.lists(_TURN, max_size=12), st.lists(_RESULT, min_size=1, max_size=4))
def test_nothing_breaks_the_flows(turns: list[Any], results: list[ActionResult]) -> None:
    talk = Talk(_dialogue())
    # An action that asks for the flow that runs it, again and again, is the circle to beware of.
    answers = itertools.cycle(results)
    talk.actions = {name: lambda tracker: next(answers) for name in talk.dialogue.domain.actions}
    for turn in turns:
        if isinstance(turn, str):
            talk.press(turn)
        else:
            talk.do(*turn)
        assert len(talk.tracker.stack) <= MAX_FRAMES
        assert from_json(json.loads(json.dumps(to_json(talk.tracker)))) == talk.tracker
        awaiting = talk.dialogue.awaiting(talk.tracker)
        assert not talk.tracker.stack or awaiting is not None


def _dialogue() -> Dialogue:
    if not _LOADED:
        import tempfile
        from pathlib import Path

        from tests.dialogue.shop import DOMAIN, FLOWS

        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("domain", DOMAIN), ("flows", FLOWS)):
                (Path(folder) / name).mkdir()
                (Path(folder) / name / "shop.yml").write_text(text, "utf-8")
            _LOADED.append(Dialogue.load(Path(folder)))
    return _LOADED[0]


_LOADED: list[Dialogue] = []
