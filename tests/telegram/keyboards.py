"""Checks a reply_markup: inline keyboards, keyboards below the text field, and what removes them."""

from typing import Any
from urllib.parse import urlsplit

from tests.telegram.rules import bad

_INLINE_KINDS = {
    "url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay",
}  # fmt: skip
_LOOKS = {"text", "icon_custom_emoji_id", "style"}
_BELOW_KINDS = {
    "request_users",
    "request_chat",
    "request_contact",
    "request_location",
    "request_poll",
    "web_app",
}
_BELOW = {
    "keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective",
}  # fmt: skip
_LONGEST_DATA = 64  # bytes


def checked(markup: dict[str, Any] | None, chat_kind: str, *, inline_only: bool = False) -> dict[str, Any] | None:
    """The markup as it will be shown; None where there is none."""
    if not markup:
        return None
    if "inline_keyboard" in markup:
        return _inline(markup)
    if inline_only:
        raise bad("edit_inline_only", "inline keyboard expected")
    if "keyboard" in markup:
        return _below(markup, chat_kind)
    if markup.get("remove_keyboard") is True or markup.get("force_reply") is True:
        return markup
    raise bad("parameter_types", "object expected as reply markup")


def _rows(rows: object, of: str) -> list[list[dict[str, Any]]]:
    right = isinstance(rows, list) and all(isinstance(row, list) for row in rows)
    if not right or not all(isinstance(button, dict) for row in rows for button in row):  # type: ignore[attr-defined]
        raise bad("parameter_types", f"can't parse {of}: expected an Array of Array of buttons")
    return rows  # type: ignore[return-value]


def _inline(markup: dict[str, Any]) -> dict[str, Any] | None:
    if set(markup) != {"inline_keyboard"}:
        raise bad("parameter_types", "an inline keyboard has no other fields")
    rows = [row for row in _rows(markup["inline_keyboard"], "inline keyboard") if row]
    for row in rows:
        for button in row:
            _inline_button(button)
    return {"inline_keyboard": rows} if rows else None


def _inline_button(button: dict[str, Any]) -> None:
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad("button_text", "text buttons are unallowed in the inline keyboard" if text == "" else
                  'can\'t parse inline keyboard button: Can\'t find field "text"')  # fmt: skip
    unknown = set(button) - _INLINE_KINDS - _LOOKS
    if unknown:
        raise bad("parameter_types", f"can't parse inline keyboard button: unknown field {sorted(unknown)[0]!r}")
    kinds = set(button) & _INLINE_KINDS
    if len(kinds) != 1:
        raise bad("one_button_kind", "text buttons are unallowed in the inline keyboard")
    if "callback_data" in kinds:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode()) <= _LONGEST_DATA:
            raise bad("callback_data", "BUTTON_DATA_INVALID")
    if "url" in kinds and urlsplit(str(button["url"])).scheme not in ("http", "https", "tg"):
        raise bad(
            "parameter_types", f"inline keyboard button URL '{button['url']}' is invalid: Unsupported URL protocol"
        )


def _below(markup: dict[str, Any], chat_kind: str) -> dict[str, Any]:
    unknown = set(markup) - _BELOW
    if unknown:
        raise bad("parameter_types", f"can't parse reply keyboard: unknown field {sorted(unknown)[0]!r}")
    if len(str(markup.get("input_field_placeholder", ""))) > 64:
        raise bad("parameter_types", "the placeholder must be 1-64 characters")
    for row in _rows(markup["keyboard"], "keyboard"):
        for button in row:
            _button_below(button, chat_kind)
    return markup


def _button_below(button: dict[str, Any], chat_kind: str) -> None:
    if not str(button.get("text") or "").strip():
        raise bad("button_text", "can't parse keyboard button: Can't find field \"text\"")
    unknown = set(button) - _LOOKS - _BELOW_KINDS
    if unknown:
        raise bad("parameter_types", f"can't parse keyboard button: unknown field {sorted(unknown)[0]!r}")
    if len(set(button) & _BELOW_KINDS) > 1:
        raise bad("one_button_kind", "a keyboard button asks for one thing")
    if button.get("request_contact") and chat_kind != "private":
        raise bad("request_contact", "phone number can be requested in private chats only")
