"""Around the flows: the opening, the menu, not understanding, and the language."""

import re
from collections.abc import Mapping
from dataclasses import replace

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import plan_told
from bot.actions.doing import Doing
from bot.actions.effects import ActionTurn, end_pause, lay_aside, verified_borrower
from bot.actions.parts import Parts, say
from bot.desk import surveys
from bot.dialogue.commands import SlotValue
from bot.dialogue.messages import DynamicButton, Names

# Chinese of a region, or by its own name, is written in the script that is used there.
_SCRIPT = {
    "zh_cn": "zh_Hans", "zh_sg": "zh_Hans", "zh_hans": "zh_Hans",
    "zh_tw": "zh_Hant", "zh_hk": "zh_Hant", "zh_mo": "zh_Hant", "zh_hant": "zh_Hant",
}  # fmt: skip
# Whoever cannot read a language does not wish for it: they are answered in the one that they write, if we know it.
_CANNOT_READ = re.compile(
    r"[看听聽說说读讀]不[懂明会會]|不(?:太)?[会會懂]"
    r"|\b(?:can'?t|cannot|don'?t|not) (?:\w+ )?(?:read|speak|understand|know)\b",
    re.IGNORECASE,
)
_OPENING = (
    ("utter_button_start", "/start_chat"),
    ("utter_button_check", "/check_us"),
    ("utter_button_notme", "/wrong_person"),
    ("utter_button_person", "/request_human"),
    ("utter_button_stop", "/stop_contact"),
)
_MOST_CHOICES = 3
_LANGUAGES = frozenset({"change_language", "speak_en", "speak_zh_Hans", "speak_zh_Hant"})
# After these the question itself says that we are back at it.
_ASIDES = _LANGUAGES | {"greet", "goodbye", "thank", "ask_if_bot"}


