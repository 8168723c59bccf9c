"""What a borrower, a channel, a collector or time can do next, and scripts of such moves."""

from dataclasses import dataclass
from typing import Literal

from hypothesis import strategies as st

from tests.properties import sayings


@dataclass(frozen=True, slots=True)
class Start:
    """The chat is opened, for the first time or again."""


@dataclass(frozen=True, slots=True)
class Type:
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Something that fits the open question, by `way`; a button where nothing is asked."""

    way: int = 0


@dataclass(frozen=True, slots=True)
class Press:
    """Button `number` of the newest message that has any, or of `back` such messages before."""

    number: int
    back: int = 0


@dataclass(frozen=True, slots=True)
class Forge:
    """A press with an id that this chat was not given: invented, or another chat's."""

    choice: str | None


@dataclass(frozen=True, slots=True)
class Send:
    what: Literal["file", "voice"]


@dataclass(frozen=True, slots=True)
class Edit:
    """The newest text, or the one `back` before it, gets new words, or is taken back (None)."""

    text: str | None
    back: int = 0


@dataclass(frozen=True, slots=True)
class Again:
    """The channel delivers the last input once more."""


@dataclass(frozen=True, slots=True)
class Wait:
    minutes: int


@dataclass(frozen=True, slots=True)
class Collector:
    does: Literal["take", "answer", "hand_back"]


Single = Start | Type | Answer | Press | Forge | Send | Edit | Again
Act = Single | Wait | Collector


@dataclass(frozen=True, slots=True)
class Move:
    """In chat `chat` of the borrower's two; at the same instant with `beside`.

    That is what the other chat does, or where a collector acts, this very chat.
    """

    act: Act
    chat: int = 0
    beside: Single | None = None


@dataclass(frozen=True, slots=True)
class Script:
    person: int
    locale: str
    moves: tuple[Move, ...]


_PROVE = (Start(), Press(0), Answer(), Answer(), Answer())
_MINUTES = (1, 4, 29, 31, 61, 600, 1440, 3 * 1440, 31 * 1440, 92 * 1440, 400 * 1440)
_INVENTED = ("1-1", "999-1", "2-99", "-1--1", "0-0", "a-b", "", "3-1-1", "１-１", "9" * 40 + "-1")


def singles(locale: str) -> st.SearchStrategy[Single]:
    """Anything a borrower or a channel may do; mostly what fits, so that the talk gets somewhere."""
    fitting: st.SearchStrategy[Single] = st.integers(0, 9).map(Answer)
    fresh: st.SearchStrategy[Single] = st.integers(0, 6).map(Press)
    free: st.SearchStrategy[Single] = sayings.typed(locale).map(Type)
    figures = st.sampled_from(["500", "800", "3000", "2026-12-05", "monthly", None])
    anew: st.SearchStrategy[Single] = st.builds(
        Edit, st.one_of(figures, sayings.meant(locale)), st.sampled_from([0, 0, 1, 4])
    )
    return st.one_of(
        fitting,
        fitting,
        fresh,
        free,
        free,
        st.builds(Press, st.integers(0, 6), st.integers(1, 9)),
        anew,
        st.sampled_from([*map(Forge, _INVENTED), Forge(None), Send("file"), Send("voice"), Start(), Again()]),
    )


def moves(locale: str) -> st.SearchStrategy[Move]:
    single = singles(locale)
    in_time: st.SearchStrategy[Act] = st.sampled_from(_MINUTES).map(Wait)
    staff: st.SearchStrategy[Act] = st.sampled_from(["take", "take", "answer", "hand_back"]).map(Collector)  # type: ignore[arg-type]
    chat = st.sampled_from([0, 0, 0, 1])
    one = st.builds(Move, single, chat)
    return st.one_of(
        one, one, one, one, one, one,
        st.builds(Move, in_time),
        st.builds(Move, staff, chat),
        st.builds(Move, staff, chat, single),
        st.builds(Move, single, chat, single),
    )  # fmt: skip


def openings(locale: str) -> st.SearchStrategy[tuple[Move, ...]]:
    """How far the talk has come before anything may happen: nowhere, verified, or deep in some flow."""
    proved = tuple(Move(act) for act in _PROVE)
    elsewhere = tuple(Move(act, 1) for act in _PROVE)
    wish = st.sampled_from(sayings.WISHES[locale]).map(lambda text: (Move(Type(text)),))
    replies = st.lists(st.integers(0, 3).map(lambda way: Move(Answer(way))), max_size=9).map(tuple)
    there = st.sampled_from([proved, proved + elsewhere])
    deep = st.tuples(there, wish, replies).map(lambda parts: sum(parts, ()))
    plan = st.tuples(there, _towards_a_plan(locale)).map(lambda parts: sum(parts, ()))
    return st.one_of(st.sampled_from([(), (Move(Start()),), proved]), deep, plan)


def _towards_a_plan(locale: str) -> st.SearchStrategy[tuple[Move, ...]]:
    """Asks for a plan, says what is safe each month, chooses or proposes; at times goes on to agree."""
    asks = st.sampled_from([sayings.WISHES[locale][1], sayings.WISHES[locale][3], sayings.WISHES[locale][4]])
    safe = st.sampled_from(["800", "3000", "150", "1000-1200", "5000", "50"])
    choices = st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=1, max_size=4)
    return st.tuples(asks, safe, choices).map(
        lambda drawn: (Move(Type(drawn[0])), Move(Type(drawn[1])), *(Move(Press(way)) for way in drawn[2]))
    )


def scripts(people: int, locale: str, longest: int) -> st.SearchStrategy[Script]:
    rest = st.lists(moves(locale), min_size=1, max_size=longest).map(tuple)
    whole = st.tuples(openings(locale), rest).map(lambda parts: parts[0] + parts[1])
    return st.builds(Script, st.integers(0, people - 1), st.just(locale), whole)


def insisting(people: int, locale: str) -> st.SearchStrategy[Script]:
    """Wherever the talk stands, the same again and again, and then another thing."""
    single = singles(locale)
    twice = st.tuples(single, single).map(lambda acts: tuple(Move(act) for act in acts for _ in range(4)))
    whole = st.tuples(openings(locale), twice).map(lambda parts: parts[0] + parts[1])
    return st.builds(Script, st.integers(0, people - 1), st.just(locale), whole)
