"""What only some channels bring: privacy there, messages that can't be read, one's own phone number."""

from collections.abc import Mapping

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn
from bot.actions.parts import Parts, say
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import DynamicButton, Label, Names
from bot.lending import phones
from bot.lending.identity import Borrower
from bot.lending.policy import Policies

BY_PHONE = "phone"  # in place of a reference that was typed
# Channels on which people can share the phone number that the channel itself has checked.
_WITH_PHONE = frozenset({"telegram"})
_UNREADABLE = {
    "voice": "voice", "audio": "voice", "video": "video", "video_note": "video", "animation": "video",
    "sticker": "sticker", "location": "location", "venue": "location", "file_type": "file_type",
    "file_too_large": "file_too_large", "file_locked": "file_locked", "file_active": "file_type",
    "file_broken": "file_broken", "file_empty": "file_broken",
}  # fmt: skip


class Channels:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def privacy(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        speaker = self._parts.policies.speaker(turn.conversation.speaker)
        say(dispatcher, "utter_privacy", speaker=Names(dict(speaker.names)))

    def unreadable(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """What it was, where that helps; then what can be read here."""
        known = _UNREADABLE.get(turn.input.incoming.what or "")
        if known:
            say(dispatcher, f"utter_unreadable_{known}")
        say(dispatcher, "utter_unreadable")

    def ask_reference(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """By reference, or where the channel knows it by one's own phone number."""
        if turn.tracker.slots.get("identity_phone_asked"):
            card = {"type": "ask_contact", "button": Label("utter_button_share_phone_now")}
            say(dispatcher, "utter_ask_share_phone", card=card)
            return
        payload = f"/SetSlots(identity_reference={BY_PHONE})"
        own = [DynamicButton("utter_button_share_phone", payload)] if shares_phone(turn) else []
        say(dispatcher, "utter_ask_identity_reference", buttons=own)

    def phone_unasked(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:  # noqa: ARG002
        say(dispatcher, "utter_phone_unasked")


def shares_phone(turn: ActionTurn) -> bool:
    return turn.conversation.account.partition(":")[0] in _WITH_PHONE


def take_phone(turn: ActionTurn, policies: Policies, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
    """The answer to the question for a reference was a phone: asked for, or shared.

    Whether the lender knows the number is not told: what comes next is the same either way.
    """
    if turn.input.incoming.kind != "contact":
        return {"identity_reference": None, "identity_phone_asked": shares_phone(turn)}
    phone = turn.input.incoming.phone
    if phone is None:
        say(dispatcher, "utter_phone_not_own")
        return {"identity_reference": None}
    owners = owners_of(turn, policies, phone)
    turn.work.channels.prove_phone(
        turn.conversation.account, turn.conversation.sender, [borrower.id for borrower in owners], turn.now
    )
    say(dispatcher, "utter_phone_thanks", card={"type": "end_contact"})
    return {"identity_reference": BY_PHONE, "identity_by_phone": True, "identity_phone_asked": None}


def owners_of(turn: ActionTurn, policies: Policies, phone: str) -> list[Borrower]:
    """The speaker's borrowers who have this phone number on the lender's record."""
    codes = {pack: policies.residence(pack).calling_code for pack in policies.packs}
    creditors = policies.speaker(turn.conversation.speaker).creditors
    found = turn.work.lending.borrowers_by_phone(creditors, phones.forms(phone, codes.values()))
    return [
        borrower
        for borrower in found
        if borrower.phone and phones.same(phone, borrower.phone, codes.get(borrower.residence, ""))
    ]


def actions(parts: Parts) -> list[Action]:
    channels = Channels(parts)
    return [
        Doing("action_privacy", channels.privacy),
        Doing("action_unreadable", channels.unreadable),
        Doing("action_ask_identity_reference", channels.ask_reference),
        Doing("action_phone_unasked", channels.phone_unasked),
    ]
