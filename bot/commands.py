"""What the command line does, over a built App; each function is one command."""

import asyncio
import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import get_args

import uvicorn
from rich.progress import Progress

from bot import assembly, keys, messengers, serving
from bot.access import Role
from bot.assembly import Ground
from bot.channels import terminal
from bot.errors import BadInput
from bot.lender import imports
from bot.lending.identity import link_digest, new_link_token
from bot.review import copies
from bot.review.copies import Altered
from bot.review.verification import Verdict, verify_all, verify_conversation
from bot.settings import LOOPBACK, BadSetting, Settings
from bot.web import staff


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


def import_file(settings: Settings, file: Path, map_file: Path, *, skip_bad: bool) -> Iterator[str]:
    """Import a portfolio with a bar that moves; yields what to tell when it is done."""
    with opened(settings) as ground, Progress(transient=True) as bar:
        tasks = {stage: bar.add_task(stage, total=None) for stage in ("check", "store")}

        def tell(stage: str, done: int, of: int | None) -> None:
            bar.update(tasks[stage], completed=done, total=of)

        report = imports.import_portfolio(
            ground.database, file, map_file, skip_bad=skip_bad, progress=tell, clock=ground.clock
        )
    yield f"{report.new} new accounts, {report.known} brought up to date, {report.refused_count} rows kept out"
    yield from (f"  line {refused.line}: {refused.reason}" for refused in report.refused)
    if report.lifted or report.answered:
        yield f"{report.lifted} holds ended and {report.answered} disputes answered, as the data says"
    if report.invented:
        yield f"invented by the map, not the lender's: {', '.join(report.invented)}"
    if report.source:
        yield f"source: {report.source}"


def add_user(settings: Settings, login: str, name: str, role: str, speakers: list[str] | None) -> str:
    """Add a member of staff; the password is asked for, never taken from the command line."""
    if role not in get_args(Role):
        raise BadInput("--role", f"{role!r} is none of {', '.join(get_args(Role))}")
    with opened(settings) as ground:
        for speaker in speakers or ():
            ground.policies.speaker(speaker)
        password = getpass.getpass(f"Password for {login} (12 characters or more): ")
        if password != getpass.getpass("The same again: "):
            raise BadInput("password", "the two are not the same")
        with ground.database.transaction() as work:
            now = ground.clock.now()
            added = staff.add_user(work, login, name or login, role, password, now, speakers=speakers)  # type: ignore[arg-type]  # a role, checked above
    return f"{added.login} may now sign in as {added.role}"


def verify_copy(settings: Settings, file: Path, signed_by: str | None) -> Iterator[str]:
    """What is proved by a borrower's copy of a chat, from the file alone; raises Altered.

    `signed_by` is the id of the key that must have signed it; without, this installation's, if it has one.
    """
    ours = copies.installation_key(keys.load(settings.key_file).checkpoint) if settings.key_file.exists() else None
    proof = copies.prove(file.read_bytes())
    expected = signed_by or ours
    if expected not in (None, proof.key_id):
        raise Altered(f"it is signed with the key {proof.key_id}, not with {expected}")
    whose = {signed_by: "the one you named", ours: "this installation's"}.get(proof.key_id)
    yield f"{file}: nothing was altered"
    yield f"signed {proof.made_at.isoformat(' ', 'minutes')} with the key {proof.key_id}, " + (
        whose or "which is not known here: compare it with the one on the lender's page"
    )
    yield (
        f"covers the words, senders, times and order of {proof.shown} messages, and that none was left out of the "
        f"conversation's {proof.length} events; the other {proof.length - proof.shown} are in it by digest only"
    )
    yield "does not cover what was said after it was signed, nor who typed the borrower's words"


def verify(settings: Settings, conversation_id: str | None) -> Iterator[Verdict]:
    """Recompute the chain of one conversation, or of all and of the audit trail."""
    with opened(settings) as ground, ground.database.reading() as work:
        if conversation_id:
            yield verify_conversation(work, conversation_id)
        else:
            yield from verify_all(work)