class Patterns:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def open(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """First contact: who speaks, what is never asked, and six ways to go on. No word of a debt."""
        if turn.conversation.verified(turn.now):
            say(dispatcher, "utter_welcome_back")
            return {"introduced": True}
        introduce(turn, self._parts, dispatcher)
        # A speaker of English may mean either script; whoever reads Chinese is offered English.
        other = "/change_language" if turn.tracker.locale == "en" else "/speak_en"
        buttons = [*_OPENING, ("utter_button_other_language", other)]
        say(dispatcher, "utter_hello_choose", buttons=[DynamicButton(text, payload) for text, payload in buttons])
        return {"introduced": True}

    def greet(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue] | None:
        if not turn.conversation.verified(turn.now) and not turn.tracker.slots.get("introduced"):
            return self.open(turn, dispatcher)
        say(dispatcher, "utter_greet")
        return None

    def help(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        known = turn.conversation.verified(turn.now)
        say(dispatcher, "utter_menu" if known else "utter_menu_before_identity")

    def present_state(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """Where things stand after an old button: an open question comes by itself; else a plan, or the menu."""
        if _asked_beneath(turn):
            return
        # "I agree", pressed twice, must not leave a doubt about what was agreed.
        borrower = verified_borrower(turn)
        if borrower and turn.work.lending.agreements(borrower.id, "live"):
            plan_told.show(turn, dispatcher)
        else:
            self.help(turn, dispatcher)

    def clarify(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        top = turn.tracker.top
        flows = list(top.context.get("flows", ()))[:_MOST_CHOICES] if top else []
        buttons = [DynamicButton(f"utter_name_{flow}", f"/{flow}") for flow in flows]
        buttons.append(DynamicButton("utter_button_none_of_these", "/none_of_these"))
        say(dispatcher, "utter_did_you_mean", buttons=buttons)

    def not_understood(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        let_go(turn)
        if turn.tracker.misunderstood >= 2:
            say(dispatcher, "utter_not_understood_again")
        elif _asked_beneath(turn):
            say(dispatcher, "utter_not_understood_here")
        else:
            say(dispatcher, "utter_not_understood")

    def unasked_file(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue] | None:
        """Keep it and ask what it is about; whatever asks for a proof next has it already."""
        file = turn.input.incoming.file
        known = turn.conversation.verified(turn.now)
        response = "utter_unasked_file" if known else "utter_unasked_file_before_identity"
        say(dispatcher, response, name=file.name if file else "?")
        return {"uploaded_file": file.id} if file and known else None

    def back_to_it(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        """A word before the open question comes again, unless what lay between was only a word itself."""
        top = turn.tracker.top
        if (top is None or top.context.get("previous_flow") not in _LANGUAGES) and let_go(turn):
            return
        if top is None or top.context.get("previous_flow") not in _ASIDES:
            say(dispatcher, "utter_back_to_it")

    def ask_right(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        say(dispatcher, f"utter_confirm_{turn.tracker.slots.get('right') or 'request_human'}")

    def settle_right(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> Mapping[str, SlotValue]:
        """They did not mean it: the pause ends."""
        end_pause(turn)
        say(dispatcher, "utter_right_unconfirmed")
        return {"right": None, "right_pause": None, "dispute_kind": None}

    def language(self, turn: ActionTurn, dispatcher: CollectingDispatcher) -> None:
        wanted = self._wanted_language(turn)
        if wanted is None:
            say(dispatcher, "utter_ask_language")
        elif wanted in self._parts.locales:
            self.speak(turn, dispatcher, wanted)
        else:
            say(dispatcher, "utter_language_unknown")

    def speak(self, turn: ActionTurn, dispatcher: CollectingDispatcher, locale: str) -> None:
        """Change the language from this very reply on; what was open is then asked again in it."""
        turn.tracker.locale = locale
        turn.conversation = replace(turn.conversation, locale=locale, locale_chosen=True)
        say(dispatcher, "utter_language_changed")
        if _asked_beneath(turn):
            return
        if turn.conversation.held_by is None:
            self.open(turn, dispatcher)

    def _wanted_language(self, turn: ActionTurn) -> str | None:
        """The locale that the message names; a language that we lack comes back as it was named; None: none."""
        entities = turn.understood.entities if turn.understood else ()
        named = [str(entity.value) for entity in entities if entity.name == "language"]
        if not named:
            return None
        tag = named[0].replace("-", "_").lower()
        if len(named) == 1 and turn.understood and _CANNOT_READ.search(turn.understood.text):
            written = turn.understood.language
            return written if written and written.split("_")[0] != tag.split("_")[0] else None
        if tag == "zh":
            return self._script(turn)
        if tag.split("_")[0] == "en":
            return "en"
        return _SCRIPT.get(tag) or _SCRIPT.get("_".join(tag.split("_")[:2]), tag)

    def _script(self, turn: ActionTurn) -> str:
        """Chinese as they write it, else as they read it, else as it is written where the lender is."""
        written = turn.understood.language if turn.understood else None
        for locale in (written, turn.tracker.locale):
            if locale in _SCRIPT.values():
                return str(locale)
        place = self._parts.policies.speaker(turn.conversation.speaker).jurisdiction
        return _SCRIPT.get(f"zh_{place}", "zh_Hans")


def introduce(turn: ActionTurn, parts: Parts, dispatcher: CollectingDispatcher) -> None:
    """Say who speaks and what is never asked for."""
    speaker = parts.policies.speaker(turn.conversation.speaker)
    say(dispatcher, "utter_hello_who", speaker=Names(dict(speaker.names)))
    say(dispatcher, "utter_hello_identity")


def let_go(turn: ActionTurn) -> bool:
    """Drop a question that need not be answered once something else was said; whether there was one."""
    beneath = any(frame.flow == surveys.FLOW for frame in turn.tracker.stack[:-1])
    if beneath:
        lay_aside(turn)
    return beneath


def _asked_beneath(turn: ActionTurn) -> bool:
    return any(frame.asked for frame in turn.tracker.stack[:-1])


def actions(parts: Parts) -> list[Action]:
    patterns = Patterns(parts)
    speaking = [
        Doing(f"action_speak_{locale}", lambda turn, said, to=locale: patterns.speak(turn, said, to))  # type: ignore[misc]
        for locale in parts.locales
    ]
    return [
        Doing("action_session_start", patterns.open),
        Doing("action_greet", patterns.greet),
        Doing("action_help", patterns.help),
        Doing("action_present_state", patterns.present_state),
        Doing("action_clarify", patterns.clarify),
        Doing("action_cannot_handle", patterns.not_understood),
        Doing("action_unasked_file", patterns.unasked_file),
        Doing("action_back_to_it", patterns.back_to_it),
        Doing("action_ask_right_confirmed", patterns.ask_right),
        Doing("action_right_settled", patterns.settle_right),
        Doing("action_change_language", patterns.language),
        *speaking,
    ]
