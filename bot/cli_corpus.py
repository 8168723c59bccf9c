"""The commands that invent data and that measure."""

import secrets
from typing import Annotated

import typer
from rich.progress import Progress

from bot import commands
from bot.plainly import Demo, plainly, settings_of

demo_data = typer.Typer(
    help="Invented data. [dim]python -m bot demo generate --conversations 10000 --demo[/dim]", no_args_is_help=True
)
bench = typer.Typer(help="Measure. [dim]python -m bot bench[/dim]", invoke_without_command=True)


@demo_data.command("generate")
def demo_generate(
    conversations: Annotated[int, typer.Option(min=1, help="How many.")] = 10_000,
    processes: Annotated[int, typer.Option(min=1, max=64, help="How many work at once.")] = 2,
    seed: Annotated[int | None, typer.Option(help="The same seed invents the same people.")] = None,
    demo: Demo = False,
) -> None:
    """Invent conversations by the million. [dim]python -m bot demo generate --conversations 10000 --demo[/dim]"""
    from bot.bench.corpus import generate as corpus  # loads what the other commands don't need

    chosen = secrets.randbits(48) if seed is None else seed
    with plainly(), commands.opened(settings_of(demo)) as ground, Progress(transient=True) as bar:
        tasks = {stage: bar.add_task(stage, total=None) for stage in corpus.STAGES}

        def tell(stage: str, done: int, of: int) -> None:
            bar.update(tasks[stage], completed=done, total=of)

        made = corpus.generate(ground, conversations, processes=processes, seed=chosen, tell=tell)
        rate = made.conversations / made.seconds
        typer.echo(f"{made.conversations:,} conversations, made of {made.recorded:,} that were held with the bot")
        typer.echo(
            f"in {made.seconds:,.0f} seconds, {rate:,.0f} a second; the database has {made.megabytes:,.0f} MB"
        )


@bench.command("desk")
def bench_desk(
    collectors: Annotated[int, typer.Option(help="How many work at once, each with a chat and an open page.")] = 50,
    cases: Annotated[int, typer.Option(help="How many cases are open.")] = 1000,
    seconds: Annotated[float, typer.Option(help="For how long each database is measured.")] = 30.0,
) -> None:
    """Load the desk, and say how fast cases open and messages arrive. [dim]python -m bot bench desk[/dim]"""
    with plainly():
        from bot.bench import desk

        desk.main(collectors, cases, seconds)


@bench.callback()
def bench_turns(
    context: typer.Context,
    turns: Annotated[int, typer.Option(help="How many turns each row of the table times.")] = 400,
) -> None:
    """Measure a turn against the floor of its own rows, on both databases. [dim]python -m bot bench[/dim]"""
    if context.invoked_subcommand is not None:
        return
    with plainly():
        from bot.bench import run as benchmark

        benchmark.main(turns)


@bench.command("search")
def bench_search(
    rounds: Annotated[int, typer.Option(min=5, help="How many searches of each kind are timed.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed looks for the same words.")] = 1,
    demo: Demo = False,
) -> None:
    """Measure review's search on what the database holds. [dim]python -m bot bench search --demo[/dim]"""
    from bot.bench import search

    with plainly(), commands.opened(settings_of(demo)) as ground:
        search.main(ground, rounds, seed)
