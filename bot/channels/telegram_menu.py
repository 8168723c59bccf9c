"""The command menu in the language that a borrower chose: setup goes by two letters, a chat by its script."""

from collections import OrderedDict
from collections.abc import Callable, Mapping

from bot.channels.telegram_api import Api, quietly
from bot.conversations.store import Conversation

_REMEMBERED = 50_000

Words = Callable[[str], Mapping[str, str]]  # what each command does, in a locale


class Menus:
    """Sets a chat's own menu when its borrower has chosen a language; once for each choice in this process."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._shown: OrderedDict[str, str] = OrderedDict()

    async def show(self, api: Api, conversation: Conversation) -> None:
        chat, locale = conversation.id, conversation.locale
        if not conversation.locale_chosen or self._shown.get(chat) == locale:
            return
        self._shown[chat] = locale
        while len(self._shown) > _REMEMBERED:
            self._shown.popitem(last=False)
        await quietly(api.commands(int(conversation.sender), self._words(locale)))
