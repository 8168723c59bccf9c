"""What every staff page works with: the way to the database, the lenders' rules, words, templates."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from markupsafe import Markup

from bot.clock import Clock
from bot.conversations.ports import Talk
from bot.conversations.wakeups import Wakeups
from bot.desk.canned import Replies
from bot.desk.handoffs import NoticeWords
from bot.desk.identity_request import IdentityWords
from bot.desk.offers import OfferWords
from bot.desk.wording import Hears
from bot.lending.policy import Policies
from bot.lending.policy_set import PolicySet
from bot.web import staff as accounts
from bot.web.desk_panes import Panes
from bot.web.rendering import Renderer
from bot.web.work import StaffWork

T = TypeVar("T")


class Port(Protocol):
    """The way to the database: `run` opens the transaction, calls `fn` in a thread, and commits."""

    async def run(self, fn: Callable[[StaffWork], T], *, reading: bool = False) -> T: ...


class Ruled(Protocol):
    """Whatever works by the lenders' rules."""

    @property
    def policies(self) -> Policies: ...


class Printing(Ruled, Protocol):
    """What a record on paper is made with."""

    @property
    def renderer(self) -> Renderer: ...


@dataclass(frozen=True, slots=True)
class StaffPages:
    """The parts that every staff page works with."""

    port: Port
    clock: Clock
    policies: Policies  # by which this process works
    written: Callable[[], PolicySet]  # what stands in the folder now
    notices: NoticeWords
    offer_words: OfferWords  # what colleagues offer, in the borrower's language
    identity_words: IdentityWords  # by which the desk asks who writes
    talk: Talk
    renderer: Renderer
    changed: Callable[[str], None]  # tells waiting chats that their conversation has changed
    replies: Replies = field(default_factory=Replies.shipped)
    wakeups: Wakeups = field(default_factory=Wakeups)  # what open pages wait for
    intents: Sequence[str] = ()  # that start something, for the filters of review
    panes: Panes = field(default_factory=Panes)
    tickets: dict[object, Markup] = field(default_factory=dict)  # drawn for the queue, see `desk_queue`
    second: Hears | None = None  # reads colleagues' words beside the wording rules
    secure: bool = False  # served by https, so that cookies travel by nothing else
    demo: Sequence[accounts.DemoSignIn] = ()
