"""The command line: every command with an example, every failure in one plain sentence."""

import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import assembly, commands, keys, serving, settings
from bot import words as catalogues
from bot.dialogue import rasa_export
from bot.dialogue.understanding import engine, explain
from bot.dialogue.understanding import evaluate as figures
from bot.dialogue.understanding.evaluate import as_json, request
from bot.errors import BotError
from bot.locale import Catalogues
from bot.review.copies import Altered
from bot.settings import Settings

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


nlu = _group("nlu", "Measure how well messages are understood. [dim]python -m bot nlu evaluate[/dim]")
dialogues = _group("dialogues", "The dialogues. [dim]python -m bot dialogues export DIR[/dim]")
words = _group("words", "The catalogues of words. [dim]python -m bot words update[/dim]")
user = _group("user", "Staff accounts. [dim]python -m bot user add ana --role collector[/dim]")
review = _group("review", "Prove what was said. [dim]python -m bot review verify[/dim]")
key = _group("keys", "Secret keys. [dim]python -m bot keys create[/dim]")

Demo = Annotated[bool, typer.Option("--demo", help="Use the demo's database and people.")]


@cli.command()
def run(demo: Demo = False) -> None:
    """Start everything: chat, desk, review. [dim]python -m bot run --demo[/dim]"""
    with _plainly():
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        serving.serve(_settings(demo))


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
    with _plainly():
        commands.terminal_chat(_settings(demo), reference, speaker, locale)


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
    with _plainly():
        logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        commands.action_server(_settings(demo), speaker, host, port)


@cli.command()
def link(reference: str, demo: Demo = False) -> None:
    """Make a one-time link to a borrower's chat. [dim]python -m bot link HB-1001[/dim]"""
    with _plainly():
        typer.echo(commands.one_time_link(_settings(demo), reference))


@cli.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    map_file: Annotated[Path, typer.Option("--map", exists=True, dir_okay=False, help="Which column is what.")],
    skip_bad: Annotated[bool, typer.Option("--skip-bad", help="Keep bad rows out, import the rest.")] = False,
    demo: Demo = False,
) -> None:
    """Read a lender's portfolio from CSV or XLSX. [dim]python -m bot import FILE --map MAP[/dim]"""
    with _plainly():
        for line in commands.import_file(_settings(demo), file, map_file, skip_bad=skip_bad):
            typer.echo(line)


@cli.command()
def doctor(demo: Demo = False) -> None:
    """Say in plain words what is misconfigured. [dim]python -m bot doctor[/dim]"""
    from bot import doctor as checks

    findings = list(checks.examine(_settings(demo)))
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.good else 'BAD '} {finding.what}")
    raise typer.Exit(0 if all(finding.good for finding in findings) else 1)


@cli.command()
def bench(turns: Annotated[int, typer.Option(help="How many turns each row of the table times.")] = 400) -> None:
    """Measure a turn against the floor of its own rows, on both databases. [dim]python -m bot bench[/dim]"""
    with _plainly():
        from bot.bench import run as benchmark

        benchmark.main(turns)


@cli.command()
def understand(
    texts: Annotated[list[str] | None, typer.Argument(help="Messages; without any, JSON lines from stdin.")] = None,
    locale: Annotated[str, typer.Option(help="The language of the chat so far.")] = "en",
) -> None:
    """Say what messages may mean, as JSON lines. [dim]python -m bot understand "I lost my job"[/dim]"""
    with _plainly():
        model = assembly.load_understanding(_settings(demo=False))
        today = datetime.now(UTC).date()
        for asked in _requests(texts, locale):
            found = model.understand(**{"locale": locale, "today": today, **asked})  # type: ignore[arg-type]
            typer.echo(json.dumps(as_json(found), ensure_ascii=False))


@nlu.command("evaluate")
def evaluate(
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="Rasa NLU YAML or CSV.")] = None,
) -> None:
    """Accuracy on batches kept out of training, or on a file. [dim]python -m bot nlu evaluate[/dim]"""
    with _plainly():
        folder = _settings(demo=False).dialogues / "nlu"
        found = figures.of_file(engine.load(folder, None).model, file) if file else figures.by_batch(folder)
        for locale, measured in found.items():
            typer.echo(f"{locale or 'all'}: {json.dumps(asdict(measured), ensure_ascii=False)}")


@nlu.command("benchmark")
def nlu_benchmark(
    train: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    test: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
) -> None:
    """Train and measure on any intent data. [dim]python -m bot nlu benchmark train.csv test.csv[/dim]"""
    with _plainly():
        seconds, measured = figures.benchmark(train, test)
        typer.echo(json.dumps({"training_seconds": seconds, **asdict(measured)}, ensure_ascii=False))


@nlu.command("explain")
def nlu_explain(text: str) -> None:
    """Say what decided, with the nearest examples. [dim]python -m bot nlu explain "i cant pay"[/dim]"""
    with _plainly():
        chosen = _settings(demo=False)
        for line in explain.lines(engine.load(chosen.dialogues / "nlu", chosen.state / "model").model, text):
            typer.echo(line)


