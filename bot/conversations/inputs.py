"""From a stored input to commands: a press is looked up, a file answers its question, a text was understood."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.conversations.ports import Edited, Turn
from bot.conversations.store import W
from bot.dialogue.afterwards import just_answered, meant
from bot.dialogue.commands import CannotHandle, Command, CorrectSlot, SessionStart, SetSlot, StartFlow
from bot.dialogue.interpreter import Dialogue
from bot.dialogue.messages import Incoming
from bot.dialogue.tracker import Tracker
from bot.dialogue.understanding import Awaiting

FILE_SLOT = "uploaded_file"
STALE = "pattern_stale_button"
UNASKED_FILE = "pattern_unasked_file"
UNREADABLE = "pattern_unreadable"
EDITED, DELETED = "pattern_edited", "pattern_deleted"
TYPED = frozenset({"text", "edited"})  # inputs whose text is to be understood
_NEAR = 200  # events back, among which an edited message is looked for
CONTACT = "phone_shared"
REFERENCE_SLOT = "identity_reference"
# What a command of a channel's menu asks for, as a button would.
COMMANDS = {
    "/help": "/help",
    "/menu": "/help",
    "/human": "/request_human",
    "/language": "/change_language",
    "/stop": "/stop_contact",
    "/privacy": "/privacy",
}
# What the bot does itself while a collector has the chat: rights, helplines, the language, answers to an offer,
# proving who one is and who we are.
WHILE_HELD = frozenset(
    {
        "stop_contact", "resume_contact", "contact_preference", "any_time",
        "dispute_debt", "report_fraud", "already_paid", "complain", "refuse_to_pay", "request_human",
        "wrong_person", "third_party", "report_death", "report_bankruptcy", "has_representative",
        "report_minor", "report_moratorium",
        "distress", "helplines", "safe_for_now",
        "change_language", "speak_en", "speak_zh_Hans", "speak_zh_Hant", "leave_colleague",
        "accept_offer", "decline_offer", "confirm_identity", "check_us",
    }
)  # fmt: skip
# Whose questions the bot goes on asking meanwhile: an offer of the collector's is read back and agreed by it, and
# who writes is proved to it alone.
ASKING_WHILE_HELD = frozenset({"accept_offer", "confirm_identity"})


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was really shown in this conversation. Its payload is None when it no longer counts."""

    title: str
    payload: str | None


def choice_id(seq: int, position: int) -> str:
    """The id by which a channel names button `position` (from 1) of the message with event `seq`."""
    return f"{seq}-{position}"


class Inputs:
    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    def press(self, turn: Turn[W]) -> Press | None:
        """The button behind a press; None for other inputs and for an id that was never offered here."""
        incoming = turn.input.incoming
        if incoming.kind != "button" or incoming.choice is None:
            return None
        seq, position = places(incoming.choice)
        offered = turn.tracker.offered
        if seq == offered and 1 <= position <= len(turn.tracker.buttons):
            return Press(*turn.tracker.buttons[position - 1])
        return self._earlier(turn, seq, position, fresh=offered is not None and seq > offered)

    def _earlier(self, turn: Turn[W], seq: int, position: int, *, fresh: bool) -> Press | None:
        """A button of another message: an answer to an old question is stale, a wish is one whenever pressed."""
        event = turn.work.record.event(turn.conversation.id, seq)
        buttons = event.body.get("buttons", ()) if event and event.body and event.kind == "bot" else ()
        if not 1 <= position <= len(buttons):
            return None
        button = buttons[position - 1]
        return Press(button["title"], button["payload"] if fresh or not _answers(button["payload"]) else None)

    def edited(self, work: W, conversation_id: str, incoming: Incoming) -> Edited | None:
        """What an edit or deletion is of; None for other inputs. Only what was said a short while ago is known."""
        if incoming.kind not in ("edited", "deleted"):
            return None
        start = max(0, work.record.head(conversation_id)[0] - _NEAR)
        said = work.record.events(conversation_id, after=start, kinds=["user"])
        ids = {(event.body or {}).get("message"): event.seq for event in said}
        seq = ids.get(incoming.message) if incoming.message else None
        return Edited(seq, last=bool(said) and said[-1].seq == seq)

    def question(self, text: str, tracker: Tracker, edited: Edited | None) -> Awaiting | None:
        """By which question a text is to be read: the open one, or the last, which it corrects."""
        if edited is None:
            return meant(text, tracker) or self._dialogue.awaiting(tracker)
        return just_answered(tracker) if edited.last else None

    def commands(self, turn: Turn[W], payload: str | None) -> Sequence[Command]:
        incoming = turn.input.incoming
        match incoming.kind:
            case "start":
                return [SessionStart()]
            case "button":
                return self._dialogue.pressed(payload, turn.tracker) if payload else self.start(STALE)
            case "command" if incoming.text in COMMANDS:
                return self._dialogue.pressed(COMMANDS[incoming.text], turn.tracker)
            case "contact":
                return self._contact(turn)
            case "file" if incoming.file is not None:
                return self._file(turn, incoming.file.id)
            case "text" if turn.understood is not None:
                return self._dialogue.commands(turn.understood, turn.tracker)
            case "edited" if turn.understood is not None:
                last = turn.edited is not None and turn.edited.last
                found = self._dialogue.edited(turn.understood, turn.tracker) if last else []
                return self.start(EDITED) if all(isinstance(c, CannotHandle) for c in found) else found
            case "deleted":
                return self.start(DELETED)
            case _:
                return self.start(UNREADABLE)

    def while_held(self, turn: Turn[W], payload: str | None) -> Sequence[Command]:
        """A collector has the chat: rights, helplines, the language and their own offers are the bot's."""
        stack = turn.tracker.stack
        asking = bool(stack) and stack[0].flow in ASKING_WHILE_HELD
        return [command for command in self.commands(turn, payload) if _served(command, asking)]

    def start(self, flow: str) -> Sequence[Command]:
        return [StartFlow(flow)]

    def begin(self, turn: Turn[W], flows: Sequence[str]) -> Sequence[Command]:
        """These flows, with what the message tells for their questions: nobody says the day of a payment twice."""
        told = self._dialogue.values(turn.understood, turn.tracker, flows) if turn.understood else []
        return [*map(StartFlow, flows), *told]

    def _contact(self, turn: Turn[W]) -> Sequence[Command]:
        """One's own phone number answers the question for a reference; at any other time it is not needed."""
        awaiting = self._dialogue.awaiting(turn.tracker)
        if awaiting is not None and awaiting.slot == REFERENCE_SLOT:
            return [SetSlot(REFERENCE_SLOT, "phone")]
        return self.start(CONTACT)

    def _file(self, turn: Turn[W], file_id: str) -> Sequence[Command]:
        awaiting = self._dialogue.awaiting(turn.tracker)
        if awaiting is not None and awaiting.slot == FILE_SLOT:
            return [SetSlot(FILE_SLOT, file_id)]
        return self.start(UNASKED_FILE)


def places(choice: str) -> tuple[int, int]:
    """The two numbers of a choice's id; (0, 0), which is never offered, for anything else."""
    seq, _, position = choice.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in (seq, position)):
        return 0, 0
    return int(seq), int(position)


def _served(command: Command, asking: bool) -> bool:
    if isinstance(command, StartFlow):
        return command.flow in WHILE_HELD
    return asking and isinstance(command, SetSlot | CorrectSlot)


def _answers(payload: str) -> bool:
    return payload.startswith("/SetSlots(")
