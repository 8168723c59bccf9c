"""What the command line does, over a built App; each function is one command."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import uvicorn
from rich.progress import Progress

from bot import assembly, messengers, serving
from bot.assembly import Ground
from bot.channels import terminal
from bot.errors import BadInput
from bot.lender import imports, payments
from bot.lender.mapping import PaymentsMap, load_map
from bot.lending.identity import link_digest, new_link_token
from bot.settings import LOOPBACK, BadSetting, Settings


@contextmanager
def opened(settings: Settings) -> Iterator[Ground]:
    """Policies and database for the length of one command."""
    settings.state.mkdir(parents=True, exist_ok=True)
    ground = serving.open_ground(settings)
    try:
        yield ground
    finally:
        ground.close()


def one_time_link(settings: Settings, reference: str) -> str:
    """A link that finds the borrower's account once; it verifies nobody."""
    with opened(settings) as ground:
        token = _new_link(ground, reference)
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{base.rstrip('/')}/l/{token}"


def telegram_link(settings: Settings, reference: str) -> str:
    """A one-time link that opens the chat with the bot of whoever speaks for the borrower's creditor."""
    with opened(settings) as ground:
        creditors = [creditor for speaker in ground.policies.speakers() for creditor in speaker.creditors]
        with ground.database.reading() as work:
            borrower = work.lending.borrower_by_reference(creditors, reference)
        if borrower is None:
            raise BadInput(reference, "no borrower has this reference")
        speaker = ground.policies.speaker_of_creditor(borrower.creditor).id
        messengers.bot_of(settings, ground.policies, speaker)  # before a link is made that nobody could open
        return messengers.link(settings, ground.policies, speaker, _new_link(ground, reference))


def _new_link(ground: Ground, reference: str) -> str:
    creditors = [creditor for speaker in ground.policies.speakers() for creditor in speaker.creditors]
    with ground.database.transaction() as work:
        borrower = work.lending.borrower_by_reference(creditors, reference)
        if borrower is None:
            raise BadInput(reference, "no borrower has this reference")
        token = new_link_token()
        lasts = timedelta(hours=ground.policies.for_creditor(borrower.creditor).identity.link_hours)
        work.lending.add_link(link_digest(token), borrower.id, ground.clock.now() + lasts)
    return token


def terminal_chat(settings: Settings, reference: str | None, speaker: str | None, locale: str | None) -> None:
    """Chat in this terminal: as a borrower, through a one-time link of their own, or as anybody."""
    with opened(settings) as ground:
        link = _new_link(ground, reference) if reference else None
        app = assembly.build(ground)
        first = speaker or app.policies.speakers()[0].id
        try:
            asyncio.run(terminal.run(app.backend(), first, link=link, locale=locale))
        finally:
            app.worker.close()


def action_server(settings: Settings, speaker: str | None, host: str, port: int) -> None:
    """Serve the actions to a Rasa server until interrupted: one process, beside `run` on the same database."""
    from bot.actions import server  # its web framework is of no use to the other commands

    if host not in LOOPBACK and settings.action_token is None:
        raise BadSetting("BOT_ACTION_TOKEN", f"must be set before anybody beyond this machine may call {host}")
    with opened(settings) as ground:
        chosen = ground.policies.speaker(speaker).id if speaker else _only_speaker(ground)
        app = assembly.build(ground)
        turns = assembly.rasa_turns(app, chosen)
        served = server.application(
            server.ServedExecutor(turns.names(), turns.handle, app.writers), settings.action_token
        )
        print(f"Actions for {chosen} on http://{host}:{port}/webhook", flush=True)  # noqa: T201 - says that it serves
        try:
            uvicorn.run(served, host=host, port=port, log_level="warning", access_log=False)
        finally:
            app.worker.close()


def _only_speaker(ground: Ground) -> str:
    speakers = [speaker.id for speaker in ground.policies.speakers()]
    if len(speakers) != 1:
        raise BadInput("--speaker", f"say for whom: {', '.join(speakers)}")
    return speakers[0]


def import_file(
    settings: Settings, file: Path, map_file: Path, *, skip_bad: bool, through: date | None = None
) -> Iterator[str]:
    """Import a portfolio, or payments, with a bar that moves; yields what to tell when it is done."""
    with opened(settings) as ground, Progress(transient=True) as bar:
        tasks = {stage: bar.add_task(stage, total=None) for stage in ("check", "store")}

        def tell(stage: str, done: int, of: int | None) -> None:
            bar.update(tasks[stage], completed=done, total=of)

        if isinstance(load_map(map_file), PaymentsMap):
            told = _import_payments(ground, file, map_file, skip_bad=skip_bad, through=through, tell=tell)
        elif through is not None:
            raise BadInput("--through", "it belongs to a list of payments, and this map is of a portfolio")
        else:
            told = _import_portfolio(ground, file, map_file, skip_bad=skip_bad, tell=tell)
    yield from told


def _import_portfolio(
    ground: Ground, file: Path, map_file: Path, *, skip_bad: bool, tell: imports.Progress
) -> list[str]:
    report = imports.import_portfolio(
        ground.database, file, map_file, skip_bad=skip_bad, progress=tell, clock=ground.clock
    )
    told = [f"{report.new} new accounts, {report.known} brought up to date, {report.refused_count} rows kept out"]
    told += _refused(report)
    if report.lifted or report.answered:
        told.append(f"{report.lifted} holds ended and {report.answered} disputes answered, as the data says")
    if report.invented:
        told.append(f"invented by the map, not the lender's: {', '.join(report.invented)}")
    return told + _source(report)


def _import_payments(
    ground: Ground, file: Path, map_file: Path, *, skip_bad: bool, through: date | None, tell: imports.Progress
) -> list[str]:
    report, settled = payments.import_payments(
        ground.database,
        ground.policies,
        file,
        map_file,
        through=through,
        skip_bad=skip_bad,
        progress=tell,
        clock=ground.clock,
    )
    told = [f"{report.new} new payments, {report.known} known already, {report.refused_count} rows kept out"]
    told += _refused(report)
    told.append(
        f"plans: {settled.plans} changed, {settled.completed} completed, {settled.broken} broken, "
        f"{settled.resumed} under way again; promises: {settled.kept} kept, {settled.not_kept} broken"
    )
    if through is None:
        told.append("nothing was counted as missed: --through says up to which day every payment is in the list")
    return told + _source(report)


def _refused(report: imports.Report) -> list[str]:
    return [f"  line {refused.line}: {refused.reason}" for refused in report.refused]


def _source(report: imports.Report) -> list[str]:
    return [f"source: {report.source}"] if report.source else []
