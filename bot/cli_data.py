"""The commands about data protection: what is to go by now, erasure, and legal holds."""

from typing import Annotated

import typer

from bot import data_commands as data_protection
from bot.plainly import Demo, plainly, settings_of
from bot.two_people_commands import Who

data = typer.Typer(
    help="Retention, erasure, legal holds. [dim]python -m bot data retention[/dim]", no_args_is_help=True
)
Reason = Annotated[str, typer.Option(help="Why; it stands in the trail.")]
By = Annotated[str | None, typer.Option("--by", help="Your own login, once two people must agree.")]
Whom = Annotated[str, typer.Argument(help="A borrower's reference, or a conversation's id.")]


@data.command("retention")
def retention(
    erase: Annotated[bool, typer.Option("--erase", help="Erase it; without, only say what would go.")] = False,
    demo: Demo = False,
) -> None:
    """What the policies say is to go by now. [dim]python -m bot data retention --erase[/dim]"""
    with plainly():
        for line in data_protection.retention(settings_of(demo), erase=erase):
            typer.echo(line)


@data.command("erase")
def erase(whom: Whom, reason: Reason, by: By = None, demo: Demo = False) -> None:
    """Propose to erase. [dim]python -m bot data erase HB-1001 --reason "asked on 3 May" --by rosa[/dim]"""
    with plainly():
        typer.echo(data_protection.erase(settings_of(demo), whom, Who(by, reason)))


@data.command("hold")
def hold(whom: Whom, reason: Reason, demo: Demo = False) -> None:
    """Keep everything, whatever its age. [dim]python -m bot data hold HB-1001 --reason "claim 7/26"[/dim]"""
    with plainly():
        typer.echo(data_protection.hold(settings_of(demo), whom, reason))


@data.command("release")
def release(whom: Whom, reason: Reason, by: By = None, demo: Demo = False) -> None:
    """Propose to lift a hold. [dim]python -m bot data release HB-1001 --reason "claim settled" --by rosa[/dim]"""
    with plainly():
        typer.echo(data_protection.release(settings_of(demo), whom, Who(by, reason)))
