"""What is set up once for a bot: its words in each language, the menu, and where its updates go."""

import hashlib
import hmac
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from telegram import BotCommand, BotCommandScopeAllPrivateChats, MenuButtonCommands

from bot.channels.telegram_api import Api, BadToken, Blocked, NotTaken, SomebodyElse, TooFast, Unavailable, plainly
from bot.channels.telegram_bots import BotSettings
from bot.channels.telegram_updates import ALLOWED, COMMANDS
from bot.errors import BotError

PARALLEL_DELIVERIES = 40  # "The maximum allowed number of simultaneous HTTPS connections", setWebhook
LONGEST_DESCRIPTION, LONGEST_ABOUT = 512, 120  # setMyDescription, setMyShortDescription
TOKEN_HELP = "copy it anew from @BotFather: /mybots, the bot, API Token"  # noqa: S105 - a hint, no secret


@dataclass(frozen=True, slots=True)
class BotWords:
    """A bot's words in one language: what each command does, and what stands in a chat before Start is pressed."""

    commands: Mapping[str, str]
    description: str
    about: str


def webhook_secret(token: str) -> str:
    """The secret that Telegram shows with each update; made from the token, which it does not betray."""
    return hmac.digest(token.encode(), b"telegram webhook", hashlib.sha256).hex()


class Setup:
    """`words` by two-letter language code; the one under "" is for everybody else."""

    def __init__(self, bot: BotSettings, base: str, words: Mapping[str, BotWords], hook: str | None) -> None:
        self._bot = bot
        self._api = Api(bot.token, base)
        self._words = words
        self._hook = hook

    async def run(self) -> AsyncIterator[tuple[bool, str]]:
        """Each step with whether it went well, in plain words; ends at the first that did not."""
        name = self._bot.name
        try:
            yield True, f"{name}: {await self._known()}"
        except (BotError, TooFast) as error:
            yield False, f"{name}: {problem(error)}"
            await self._api.close()
            return
        try:
            for step in (self._commands, self._looks, self._updates):
                yield True, f"{name}: {await step()}"
        except BadToken:  # the token was good a moment ago: 404 also stands for a method that is not there
            yield False, f"{name}: this Bot API server does not know all methods that are needed"
        except (BotError, TooFast) as error:
            yield False, f"{name}: {problem(error)}"
        finally:
            await self._api.close()

    async def _known(self) -> str:
        me = await plainly(self._api.bot.get_me())
        open_to_groups = "; it leaves groups by itself, /setjoingroups in @BotFather keeps it out of them"
        return f"the token is that of @{me.username}" + (open_to_groups if me.can_join_groups else "")

    async def _commands(self) -> str:
        bot, scope = self._api.bot, BotCommandScopeAllPrivateChats()
        for language, words in self._words.items():
            commands = [BotCommand(name, words.commands[name]) for name in COMMANDS]
            code = language or None
            await plainly(bot.set_my_commands(commands, scope=scope, language_code=code))
        languages = ", ".join(language or "every other language" for language in self._words)
        return f"{len(COMMANDS)} commands are registered, with words for {languages}"

    async def _looks(self) -> str:
        """What a chat shows before its first message, and the button beside the text field."""
        bot = self._api.bot
        try:
            for language, words in self._words.items():
                code = language or None
                await plainly(bot.set_my_description(words.description[:LONGEST_DESCRIPTION], language_code=code))
                await plainly(bot.set_my_short_description(words.about[:LONGEST_ABOUT], language_code=code))
            await plainly(bot.set_chat_menu_button(menu_button=MenuButtonCommands()))
        except (BadToken, NotTaken) as error:
            return f"the description and the menu button are left as they are: {error}"
        return "the description says who it is, and the menu button shows the commands"

    async def _updates(self) -> str:
        bot = self._api.bot
        if self._hook is None:
            await plainly(bot.delete_webhook())
            return "updates are fetched by `python -m bot run`; no webhook is set"
        await plainly(
            bot.set_webhook(
                self._hook,
                max_connections=PARALLEL_DELIVERIES,
                allowed_updates=list(ALLOWED),
                secret_token=webhook_secret(self._bot.token),
            )
        )
        info = await plainly(bot.get_webhook_info())
        failed = f"; the last delivery failed: {info.last_error_message}" if info.last_error_message else ""
        return f"updates are delivered to {info.url}{failed}"


def problem(error: Exception) -> str:
    """What is wrong, as whoever set the token can put it right."""
    match error:
        case BadToken():
            return f"Telegram does not know this token; {TOKEN_HELP}"
        case Blocked():
            return f"Telegram refuses this bot: {error}"
        case SomebodyElse():
            return f"another program uses this bot: {error}"
        case Unavailable():
            return f"the Bot API does not answer ({error}); is there a way to it from this machine?"
        case NotTaken():
            return f"Telegram does not take it: {error}"
        case _:
            return str(error)


async def name_of(token: str, base: str) -> str:
    """The bot's user name, as its links carry it."""
    api = Api(token, base)
    try:
        return str((await plainly(api.bot.get_me())).username)
    finally:
        await api.close()


def languages(locales: Sequence[str], place: str, negotiate: Callable[[str], str | None]) -> dict[str, str]:
    """Two-letter codes, as Telegram takes them, each with its locale; of two scripts the one that is read there.

    `negotiate` gives the locale that serves a BCP 47 tag.
    """
    codes = dict.fromkeys(locale.partition("_")[0] for locale in locales)
    found = {code: negotiate(f"{code}-{place}") or negotiate(code) for code in codes}
    return {code: locale for code, locale in found.items() if locale}
