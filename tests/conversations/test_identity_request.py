"""A colleague asks who writes: the bot asks for proof and checks it while the colleague has the chat."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.access import Staff
from bot.actions.identity_request import IdentityRequestInWords
from bot.assembly import App
from bot.clock import FixedClock
from bot.conversations.store import Conversation
from bot.desk.handoffs import NotHolding
from bot.desk.identity_request import ask_identity
from bot.desk.settling import NotInForce
from bot.dialogue.understanding import Understanding
from bot.web.transcript import Line, page_of
from tests.conversations.driver import Chat, demo_app

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
RIGHT = ("1990-05-17", "4417")


@pytest.fixture
def app(database_url: str, tmp_path: Path, model: Understanding) -> Iterator[App]:
    app = demo_app(database_url, tmp_path, NOW, model)
    yield app
    app.close()


class Talk:
    """A chat that a collector has taken; nobody in it has proved who they are, or not lately."""

    def __init__(self, app: App, locale: str = "en", *, known: bool = False) -> None:
        self.app, self.chat = app, Chat(app, locale=locale)
        self.chat.start()
        if known:
            self.chat.verify("HB-1001")
            self.later(timedelta(hours=2))
        self.chat.be_taken()
        assert self.chat.collector

    def later(self, span: timedelta) -> None:
        assert isinstance(self.app.clock, FixedClock)
        self.app.clock.set(self.app.clock.now() + span)

    def ask(self, by: Staff | None = None) -> None:
        by = by or self.chat.collector
        assert by
        words = IdentityRequestInWords(self.app.responses)
        with self.app.database.transaction() as work:
            ask_identity(work, self.app.policies, words, self.chat.case_id, by, self.app.clock.now())
        self.chat.read()

    def prove(self, *answers: str) -> None:
        self.chat.press("/confirm_identity")
        for answer in answers:
            self.chat.type(answer)

    @property
    def conversation(self) -> Conversation:
        with self.app.database.reading() as work:
            found = work.conversations.get(self.chat.conversation_id)
        assert found
        return found

    def proved(self) -> bool:
        return self.conversation.verified(self.app.clock.now())

    def seen(self) -> list[Line]:
        """The transcript as the collector has it before them."""
        assert self.chat.collector
        with self.app.database.reading() as work:
            return page_of(work.record, self.chat.conversation_id, self.chat.collector).lines

    def checks(self) -> list[str]:
        return [line.how for line in self.seen() if line.how.startswith("identity_")]


@pytest.mark.parametrize("locale", ["en", "zh_Hans", "zh_Hant"])
def test_whoever_never_proved_it_does_while_the_colleague_stays(app: App, locale: str) -> None:
    talk = Talk(app, locale)
    talk.ask()
    (asked,) = talk.chat.replies
    assert asked.response == "utter_identity_wanted"
    assert all(
        word not in asked.text for word in ("Harbour", "owe", "debt", "loan", "pay", "欠", "还款", "繳", "债", "債")
    )
    talk.prove("HB-1001", *RIGHT)
    assert talk.proved()
    assert talk.conversation.held_by
    assert talk.conversation.borrower_id
    assert talk.checks() == ["identity_verified"]
    said = len(talk.chat.history)
    talk.chat.type("how much do I owe?")
    assert len(talk.chat.history) == said, "the flows are silent again"
    with pytest.raises(NotInForce):
        talk.ask()


def test_a_lapsed_check_is_made_again_without_the_reference(app: App) -> None:
    talk = Talk(app, known=True)
    assert not talk.proved()
    talk.ask()
    talk.prove(*RIGHT)
    assert talk.proved()
    assert talk.checks()[-2:] == ["identity_lapsed", "identity_verified"]


def test_the_collector_never_reads_what_it_is_proved_with(app: App) -> None:
    talk = Talk(app)
    talk.ask()
    talk.prove("HB-1001", "1991-05-17", "4417", "HB-1001", *RIGHT)
    lines = talk.seen()
    shown = " ".join(line.text for line in lines)
    assert all(secret not in shown for secret in ("1991-05-17", "1990-05-17", "4417"))
    assert [line.hidden for line in lines if line.how == "proof"] == [True] * 4
    assert "HB-1001" in shown
    assert talk.checks() == ["identity_failed", "identity_verified"]


def test_what_else_they_write_meanwhile_is_the_colleagues_to_read(app: App) -> None:
    talk = Talk(app)
    talk.ask()
    said = ("Mei, why do you need that?", "I'd rather not say", "ok wait a moment")
    talk.prove("HB-1001", *said, *RIGHT)
    shown = {line.text for line in talk.seen()}
    assert shown.issuperset(said)
    assert talk.proved()


def test_wrong_answers_count_as_everywhere_and_lock(app: App) -> None:
    talk = Talk(app)
    talk.ask()
    talk.prove(*("HB-1001", "1991-05-17", "4417") * 3)
    assert not talk.proved()
    assert talk.checks()[-1] == "identity_locked"
    talk.ask()
    talk.prove()
    assert talk.chat.replies[-1].response == "utter_identity_locked"
    talk.chat.type("HB-1001")
    assert not talk.proved()


def test_rights_and_our_own_proof_are_served_in_the_midst_and_a_person_can_be_written_to(app: App) -> None:
    talk = Talk(app)
    talk.ask()
    talk.prove()
    talk.chat.press("/check_us")
    assert talk.chat.replies[0].response == "utter_check_code"
    talk.prove("HB-1001")
    talk.chat.type("I want to die")
    assert talk.chat.replies, "despair is answered at once"
    said = len(talk.chat.history)
    talk.chat.type("1990-05-17")
    assert len(talk.chat.history) == said, "and the question before is not asked again"


def test_the_request_can_be_used_after_the_hand_back_and_says_so_when_it_is_proved(app: App) -> None:
    talk = Talk(app)
    talk.ask()
    talk.prove("HB-1001", *RIGHT)
    talk.chat.press("/confirm_identity")
    assert [said.response for said in talk.chat.replies] == ["utter_identity_verified"]


def test_only_whoever_has_the_chat_asks(app: App) -> None:
    talk = Talk(app)
    other = Staff(id="f" * 32, login="other", name="Ana", role="collector")
    talk.chat.sign_in(other)
    with pytest.raises(NotHolding):
        talk.ask(other)
