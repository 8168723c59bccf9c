"""Settings of one installation, read once from the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class BadSetting(Exception):
    """An environment variable holds something that can't be used; the message names it."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name, self.problem = name, problem


TELEGRAM_API = "https://api.telegram.org"
ONLY_SPEAKER = ""  # the name of a token that came without one
_TOKEN = re.compile(r"[^\s:=/]+:[^\s:=/]+")
_BOT_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)?")


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """`bots` has each bot's token by name: "<speaker>", or "<speaker>.<anything>" where one has several."""

    bots: Mapping[str, str] = field(default_factory=dict, repr=False)
    api: str = TELEGRAM_API
    webhook: bool = False  # updates are delivered to BOT_PUBLIC_URL; else they are fetched


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """The language model that gives a second opinion on messages; `url` ends before /chat/completions."""

    url: str
    name: str
    key: str | None = field(default=None, repr=False)
    seconds: int = 3  # after which the local understanding decides alone


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
    telegram: TelegramSettings = field(default_factory=TelegramSettings)
    language_model: ModelSettings | None = None  # none: messages never leave this machine
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
        telegram=_telegram(environ),
        language_model=_language_model(environ),
    )


def _telegram(environ: Mapping[str, str]) -> TelegramSettings:
    mode = environ.get("BOT_TELEGRAM_MODE", "polling")
    if mode not in ("polling", "webhook"):
        raise BadSetting("BOT_TELEGRAM_MODE", f"{mode!r} is neither polling nor webhook")
    api = environ.get("BOT_TELEGRAM_API") or TELEGRAM_API
    if not api.startswith(("https://", "http://")):
        raise BadSetting("BOT_TELEGRAM_API", f"{api!r} is no http address")
    return TelegramSettings(_bots(environ), api.rstrip("/"), mode == "webhook")


def _language_model(environ: Mapping[str, str]) -> ModelSettings | None:
    """Off unless BOT_LLM_URL says where it is; beyond this machine only encrypted."""
    url = environ.get("BOT_LLM_URL", "").rstrip("/")
    if not url:
        return None
    parts = urlsplit(url)
    if not parts.hostname or not (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    ):
        raise BadSetting("BOT_LLM_URL", f"{url!r} is no https address, nor an http one of this machine")
    name = environ.get("BOT_LLM_MODEL", "")
    if not name:
        raise BadSetting("BOT_LLM_MODEL", "names the model to ask at BOT_LLM_URL; it is empty")
    return ModelSettings(
        url, name, environ.get("BOT_LLM_KEY") or None, _number(environ, "BOT_LLM_SECONDS", 3, 1, 30)
    )


def _bots(environ: Mapping[str, str]) -> dict[str, str]:
    """Tokens as name=token, in the variable or as lines of the file; a lone token is the only speaker's."""
    given = environ.get("BOT_TELEGRAM_TOKENS", "")
    place, file = "BOT_TELEGRAM_TOKENS", environ.get("BOT_TELEGRAM_TOKEN_FILE")
    if file:
        place = "BOT_TELEGRAM_TOKEN_FILE"
        try:
            given = Path(file).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BadSetting(place, f"{file} cannot be read ({type(error).__name__})") from None
    bots: dict[str, str] = {}
    for number, entry in enumerate(given.split(), start=1):
        name, _, token = entry.rpartition("=")
        if not _TOKEN.fullmatch(token):
            raise BadSetting(place, f"entry {number} holds no token; BotFather's look like 123456:ABC-DEF")
        if name in bots or (name != ONLY_SPEAKER and not _BOT_NAME.fullmatch(name)):
            raise BadSetting(place, f"entry {number}: {name!r} is no name of a speaker, or stands twice")
        bots[name] = token
    return bots


def _number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name, str(default))
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise BadSetting(name, f"{text!r} is not a whole number from {least} to {most}")
    return int(text)
