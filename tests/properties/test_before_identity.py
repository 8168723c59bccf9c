"""Whether a reference exists is never told: wrong details for a real one and any for an unknown one sound alike."""

import re
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.conversations.driver import Chat
from tests.properties import sayings
from tests.properties.moves import Press, Send, Single, Start, Type, Wait
from tests.properties.town import PEOPLE, Town, drawn
from tests.properties.visit import Visit

# Made by chance, or counted over all chats.
_CHANCE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9A-F]{8}")
_QUEUE = re.compile(r"utter_handoff_(next|ahead)")


@dataclass(frozen=True, slots=True)
class Claim:
    """An answer to what is asked of somebody who says that they are `person`: one detail of it is wrong."""

    wrong: str


Step = Single | Wait | Claim


def steps(locale: str, false: Claim) -> st.SearchStrategy[list[Step]]:
    """The same detail is wrong all the time: two halves of the truth would make a whole one."""
    claim: st.SearchStrategy[Step] = st.just(false)
    talk: st.SearchStrategy[Step] = sayings.typed(locale).map(Type)
    other: st.SearchStrategy[Step] = st.sampled_from([Start(), Send("voice"), Wait(1), Wait(20), Wait(600)])
    press: st.SearchStrategy[Step] = st.integers(0, 5).map(Press)
    tries: list[Step] = [Start(), Press(0), *[false] * 3]
    return st.lists(st.one_of(claim, claim, claim, talk, press, other), max_size=14).map(lambda more: tries + more)


def _claimed(visit: Visit, chat: Chat, reference: str, claim: Claim) -> Single:
    """The answer to the open question; a press where nothing is asked."""
    who = visit.person.borrower
    asked = visit.app.dialogue.awaiting(chat.tracker) if chat.conversation_id else None
    match asked.slot if asked else None:
        case "identity_reference":
            return Type(reference)
        case "identity_birth_date":
            return Type(str(who.birth_date + timedelta(days=claim.wrong == "birth")))
        case "identity_document":
            return Type("0001" if claim.wrong == "document" else who.document_last4)
        case _:
            return Press(0)


def _do(visit: Visit, reference: str, step: Step) -> object:
    """What a step brings about, without what is made by chance."""
    chat = visit.chats[0]
    act = _claimed(visit, chat, reference, step) if isinstance(step, Claim) else step
    assert not isinstance(act, Wait)
    chat.send(visit.incoming(chat, act))
    return [
        ("queue", "") if _QUEUE.match(said.response) else (said.response, _CHANCE.sub("", said.text), said.buttons)
        for said in chat.replies
    ]


@st.composite
def scripts(draw: st.DrawFn) -> tuple[int, str, list[Step]]:
    locale, false = (
        draw(st.sampled_from(sayings.LOCALES)),
        draw(st.sampled_from([Claim("birth"), Claim("document")])),
    )
    return draw(st.integers(0, PEOPLE - 1)), locale, draw(steps(locale, false))


@given(scripts())
@drawn(40)
def test_a_real_and_an_unknown_reference_sound_alike(town: Town, script: tuple[int, str, list[Step]]) -> None:
    person, locale, wanted = script
    known, unknown = town.visit(person, locale), town.visit(person, locale)
    # Both visits' people exist; the second's reference is typed with another ending.
    references = known.person.borrower.reference, unknown.person.borrower.reference + "7"
    for step in wanted:
        if isinstance(step, Wait):
            known.wait(step.minutes)
            continue
        heard = [_do(visit, reference, step) for visit, reference in zip((known, unknown), references, strict=True)]
        assert heard[0] == heard[1]
        assert not known.chats[0].tracker.slots.get("verified")
