"""Files for the borrower: their copy of the talk, their plans; the channel makes a file when it is fetched."""

import re
from collections.abc import Mapping

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.accounts import named
from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, own_accounts, verified_borrower
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


def agreement_card(agreement_id: str) -> dict[str, str]:
    """Announces a plan as a page to keep."""
    return {"type": "agreement", "agreement": agreement_id}


def own_plans(turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    """Give every plan under way as a file; says so when there is none."""
    borrower = verified_borrower(turn)
    if borrower is None:
        return
    accounts = {account.id: account for account in own_accounts(turn)}
    plans = [plan for plan in turn.work.lending.agreements(borrower.id, "live") if plan.account_id in accounts]
    for plan in plans:
        account = named(accounts[plan.account_id])
        say(dispatcher, "utter_plan_document", account=account, card=agreement_card(plan.id))
    if not plans:
        say(dispatcher, "utter_no_plan_document")


def wanted_document(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:  # noqa: ARG001
    """Whether the message asks for the conversation rather than for a statement or contract."""
    text = turn.understood.text if turn.understood else ""
    return {"wants_conversation": _THE_TALK.search(text) is not None}


def actions(parts: Parts) -> list[Action]:  # noqa: ARG001 - every feature is built of the same parts
    return [
        Doing("action_own_record", own_record),
        Doing("action_own_plans", own_plans),
        Doing("action_wanted_document", wanted_document),
    ]
