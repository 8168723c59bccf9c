"""The commands about staff accounts."""

from collections.abc import Callable
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any

import typer

from bot import user_commands as users
from bot.cli_two_people import By, Why
from bot.plainly import Demo, plainly, settings_of
from bot.two_people_commands import Who
from bot.user_commands import Wanted

user = typer.Typer(
    help="Staff accounts. [dim]python -m bot user add ana --role collector[/dim]", no_args_is_help=True
)

Role = Annotated[str | None, typer.Option(help="collector, supervisor, reviewer, admin or auditor.")]
Name = Annotated[str | None, typer.Option(help="As borrowers see it; the login without.")]
Speaker = Annotated[list[str] | None, typer.Option(help="Only chats of this creditor or agency.")]
Creditor = Annotated[list[str] | None, typer.Option(help="Only debts of this creditor.")]
Team = Annotated[list[str] | None, typer.Option(help="Only cases of this team: disputes, hardship …")]
Language = Annotated[list[str] | None, typer.Option(help="Only chats in this language: en, zh-Hans, zh-Hant.")]
Capacity = Annotated[int | None, typer.Option(min=1, max=200, help="Cases held at once.")]
Locale = Annotated[str | None, typer.Option(help="The language of their own pages.")]
Zone = Annotated[str | None, typer.Option("--time-zone", help="Of their own clock, as Asia/Taipei.")]


def _wanted(
    role: Role = None,
    name: Name = None,
    speaker: Speaker = None,
    creditor: Creditor = None,
    team: Team = None,
    language: Language = None,
    capacity: Capacity = None,
    locale: Locale = None,
    time_zone: Zone = None,
) -> Wanted:
    return Wanted(name, role, speaker, creditor, team, language, capacity, locale, time_zone)


def _takes_wanted(*needed: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Have a command take the options of `_wanted` for its parameter `wanted`; those `needed` must be given."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**given: Any) -> None:
            options = {name: given.pop(name) for name in signature(_wanted).parameters}
            command(wanted=_wanted(**options), **given)

        taken: list[Parameter] = []
        for own in signature(command).parameters.values():
            taken += signature(_wanted).parameters.values() if own.name == "wanted" else [own]
        shown = [one.replace(default=Parameter.empty) if one.name in needed else one for one in taken]
        keywords = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in shown]
        run.__signature__ = Signature(keywords)  # type: ignore[attr-defined]  # what Typer reads
        return run

    return decorate


@user.command("add")
@_takes_wanted("role")
def add(login: str, wanted: Wanted, by: By = None, why: Why = "", demo: Demo = False) -> None:
    """Add a member of staff; asks for the password. [dim]python -m bot user add ana --role collector[/dim]"""
    with plainly():
        typer.echo(users.add(settings_of(demo), login, wanted, Who(by, why)))


@user.command("change")
@_takes_wanted()
def change(login: str, wanted: Wanted, by: By = None, why: Why = "", demo: Demo = False) -> None:
    """Change role, bounds or skills; an empty one goes. [dim]python -m bot user change ana --team fraud[/dim]"""
    with plainly():
        typer.echo(users.change(settings_of(demo), login, wanted, Who(by, why)))


@user.command("list")
def list_(demo: Demo = False) -> None:
    """Show who may sign in, as what, and who is here. [dim]python -m bot user list[/dim]"""
    with plainly():
        for line in users.listed(settings_of(demo)):
            typer.echo(line)


@user.command("disable")
def disable(login: str, by: By = None, why: Why = "", demo: Demo = False) -> None:
    """Shut somebody out at once. [dim]python -m bot user disable ana[/dim]"""
    with plainly():
        typer.echo(users.disable(settings_of(demo), login, Who(by, why), disabled=True))


@user.command("enable")
def enable(login: str, by: By = None, why: Why = "", demo: Demo = False) -> None:
    """Let somebody in again. [dim]python -m bot user enable ana[/dim]"""
    with plainly():
        typer.echo(users.disable(settings_of(demo), login, Who(by, why), disabled=False))


@user.command("password")
def password(login: str, by: By = None, why: Why = "", demo: Demo = False) -> None:
    """Give somebody a new password, asked for or piped in. [dim]python -m bot user password ana[/dim]"""
    with plainly():
        typer.echo(users.set_password(settings_of(demo), login, Who(by, why)))


@user.command("sign-out")
def sign_out(login: str, demo: Demo = False) -> None:
    """End every session of somebody. [dim]python -m bot user sign-out ana[/dim]"""
    with plainly():
        typer.echo(users.sign_out(settings_of(demo), login))
