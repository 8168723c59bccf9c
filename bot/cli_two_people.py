"""The commands by which a second person agrees to a change, or refuses it."""

from typing import Annotated

import typer

from bot import two_people_commands
from bot.plainly import Demo, plainly, settings_of
from bot.two_people_commands import Who

two_people = typer.Typer(
    help="What two people agree on. [dim]python -m bot two-people list[/dim]", no_args_is_help=True
)
By = Annotated[str | None, typer.Option("--by", help="Your own login; your password is asked for.")]
Why = Annotated[str, typer.Option("--why", help="It stands beside the proposal and in the trail.")]


@two_people.command("list")
def list_(demo: Demo = False) -> None:
    """Show what waits for a second person. [dim]python -m bot two-people list[/dim]"""
    with plainly():
        for line in two_people_commands.listed(settings_of(demo)):
            typer.echo(line)


@two_people.command("agree")
def agree(proposal: str, by: By = None, demo: Demo = False) -> None:
    """Agree, and make the change. [dim]python -m bot two-people agree ID --by rosa[/dim]"""
    with plainly():
        typer.echo(two_people_commands.agree(settings_of(demo), proposal, Who(by)))


@two_people.command("refuse")
def refuse(proposal: str, by: By = None, why: Why = "", demo: Demo = False) -> None:
    """Refuse, or withdraw one's own. [dim]python -m bot two-people refuse ID --by rosa[/dim]"""
    with plainly():
        typer.echo(two_people_commands.refuse(settings_of(demo), proposal, Who(by, why)))


@two_people.command("policies")
def policies(by: By = None, why: Why = "", demo: Demo = False) -> None:
    """Show in what the folder's policies differ from those in force, and propose them with --by and --why.

    [dim]python -m bot two-people policies --by rosa --why "longer retention"[/dim]
    """
    with plainly():
        for line in two_people_commands.policies(settings_of(demo), Who(by, why)):
            typer.echo(line)
