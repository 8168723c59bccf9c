"""What a bot says of itself: commands, descriptions, the menu button."""

from typing import Any

import pytest

from tests.telegram.asking import Asking, bites
from tests.telegram.people import Group, Person

HELP = {"command": "help", "description": "What I can do"}


@bites("commands_count")
def test_at_most_100_commands(api: Asking) -> None:
    many = [{"command": f"c{number}", "description": "x"} for number in range(101)]
    assert api.because("setMyCommands", commands=many) == "BOT_COMMANDS_TOO_MUCH"
    assert api.ok("setMyCommands", commands=many[:100]) is True
    assert api.ok("getMyCommands") == many[:100]


@bites("command_name", "command_description")
@pytest.mark.parametrize(
    "change",
    [{"command": name} for name in ("", "/help", "Help", "x" * 33, "help me", "帮助", "a-b")]
    + [{"description": text} for text in ("", "  ", "x" * 257)]
    + [{"emoji": "?"}],
)
def test_a_command_is_short_and_plain(api: Asking, change: dict[str, str]) -> None:
    assert api.because("setMyCommands", commands=[HELP | change])


def test_a_command_may_be_just_so_long(api: Asking) -> None:
    api.ok("setMyCommands", commands=[{"command": "a_0" + "x" * 29, "description": "帮" * 256}])


@bites("command_language", "command_scope")
def test_commands_are_by_language_and_scope(api: Asking, person: Person) -> None:
    chinese = [{"command": "help", "description": "我能做什么"}]
    private = {"type": "all_private_chats"}
    api.ok("setMyCommands", commands=[HELP])
    api.ok("setMyCommands", commands=chinese, language_code="zh", scope=private)
    assert api.ok("getMyCommands", language_code="zh", scope=private) == chinese
    assert api.ok("getMyCommands", language_code="zh") == []
    api.ok("deleteMyCommands", language_code="zh", scope=private)
    assert api.ok("getMyCommands", language_code="zh", scope=private) == []
    for language in ("zh-hans", "ZH", "z", "zh_Hans"):
        problem = api.because("setMyCommands", commands=[HELP], language_code=language)
        assert problem == "invalid language code specified"
    wrong: tuple[dict[str, Any], ...] = ({"type": "everybody"}, {}, {"type": "chat"}, private | {"chat_id": 1})
    for scope in wrong[:1] + wrong[2:]:
        assert api.because("setMyCommands", commands=[HELP], scope=scope)


@bites("about")
@pytest.mark.parametrize(
    ("method", "field", "most"),
    [("Name", "name", 64), ("Description", "description", 512), ("ShortDescription", "short_description", 120)],
)
def test_a_bot_describes_itself_briefly(api: Asking, method: str, field: str, most: int) -> None:
    assert api.because(f"setMy{method}", **{field: "x" * (most + 1)})
    api.ok(f"setMy{method}", **{field: "x" * most})
    api.ok(f"setMy{method}", **{field: "你好", "language_code": "zh"})
    assert api.ok(f"getMy{method}", language_code="zh") == {field: "你好"}
    assert api.ok(f"getMy{method}", language_code="de") == {field: "x" * most}


@bites("menu_button")
def test_the_menu_button_is_one_of_three(api: Asking, person: Person) -> None:
    assert api.ok("getChatMenuButton") == {"type": "default"}
    api.ok("setChatMenuButton", menu_button={"type": "commands"})
    assert api.ok("getChatMenuButton", chat_id=person.id) == {"type": "commands"}
    api.ok("setChatMenuButton", chat_id=person.id, menu_button={"type": "default"})
    assert api.ok("getChatMenuButton", chat_id=person.id) == {"type": "default"}
    for button in ({"type": "burger"}, {"type": "web_app"}, {"type": "commands", "text": "x"}):
        assert api.because("setChatMenuButton", menu_button=button)
    group = Group(api.served.world, api.bot)
    assert api.because("setChatMenuButton", chat_id=group.id, menu_button={"type": "commands"})


def test_a_chat_can_be_looked_up(api: Asking, person: Person) -> None:
    assert api.ok("getChat", chat_id=person.id)["type"] == "private"
