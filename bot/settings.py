"""Settings of one installation, read once from the environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class BadSetting(Exception):
    """An environment variable holds something that can't be used; the message names it."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name, self.problem = name, problem


@dataclass(frozen=True, slots=True)
class Settings:
    """`state` holds what the program writes: the SQLite database, the model cache, the key file by default."""

    database_url: str
    state: Path
    key_file: Path
    creditors: Path
    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = False
    dialogues: Path = ROOT / "dialogues"
    locales: Path = ROOT / "locales"
    frame_ancestors: tuple[str, ...] = ()  # origins of lenders' pages that may embed the chat
    public_url: str | None = None  # how borrowers reach this server, for one-time links
    workers: int = 4  # threads that handle turns on PostgreSQL; SQLite has one writer
    action_token: str | None = None  # what a Rasa server shows to the action server

    def __post_init__(self) -> None:
        if self.demo and self.host not in LOOPBACK:
            raise BadSetting(
                "BOT_HOST", f"demo mode has open sign-ins and listens on loopback only, not on {self.host}"
            )


def from_environment(environ: Mapping[str, str], *, demo: bool = False) -> Settings:
    """Read `BOT_…` variables; in demo mode everything has a default below `var/`."""
    state = Path(environ.get("BOT_STATE", ROOT / "var"))
    name = "demo" if demo else "bot"
    creditors = environ.get("BOT_CREDITORS")
    if not demo and creditors is None:
        creditors = str(state / "creditors")
    return Settings(
        database_url=environ.get("BOT_DATABASE_URL", f"sqlite:///{state / (name + '.sqlite')}"),
        state=state,
        key_file=Path(environ.get("BOT_KEY_FILE", state / f"{name}.keys")),
        creditors=Path(creditors) if creditors else ROOT / "bot" / "lender" / "demo" / "creditors",
        host=environ.get("BOT_HOST", "127.0.0.1"),
        port=_number(environ, "BOT_PORT", 8000, 0, 65535),
        demo=demo,
        frame_ancestors=tuple(environ.get("BOT_FRAME_ANCESTORS", "").split()),
        public_url=environ.get("BOT_PUBLIC_URL"),
        workers=_number(environ, "BOT_WORKERS", 4, 1, 64),
        action_token=environ.get("BOT_ACTION_TOKEN") or None,
    )


def _number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name, str(default))
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise BadSetting(name, f"{text!r} is not a whole number from {least} to {most}")
    return int(text)
