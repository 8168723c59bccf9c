"""Methods that send, edit and delete messages."""

from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

from tests.telegram import keyboards, texts
from tests.telegram.parameters import UPLOAD_MOST, Parameters, Upload
from tests.telegram.rules import Refused, bad
from tests.telegram.world import Bot, Chat, File, World

TEXT_MOST, CAPTION_MOST, PHOTO_MOST = 4096, 1024, 10 * 2**20
_DELETABLE = 48 * 3600
ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)

SEND = {
    "chat_id": "Integer or String", "business_connection_id": "String?", "message_thread_id": "Integer?",
    "disable_notification": "Boolean?", "protect_content": "Boolean?", "allow_paid_broadcast": "Boolean?",
    "message_effect_id": "String?", "reply_parameters": "Object?", "reply_markup": "Object?",
}  # fmt: skip
TEXT = {"text": "String", "parse_mode": "String?", "entities": "Array?", "link_preview_options": "Object?"}
CAPTION = {
    "caption": "String?", "parse_mode": "String?", "caption_entities": "Array?",
    "show_caption_above_media": "Boolean?",
}  # fmt: skip
EDIT = {
    "chat_id": "Integer or String", "message_id": "Integer", "business_connection_id": "String?",
    "reply_markup": "Object?",
}  # fmt: skip


def _text(given: Parameters) -> dict[str, Any]:
    source = given.get("text", "")
    text, entities = _parsed(source, given.get("parse_mode"), given.get("entities"))
    if not text:
        raise bad("text_length", "message text is empty")
    if texts.units(text) > TEXT_MOST:
        raise bad("text_length", "message is too long")
    return {"text": text} | ({"entities": entities} if entities else {})


def _caption(given: Parameters) -> dict[str, Any]:
    caption, entities = _parsed(given.get("caption", ""), given.get("parse_mode"), given.get("caption_entities"))
    if texts.units(caption) > CAPTION_MOST:
        raise bad("caption_length", "message caption is too long")
    content: dict[str, Any] = {"caption": caption} if caption else {}
    return content | ({"caption_entities": entities} if entities else {})


def _parsed(text: str, mode: str | None, entities: object) -> tuple[str, list[dict[str, Any]]]:
    if entities is not None and mode is None:
        return texts.checked(text, entities)
    return texts.parse(text, mode)


def _send(world: World, bot: Bot, given: Parameters, content: dict[str, Any]) -> dict[str, Any]:
    chat = world.writable(bot, given.chat_id())
    markup = keyboards.checked(given.get("reply_markup"), chat.kind)
    reply = _reply(chat, given.get("reply_parameters"))
    world.count(bot, chat)
    if markup and "inline_keyboard" in markup:
        content = content | {"reply_markup": markup}
    elif markup:
        chat.below = markup
    if given.get("protect_content"):
        content = content | {"has_protected_content": True}
    return world.add_message(chat, bot.user(), **reply, **content)


def _reply(chat: Chat, parameters: dict[str, Any] | None) -> dict[str, Any]:
    if parameters is None:
        return {}
    message = chat.messages.get(parameters.get("message_id", 0))
    if message is None and not parameters.get("allow_sending_without_reply"):
        raise bad("reply_to", "message to be replied not found")
    return {"reply_to_message": message} if message else {}


def send_message(world: World, bot: Bot, given: Parameters) -> dict[str, Any]:
    world.chat(bot, given.chat_id())
    return _send(world, bot, given, _text(given))


def send_document(world: World, bot: Bot, given: Parameters) -> dict[str, Any]:
    file = _kept(world, bot, given["document"])
    content = {
        "document": {
            "file_id": file.id, "file_unique_id": file.unique_id, "file_name": file.name,
            "mime_type": file.media_type, "file_size": file.size,
        }
    }  # fmt: skip
    return _send(world, bot, given, content | _caption(given))


def send_photo(world: World, bot: Bot, given: Parameters) -> dict[str, Any]:
    photo = given["photo"]
    width, height = _shape(photo) if isinstance(photo, Upload) else (90, 90)
    file = _kept(world, bot, photo)
    size = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": file.size}
    return _send(world, bot, given, {"photo": [size | {"width": width, "height": height}]} | _caption(given))


