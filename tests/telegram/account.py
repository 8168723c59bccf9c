"""Methods about the bot itself, its commands and menu, files, and the chats that it is in."""

import re
from typing import Any

from tests.telegram.parameters import Parameters
from tests.telegram.rules import bad
from tests.telegram.world import Bot, World

COMMANDS_MOST = 100
DOWNLOAD_MOST = 20 * 2**20
_SCOPES = {
    "default": set(), "all_private_chats": set(), "all_group_chats": set(), "all_chat_administrators": set(),
    "chat": {"chat_id"}, "chat_administrators": {"chat_id"}, "chat_member": {"chat_id", "user_id"},
}  # fmt: skip
_MENU = {"commands": set(), "default": set(), "web_app": {"text", "web_app"}}
_ABOUT = {"name": 64, "description": 512, "short_description": 120}

SCOPED = {"scope": "Object?", "language_code": "String?"}
SPOKEN = {"language_code": "String?"}


def get_me(world: World, bot: Bot, given: Parameters) -> dict[str, Any]:
    return bot.user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "has_main_web_app": False,
    }


def set_my_commands(world: World, bot: Bot, given: Parameters) -> bool:
    key = _scope(given)
    commands = given["commands"]
    if len(commands) > COMMANDS_MOST:
        raise bad("commands_count", "BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        _check_command(command)
    bot.commands[key] = commands
    return True


def _check_command(command: object) -> None:
    if not isinstance(command, dict) or set(command) != {"command", "description"}:
        raise bad("parameter_types", "can't parse BotCommand: expected command and description")
    if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command["command"])):
        raise bad("command_name", "BOT_COMMAND_INVALID")
    if not 1 <= len(str(command["description"]).strip()) <= 256:
        raise bad("command_description", "BOT_COMMAND_DESCRIPTION_INVALID")


def _scope(given: Parameters) -> tuple[str, str]:
    scope = given.get("scope") or {"type": "default"}
    needed = _SCOPES.get(scope.get("type", ""))
    if needed is None or set(scope) != needed | {"type"}:
        raise bad("command_scope", "can't parse BotCommandScope: Unsupported type specified")
    return repr(sorted(scope.items())), _language(given)


def _language(given: Parameters) -> str:
    language: str = given.get("language_code", "")
    if not re.fullmatch(r"([a-z]{2})?", language):
        raise bad("command_language", "invalid language code specified")
    return language


def get_my_commands(world: World, bot: Bot, given: Parameters) -> list[dict[str, str]]:
    return bot.commands.get(_scope(given), [])


def delete_my_commands(world: World, bot: Bot, given: Parameters) -> bool:
    bot.commands.pop(_scope(given), None)
    return True


def set_about(field: str, world: World, bot: Bot, given: Parameters) -> bool:
    text = given.get(field, "")
    if len(text) > _ABOUT[field]:
        raise bad("about", f"bot {field.replace('_', ' ')} is too long")
    bot.about[field, _language(given)] = text
    return True


def get_about(field: str, world: World, bot: Bot, given: Parameters) -> dict[str, str]:
    language = _language(given)
    return {field: bot.about.get((field, language)) or bot.about.get((field, ""), "")}


def set_chat_menu_button(world: World, bot: Bot, given: Parameters) -> bool:
    button = given.get("menu_button") or {"type": "default"}
    needed = _MENU.get(button.get("type", ""))
    if needed is None or set(button) != needed | {"type"}:
        raise bad("menu_button", "can't parse menu button: MenuButton has unsupported type")
    chat_id = given.get("chat_id", 0)
    if chat_id and world.chat(bot, chat_id).kind != "private":
        raise bad("menu_button", "the chat must be private")
    bot.menu[chat_id] = button
    return True


def get_chat_menu_button(world: World, bot: Bot, given: Parameters) -> dict[str, Any]:
    return bot.menu.get(given.get("chat_id", 0)) or bot.menu.get(0) or {"type": "default"}


def get_file(world: World, bot: Bot, given: Parameters) -> dict[str, Any]:
    file = bot.files.get(given["file_id"])
    if file is None:
        raise bad("file_id", "invalid file_id")
    if file.size > DOWNLOAD_MOST:
        raise bad("download_size", "file is too big")
    file.linked_at = world.clock()
    return {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_size": file.size,
        "file_path": f"documents/{file.unique_id}",
    }


def get_chat(world: World, bot: Bot, given: Parameters) -> dict[str, Any]:
    about = world.chat(bot, given.chat_id()).about
    return about | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": {}}


def leave_chat(world: World, bot: Bot, given: Parameters) -> bool:
    chat = world.chat(bot, given.chat_id())
    if chat.kind == "private":
        raise bad("leave", "chat member status can't be changed in private chats")
    if not chat.member:
        raise bad("leave", "bot is not a member of the chat")
    chat.member = False
    world.changed.notify_all()
    return True
