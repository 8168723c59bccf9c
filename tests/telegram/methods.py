"""Every method that is served: what it takes, as the documentation's tables say, and what it does."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tests.telegram import account, messages, webhooks
from tests.telegram.parameters import Parameters
from tests.telegram.world import Bot, World

Handler = Callable[[World, Bot, Parameters], Any]
Method = tuple[Mapping[str, str], Handler]

_CHAT = {"chat_id": "Integer or String"}
_MENU = {"chat_id": "Integer?"}
_PHOTO = {"photo": "InputFile or String", "has_spoiler": "Boolean?"}
_DOCUMENT = {
    "document": "InputFile or String",
    "thumbnail": "InputFile or String?",
    "disable_content_type_detection": "Boolean?",
}
_ANSWER = {
    "callback_query_id": "String",
    "text": "String?",
    "show_alert": "Boolean?",
    "url": "String?",
    "cache_time": "Integer?",
}


def _about(field: str) -> dict[str, Method]:
    """The two methods of one text that a bot says of itself."""
    name = field.replace("_", "")
    return {
        f"setmy{name}": (account.SPOKEN | {field: "String?"}, partial(account.set_about, field)),
        f"getmy{name}": (account.SPOKEN, partial(account.get_about, field)),
    }


# By the name in lower case, since case does not count.
METHODS: dict[str, Method] = {
    "getme": ({}, account.get_me),
    "setwebhook": (webhooks.SET, webhooks.set_webhook),
    "deletewebhook": ({"drop_pending_updates": "Boolean?"}, webhooks.delete_webhook),
    "getwebhookinfo": ({}, webhooks.get_webhook_info),
    "sendmessage": (messages.SEND | messages.TEXT, messages.send_message),
    "sendphoto": (messages.SEND | messages.CAPTION | _PHOTO, messages.send_photo),
    "senddocument": (messages.SEND | messages.CAPTION | _DOCUMENT, messages.send_document),
    "sendchataction": (_CHAT | {"action": "String", "message_thread_id": "Integer?"}, messages.send_chat_action),
    "editmessagetext": (messages.EDIT | messages.TEXT, messages.edit_message_text),
    "editmessagecaption": (messages.EDIT | messages.CAPTION, messages.edit_message_caption),
    "editmessagereplymarkup": (messages.EDIT, messages.edit_message_reply_markup),
    "deletemessage": (_CHAT | {"message_id": "Integer"}, messages.delete_message),
    "answercallbackquery": (_ANSWER, messages.answer_callback_query),
    "getfile": ({"file_id": "String"}, account.get_file),
    "getchat": (_CHAT, account.get_chat),
    "leavechat": (_CHAT, account.leave_chat),
    "setmycommands": (account.SCOPED | {"commands": "Array"}, account.set_my_commands),
    "getmycommands": (account.SCOPED, account.get_my_commands),
    "deletemycommands": (account.SCOPED, account.delete_my_commands),
    "setchatmenubutton": (_MENU | {"menu_button": "Object?"}, account.set_chat_menu_button),
    "getchatmenubutton": (_MENU, account.get_chat_menu_button),
    **_about("name"),
    **_about("description"),
    **_about("short_description"),
}
