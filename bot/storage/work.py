"""One transaction and every store in it; stores are made when first asked for."""

from functools import cached_property

from bot.storage.acting import Acting
from bot.storage.audit import AuditRecords
from bot.storage.channels import Channels
from bot.storage.checkpoints import Checkpoints
from bot.storage.conversations import Conversations
from bot.storage.desk import DeskRecords
from bot.storage.endings import Callbacks, Surveys
from bot.storage.figures import FigureRecords
from bot.storage.files import Files
from bot.storage.inbox import Inbox
from bot.storage.jobs import Jobs
from bot.storage.lending import LendingRecords
from bot.storage.mentions import Mentions
from bot.storage.outbox import Outbox
from bot.storage.policy_sets import PolicySets
from bot.storage.proof import Proofs
from bot.storage.protection import Protection
from bot.storage.pulse import PulseRecords
from bot.storage.queue import QueueRecords
from bot.storage.record import Record
from bot.storage.review import Review
from bot.storage.search import Search
from bot.storage.session import Session
from bot.storage.staff import StaffRecords
from bot.storage.two_people import TwoPeople
from bot.storage.updates import Updates


class Work(Session):
    """What `Database.transaction` gives: all stores on one connection, and callbacks for after the commit."""

    @cached_property
    def inbox(self) -> Inbox:
        return Inbox(self)

    @cached_property
    def conversations(self) -> Conversations:
        return Conversations(self)

    @cached_property
    def outbox(self) -> Outbox:
        return Outbox(self)

    @cached_property
    def record(self) -> Record:
        return Record(self)

    @cached_property
    def jobs(self) -> Jobs:
        return Jobs(self)

    @cached_property
    def files(self) -> Files:
        return Files(self)

    @cached_property
    def lending(self) -> LendingRecords:
        return LendingRecords(self)

    @cached_property
    def desk(self) -> DeskRecords:
        return DeskRecords(self)

    @cached_property
    def queue(self) -> QueueRecords:
        return QueueRecords(self)

    @cached_property
    def bookings(self) -> Callbacks:
        return Callbacks(self)

    @cached_property
    def surveys(self) -> Surveys:
        return Surveys(self)

    @cached_property
    def mentions(self) -> Mentions:
        return Mentions(self)

    @cached_property
    def acting(self) -> Acting:
        return Acting(self)

    @cached_property
    def pulse(self) -> PulseRecords:
        return PulseRecords(self)

    @cached_property
    def staff(self) -> StaffRecords:
        return StaffRecords(self)

    @cached_property
    def audit(self) -> AuditRecords:
        return AuditRecords(self)

    @cached_property
    def review(self) -> Review:
        return Review(self)

    @cached_property
    def proofs(self) -> Proofs:
        return Proofs(self)

    @cached_property
    def search(self) -> Search:
        return Search(self)

    @cached_property
    def figures(self) -> FigureRecords:
        return FigureRecords(self)

    @cached_property
    def protection(self) -> Protection:
        return Protection(self)

    @cached_property
    def checkpoints(self) -> Checkpoints:
        return Checkpoints(self)

    @cached_property
    def two_people(self) -> TwoPeople:
        return TwoPeople(self)

    @cached_property
    def policy_sets(self) -> PolicySets:
        return PolicySets(self)

    @cached_property
    def updates(self) -> Updates:
        return Updates(self)

    @cached_property
    def channels(self) -> Channels:
        return Channels(self)
