"""A borrower at the keyboard: drives the assembled application as a channel would."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from bot import keys
from bot.access import Session, Staff
from bot.assembly import App, build, ground
from bot.clock import FixedClock
from bot.desk import handoffs
from bot.dialogue.messages import FileRef, Incoming, InputKind
from bot.dialogue.tracker import Tracker
from bot.dialogue.understanding import Understanding
from bot.files.store import KeptFile
from bot.lender.demo import people
from bot.record.events import Event
from bot.settings import ROOT, Settings

MediaType = Literal["image/jpeg", "image/png", "image/webp", "application/pdf"]
DEMO_CREDITORS = ROOT / "bot" / "lender" / "demo" / "creditors"


def demo_app(url: str, state: Path, at: datetime, model: Understanding, **more: Any) -> App:
    """The whole application over the database at `url`, with the demo's borrowers in it; `more` are settings."""
    key_file = state / "test.keys"
    if not key_file.exists():
        keys.create(key_file)
    settings = Settings(database_url=url, state=state, key_file=key_file, creditors=DEMO_CREDITORS, **more)
    clock = FixedClock(at)
    app = build(ground(settings, clock), model=model)
    with app.database.transaction() as work:
        people.load(work.lending, clock)
    return app


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the bot as its event was recorded."""

    seq: int
    response: str
    text: str
    buttons: tuple[Mapping[str, str], ...]
    card: Any = None


@dataclass
class Chat:
    """`replies`, `turns` (bodies of turn events) and `trace` (Rasa's events) are those of the last look.

    `history` has all that the bot said.
    """

    app: App
    speaker: str = "harbour"
    locale: str = "en"
    sender: str = field(default_factory=lambda: uuid.uuid4().hex)
    channel: str = "web"
    replies: list[Said] = field(default_factory=list)
    history: list[Said] = field(default_factory=list)
    turns: list[Mapping[str, Any]] = field(default_factory=list)
    trace: list[dict[str, Any]] = field(default_factory=list)
    sent: list[Incoming] = field(default_factory=list)
    conversation_id: str = ""
    collector: Staff | None = None  # who has taken the chat
    _seq: int = 0

    def start(self) -> list[Said]:
        return self.send(self.input("start"))

    def type(self, text: str) -> list[Said]:
        return self.send(self.input("text", text=text))

    def press(self, title_or_payload: str) -> list[Said]:
        """Press the newest button with this title or payload, however old its message is."""
        for said in reversed(self.history):
            for position, button in enumerate(said.buttons, 1):
                if title_or_payload in (button["title"], button["payload"]):
                    return self.send(self.input("button", choice=f"{said.seq}-{position}"))
        offered = [button for said in self.history for button in said.buttons]
        raise LookupError(f"no button offers {title_or_payload!r}; there are {offered}")

    def upload(self, content: bytes, name: str = "proof.png", media_type: MediaType = "image/png") -> list[Said]:
        """Send a file that the channel has already checked and kept."""
        return self.send(self.input("file", file=self.keep(content, name, media_type)))

    def keep(self, content: bytes, name: str, media_type: MediaType) -> FileRef:
        kept = KeptFile(
            id=uuid.uuid4().hex,
            conversation_id=self.conversation_id,
            name=name,
            media_type=media_type,
            size=len(content),
            sha256=hashlib.sha256(content).digest(),
            kept_at=self.app.clock.now(),
        )
        with self.app.database.transaction() as work:
            work.files.keep(kept, content)
        return FileRef(kept.id, name, media_type, kept.size)

    def send_unreadable(self) -> list[Said]:
        return self.send(self.input("unreadable"))

    @property
    def tracker(self) -> Tracker:
        with self.app.database.reading() as work:
            tracker = work.conversations.tracker(self.conversation_id)
        assert tracker is not None
        return tracker

    def set_slots(self, slots: Mapping[str, Any]) -> None:
        """Put values into the conversation's state, as Rasa's fixtures do."""
        with self.app.database.transaction() as work:
            work.conversations.lock(self.conversation_id)
            tracker = work.conversations.tracker(self.conversation_id)
            assert tracker is not None
            tracker.slots.update(slots)
            work.conversations.save_tracker(tracker)

    def verify(self, reference: str) -> None:
        """Prove who it is by the real questions."""
        person = next(p.borrower for p in people.people(self.app.clock) if p.borrower.reference == reference)
        self.press("/start_chat")
        for answer in (reference, person.birth_date.isoformat(), person.document_last4):
            self.type(answer)
        if not self.tracker.slots.get("verified"):
            raise AssertionError(f"{reference} could not be verified: {[said.text for said in self.replies]}")

    def be_taken(self) -> None:
        """Ask for a person; a collector takes the chat."""
        with self.app.database.reading() as work:
            waits = work.desk.open_case(self.conversation_id) is not None
        if not waits:
            self.press("/request_human")
        collector = Staff(id=uuid.uuid4().hex, login=uuid.uuid4().hex, name="Mei", role="collector")
        self.sign_in(collector)
        self.collector = collector
        with self.app.database.transaction() as work:
            handoffs.take(work, self.case_id, collector, self.app.clock.now(), self.app.responses.text)
        self.read()

    def sign_in(self, collector: Staff) -> None:
        """Have somebody at the desk for half an hour."""
        now = self.app.clock.now()
        session = Session(uuid.uuid4().hex, collector.id, now, now, now + timedelta(minutes=30))
        with self.app.database.transaction() as work:
            work.staff.add(collector, "no password fits this")
            work.staff.add_session(session)

    @property
    def case_id(self) -> str:
        """The chat's open case."""
        with self.app.database.reading() as work:
            case = work.desk.open_case(self.conversation_id)
        assert case is not None
        return case.id

    def input(self, kind: InputKind, **what: Any) -> Incoming:
        """What the channel makes of it; `what` is text, choice or file."""
        return Incoming(
            account=f"{self.channel}:{self.speaker}",
            sender=self.sender,
            update_id=uuid.uuid4().hex,
            kind=kind,
            locale=self.locale.replace("_", "-"),
            **what,
        )

    def send(self, incoming: Incoming) -> list[Said]:
        self.post(incoming)
        return self.work_off()

    def post(self, incoming: Incoming) -> None:
        """Have an input stored, and not handled yet."""
        self.conversation_id = self.app.turns.receive(incoming).conversation_id
        self.sent.append(incoming)

    def work_off(self) -> list[Said]:
        self.app.turns.drain(self.conversation_id)
        return self.read()

    def come_to_rest(self) -> list[Said]:
        """What has come without the borrower's doing, once it has all come."""
        return self.read()

    def read(self) -> list[Said]:
        """What has come since the last look: the replies, and why."""
        with self.app.database.reading() as work:
            events = work.record.events(self.conversation_id, after=self._seq)
        self._seq = events[-1].seq if events else self._seq
        self.replies = [_said(event) for event in events if event.kind in ("bot", "notice")]
        self.turns = [event.body or {} for event in events if event.kind == "turn"]
        self.trace = [step for turn in self.turns for step in _trace(turn)]
        self.history += self.replies
        return self.replies


def _said(event: Event) -> Said:
    body = event.body or {}
    return Said(event.seq, body["response"], body["text"], tuple(body.get("buttons", ())), body.get("card"))


def _trace(turn: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "put_aside" in turn:
        raise AssertionError(f"an input was put aside: {turn}")
    return list(turn.get("trace", ()))
