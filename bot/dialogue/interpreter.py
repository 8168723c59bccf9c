"""The dialogue: flows and domain loaded and checked, and what one turn of it comes to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.dialogue import adapter, afterwards
from bot.dialogue.commands import ActionResult as ActionResult
from bot.dialogue.commands import Command
from bot.dialogue.domain import Domain
from bot.dialogue.effects import Act, Outcome
from bot.dialogue.flow_files import load_flows
from bot.dialogue.flows import Flows
from bot.dialogue.messages import Reply
from bot.dialogue.patterns import BUILT_IN_ACTIONS, with_patterns
from bot.dialogue.payloads import check_payloads
from bot.dialogue.running import Run
from bot.dialogue.stack import Stack
from bot.dialogue.tracker import Tracker
from bot.dialogue.understanding import Awaiting, Understood
from bot.errors import BadInput

__all__ = ["Act", "ActionResult", "Dialogue", "Outcome"]


@dataclass(frozen=True)
class Dialogue:
    """Immutable once loaded and shared by all conversations; a conversation's state is its Tracker alone."""

    flows: Flows
    domain: Domain

    @classmethod
    def load(cls, folder: Path) -> "Dialogue":
        """Read `flows` and `domain` of a dialogue folder; BadInput names file, flow and key."""
        domain = Domain.load(folder / "domain")
        dialogue = cls(with_patterns(load_flows(folder / "flows", domain)), domain)
        check_payloads(domain, dialogue.flows)
        return dialogue

    def check_actions(self, names: frozenset[str]) -> None:
        """BadInput if the domain lists an action that is not among `names`."""
        for action in sorted(self.domain.actions - names - BUILT_IN_ACTIONS):
            raise BadInput("domain: actions", f"{action} is listed but nobody registered it")

    def awaiting(self, tracker: Tracker) -> Awaiting | None:
        """The question that is open, None if nothing is asked."""
        return adapter.awaiting(tracker, self.flows, self.domain)

    def edited(self, understood: Understood, tracker: Tracker) -> list[Command]:
        """What the last message asks of the flows in its new words; `understood` by what it answered."""
        return adapter.edited(understood, tracker, self.flows, self.domain)

    def commands(self, understood: Understood, tracker: Tracker) -> list[Command]:
        """What a typed message asks of the flows."""
        return adapter.commands(understood, tracker, self.flows, self.domain)

    def values(self, understood: Understood, tracker: Tracker, begun: Sequence[str]) -> list[Command]:
        """What a typed message tells for the questions of flows that it begins."""
        return adapter.values(understood, tracker, self.flows, self.domain, begun)

    def pressed(self, payload: str, tracker: Tracker) -> list[Command]:
        """What a button asks of the flows: /SetSlots(name=value, …) or /intent."""
        return adapter.pressed(payload, tracker, self.flows, self.domain)

    def run(self, tracker: Tracker, commands: Sequence[Command], act: Callable[[str], ActionResult]) -> Outcome:
        """Carry out the commands and go on until the flows wait for the borrower or end; mutates the tracker."""
        afterwards.keep(tracker, Stack(tracker, self.flows), self.awaiting(tracker), commands)
        return Run(self.flows, self.domain, tracker, act).turn(commands)

    def remember(self, tracker: Tracker, replies: Sequence[Reply]) -> None:
        """Keep the buttons as they were shown, so that a title that is typed counts as pressed."""
        shown = next((reply.buttons for reply in reversed(replies) if reply.buttons), ())
        tracker.buttons = [(button.title, button.payload) for button in shown]

    def abandon(self, tracker: Tracker) -> None:
        """Drop whatever is under way and what it was told: after a right was invoked, nothing is asked again."""
        stack = Stack(tracker, self.flows)
        stack.forget_unknown()
        stack.drop_from(0)
        tracker.answered = None
