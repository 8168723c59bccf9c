"""Who among the staff may do what: roles, permissions and routes in one place, bounded by speaker and creditor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, Protocol, get_args

from bot.errors import BotError

Role = Literal["collector", "supervisor", "reviewer", "admin", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)

Permission = Literal[
    "account.own",  # one's own session and settings
    "desk.view",  # the queue and the chats in it
    "desk.answer",  # take, write, note, hand back, resolve
    "desk.team",  # all queues and colleagues at once, waiting times, what people thought of it
    "desk.release",  # hand back or resolve what a colleague holds
    "desk.assign",  # give a case to a colleague or another team, whoever holds it
    "desk.fraud",  # take cases of fraud and identity theft, and answer them
    "desk.complaints",  # the same for complaints: not whoever is complained about
    "desk.act",  # offer within one's authority, record promises, holds, disputes and preferences, refer
    "desk.approve",  # what is above a colleague's authority; never one's own
    "desk.refer_hard",  # to lawyers, and to the borrower's door
    "desk.refer_export",
    "desk.sensitive",  # health and similar details: on the card, in the transcript, in colleagues' notes
    "review.view",  # find and read any conversation, masked
    "review.reveal",  # see personal data in it, for a reason
    "review.verify",
    "review.export",
    "data.view",  # requests about data, legal holds, what is to go by now
    "data.manage",  # erase on request, place legal holds and lift them
    "audit.view",  # who saw what
    "staff.manage",
]

PERMISSIONS: Mapping[Permission, frozenset[Role]] = MappingProxyType(
    {
        "account.own": frozenset(ROLES),
        "desk.view": frozenset({"collector", "supervisor", "admin"}),
        "desk.answer": frozenset({"collector", "supervisor"}),
        "desk.team": frozenset({"supervisor", "admin"}),
        "desk.release": frozenset({"supervisor", "admin"}),
        "desk.assign": frozenset({"supervisor", "admin"}),
        "desk.fraud": frozenset({"supervisor"}),
        "desk.complaints": frozenset({"supervisor"}),
        "desk.act": frozenset({"collector", "supervisor"}),
        "desk.approve": frozenset({"supervisor"}),
        "desk.refer_hard": frozenset({"supervisor"}),
        "desk.refer_export": frozenset({"supervisor", "admin"}),
        "desk.sensitive": frozenset({"supervisor"}),
        "review.view": frozenset({"supervisor", "reviewer", "admin", "auditor"}),
        "review.reveal": frozenset({"reviewer", "admin"}),
        "review.verify": frozenset({"reviewer", "admin", "auditor"}),
        "review.export": frozenset({"reviewer", "admin"}),
        "data.view": frozenset({"reviewer", "admin"}),
        "data.manage": frozenset({"admin"}),
        "audit.view": frozenset({"admin", "auditor"}),
        "staff.manage": frozenset({"admin"}),
    }
)

# What a collector may besides, whose team it is: one who was put into the team by name, not one without bounds.
SKILLS: Mapping[str, Permission] = MappingProxyType(
    {"fraud": "desk.fraud", "complaints": "desk.complaints", "hardship": "desk.sensitive"}
)

# Every staff route and what it needs. A route that is missing here is refused to everybody.
ROUTES: Mapping[str, Permission] = MappingProxyType(
    {
        "GET /staff": "account.own",
        "POST /staff/sign-out": "account.own",
        "POST /staff/language": "account.own",
        "GET /staff/account": "account.own",
        "POST /staff/account": "account.own",
        "POST /staff/account/password": "account.own",
        "POST /staff/account/sign-out": "account.own",
        "GET /desk": "desk.view",
        "GET /desk/queue": "desk.view",
        "GET /desk/stream": "desk.view",
        "GET /desk/cases/{case_id}": "desk.view",
        "GET /desk/cases/{case_id}/news": "desk.view",
        "GET /desk/cases/{case_id}/lines": "desk.view",
        "POST /desk/cases/{case_id}/typing": "desk.answer",
        "GET /desk/cases/{case_id}/files/{file_id}": "desk.view",
        "GET /desk/team": "desk.team",
        "POST /desk/team/surveys/{case_id}/seen": "desk.team",
        "POST /desk/next": "desk.answer",
        "POST /desk/presence": "desk.answer",
        "GET /desk/cases/{case_id}/transfer": "desk.view",
        "POST /desk/cases/{case_id}/transfer": "desk.view",  # one's own, or any with desk.assign
        "POST /desk/cases/{case_id}/take": "desk.answer",
        "POST /desk/cases/{case_id}/answer": "desk.answer",
        "POST /desk/cases/{case_id}/note": "desk.answer",
        "POST /desk/cases/{case_id}/check": "desk.answer",
        "POST /desk/cases/{case_id}/file": "desk.answer",
        "GET /desk/cases/{case_id}/replies": "desk.answer",
        "GET /desk/cases/{case_id}/replies/{reply_id}": "desk.answer",
        "GET /desk/replies": "desk.view",
        "GET /desk/mentions": "desk.view",
        "GET /desk/mentions/count": "desk.view",
        "POST /desk/cases/{case_id}/holds/{hold_id}/lift": "desk.answer",  # by whoever the hold names
        "POST /desk/cases/{case_id}/disputes/{dispute_id}/settle": "desk.answer",
        "POST /desk/cases/{case_id}/return": "desk.view",  # one's own, or any with desk.release
        "POST /desk/cases/{case_id}/resolve": "desk.view",
        "POST /desk/cases/{case_id}/offers/preview": "desk.act",
        "POST /desk/cases/{case_id}/offers": "desk.act",
        "POST /desk/cases/{case_id}/offers/{offer_id}/send": "desk.act",
        "POST /desk/cases/{case_id}/offers/{offer_id}/withdraw": "desk.act",
        "POST /desk/cases/{case_id}/identity": "desk.act",
        "POST /desk/cases/{case_id}/hold": "desk.act",
        "POST /desk/cases/{case_id}/promise": "desk.act",
        "POST /desk/cases/{case_id}/preference": "desk.act",
        "POST /desk/cases/{case_id}/dispute": "desk.act",
        "POST /desk/cases/{case_id}/referrals": "desk.act",  # hard ones by desk.refer_hard
        "POST /desk/cases/{case_id}/referrals/{referral_id}/close": "desk.act",
        "GET /desk/referrals.csv": "desk.refer_export",
        "GET /desk/approvals": "desk.approve",
        "POST /desk/approvals/{approval_id}": "desk.approve",
        "GET /review": "review.view",
        "POST /review/searches": "review.view",
        "POST /review/searches/{search_id}/remove": "review.view",
        "GET /review/conversations/{conversation_id}": "review.view",
        "GET /review/conversations/{conversation_id}/files/{file_id}": "review.reveal",
        "POST /review/conversations/{conversation_id}/reveal": "review.reveal",
        "POST /review/conversations/{conversation_id}/verify": "review.verify",
        "POST /review/conversations/{conversation_id}/export": "review.export",
        "POST /review/export": "review.export",
        "GET /review/exports": "review.export",
        "GET /review/figures": "review.view",
        "GET /review/proof": "review.verify",
        "POST /review/proof/runs": "review.verify",
        "GET /review/proof/deposits/{number}": "review.verify",
        "GET /review/protection": "data.view",
        "GET /review/protection/retention": "data.view",
        "POST /review/protection/holds": "data.manage",
        "POST /review/protection/holds/lift": "data.manage",
        "POST /review/protection/erasures": "data.manage",
        "GET /review/two-people": "audit.view",
        "POST /review/two-people/policies": "staff.manage",
        "POST /review/two-people/colleagues": "staff.manage",
        "POST /review/two-people/colleagues/{staff_id}": "staff.manage",
        "POST /review/two-people/{proposal_id}": "staff.manage",
        "GET /review/audit": "audit.view",
        "POST /review/audit/verify": "audit.view",
    }
)


CAPACITY = 12  # cases held at once, where nobody said otherwise
SESSION_IDLE = timedelta(minutes=60)  # a session that nobody used for so long has ended


@dataclass(frozen=True, slots=True)
class Staff:
    """One member of staff; `speakers`, `creditors` and `teams` bound what they see, None is no bound.

    `languages` are what they write, `capacity` how many cases they hold at once; `away` was said by themselves.
    """

    id: str
    login: str
    name: str  # as borrowers see it when they join a chat
    role: Role
    speakers: tuple[str, ...] | None = None
    creditors: tuple[str, ...] | None = None
    locale: str = "en"
    disabled: bool = False
    teams: tuple[str, ...] | None = None
    languages: tuple[str, ...] | None = None
    capacity: int = CAPACITY
    away: bool = False
    time_zone: str | None = None  # IANA name; None: that of the desk whose case it is

    def may(self, permission: Permission) -> bool:
        if self.disabled:
            return False
        skilled = self.role == "collector" and any(SKILLS.get(team) == permission for team in self.teams or ())
        return skilled or self.role in PERMISSIONS[permission]

    def covers(self, speaker: str, creditor: str | None = None, team: str | None = None) -> bool:
        """Whether matters of this speaker (and creditor, once known, and team, if meant) are theirs."""
        if self.speakers is not None and speaker not in self.speakers:
            return False
        if self.teams is not None and team is not None and team not in self.teams:
            return False
        return self.creditors is None or creditor is None or creditor in self.creditors

    def writes(self, language: str) -> bool:
        return self.languages is None or language in self.languages

    def require(self, permission: Permission) -> None:
        if not self.may(permission):
            raise NotAllowed(self, permission)


class NotAllowed(BotError):
    """A member of staff tried what their role or bounds do not allow."""

    def __init__(self, staff: Staff, what: str) -> None:
        super().__init__(f"{staff.login} ({staff.role}) may not: {what}")
        self.staff, self.what = staff, what


class LoginTaken(BotError):
    """Another member of staff signs in under this name."""


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in. Only the SHA-256 of its token is kept."""

    digest: str
    staff_id: str
    started_at: datetime
    seen_at: datetime
    ends_at: datetime  # whatever happens
    network: str = ""  # the address it began from
    agent: str = ""  # what the browser called itself then


