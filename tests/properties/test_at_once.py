"""Two agreements confirmed at the same instant, on two channels, in any combination of accounts and terms."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from tests.conversations.driver import Chat
from tests.properties import sayings
from tests.properties.moves import Answer, Press, Single, Start, Type
from tests.properties.plans import check_agreements, standing
from tests.properties.town import Town, drawn
from tests.properties.visit import Visit

PLANNERS = (0, 1, 1, 1, 2, 4, 6, 7, 8, 11)  # of the demo's people, those whose debts may be agreed on
_LONGEST_WAY = 12


@dataclass(frozen=True, slots=True)
class Wish:
    """What one of the two chats is after: which account, how much a month, which offer or own idea."""

    account: int
    safe: str
    offer: int
    idea: str | None


wishes = st.builds(
    Wish,
    st.integers(0, 2),
    st.sampled_from(["800", "3000", "1000-1200", "150", "5000"]),
    st.integers(0, 2),
    st.sampled_from([None, None, "400 a month", "over ten months", "half now and the rest in March"]),
)


def _bring(visit: Visit, chat: Chat, wish: Wish) -> bool:
    """Talk until the terms are read back and only the yes is missing; false when it doesn't come to that."""
    chat.start()
    for _ in range(_LONGEST_WAY):
        asked = visit.app.dialogue.awaiting(chat.tracker)
        if asked is not None and asked.slot == "plan_confirmed":
            return True
        chat.send(visit.incoming(chat, _next(wish, asked.slot if asked else None)))
    return False


def _next(wish: Wish, slot: str | None) -> Single:
    match slot:
        case None:
            return Type(wish.idea or "Can I pay in instalments?")
        case "account_id":
            return Press(wish.account)
        case "means_safe":
            return Type(wish.safe)
        case "plan_choice":
            return Press(wish.offer)
        case _:
            return Answer()


def test_two_agreements_at_the_same_instant(town: Town) -> None:
    met = []

    @drawn(14)
    @given(st.sampled_from(PLANNERS), wishes, wishes)
    def agree(person: int, one: Wish, other: Wish) -> None:
        visit = town.visit(person, sayings.LOCALES[0])
        if not all(_bring(visit, chat, wish) for chat, wish in zip(visit.chats, (one, other), strict=True)):
            return
        met.append(person)
        with town.app.database.reading() as work:
            before = standing(work, visit, visit.chats[0])
        yes = [(chat, visit.incoming(chat, Press(0))) for chat in visit.chats]
        visit.at_once(yes)
        with town.app.database.reading() as work:
            check_agreements(work, visit, before)
            live = work.lending.agreements(visit.borrower.id, "live")
        wanted = {chat.tracker.slots["account_id"] for chat in visit.chats}
        assert 1 <= len(live) <= len(wanted)
        assert all(chat.replies for chat in visit.chats)
        assert not town.errors.found

    agree()
    assert len(met) >= 5, "hardly ever were both about to agree"


def test_the_whole_chat_opens_once(town: Town) -> None:
    """The first inputs of a new sender, all at once: one conversation, each input answered."""
    for number in range(10):
        visit = town.visit(number, "en")
        chat = visit.chats[0]
        visit.at_once(
            [(chat, visit.incoming(chat, act)) for act in (Start(), Type("What do I owe?"), Type("hello"))]
        )
        assert chat.history
        with town.app.database.reading() as work:
            heard = work.record.events(chat.conversation_id, kinds=["user"])
        assert len(heard) == 3
        assert not town.errors.found
