"""Which of the borrower's accounts is being talked about."""

import unicodedata
from collections.abc import Mapping, Sequence

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, own_accounts
from bot.actions.parts import Parts, say
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import DynamicButton, Label
from bot.dialogue.understanding.products import products
from bot.lending.debts import Account


def named(account: Account) -> Label:
    """An account as it stands in a line: its product and last four digits."""
    return Label(
        "utter_account_named", {"product": Label(f"utter_product_{account.product}"), "ending": account.ending}
    )


def choose(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
    """Take the only account; keep one that was chosen before and is theirs; otherwise leave it to be asked."""
    own = own_accounts(turn)
    if not own:
        if turn.conversation.verified(turn.now):
            say(dispatcher, "utter_no_account")
        return {"account_id": None, "accounts_count": 0}
    leave_overview(turn)
    wanted = mentioned(turn, own) or turn.tracker.slots.get("account_id")
    kept = own[0].id if len(own) == 1 else next((account.id for account in own if account.id == wanted), None)
    return {"account_id": kept, "accounts_count": len(own)}


def mentioned(turn: ActionTurn, own: Sequence[Account]) -> str | None:
    """The one account of a kind that the message names."""
    named = products(turn.understood.text) if turn.understood else frozenset()
    found = [account.id for account in own if account.product in named]
    return found[0] if len(found) == 1 else None


def leave_overview(turn: ActionTurn) -> None:
    """A more particular question takes up the overview that waits for an account."""
    stack = turn.tracker.stack
    stack[:-1] = [frame for frame in stack[:-1] if (frame.flow, frame.step) != ("check_balance", "which")]


def ask(turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
    buttons = [
        DynamicButton(
            "utter_button_account",
            f"/SetSlots(account_id={account.id})",
            {"product": Label(f"utter_product_{account.product}"), "ending": account.ending},
        )
        for account in own_accounts(turn)
    ]
    say(dispatcher, "utter_ask_account", buttons=buttons)


def validate(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
    """Accept the id that a button carries, or the ending that somebody typed, of their own accounts only."""
    typed = unicodedata.normalize("NFKC", str(turn.tracker.slots.get("account_id") or ""))
    for account in own_accounts(turn):
        if typed == account.id or account.ending in typed:
            return {"account_id": account.id}
    if found := mentioned(turn, own_accounts(turn)):
        return {"account_id": found}
    say(dispatcher, "utter_account_not_found")
    return {"account_id": None}


def forget(turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:  # noqa: ARG001
    return {"account_id": None}


def actions(parts: Parts) -> list[Action]:  # noqa: ARG001 - every feature is built alike
    return [
        Doing("action_choose_account", choose),
        Doing("action_ask_account_id", ask),
        Doing("validate_account_id", validate),
        Doing("action_forget_account", forget),
    ]
