"""The commands that measure how well messages are understood, and what that costs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot import assembly, settings
from bot.desk import second_reader, second_reader_learning
from bot.dialogue.understanding import encoder, engine, explain, speed, watchfulness
from bot.dialogue.understanding import evaluate as figures
from bot.plainly import plainly, settings_of

nlu = typer.Typer(
    help="Measure how well messages are understood. [dim]python -m bot nlu evaluate[/dim]", no_args_is_help=True
)


@nlu.command("evaluate")
def evaluate(
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="Rasa NLU YAML or CSV.")] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option(help="Only these batches, all at once; each in turn without.")
    ] = None,
    safety: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help="A folder of messages to measure distress on.")
    ] = None,
    texts: Annotated[bool, typer.Option("--texts", help="With --safety: show what was missed.")] = False,
) -> None:
    """Accuracy on batches kept out of training, or on a file. [dim]python -m bot nlu evaluate[/dim]"""
    with plainly():
        if safety:
            found = watchfulness.measure(assembly.load_understanding(settings_of(demo=False)), safety)
            for line in watchfulness.lines(found, texts=texts):
                typer.echo(line)
            return
        for locale, measured in _figures(settings_of(demo=False), file, leave_out).items():
            typer.echo(f"{locale or 'all'}: {json.dumps(asdict(measured), ensure_ascii=False)}")


def _figures(
    chosen: settings.Settings, file: Path | None, leave_out: list[str] | None
) -> dict[str, figures.Figures]:
    folder = chosen.dialogues / "nlu"
    if file:
        return figures.of_file(engine.load(folder, chosen.state / "model").model, file)
    return figures.without(folder, frozenset(leave_out)) if leave_out else figures.by_batch(folder)


@nlu.command("speed")
def nlu_speed() -> None:
    """What loading and a message cost, in time and memory. [dim]python -m bot nlu speed[/dim]"""
    with plainly():
        chosen = settings_of(demo=False)
        for line in speed.measure(chosen.dialogues / "nlu", chosen.state / "model").lines():
            typer.echo(line)


@nlu.command("benchmark")
def nlu_benchmark(
    train: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    test: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
) -> None:
    """Train and measure on any intent data. [dim]python -m bot nlu benchmark train.csv test.csv[/dim]"""
    with plainly():
        seconds, measured = figures.benchmark(train, test)
        typer.echo(json.dumps({"training_seconds": seconds, **asdict(measured)}, ensure_ascii=False))


@nlu.command("explain")
def nlu_explain(text: str) -> None:
    """Say what decided, with the nearest examples. [dim]python -m bot nlu explain "i cant pay"[/dim]"""
    with plainly():
        chosen = settings_of(demo=False)
        for line in explain.lines(engine.load(chosen.dialogues / "nlu", chosen.state / "model").model, text):
            typer.echo(line)


@nlu.command("second-reader")
def nlu_second_reader() -> None:
    """Teach the desk's second reader by its examples anew. [dim]python -m bot nlu second-reader[/dim]"""
    encoding = encoder.available()
    if encoding is None:
        typer.echo("Sentence embeddings are not available; nothing was learnt.", err=True)
        raise typer.Exit(1)
    examples = second_reader_learning.examples()
    second_reader_learning.save(second_reader_learning.learn(examples, encoding))
    typer.echo(f"Learnt from {len(examples)} examples: {second_reader.FILE}")
