"""The chat in a terminal: the same program behind it, numbered buttons, typed text, a person on request."""

import asyncio
import secrets
import sys
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from bot.channels.backend import Address, Chat, ChatBackend, LinkRefused, Message, NotProved
from bot.channels.documents import Card, announced, fetch
from bot.channels.web_session import shown
from bot.dialogue.messages import Incoming, InputKind

CHANNEL = "terminal"
HELP = "Type a message, or the number of a choice. /again shows the last answer, /quit (or Ctrl-C) ends."
SLOW = 30.0  # seconds without an answer after which the prompt comes back
Reader = Callable[[str], Awaitable[str]]


@dataclass(slots=True)
class Terminal:
    """One chat on one console; `read_line` gives what is typed, or raises EOFError."""

    backend: ChatBackend
    address: Address
    console: Console
    read_line: Reader
    locale: str | None = None
    after: int = 0
    choices: list[tuple[str, str]] = field(default_factory=list)  # id and title of each button on offer
    last: list[dict[str, Any]] = field(default_factory=list)
    folder: Path = Path()  # where the borrower's copy of the chat is saved

    async def talk(self, *, start: bool = True) -> None:
        """Greet, then answer line by line until the input ends."""
        self.console.print(Text(HELP, style="dim"))
        if start:
            await self._submit("start")
        await self._answers()
        while True:
            try:
                line = (await self.read_line("› ")).strip()
            except EOFError:
                break
            except asyncio.CancelledError:  # Ctrl-C
                self.console.print()
                break
            if line in {"/quit", "/exit"}:
                break
            await self._line(line)
        self.console.print(Text("The chat is kept. Goodbye.", style="dim"))

    async def _line(self, line: str) -> None:
        if line == "/again":
            self._show(self.last)
            return
        if line.isascii() and line.isdigit() and 1 <= int(line) <= len(self.choices):
            choice, title = self.choices[int(line) - 1]
            self.console.print(Text(f"  {title}", style="italic"))
            await self._submit("button", choice=choice)
        elif line:
            await self._submit("text", text=line)
        await self._answers()

    async def _submit(self, kind: InputKind, *, text: str | None = None, choice: str | None = None) -> None:
        incoming = Incoming(
            self.address.account,
            self.address.sender,
            uuid.uuid4().hex,
            kind,
            text=text,
            choice=choice,
            locale=self.locale,
        )
        await self.backend.submit(incoming)

    async def _answers(self) -> None:
        """Show what comes until nothing waits for an answer any more."""
        end = asyncio.get_running_loop().time() + SLOW
        while asyncio.get_running_loop().time() < end:
            chat = await self.backend.read(self.address, self.after)
            await self._take(chat)
            if not chat.busy:
                return
            await self.backend.wait(self.address, self.after, 1.0)
        self.console.print(
            Text("Still waiting; your message is stored. The answer comes with the next one.", style="dim")
        )

    async def _take(self, chat: Chat) -> None:
        self.after = max([self.after, chat.cursor, *(message.seq for message in chat.messages)])
        bodies = _spoken(chat.messages)
        if bodies:
            self.last = bodies
            self._show(bodies)
        for card in filter(None, map(announced, bodies)):
            await self._save(card)

    async def _save(self, card: Card) -> None:
        """Put a file of the borrower's beside what else they keep here."""
        try:
            made = await fetch(self.backend, self.address, card)
        except NotProved:
            return  # the check has lapsed since; the chat asks for it by itself
        path = self.folder / made.name
        await asyncio.to_thread(path.write_bytes, made.content)
        self.console.print(Text(f"  saved: {path}", style="bold"))

    def _show(self, bodies: Sequence[dict[str, Any]]) -> None:
        for body in bodies:
            self.console.print(_panel(body))
            if body.get("buttons"):
                self.choices = [(button["id"], button["title"]) for button in body["buttons"]]
                for number, (_, title) in enumerate(self.choices, 1):
                    self.console.print(Text.assemble((f"  {number} ", "bold cyan"), title))


def _spoken(messages: Sequence[Message]) -> list[dict[str, Any]]:
    bodies = [shown(message) for message in messages if message.kind != "user"]
    return [body for body in bodies if body is not None]


def _panel(body: dict[str, Any]) -> Panel | Text:
    """One message; text is never read as markup, and control characters are taken out."""
    if body["from"] == "notice":
        return Text(f"— {body['text'] or body['notice']} —", style="dim", justify="center")
    plain = "".join(c for c in str(body.get("text", "")) if c.isprintable() or c == "\n")
    style = "green" if body["from"] == "agent" else "blue"
    return Panel(Text(plain), border_style=style, expand=False, padding=(0, 1))


async def _typed(prompt: str) -> str:
    """A line from the keyboard; the program goes on meanwhile, and Ctrl-C needs no Enter after it."""
    sys.stdout.write(prompt)
    sys.stdout.flush()
    if sys.stdin.isatty() and sys.platform != "win32":
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(sys.stdin.fileno(), ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(sys.stdin.fileno())
        line = sys.stdin.readline()
    else:
        line = await asyncio.to_thread(sys.stdin.readline)
    if not line:
        raise EOFError
    return line


async def run(
    backend: ChatBackend,
    speaker: str,
    *,
    link: str | None = None,
    locale: str | None = None,
    console: Console | None = None,
    read_line: Reader = _typed,
) -> None:
    """Chat with `speaker` until the input ends; a one-time link opens the chat of its borrower."""
    console = console or Console()
    sender = secrets.token_hex(32)
    if link is not None:
        try:
            speaker = await backend.spend_link(link, CHANNEL, sender, locale)
        except LinkRefused:
            console.print(Text("This link can't be used (any more). The chat opens without it.", style="yellow"))
            link = None
    found = backend.speaker(speaker)
    if found is None:
        known = ", ".join(each.id for each in backend.speakers())
        console.print(Text(f"There is no lender {speaker!r} here. There are: {known}", style="red"))
        return
    console.print(Text(found.name(locale or "en"), style="bold"))
    address = Address(f"{CHANNEL}:{speaker}", sender)
    # A spent link has opened the chat already: its greeting is on the way.
    await Terminal(backend, address, console, read_line, locale).talk(start=link is None)
