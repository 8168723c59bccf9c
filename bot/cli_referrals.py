"""Referrals from the command line: a file for whoever works on them."""

from pathlib import Path
from typing import Annotated

import typer

from bot import commands
from bot.desk import referrals as desk
from bot.plainly import Demo, plainly, settings_of

referrals = typer.Typer(
    help="Matters passed on to others. [dim]python -m bot referrals export --to referrals.csv[/dim]",
    no_args_is_help=True,
)


@referrals.callback()
def group() -> None:
    """Matters passed on to others. [dim]python -m bot referrals export --to referrals.csv[/dim]"""


@referrals.command("export")
def export(
    to: Annotated[Path | None, typer.Option(dir_okay=False, help="Where; to the screen without.")] = None,
    demo: Demo = False,
) -> None:
    """Write every referral as CSV; nothing is sent to anybody. [dim]python -m bot referrals export[/dim]"""
    with plainly(), commands.opened(settings_of(demo)) as ground:
        with ground.database.transaction() as work:
            found = work.acting.referrals()
            text = desk.as_csv(work, found)
            work.audit.append("export_referrals", "referrals", None, {"count": len(found)}, ground.clock.now())
        if to is None:
            typer.echo(text, nl=False)
            return
        to.write_text(text, "utf-8-sig", newline="")  # spreadsheets take it for another encoding without the mark
        typer.echo(f"{to}: {len(found)} referrals")
