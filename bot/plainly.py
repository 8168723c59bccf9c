"""What all commands share: their settings, and failures told in one plain sentence."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from bot import settings
from bot.errors import BotError
from bot.settings import Settings

Demo = Annotated[bool, typer.Option("--demo", help="Use the demo's database and people.")]


@contextmanager
def plainly() -> Iterator[None]:
    """An error that was meant becomes one sentence and exit code 2; anything else keeps its traceback."""
    try:
        yield
    except (BotError, settings.BadSetting) as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        raise typer.Exit(2) from None


def settings_of(demo: bool) -> Settings:
    return settings.from_environment(os.environ, demo=demo)
