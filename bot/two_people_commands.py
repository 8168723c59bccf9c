"""What the commands do that two people agree on: who asks, what waits, agreeing and refusing."""

import getpass
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

from bot import assembly
from bot.access import Staff
from bot.assembly import Base
from bot.errors import BadInput
from bot.lending.policy_set import differences, read_set
from bot.review import policy_control, two_people
from bot.review.agreed import APPLY
from bot.review.protecting import KINDS
from bot.review.two_people import Asking
from bot.review.two_people_store import Proposal
from bot.settings import Settings
from bot.web import staff as accounts

_SHOWN = 20
_PLACE = "command line"  # what tries at a password are counted for, beside the login


@dataclass(frozen=True, slots=True)
class Who:
    """Who gives a command, by their login, and why; None where they need not say."""

    login: str | None = None
    why: str = ""


NOBODY = Who()


@contextmanager
def based(settings: Settings) -> Iterator[Base]:
    """The database alone: a second person must be able to agree when the policies in force do not load."""
    settings.state.mkdir(parents=True, exist_ok=True)
    with closing(assembly.base_of(settings)) as base:
        yield base


def asked_by(ground: Base, who: Who) -> Asking:
    """Who asks, once they have given their password; asked for, or the first line of what is piped in."""
    staff = signed(ground, who.login) if who.login else None
    return Asking(staff, who.why, ground.clock.now(), by_command=True)


def signed(ground: Base, login: str) -> Staff:
    """Whoever knows this login's password; tries are counted and slowed like those of the pages."""
    now = ground.clock.now()
    with ground.database.transaction() as work:
        found = accounts.begin_try(work, login, _PLACE, now)
    fits = accounts.password_fits(secret(f"{login}, your own password: "), found[1] if found else None)
    with ground.database.transaction() as work:
        if found and fits and not found[0].disabled:
            accounts.forgive(work, login)
            return found[0]
        accounts.failed(work, login, _PLACE, now)
    raise accounts.SignInRefused("login and password don't belong together")


def told(proposal: Proposal) -> str:
    """What to do next about a proposal that was just made."""
    return (
        f"proposed, and not done yet: another admin agrees on /review/two-people, or by "
        f"`python -m bot two-people agree {proposal.id} --by LOGIN`, by {_day(proposal.expires_at)}"
    )


def listed(settings: Settings) -> Iterator[str]:
    """What waits for a second person, then what was decided."""
    with based(settings) as ground, ground.database.transaction() as work:
        two_people.expire(work, ground.clock.now())
        logins = {one.id: one.login for one in work.staff.everyone()}
        waiting, decided = work.two_people.waiting(), work.two_people.decided(_SHOWN)
    for one in waiting:
        yield f"{one.id}  {_line(one, logins)}; until {_day(one.expires_at)}"
    if not waiting:
        yield "nothing waits for a second person"
    for one in decided:
        by = f" by {logins.get(one.decided_by, one.decided_by)}" if one.decided_by else ""
        yield f"{one.status}{by}: {_line(one, logins)}"


def agree(settings: Settings, proposal_id: str, who: Who) -> str:
    with based(settings) as ground:
        by = named(ground, who)
        with ground.database.transaction() as work:
            done = two_people.agree(work, proposal_id, by, ground.clock.now(), APPLY)
    later = "; in force from the next start of each process" if done.kind in ("policy", "retention") else ""
    return f"agreed, and done: {changes(done)}{later}"


def refuse(settings: Settings, proposal_id: str, who: Who) -> str:
    with based(settings) as ground:
        by = named(ground, who)
        with ground.database.transaction() as work:
            done = two_people.refuse(work, proposal_id, by, who.why, ground.clock.now())
    return f"{done.status}: {changes(done)}"


def policies(settings: Settings, who: Who) -> Iterator[str]:
    """In what the folder's policies differ from those in force; proposed where somebody says so by name."""
    written = read_set(settings.creditors)
    with based(settings) as base:
        with base.database.reading() as work:
            found = policy_control.standing(work)
        if found.agreed is None or found.alone or settings.demo:
            yield "not two admins yet, or the demo: what stands in the folder is in force from the next start"
            return
        yield from differences(found.agreed, written)
        if who.login is None:
            same = found.agreed.fingerprint == written.fingerprint
            yield (
                "the folder holds what is in force"
                if same
                else "not in force; propose it with --by LOGIN and --why"
            )
            return
        by = signed(base, who.login)
        with base.database.transaction() as work:
            made = policy_control.propose_policies(work, written, by, who.why, base.clock.now())
    yield told(made)


def changes(proposal: Proposal) -> str:
    """From what to what, field by field."""
    return "; ".join(
        f"{name} {_shown(proposal.before[name])} → {_shown(value)}"
        if name in proposal.before
        else f"{name} {_shown(value)}"
        for name, value in proposal.after.items()
    )


def secret(prompt: str, ask: Callable[[str], str] = getpass.getpass) -> str:
    """A password, never from the command line, where others on the machine could read it."""
    return ask(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def new_secret(prompt: str) -> str:
    """A password that is still to be known: asked for twice."""
    chosen = secret(prompt)
    if sys.stdin.isatty() and chosen != secret("The same again: "):
        raise BadInput("password", "the two are not the same")
    return chosen


def named(ground: Base, who: Who) -> Staff:
    if who.login is None:
        raise BadInput("--by", "say who you are; you are asked for your password")
    return signed(ground, who.login)


def _line(proposal: Proposal, logins: dict[str, str]) -> str:
    whom = proposal.subject if proposal.kind in KINDS else logins.get(proposal.subject.removeprefix("staff:"), "")
    by = logins.get(proposal.proposed_by, proposal.proposed_by)
    return f"{proposal.kind} {whom} {changes(proposal)} ({by}: {proposal.reason})".replace("  ", " ")


def _shown(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else "–" if value is None else str(value)


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
