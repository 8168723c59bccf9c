"""What leaves, when, and what becomes of it: each rule of the outbox of channels that are sent to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.clock import FixedClock
from bot.conversations.sending import TRIES, Batch, Gate, Later, Limits, No, Now, Sending, Wait
from bot.conversations.store import Conversation
from bot.record.events import Event, NewEvent
from bot.storage.engine import Database
from bot.storage.work import Work
from tests.storage.samples import MINUTE, NOW, conversation

BOT = "telegram:harbour"
SECOND = timedelta(seconds=1)


@dataclass
class Answers:
    """A gate that says what it was told to, and counts how often it was asked."""

    answer: Now | Later | No = field(default_factory=Now)
    asked: int = 0

    def ask(self, work: Work, conversation: Conversation, now: datetime) -> Now | Later | No:
        self.asked += 1
        return self.answer


@dataclass
class Post:
    """One process that sends, on a clock of its own and a clock of the talk."""

    database: Database
    wall: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    gate: Answers = field(default_factory=Answers)
    lost: list[str] = field(default_factory=list)
    limits: Limits = field(default_factory=Limits)

    def __post_init__(self) -> None:
        gate: Gate[Work] = self.gate
        self.sending = Sending[Work](
            self.database, clock=self.clock, wall=self.wall, gate=gate, lost=self._lose, together=_pairs,
            limits=self.limits,
        )  # fmt: skip

    def _lose(self, work: Work, conversation: Conversation, now: datetime) -> Sequence[NewEvent]:
        self.lost.append(conversation.id)
        return [NewEvent("case", {"event": "opened"})]

    def chat(self, sender: str = "7") -> str:
        conversation_id = conversation(self.database, sender)
        with self.database.transaction() as work:
            work.channels.open_account(BOT, "harbour", NOW)
            work.channels.open_chat(conversation_id, BOT, NOW)
        return conversation_id

    def say(self, conversation_id: str, count: int = 1, *, unasked: bool = False) -> list[int]:
        with self.database.transaction() as work:
            events = work.record.append(conversation_id, [NewEvent("bot", {"text": "x"})] * count, NOW)
            seqs = [event.seq for event in events]
            work.outbox.put(conversation_id, seqs, unasked=unasked, at=self.clock.now())
        return seqs

    def take(self, conversation_id: str) -> Batch:
        found = self.sending.next(conversation_id)
        assert isinstance(found, Batch), found
        return found

    def states(self, conversation_id: str) -> list[str]:
        with self.database.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                f"SELECT state FROM outbox WHERE conversation_id = '{conversation_id}' ORDER BY id"
            )
            return [state for (state,) in rows]

    def marks(self, conversation_id: str) -> list[dict[str, object]]:
        with self.database.reading() as work:
            return [dict(event.body or {}) for event in work.record.events(conversation_id, kinds=["delivery"])]


def _pairs(events: Sequence[Event]) -> int:
    return min(2, len(events))


@pytest.fixture
def post(database: Database) -> Post:
    return Post(database)


def test_words_leave_together_and_are_marked_on_the_record(post: Post) -> None:
    chat = post.chat()
    seqs = post.say(chat, 3)
    batch = post.take(chat)
    assert ([event.seq for event in batch.events], batch.at) == (seqs[:2], NOW)
    post.sending.sent(batch, "55")
    assert post.states(chat) == ["sent", "sent", "queued"]
    assert post.marks(chat) == [{"state": "sent", "seqs": seqs[:2], "remote": "55"}]


def test_a_second_lies_between_two_messages_of_a_chat_and_little_between_two_chats(post: Post) -> None:
    one, two = post.chat("7"), post.chat("8")
    for chat in (one, two):
        post.say(chat, 4)
    first, other = post.take(one), post.take(two)
    assert other.at - first.at == timedelta(seconds=post.limits.bot_seconds)
    post.sending.sent(first, None)
    assert post.sending.next(one) == Wait(NOW + SECOND)
    post.wall.advance(SECOND)
    assert post.take(one).at == NOW + SECOND


def test_who_has_to_wait_long_for_the_bot_takes_nothing_yet(database: Database) -> None:
    post = Post(database, limits=Limits(bot_seconds=3, ahead=5))
    chats = [post.chat(str(sender)) for sender in range(4)]
    for chat in chats:
        post.say(chat)
    found = [post.sending.next(chat) for chat in chats]
    assert [isinstance(each, Batch) for each in found] == [True, True, False, False]
    assert post.states(chats[2]) == ["queued"]


def test_answers_go_before_what_nobody_asked_for(database: Database) -> None:
    post = Post(database, limits=Limits(bot_seconds=1))
    busy, bulk, answer = (post.chat(sender) for sender in "789")
    post.say(busy)
    post.say(bulk, unasked=True)
    post.say(answer)
    post.take(busy)
    assert isinstance(post.sending.next(bulk), Wait)
    assert post.take(answer).at == NOW + SECOND


def test_nobody_else_sends_what_is_being_sent(post: Post) -> None:
    chat = post.chat()
    post.say(chat, 2)
    post.take(chat)
    post.wall.advance(MINUTE)
    other = Post(post.database, wall=post.wall)
    assert other.sending.next(chat) is None
    other.clock.advance(MINUTE)  # the first was killed
    again = other.take(chat)
    assert [row.attempts for row in again.rows] == [2, 2]


def test_a_wait_that_the_channel_asks_for_is_kept_to_the_second_and_by_this_chat_alone(post: Post) -> None:
    one, two = post.chat("7"), post.chat("8")
    for chat in (one, two):
        post.say(chat)
    batch = post.take(one)
    post.sending.pause(batch, 37 * SECOND, "429")
    assert post.states(one) == ["queued"]
    post.wall.advance(36.9 * SECOND)
    assert post.sending.next(one) == Wait(NOW + 37 * SECOND)
    assert isinstance(post.sending.next(two), Batch)
    post.wall.advance(0.1 * SECOND)
    assert post.take(one).events == batch.events


def test_what_fails_is_tried_again_at_growing_distance_and_given_up_in_the_end(post: Post) -> None:
    chat = post.chat()
    seqs = post.say(chat)
    waits = []
    for _ in range(TRIES):
        batch = post.take(chat)
        post.sending.again(batch, "no answer")
        wait = post.sending.next(chat)
        if isinstance(wait, Wait):
            waits.append((wait.until - post.wall.now()).total_seconds())
            post.wall.set(wait.until)
    assert waits[:4] == [2, 4, 8, 16]
    assert len(waits) == TRIES - 1
    assert post.states(chat) == ["failed"]
    assert post.marks(chat) == [{"state": "failed", "seqs": seqs, "why": "no answer"}]


def test_what_the_channel_never_takes_lets_the_next_pass(post: Post) -> None:
    chat = post.chat()
    post.say(chat, 3)
    post.sending.failed(post.take(chat), "Bad Request")
    post.wall.advance(SECOND)
    post.sending.sent(post.take(chat), "9")
    assert post.states(chat) == ["failed", "failed", "sent"]


def test_who_has_blocked_the_bot_is_let_be_and_the_desk_is_told_once(post: Post) -> None:
    chat = post.chat()
    post.say(chat, 3)
    batch = post.take(chat)
    post.sending.unreachable(chat, "blocked", batch)
    post.sending.unreachable(chat, "blocked")
    assert post.states(chat) == ["failed"] * 3
    assert post.lost == [chat]
    assert post.marks(chat) == [{"state": "unreachable", "why": "blocked"}]
    post.say(chat)
    assert post.sending.waiting(BOT) == []
    assert post.sending.next(chat) is None
    with post.database.transaction() as work:
        work.channels.open_chat(chat, BOT, NOW)  # they are back
    post.wall.advance(SECOND)
    post.say(chat)
    assert isinstance(post.sending.next(chat), Batch)


def test_what_nobody_asked_for_is_asked_about_when_it_would_leave(post: Post) -> None:
    chat = post.chat()
    post.say(chat, unasked=True)
    post.gate.answer = Later(NOW + MINUTE)
    assert post.sending.next(chat) is None
    post.say(chat)
    batch = post.take(chat)  # an answer does not wait for it
    assert len(batch.rows) == 1
    post.sending.sent(batch, None)
    post.gate.answer = No("held: dispute")
    for clock in (post.clock, post.wall):
        clock.advance(MINUTE)
    assert post.sending.next(chat) is None
    assert post.states(chat)[0] == "cancelled"
    assert post.gate.asked == 2


def test_an_answer_is_never_asked_about(post: Post) -> None:
    chat = post.chat()
    post.gate.answer = No("held")
    post.say(chat)
    assert isinstance(post.sending.next(chat), Batch)
    assert post.gate.asked == 0


def test_a_chat_whose_words_are_fetched_is_none_of_ours(post: Post) -> None:
    chat = conversation(post.database, "web")
    post.say(chat)
    assert post.sending.account(chat) is None
    assert post.sending.next(chat) is None


def test_what_waits_is_found_by_any_process(post: Post) -> None:
    one, two = post.chat("7"), post.chat("8")
    post.say(two)
    post.say(one)
    assert post.sending.waiting(BOT) == [two, one]
    assert post.sending.account(one) == BOT
    post.take(two)
    assert post.sending.waiting(BOT) == [one]


def test_a_moment_that_was_missed_is_not_made_up_for(post: Post) -> None:
    chat = post.chat()
    post.say(chat)
    batch = post.take(chat)
    post.wall.advance(0.7 * SECOND)
    assert post.sending.slot(batch, missed=True) == NOW + 0.7 * SECOND
    assert post.sending.slot(batch) == NOW + 1.7 * SECOND
