"""The command line: every command with an example, every failure in one plain sentence."""

import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import assembly, commands, serving, settings
from bot import words as catalogues
from bot.cli_corpus import bench, demo_data
from bot.cli_data import data
from bot.cli_nlu import nlu
from bot.cli_referrals import referrals
from bot.cli_review import key, review
from bot.cli_telegram import telegram
from bot.cli_two_people import two_people
from bot.cli_user import user
from bot.dialogue import rasa_export
from bot.dialogue.understanding.evaluate import as_json, request
from bot.locale import Catalogues
from bot.plainly import Demo, plainly, settings_of

cli = typer.Typer(
    name="python -m bot",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="The borrower self-service bot. Settings are BOT_… variables; `doctor` says what is wrong with them.",
)


def _group(name: str, text: str) -> typer.Typer:
    group = typer.Typer(help=text, no_args_is_help=True)
    cli.add_typer(group, name=name)
    return group


dialogues = _group("dialogues", "The dialogues. [dim]python -m bot dialogues export DIR[/dim]")
words = _group("words", "The catalogues of words. [dim]python -m bot words update[/dim]")

cli.add_typer(nlu, name="nlu")
cli.add_typer(telegram, name="telegram")
cli.add_typer(bench, name="bench")
cli.add_typer(demo_data, name="demo")
cli.add_typer(user, name="user")
cli.add_typer(two_people, name="two-people")
cli.add_typer(referrals, name="referrals")
cli.add_typer(review, name="review")
cli.add_typer(data, name="data")
cli.add_typer(key, name="keys")


@cli.command()
def run(demo: Demo = False) -> None:
    """Start everything: chat, desk, review. [dim]python -m bot run --demo[/dim]"""
    with plainly():
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        serving.serve(settings_of(demo))


@cli.command()
def chat(
    reference: Annotated[
        str | None, typer.Option("--as", help="Talk as this borrower; demo details are shown.")
    ] = None,
    speaker: Annotated[str | None, typer.Option(help="The creditor or agency to talk to.")] = None,
    locale: Annotated[str | None, typer.Option(help="en, zh-Hans or zh-Hant.")] = None,
    demo: Demo = False,
) -> None:
    """Chat in this terminal. [dim]python -m bot chat --demo --as HB-1001[/dim]"""
    with plainly():
        commands.terminal_chat(settings_of(demo), reference, speaker, locale)


@cli.command("action-server")
def action_server(
    speaker: Annotated[
        str | None, typer.Option(help="The creditor or agency that the Rasa bot speaks for.")
    ] = None,
    host: Annotated[str, typer.Option(help="Where it listens; beyond loopback only with a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 5055,
    demo: Demo = False,
) -> None:
    """Serve the actions to a Rasa server. [dim]python -m bot action-server --speaker harbour[/dim]"""
    with plainly():
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        commands.action_server(settings_of(demo), speaker, host, port)


@cli.command()
def link(reference: str, demo: Demo = False) -> None:
    """Make a one-time link to a borrower's chat. [dim]python -m bot link HB-1001[/dim]"""
    with plainly():
        typer.echo(commands.one_time_link(settings_of(demo), reference))


@cli.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    map_file: Annotated[Path, typer.Option("--map", exists=True, dir_okay=False, help="Which column is what.")],
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Keep bad rows out, import the rest.")] = False,
    through: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Payments: every one up to this day is in the list."),
    ] = None,
    demo: Demo = False,
) -> None:
    """Read a lender's portfolio, or payments, from CSV or XLSX. [dim]python -m bot import FILE --map MAP[/dim]"""
    with plainly():
        known = through.date() if through else None
        for line in commands.import_file(settings_of(demo), file, map_file, skip_bad=skip_bad, through=known):
            typer.echo(line)


@cli.command()
def doctor(demo: Demo = False) -> None:
    """Say in plain words what is misconfigured. [dim]python -m bot doctor[/dim]"""
    from bot import doctor as checks

    findings = list(checks.examine(settings_of(demo)))
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.good else 'BAD '} {finding.what}")
    raise typer.Exit(0 if all(finding.good for finding in findings) else 1)


@cli.command()
def understand(
    texts: Annotated[list[str] | None, typer.Argument(help="Messages; without any, JSON lines from stdin.")] = None,
    locale: Annotated[str, typer.Option(help="The language of the chat so far.")] = "en",
) -> None:
    """Say what messages may mean, as JSON lines. [dim]python -m bot understand "I lost my job"[/dim]"""
    with plainly():
        model = assembly.load_understanding(settings_of(demo=False))
        today = datetime.now(UTC).date()
        for asked in _requests(texts, locale):
            found = model.understand(**{"locale": locale, "today": today, **asked})  # type: ignore[arg-type]
            typer.echo(json.dumps(as_json(found), ensure_ascii=False))


@dialogues.command("export")
def dialogues_export(
    to: Annotated[Path, typer.Argument(metavar="DIR", file_okay=False)],
    actions_url: Annotated[str, typer.Option(help="Where Rasa finds the action server.")] = rasa_export.ACTIONS_URL,
    force: Annotated[bool, typer.Option("--force", help="Write over the files of a folder that has some.")] = False,
) -> None:
    """Write a folder for Rasa Pro, translations in place. [dim]python -m bot dialogues export DIR[/dim]"""
    with plainly():
        chosen = settings_of(demo=False)
        catalogue = Catalogues.load(chosen.locales)
        count = rasa_export.export(chosen.dialogues, catalogue, to, url=actions_url, over=force)
        typer.echo(f"{to}: {count} files; that Rasa Pro loads them follows its published reference, untried here")


@words.command("update")
def words_update() -> None:
    """Extract the texts again and update every catalogue. [dim]python -m bot words update[/dim]"""
    with plainly():
        for path in catalogues.update(catalogues.Places(settings.ROOT)):
            typer.echo(path)


@words.command("check")
def words_check() -> None:
    """Say what is missing, stale or has other placeholders. [dim]python -m bot words check[/dim]"""
    with plainly():
        problems = list(catalogues.check(catalogues.Places(settings.ROOT)))
        for problem in problems:
            typer.echo(problem)
        raise typer.Exit(1 if problems else 0)


@words.command("add")
def words_add(locale: str) -> None:
    """Begin a catalogue for another language. [dim]python -m bot words add vi[/dim]"""
    with plainly():
        typer.echo(catalogues.add(catalogues.Places(settings.ROOT), locale))


def _requests(texts: list[str] | None, locale: str) -> Iterator[dict[str, object]]:
    """What to understand: the arguments, or JSON lines; what a line leaves out is left to the defaults."""
    if texts:
        for text in texts:
            yield {"text": text, "locale": locale}
        return
    for number, line in enumerate(sys.stdin, start=1):
        if line.strip():
            yield {name: value for name, value in request(line, f"line {number}").items() if value is not None}


def main() -> None:
    cli()
