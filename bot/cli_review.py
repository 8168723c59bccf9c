"""The commands about proof: chains, checkpoints, and the keys that sign them."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TextColumn, TimeElapsedColumn

from bot import index_commands, keys
from bot import review_commands as proof
from bot.plainly import Demo, plainly, settings_of
from bot.record.deposit import deposit
from bot.review.copies import Altered
from bot.review.sendings import Form
from bot.review.verification import Verdict
from bot.two_people_commands import Who

review = typer.Typer(help="Prove what was said. [dim]python -m bot review verify[/dim]", no_args_is_help=True)
_COUNTED = (TextColumn("{task.completed:,.0f} conversations indexed"), TimeElapsedColumn())
_WRITTEN = (TextColumn("{task.completed:,.0f} conversations written"), TimeElapsedColumn())
key = typer.Typer(help="Secret keys. [dim]python -m bot keys create[/dim]", no_args_is_help=True)


@review.command("verify")
def verify(
    what: Annotated[
        str | None,
        typer.Argument(help="A borrower's copy of a chat (a file), or a conversation's id; all without."),
    ] = None,
    signed_by: Annotated[str | None, typer.Option("--key", help="Id of the key that a copy must bear.")] = None,
    day: Annotated[str | None, typer.Option(help="Only what was under way on this day, as 2026-11-30.")] = None,
    against: Annotated[Path | None, typer.Option(help="A checkpoint that was deposited elsewhere.")] = None,
    demo: Demo = False,
) -> None:
    """Recompute hash chains and name the first broken link. [dim]python -m bot review verify [FILE][/dim]"""
    with plainly():
        settings = settings_of(demo)
        if against:
            _told(proof.verify_against(settings, against))
        elif what and Path(what).is_file():
            _verify_copy(Path(what), signed_by, demo)
        else:
            _told(proof.verify_day(settings, day) if day else proof.verify(settings, what))


def _told(verdicts: Iterable[Verdict]) -> None:
    broken, count = 0, 0
    for verdict in verdicts:
        count += 1
        if verdict.broken:
            broken += 1
            typer.echo(f"BROKEN {verdict.chain}, link {verdict.broken.seq}: {verdict.broken.problem}")
    typer.echo(f"{count} chains recomputed, {broken} broken")
    raise typer.Exit(1 if broken else 0)


def _verify_copy(file: Path, signed_by: str | None, demo: bool) -> None:
    try:
        for line in proof.verify_copy(settings_of(demo), file, signed_by):
            typer.echo(line)
    except Altered as altered:
        typer.echo(f"ALTERED {file}: {altered}")
        raise typer.Exit(1) from None


@review.command("index")
def index(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Throw it away and build it anew.")] = False,
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many rebuild it at once on PostgreSQL.")] = 2,
    demo: Demo = False,
) -> None:
    """Bring the search index up to date, or end an interrupted build. [dim]python -m bot review index[/dim]"""
    with plainly():
        done = 0
        with Progress(*_COUNTED, transient=True) as bar:
            task = bar.add_task("indexed", total=None)
            for some in index_commands.index(settings_of(demo), rebuild=rebuild, processes=processes):
                done += some
                bar.update(task, completed=done)
        typer.echo(f"{done:,} conversations indexed")


@review.command("export")
def export(
    to: Annotated[Path, typer.Option(help="The file; it is there when it is whole, and never half of it.")],
    by: Annotated[str, typer.Option(help="Your own login; your password is asked for.")],
    why: Annotated[str, typer.Option(help="What for; it stands in the trail.")],
    search: Annotated[str, typer.Option(help="What stands in a search's address; all without.")] = "",
    form: Annotated[Form, typer.Option(help="A row a conversation, a line an event, or on paper.")] = "csv",
    unmasked: Annotated[bool, typer.Option("--unmasked", help="With personal data, if you may reveal it.")] = False,
    demo: Demo = False,
) -> None:
    """Write what a search finds to a file.

    [dim]python -m bot review export --search "speaker=harbour&since=2026-10-01" --form jsonl --to harbour.jsonl
    --by rosa --why "asked by the regulator"[/dim]
    """
    from bot import export_commands  # what it needs of the pages is slow to load

    with plainly(), Progress(*_WRITTEN, transient=True) as bar:
        task = bar.add_task("written", total=None)
        wanted = export_commands.Wanted(search, form, to, unmasked)
        for done in export_commands.export(settings_of(demo), wanted, Who(by, why)):
            bar.update(task, completed=done.conversations)
    typer.echo(export_commands.told(done, to))


@review.command("checkpoint")
def checkpoint(
    to: Annotated[Path | None, typer.Option(help="Also write it here, to be deposited elsewhere.")] = None,
    demo: Demo = False,
) -> None:
    """Sign where every chain stands now. [dim]python -m bot review checkpoint --to 2026-11-30.json[/dim]"""
    with plainly():
        signed = proof.checkpoint(settings_of(demo))
        if signed is None:
            typer.echo("nothing was said yet, so there is nothing to sign")
            return
        typer.echo(f"checkpoint {signed.number}, {signed.at.isoformat(' ', 'seconds')}, key {signed.key_id}")
        if to:
            to.write_text(deposit(signed), "utf-8")
            typer.echo(f"{to}: keep it where nobody who can write to the database can reach it")


@key.command("create")
def keys_create(
    file: Annotated[Path | None, typer.Argument(help="Where; BOT_KEY_FILE without.")] = None,
) -> None:
    """Make the key file; keep a copy where the database's copies are not. [dim]python -m bot keys create[/dim]"""
    with plainly():
        path = file or settings_of(demo=False).key_file
        keys.create(path)
        typer.echo(f"{path}: created; without it the personal data can never be read again")


@key.command("rotate")
def rotate(demo: Demo = False) -> None:
    """Sign checkpoints with a new key from now on. [dim]python -m bot keys rotate[/dim]"""
    with plainly():
        before, after = proof.rotate(settings_of(demo))
        typer.echo(f"checkpoints were signed with {before} and are now signed with {after}")
        typer.echo("restart the program; publish the new key's id where borrowers compare it")