@dialogues.command("export")
def dialogues_export(
    to: Annotated[Path, typer.Argument(metavar="DIR", file_okay=False)],
    actions_url: Annotated[str, typer.Option(help="Where Rasa finds the action server.")] = rasa_export.ACTIONS_URL,
    force: Annotated[bool, typer.Option("--force", help="Write over the files of a folder that has some.")] = False,
) -> None:
    """Write a folder for Rasa Pro, translations in place. [dim]python -m bot dialogues export DIR[/dim]"""
    with _plainly():
        chosen = _settings(demo=False)
        catalogue = Catalogues.load(chosen.locales)
        count = rasa_export.export(chosen.dialogues, catalogue, to, url=actions_url, over=force)
        typer.echo(f"{to}: {count} files; that Rasa Pro loads them follows its published reference, untried here")


@words.command("update")
def words_update() -> None:
    """Extract the texts again and update every catalogue. [dim]python -m bot words update[/dim]"""
    with _plainly():
        for path in catalogues.update(catalogues.Places(settings.ROOT)):
            typer.echo(path)


@words.command("check")
def words_check() -> None:
    """Say what is missing, stale or has other placeholders. [dim]python -m bot words check[/dim]"""
    with _plainly():
        problems = list(catalogues.check(catalogues.Places(settings.ROOT)))
        for problem in problems:
            typer.echo(problem)
        raise typer.Exit(1 if problems else 0)


@words.command("add")
def words_add(locale: str) -> None:
    """Begin a catalogue for another language. [dim]python -m bot words add vi[/dim]"""
    with _plainly():
        typer.echo(catalogues.add(catalogues.Places(settings.ROOT), locale))


@user.command("add")
def user_add(
    login: str,
    role: Annotated[str, typer.Option(help="collector, supervisor, reviewer, admin or auditor.")],
    name: Annotated[str, typer.Option(help="As borrowers see it; the login without.")] = "",
    speaker: Annotated[list[str] | None, typer.Option(help="Only chats of this creditor or agency.")] = None,
    demo: Demo = False,
) -> None:
    """Add a member of staff. [dim]python -m bot user add ana --role collector[/dim]"""
    with _plainly():
        typer.echo(commands.add_user(_settings(demo), login, name, role, speaker))


@review.command("verify")
def review_verify(
    what: Annotated[
        str | None,
        typer.Argument(help="A borrower's copy of a chat (a file), or a conversation's id; all without."),
    ] = None,
    signed_by: Annotated[str | None, typer.Option("--key", help="Id of the key that a copy must bear.")] = None,
    demo: Demo = False,
) -> None:
    """Recompute hash chains and name the first broken link. [dim]python -m bot review verify [FILE][/dim]"""
    with _plainly():
        if what and Path(what).is_file():
            _verify_copy(Path(what), signed_by, demo)
            return
        broken, count = 0, 0
        for verdict in commands.verify(_settings(demo), what):
            count += 1
            if verdict.broken:
                broken += 1
                typer.echo(f"BROKEN {verdict.chain}: {verdict.broken}")
        typer.echo(f"{count} chains recomputed, {broken} broken")
        raise typer.Exit(1 if broken else 0)


def _verify_copy(file: Path, signed_by: str | None, demo: bool) -> None:
    try:
        for line in commands.verify_copy(_settings(demo), file, signed_by):
            typer.echo(line)
    except Altered as altered:
        typer.echo(f"ALTERED {file}: {altered}")
        raise typer.Exit(1) from None


@key.command("create")
def keys_create(
    file: Annotated[Path | None, typer.Argument(help="Where; BOT_KEY_FILE without.")] = None,
) -> None:
    """Make the key file; keep a copy where the database's copies are not. [dim]python -m bot keys create[/dim]"""
    with _plainly():
        path = file or _settings(demo=False).key_file
        keys.create(path)
        typer.echo(f"{path}: created; without it the personal data can never be read again")


def _requests(texts: list[str] | None, locale: str) -> Iterator[dict[str, object]]:
    """What to understand: the arguments, or JSON lines; what a line leaves out is left to the defaults."""
    if texts:
        for text in texts:
            yield {"text": text, "locale": locale}
        return
    for number, line in enumerate(sys.stdin, start=1):
        if line.strip():
            yield {name: value for name, value in request(line, f"line {number}").items() if value is not None}


@contextmanager
def _plainly() -> Iterator[None]:
    """An error that was meant becomes one sentence and exit code 2; anything else keeps its traceback."""
    try:
        yield
    except (BotError, settings.BadSetting) as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        raise typer.Exit(2) from None


def _settings(demo: bool) -> Settings:
    return settings.from_environment(os.environ, demo=demo)


def main() -> None:
    cli()
