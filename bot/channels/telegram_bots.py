"""The bots of this process: for each its account, its speaker's wishes and its connection to the Bot API."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.channels.telegram_api import Api

CHANNEL = "telegram"


@dataclass(frozen=True, slots=True)
class BotSettings:
    """One bot as configured: `name` is "<speaker>" or "<speaker>.<anything>", where a lender has several."""

    name: str
    token: str = field(repr=False)
    protect_figures: bool = False

    @property
    def account(self) -> str:
        return f"{CHANNEL}:{self.name}"


@dataclass(frozen=True, slots=True)
class RunningBot:
    settings: BotSettings
    api: Api

    @property
    def account(self) -> str:
        return self.settings.account


Bots = Mapping[str, RunningBot]  # by account
