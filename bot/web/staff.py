"""Staff accounts: passwords, sign-in that slows and locks, sessions that end. No HTTP in here."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bot.access import SESSION_IDLE, Role, Session, Staff
from bot.errors import BotError
from bot.review import roles
from bot.web.work import StaffWork

IDLE = SESSION_IDLE
LONGEST = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)  # a session's last use is written no more often than this

FREE_TRIES = 3
FIRST_WAIT = timedelta(seconds=5)  # doubles with each further failure
LONGEST_WAIT = timedelta(minutes=15)
REMEMBERED = timedelta(hours=1)
TRIES_OF_A_NETWORK = 30  # an office shares one address

LEAST_PASSWORD = 12
MOST_PASSWORD = 200  # Argon2 is fed nothing endless
MOST_AGENT = 200  # of what a browser calls itself

_hasher = PasswordHasher()
# Checked when the login is unknown, so that the answer takes as long as for a known one.
_NOBODY = _hasher.hash(secrets.token_urlsafe())


class WeakPassword(BotError):
    """A new password is too short or too long."""


class SignInRefused(BotError):
    """Login and password don't belong together, or the account is disabled; which is not told."""


class SignInSlowed(BotError):
    """Too many failures: `wait` must pass before the next try."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"try again in {int(wait.total_seconds()) + 1} seconds")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """A sign-in that exists in demo mode only, shown on its start page."""

    login: str
    password: str
    name: str
    role: Role
    teams: tuple[str, ...] | None = None


def demo_staff() -> tuple[DemoSignIn, ...]:
    return (
        DemoSignIn("collector", "demo-collector", "Mei", "collector"),
        DemoSignIn("hardship", "demo-hardship", "Ana", "collector", ("hardship", "general")),
        DemoSignIn(
            "disputes", "demo-disputes", "Ben", "collector", ("disputes", "fraud", "complaints", "legal", "general")
        ),
        DemoSignIn("supervisor", "demo-supervisor", "Daniel", "supervisor"),
        DemoSignIn("admin", "demo-admin-123", "Rosa", "admin"),
        DemoSignIn("second", "demo-second-1", "Priya", "admin"),  # what two people agree on needs another
    )


def add_demo_staff(work: StaffWork, at: datetime) -> None:
    """Make the demo's sign-ins where they are missing. For demo mode, which listens on loopback only."""
    for demo in demo_staff():
        if work.staff.by_login(demo.login) is None:
            hire(work, Staff("", demo.login, demo.name, demo.role, teams=demo.teams), demo.password, at)


def hire(work: StaffWork, staff: Staff, password: str, at: datetime, by: str | None = None) -> Staff:
    """Add a member of staff whom nobody needs to agree to; LoginTaken, WeakPassword."""
    return roles.added(work, roles.numbered(staff), hash_password(password), at, by)


def sign_out_everywhere(work: StaffWork, staff: Staff, by: str | None, at: datetime, but: str | None = None) -> int:
    """End every session of somebody, but the one with the digest `but`; how many."""
    ended = work.staff.end_sessions(staff.id, but)
    work.audit.append("sign_out_everywhere", f"staff:{staff.id}", by, {"sessions": ended}, at)
    return ended


def hash_password(password: str) -> str:
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise WeakPassword(f"a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters")
    return _hasher.hash(password)


def password_fits(password: str, kept: str | None) -> bool:
    """Whether `password` is the one of hash `kept`; takes as long when there is none. Slow on purpose."""
    try:
        return _hasher.verify(kept or _NOBODY, password[:MOST_PASSWORD]) and kept is not None
    except VerificationError:
        return False


def wait_for(failures: Sequence[datetime], now: datetime, free: int = FREE_TRIES) -> timedelta:
    """How long to wait until the next try, given the failures that are remembered, oldest first."""
    recent = [at for at in failures if now - at < REMEMBERED]
    if len(recent) < free:
        return timedelta(0)
    doublings = min(len(recent) - free, 20)
    wait = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return max(recent[-1] + wait - now, timedelta(0))


def begin_try(work: StaffWork, login: str, network: str, now: datetime) -> tuple[Staff, str] | None:
    """Whom a login names, with their hash; SignInSlowed while this login or network address has to wait.

    The try counts as failed until it succeeds, so that many at once don't slip past the wait.
    """
    since = now - REMEMBERED
    of_login = wait_for(work.staff.failed_sign_ins(_login_subject(login), since), now)
    of_network = wait_for(work.staff.failed_sign_ins(_network_subject(network), since), now, TRIES_OF_A_NETWORK)
    wait = max(of_login, of_network)
    if wait:
        raise SignInSlowed(wait)
    work.staff.add_failed_sign_in(_login_subject(login), now)
    return work.staff.by_login(login)


def failed(work: StaffWork, login: str, network: str, now: datetime) -> None:
    """Record a failed sign-in; what was typed is not kept, since it may be a password in the wrong field."""
    work.staff.add_failed_sign_in(_network_subject(network), now)
    known = work.staff.by_login(login)
    subject = f"staff:{known[0].id}" if known else ""
    work.audit.append("sign_in_failed", subject, None, {"network": network}, now)


def forgive(work: StaffWork, login: str) -> None:
    """Forget the failures of a login whose password was given."""
    work.staff.clear_failed_sign_ins(_login_subject(login))


def start_session(work: StaffWork, staff: Staff, network: str, now: datetime, agent: str = "") -> str:
    """Begin a session; returns its token, which is kept nowhere."""
    token = secrets.token_urlsafe(32)
    forgive(work, staff.login)
    work.staff.set_away(staff.id, away=False)
    work.staff.add_session(
        Session(digest_of(token), staff.id, now, now, now + LONGEST, network, agent[:MOST_AGENT])
    )
    work.audit.append("sign_in", f"staff:{staff.id}", staff.id, {"network": network}, now)
    return token


def staff_of(work: StaffWork, token: str, now: datetime) -> tuple[Staff, Session] | None:
    """Whose session this is, if it has not ended and the account is not disabled."""
    session = work.staff.session(digest_of(token))
    if session is None or now >= session.ends_at or now - session.seen_at >= IDLE:
        return None
    staff = work.staff.by_id(session.staff_id)
    return None if staff is None or staff.disabled else (staff, session)


def needs_touch(session: Session, now: datetime) -> bool:
    return now - session.seen_at >= TOUCH_EVERY


def end_session(work: StaffWork, token: str, staff: Staff, now: datetime) -> None:
    work.staff.end_session(digest_of(token))
    work.audit.append("sign_out", f"staff:{staff.id}", staff.id, {}, now)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_of(token: str) -> str:
    """The form token that belongs to a session (or to a sign-in page's cookie); nothing needs to be kept for it."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()


def csrf_fits(token: str, given: str) -> bool:
    return hmac.compare_digest(csrf_of(token).encode(), given.encode())


def _login_subject(login: str) -> str:
    return "login:" + hashlib.sha256(login.strip().lower().encode()).hexdigest()


def _network_subject(network: str) -> str:
    return "network:" + network
