"""A chat's menu follows the language that its borrower chose, and is set no oftener than that changes."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from bot.channels.telegram_api import Api, NotTaken
from bot.channels.telegram_menu import Menus
from bot.conversations.store import Conversation

CHAT = Conversation("c1", "telegram:harbour", "7", "harbour", "zh_Hant", True, None, None, None, None)


@dataclass
class Commands:
    fails: bool = False
    set: list[tuple[int, str]] = field(default_factory=list)

    async def commands(self, chat: int, words: Mapping[str, str]) -> None:
        self.set.append((chat, words["menu"]))
        if self.fails:
            raise NotTaken("no such scope")


def shown(api: Commands, *chats: Conversation) -> list[tuple[int, str]]:
    menus = Menus(lambda locale: {"menu": locale})

    async def show() -> None:
        for chat in chats:
            await menus.show(cast(Api, api), chat)

    asyncio.run(show())
    return api.set


def test_a_menu_is_set_when_a_language_is_chosen_and_when_another_is() -> None:
    english = replace(CHAT, locale="en")
    assert shown(Commands(), CHAT, CHAT, english, english) == [(7, "zh_Hant"), (7, "en")]


def test_a_language_that_was_only_guessed_changes_no_menu() -> None:
    assert shown(Commands(), replace(CHAT, locale_chosen=False)) == []


def test_a_server_without_such_menus_is_no_trouble() -> None:
    assert len(shown(Commands(fails=True), CHAT)) == 1