def _kept(world: World, bot: Bot, source: Upload | str) -> File:
    if isinstance(source, Upload):
        if len(source.content) > UPLOAD_MOST:
            raise Refused("document_size", 413, "Request Entity Too Large")
        if not source.content:
            raise bad("document_size", "file must be non-empty")
        return world.add_file(bot, source.name, source.media_type, source.content)
    file = bot.files.get(source)
    if file is None:
        raise bad("file_id", "wrong file identifier/HTTP URL specified")
    return file


def _shape(photo: Upload) -> tuple[int, int]:
    if len(photo.content) > PHOTO_MOST:
        size = len(photo.content)
        raise bad(
            "photo_size",
            f"file of size {size} bytes is too big for a photo; the maximum size is {PHOTO_MOST} bytes",
        )
    try:
        with Image.open(BytesIO(photo.content)) as image:
            width, height = image.size
    except (UnidentifiedImageError, OSError) as error:
        raise bad("photo_shape", "IMAGE_PROCESS_FAILED") from error
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("photo_shape", "PHOTO_INVALID_DIMENSIONS")
    return width, height


def _to_edit(world: World, bot: Bot, given: Parameters) -> tuple[Chat, dict[str, Any]]:
    chat = world.chat(bot, given.chat_id())
    message = chat.messages.get(given["message_id"])
    if message is None:
        raise bad("edit_own", "message to edit not found")
    if message["from"]["id"] != bot.id:
        raise bad("edit_own", "message can't be edited")
    return chat, message


def _edit(
    world: World, given: Parameters, chat: Chat, message: dict[str, Any], content: dict[str, Any]
) -> dict[str, Any]:
    """Put new content in, or only a new keyboard. A keyboard that is not given goes."""
    markup = keyboards.checked(given.get("reply_markup"), chat.kind, inline_only=True)
    replaced = {name: value for name, value in message.items() if name not in ("edit_date", "reply_markup")}
    if content:
        replaced = {
            name: value for name, value in replaced.items()
            if name not in ("text", "entities", "caption", "caption_entities")
        } | content  # fmt: skip
    replaced |= {"reply_markup": markup} if markup else {}
    if replaced == {name: value for name, value in message.items() if name != "edit_date"}:
        raise bad("not_modified", _SAME)
    chat.messages[message["message_id"]] = replaced | {"edit_date": int(world.clock())}
    world.changed.notify_all()
    return chat.messages[message["message_id"]]


def edit_message_text(world: World, bot: Bot, given: Parameters) -> dict[str, Any]:
    chat, message = _to_edit(world, bot, given)
    if "text" not in message:
        raise bad("edit_own", "there is no text in the message to edit")
    return _edit(world, given, chat, message, _text(given))


def edit_message_caption(world: World, bot: Bot, given: Parameters) -> dict[str, Any]:
    chat, message = _to_edit(world, bot, given)
    if not {"document", "photo"} & set(message):
        raise bad("edit_own", "there is no caption in the message to edit")
    return _edit(world, given, chat, message, _caption(given) or {"caption": ""})


def edit_message_reply_markup(world: World, bot: Bot, given: Parameters) -> dict[str, Any]:
    chat, message = _to_edit(world, bot, given)
    return _edit(world, given, chat, message, {})


def delete_message(world: World, bot: Bot, given: Parameters) -> bool:
    chat = world.chat(bot, given.chat_id())
    message = chat.messages.get(given["message_id"])
    if message is None:
        raise bad("delete_in_time", "message to delete not found")
    if world.clock() - message["date"] > _DELETABLE:
        raise bad("delete_in_time", "message can't be deleted")
    del chat.messages[message["message_id"]]
    world.changed.notify_all()
    return True


def send_chat_action(world: World, bot: Bot, given: Parameters) -> bool:
    chat = world.writable(bot, given.chat_id())
    if given["action"] not in ACTIONS:
        raise bad("chat_action", "wrong parameter action in request")
    chat.actions.append(given["action"])
    return True


def answer_callback_query(world: World, bot: Bot, given: Parameters) -> bool:
    if texts.units(given.get("text", "")) > 200:
        raise bad("answer_length", "MESSAGE_TOO_LONG")
    query = bot.queries.get(given["callback_query_id"])
    late = query is None or query.answered is not None or world.clock() - query.at > world.answer_within
    if query is None or late:
        raise bad("answer_query", "query is too old and response timeout expired or query ID is invalid")
    query.answered = given.get("text", "")
    world.changed.notify_all()
    return True
