"""Whether a reference exists is never told: wrong details for a real one and any for an unknown one sound alike."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.understanding import Understanding
from tests.conversations.driver import Chat
from tests.properties import sayings
from tests.properties.moves import Forge, Press, Send, Single, Start, Type, Wait
from tests.properties.town import PEOPLE, drawn
from tests.properties.twins import Pair, Twins, sendings, transcript, twins
from tests.properties.visit import Visit


@dataclass(frozen=True, slots=True)
class Claim:
    """An answer to what is asked of somebody who says that they are `person`: one detail of it is wrong."""

    wrong: str


@dataclass(frozen=True, slots=True)
class Step:
    """What is done in the first or the second of a stranger's two chats."""

    act: Single | Wait | Claim
    chat: int = 0


Script = tuple[int, str, list[Step]]


def steps(locale: str, false: Claim) -> st.SearchStrategy[list[Step]]:
    """The same detail is wrong all the time: two halves of the truth would make a whole one."""
    claim: st.SearchStrategy[Single | Wait | Claim] = st.just(false)
    false_talk = sayings.typed(locale).filter(lambda text: not any(detail in text for detail in sayings.TRUE))
    talk: st.SearchStrategy[Single | Wait | Claim] = false_talk.map(Type)
    other: st.SearchStrategy[Single | Wait | Claim] = st.sampled_from(
        [Start(), Send("voice"), Send("file"), Forge("999-1"), Wait(1), Wait(20), Wait(600), Wait(3 * 1440)]
    )
    press: st.SearchStrategy[Single | Wait | Claim] = st.builds(
        Press, st.integers(0, 5), st.sampled_from([0, 0, 1])
    )
    tries = [Step(act) for act in (Start(), Press(0), false, false, false)]
    step = st.builds(Step, st.one_of(claim, claim, claim, talk, press, other), st.sampled_from([0, 0, 0, 1]))
    return st.lists(step, max_size=14).map(lambda more: tries + more)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    locale = draw(st.sampled_from(sayings.LOCALES))
    false = draw(st.sampled_from([Claim("birth"), Claim("document"), Claim("both")]))
    return draw(st.integers(0, PEOPLE - 1)), locale, draw(steps(locale, false))


def _claimed(visit: Visit, chat: Chat, pair: Pair, claim: Claim) -> Single:
    """The answer to the open question; a press where nothing is asked."""
    who = pair.known.person.borrower
    asked = visit.app.dialogue.awaiting(chat.tracker) if chat.conversation_id else None
    match asked.slot if asked else None:
        case "identity_reference":
            return Type(pair.claimed)
        case "identity_birth_date":
            return Type(str(who.birth_date + timedelta(days=claim.wrong != "document")))
        case "identity_document":
            return Type("0001" if claim.wrong != "birth" else who.document_last4)
        case _:
            return Press(0)


def _do(pair: Pair, step: Step) -> None:
    pair.wait(timedelta(seconds=1, minutes=step.act.minutes if isinstance(step.act, Wait) else 0))
    if isinstance(step.act, Wait):
        return
    for visit in pair.both:
        chat = visit.chats[step.chat]
        act = _claimed(visit, chat, pair, step.act) if isinstance(step.act, Claim) else step.act
        chat.send(visit.incoming(chat, act))


def assert_alike(both: Twins, script: Script) -> None:
    """Play the script in both towns; after each step everything that is kept or sent is the same."""
    person, locale, wanted = script
    pair = both.pair(person, locale)
    for step in wanted:
        _do(pair, step)
        for known, unknown in zip(pair.known.chats, pair.unknown.chats, strict=True):
            assert transcript(known) == transcript(unknown)
            assert sendings(known) == sendings(unknown)
            assert not (known.conversation_id and known.tracker.slots.get("verified"))
    assert not both.known.errors.found


@pytest.fixture
def both(sqlite_template: Path, tmp_path: Path, model: Understanding) -> Iterator[Twins]:
    with twins(sqlite_template, tmp_path, model) as both:
        yield both


def test_a_real_and_an_unknown_reference_sound_alike(both: Twins) -> None:
    @drawn(40)
    @given(scripts())
    def visits(script: Script) -> None:
        assert_alike(both, script)

    visits()


@pytest.mark.slow
def test_a_real_and_an_unknown_reference_sound_alike_at_length(both: Twins) -> None:
    @drawn(2000, steady=False)
    @given(scripts())
    def visits(script: Script) -> None:
        assert_alike(both, script)

    visits()


@pytest.mark.parametrize("locale", sayings.LOCALES)
def test_locked_out_alike_in_every_chat(both: Twins, locale: str) -> None:
    """Wrong until it is locked, then by another channel, then when the lock has ended: the same words and times."""
    pair = both.pair(0, locale)
    false, go = Step(Claim("document")), [Step(Start()), Step(Press(0))]
    more = [Step(Press(0)), false, false, false]
    script = [*go, *[false] * 3, *more, *more, *more, *(Step(step.act, 1) for step in [*go, *[false] * 3])]
    for step in [*script, Step(Wait(20)), *more, Step(Wait(1440)), *more]:
        _do(pair, step)
    for known, unknown in zip(pair.known.chats, pair.unknown.chats, strict=True):
        assert transcript(known) == transcript(unknown)
        assert sendings(known) == sendings(unknown)
    said = {one.response for chat in pair.known.chats for one in chat.history}
    assert {"utter_identity_failed", "utter_identity_locked"} <= said
    assert any(one.response == "utter_identity_locked" for one in pair.known.chats[1].history)
