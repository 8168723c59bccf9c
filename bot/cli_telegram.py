"""The commands about Telegram."""

import typer

from bot import commands, messengers
from bot.plainly import Demo, plainly, settings_of

telegram = typer.Typer(help="Telegram bots. [dim]python -m bot telegram setup[/dim]", no_args_is_help=True)


@telegram.command("setup")
def setup(demo: Demo = False) -> None:
    """Register commands, menu and webhook, or say what is wrong. [dim]python -m bot telegram setup[/dim]"""
    with plainly():
        good = True
        for well, what in messengers.set_up(settings_of(demo)):
            good = good and well
            typer.echo(f"{'ok  ' if well else 'BAD '} {what}")
        raise typer.Exit(0 if good else 1)


@telegram.command("link")
def link(reference: str, demo: Demo = False) -> None:
    """Make a one-time link into a borrower's Telegram chat. [dim]python -m bot telegram link HB-1001[/dim]"""
    with plainly():
        typer.echo(commands.telegram_link(settings_of(demo), reference))