class StaffStore(Protocol):
    """Staff, their sessions and failed sign-ins. Implemented by `storage`."""

    def add(self, staff: Staff, password_hash: str) -> None:
        """Raises LoginTaken; logins are compared without case."""
        ...

    def save(self, staff: Staff) -> None: ...
    def set_password(self, staff_id: str, password_hash: str) -> None: ...
    def by_id(self, staff_id: str) -> Staff | None: ...
    def by_login(self, login: str) -> tuple[Staff, str] | None:
        """The member of staff and their password's hash."""
        ...

    def everyone(self) -> list[Staff]: ...
    def names(self) -> dict[str, str]:
        """Everybody's name by their id."""
        ...

    def lock(self, staff_id: str) -> Staff | None:
        """Take the row until the transaction ends: after every other lock."""
        ...

    def lock_role(self, role: Role) -> list[Staff]:
        """Everybody of a role, by their ids, each locked as by `lock`."""
        ...

    def set_away(self, staff_id: str, *, away: bool) -> None: ...
    def present(self, now: datetime) -> frozenset[str]:
        """Ids of those who are here: signed in, and not away by their own word."""
        ...

    def add_session(self, session: Session) -> None: ...
    def session(self, digest: str) -> Session | None: ...
    def touch_session(self, digest: str, at: datetime) -> None: ...
    def sessions(self, staff_id: str, now: datetime) -> list[Session]:
        """Sign-ins that have not reached their end, newest first."""
        ...

    def end_session(self, digest: str) -> None: ...
    def end_sessions(self, staff_id: str, but: str | None = None) -> int:
        """End every session of theirs, but the one with this digest; how many."""
        ...

    def failed_sign_ins(self, subject: str, since: datetime) -> Sequence[datetime]:
        """Times of failed tries for `subject` (a login or a network address), oldest first."""
        ...

    def add_failed_sign_in(self, subject: str, at: datetime) -> None: ...
    def clear_failed_sign_ins(self, subject: str) -> None: ...
