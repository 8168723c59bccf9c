"""The borrower's own copy of the conversation: the offer of it; the channel makes the file when it is fetched."""

import re
from collections.abc import Mapping

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, verified_borrower
from bot.actions.parts import Parts, say
from bot.dialogue.commands import SlotValue

CARD = {"type": "record"}
# Words for the talk itself, by which one document is told from the others.
_THE_TALK = re.compile(
    r"\b(?:(?:our|this|the|my|whole|entire) (?:\w+ )?(?:conversations?|chats?|messages|talk)|transcripts?|"
    r"chat (?:history|log|record)s?|what (?:we|you)(?:'ve| have)? (?:said|wrote|written|told))\b|"
    r"(?:聊天|对话|對話|谈话|談話|会话|會話|我们说|我們說|你们说|你們說|沟通|溝通)(?:的)?(?:记录|記錄|紀錄|内容|內容|过的|過的|的话|的話)|"
    r"(?:导出|下载|保存|匯出|下載|儲存|留存)(?:这个|这段|我们的|這個|這段|我們的)?(?:聊天|对话|對話)",
    re.IGNORECASE,
)


def own_record(turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    """Offer the file to whoever has proved that the chat is theirs."""
    if verified_borrower(turn) is not None:
        say(dispatcher, "utter_own_record", card=CARD)


def wanted_document(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:  # noqa: ARG001
    """Whether the message asks for the conversation rather than for a statement or contract."""
    text = turn.understood.text if turn.understood else ""
    return {"wants_conversation": _THE_TALK.search(text) is not None}


def actions(parts: Parts) -> list[Action]:  # noqa: ARG001 - every feature is built of the same parts
    return [Doing("action_own_record", own_record), Doing("action_wanted_document", wanted_document)]
