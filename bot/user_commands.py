"""What the command line does with staff accounts; each function is one command."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, cast, get_args

from bot.access import Role, Staff
from bot.assembly import Ground
from bot.clock import time_zones
from bot.commands import opened
from bot.errors import BadInput
from bot.locale import SOURCE, Catalogues
from bot.review import roles
from bot.review.two_people_store import Proposal
from bot.settings import Settings
from bot.storage.work import Work
from bot.two_people_commands import NOBODY, Who, asked_by, new_secret, told
from bot.web import staff as accounts


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command says of somebody; None leaves it as it is, an empty list takes a bound away."""

    name: str | None = None
    role: str | None = None
    speakers: Sequence[str] | None = None
    creditors: Sequence[str] | None = None
    teams: Sequence[str] | None = None
    languages: Sequence[str] | None = None
    capacity: int | None = None
    locale: str | None = None
    time_zone: str | None = None


class NoSuchUser(BadInput):
    """Nobody signs in under this name."""


def add(settings: Settings, login: str, wanted: Wanted, who: Who = NOBODY) -> str:
    """Add a member of staff; the password is asked for, or is the next line of what is piped in."""
    with opened(settings) as ground:
        checked = _checked(settings, ground, wanted)
        asking = asked_by(ground, who)
        password_hash = accounts.hash_password(_new_password(login))
        with ground.database.transaction() as work:
            staff = Staff("", login, wanted.name or login, cast(Role, checked["role"]))
            new = replace(staff, **{**checked, "name": staff.name})
            added, proposal = roles.add(work, new, password_hash, asking)
    return told(proposal) if proposal else f"{added.login} may now sign in as {added.role}"


def change(settings: Settings, login: str, wanted: Wanted, who: Who = NOBODY) -> str:
    """Give somebody another name, role, bound or skill."""
    with opened(settings) as ground:
        checked = _checked(settings, ground, wanted)
        if not checked:
            raise BadInput("user change", "say what shall change: --role, --team, --capacity …")
        known, proposal = _changed(ground, login, checked, who)
    return told(proposal) if proposal else f"{known.login}: {', '.join(sorted(checked))} changed"


def disable(settings: Settings, login: str, who: Who = NOBODY, *, disabled: bool) -> str:
    """Shut somebody out at once, or let them in again; what they did stays on the record under their name."""
    with opened(settings) as ground:
        known, proposal = _changed(ground, login, {"disabled": disabled}, who)
    if proposal:
        return told(proposal)
    return (
        f"{known.login} is shut out, wherever they were signed in"
        if disabled
        else f"{known.login} may sign in again"
    )


def _changed(ground: Ground, login: str, wanted: Mapping[str, Any], who: Who) -> tuple[Staff, Proposal | None]:
    asking = asked_by(ground, who)
    with ground.database.transaction() as work:
        known = _known(work, login)
        return known, roles.change(work, known.id, wanted, asking)


def set_password(settings: Settings, login: str, who: Who = NOBODY) -> str:
    """Give somebody a new password, asked for or piped in; whoever is signed in with the old one is out."""
    with opened(settings) as ground:
        with ground.database.reading() as work:
            known = _known(work, login)
        asking = asked_by(ground, who)
        password_hash = accounts.hash_password(_new_password(known.login))
        with ground.database.transaction() as work:
            ended, proposal = roles.set_password(work, known, password_hash, asking)
    return told(proposal) if proposal else f"{known.login} has a new password; {ended} sessions ended"


def sign_out(settings: Settings, login: str) -> str:
    """End every session of somebody: a lost laptop, a shared screen."""
    with opened(settings) as ground, ground.database.transaction() as work:
        known = _known(work, login)
        ended = accounts.sign_out_everywhere(work, known, None, ground.clock.now())
    return f"{known.login}: {ended} sessions ended"


def listed(settings: Settings) -> Iterator[str]:
    """One line for each member of staff, as wide as the widest of each column."""
    with opened(settings) as ground, ground.database.reading() as work:
        now = ground.clock.now()
        here = work.staff.present(now)
        rows = [_row(one, len(work.staff.sessions(one.id, now)), one.id in here) for one in work.staff.everyone()]
    rows.insert(0, ("login", "name", "role", "state", "speakers", "creditors", "teams", "languages", "capacity"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _row(one: Staff, sessions: int, here: bool) -> tuple[str, ...]:
    state = "disabled" if one.disabled else f"signed in ×{sessions}" if here else "away" if one.away else "–"
    bounds = (",".join(bound) if bound is not None else "all" for bound in (one.speakers, one.creditors))
    skills = (",".join(skill) if skill is not None else "all" for skill in (one.teams, one.languages))
    return (one.login, one.name, one.role, state, *bounds, *skills, str(one.capacity))


def _checked(settings: Settings, ground: Ground, wanted: Wanted) -> dict[str, Any]:
    """What was said, as the fields of Staff; BadInput for what this installation doesn't have."""
    if wanted.role is not None and wanted.role not in get_args(Role):
        raise BadInput("--role", f"{wanted.role!r} is none of {', '.join(get_args(Role))}")
    speakers = ground.policies.speakers()
    languages = Catalogues.load(settings.locales).languages
    offered: dict[str, tuple[str, Sequence[str]]] = {
        "speakers": ("--speaker", [one.id for one in speakers]),
        "creditors": ("--creditor", [creditor for one in speakers for creditor in one.creditors]),
        "teams": (
            "--team",
            sorted({team for one in speakers for team in ground.policies.for_speaker(one.id).desk.teams}),
        ),
        "languages": ("--language", list(languages)),
    }
    said = {field.name: value for field in fields(Wanted) if (value := getattr(wanted, field.name)) is not None}
    for name, (option, known) in offered.items():
        if name in said:
            said[name] = _among(option, said[name], known)
    if "locale" in said:
        (said["locale"],) = _among("--locale", [said["locale"]], list(languages)) or (SOURCE,)
    if said.get("time_zone", "UTC") not in time_zones():
        raise BadInput("--time-zone", f"{said['time_zone']!r} is no zone of the IANA database, as Asia/Taipei is")
    return said


def _among(option: str, values: Sequence[str], known: Sequence[str]) -> tuple[str, ...] | None:
    """The values, each once and as they are known here; None, which is no bound, for an empty one."""
    found = dict.fromkeys(
        value.replace("-", "_") if option in ("--language", "--locale") else value for value in values
    )
    for value in found:
        if value and value not in known:
            raise BadInput(option, f"{value!r} is none of {', '.join(known)}")
    return tuple(value for value in found if value) or None


def _known(work: Work, login: str) -> Staff:
    found = work.staff.by_login(login)
    if found is None:
        raise NoSuchUser(login, "nobody signs in under this name; `user list` shows who does")
    return found[0]


def _new_password(login: str) -> str:
    return new_secret(f"Password for {login} ({accounts.LEAST_PASSWORD} characters or more): ")
