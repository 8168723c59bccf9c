"""Rights, looked for on every message in every state, before any flow."""

from collections.abc import Sequence
from dataclasses import replace

from bot.actions import asked, naming
from bot.actions.effects import (
    RIGHTS,
    ActionTurn,
    Right,
    end_pause,
    exercise,
    hold_for,
    holds_in_force,
    keep,
    lay_aside,
)
from bot.actions.naming import telling
from bot.actions.parts import Parts
from bot.conversations.ports import Invoked
from bot.dialogue.commands import SlotValue
from bot.dialogue.understanding import Understood
from bot.dialogue.understanding.circumstances import circumstances
from bot.dialogue.understanding.disputed import disputed
from bot.lending import holds
from bot.lending.holds import Hold, stopping

# A person in distress who says no more than this is still talking about it.
_SMALL_TALK = frozenset({"affirm", "deny", "thank", "goodbye", "abuse", "out_of_scope"})
# After distress these are opened only if the borrower says so once more.
_MONEY = frozenset(
    {"request_plan", "make_offer", "pay_now", "promise_to_pay", "request_settlement", "change_plan", "check_plan"}
)


class RightsOnEveryMessage:
    """Implements conversations' Rights. What it does goes through `exercise`, as the flows' own actions do."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def invoke(self, turn: ActionTurn) -> Invoked | None:
        if turn.understood is None:
            return None
        turn.understood = understood = asked.calm(turn.understood)
        sure = understood.distress == "yes" or (understood.band != "reject" and "distress" in understood.carries)
        if sure or understood.distress == "check":
            return self._distress(turn, understood, sure=sure)
        if naming.pressed(turn, understood):
            return None  # a button's words, typed: its flow does what is right
        told = telling(turn, understood)
        said = frozenset() if told else circumstances(understood.text)
        kind = asked.asked(turn, understood, said)
        understood = asked.explained(understood, kind) if kind else understood
        turn.understood = understood = naming.named(turn, understood, said)
        if not told and naming.unclear_death(turn, understood, said):
            return self._whose_death(turn)
        self._moved_on(turn, understood)
        if told:
            turn.understood = understood = replace(understood, band="act", answer=understood.text)
        invoked = None
        if understood.band == "act":
            rights = [RIGHTS[name] for name in understood.carries if name in RIGHTS]
            invoked = self._sure(turn, rights, telling=told, slots=naming.slots(said))
        flow = asked.flow_for(turn, understood, kind) if kind else None
        if invoked is None and flow is not None:
            return Invoked(flow, flow, clears_stack=False)
        if understood.band == "ask":
            invoked = self._fairly_sure(turn, understood)
        return invoked or self._after_distress(turn, understood)

    def _distress(self, turn: ActionTurn, understood: Understood, *, sure: bool) -> Invoked:
        """Nothing silences it; what else the message asks for is done too, but not spoken of."""
        if understood.band == "act":
            for name in understood.carries:
                if name in RIGHTS and name != "distress":
                    exercise(turn, self._parts, RIGHTS[name])
        right = RIGHTS["distress"]
        if sure:
            exercise(turn, self._parts, right)
            return Invoked("distress", "distress", clears_stack=True)
        if _hold_after_distress(turn) is not None:
            return Invoked("distress", "distress_listening", clears_stack=True)
        paused = self._pause(turn, right)
        return Invoked("distress", "distress_check", clears_stack=True, slots=[("right_pause", paused)])

    def _after_distress(self, turn: ActionTurn, understood: Understood) -> Invoked | None:
        """Words that ask for nothing clearly are listened to; talk of money opens only if they say so again."""
        holds = [hold for hold in holds_in_force(turn) if hold.reason == "distress"]
        if not holds or turn.tracker.stack or turn.conversation.held_by is not None:
            return None
        small = bool(understood.carries) and set(understood.carries) <= _SMALL_TALK
        if _hold_after_distress(turn) is not None and (small or understood.band != "act"):
            return Invoked("distress", "distress_listening", clears_stack=False)
        money = understood.band == "act" and _MONEY & set(understood.carries)
        if money and stopping(holds, "plans") and turn.conversation.verified(turn.now):
            return Invoked("distress", "money_again", clears_stack=False)
        return None

    def _whose_death(self, turn: ActionTurn) -> Invoked:
        """Somebody has died and it may be the borrower: nobody is asked for anything until that is plain."""
        paused = self._pause(turn, RIGHTS["report_death"])
        slots = [("right_pause", paused), ("whose_death", None)]
        return Invoked("report_death", "whose_death", clears_stack=True, slots=slots)

    def _moved_on(self, turn: ActionTurn, understood: Understood) -> None:
        """Whoever is asked whether they meant a right, and plainly wants something else, did not mean it."""
        top = turn.tracker.top
        elsewhere = understood.band == "act" and understood.answer is None and understood.carries
        if top is None or top.flow != "confirm_right" or not elsewhere or RIGHTS.keys() & set(understood.carries):
            return
        if not _SMALL_TALK & set(understood.carries):
            end_pause(turn)
            turn.tracker.stack.pop()

    def _sure(
        self, turn: ActionTurn, rights: Sequence[Right], *, telling: bool, slots: Sequence[tuple[str, SlotValue]]
    ) -> Invoked | None:
        for right in rights:
            exercise(turn, self._parts, right)
        if rights and turn.tracker.top and turn.tracker.top.flow == "confirm_right":
            turn.tracker.stack.pop()  # what was asked has been said
        clears = any(right.clears for right in rights)  # whichever of them is spoken of
        if telling and clears:
            lay_aside(turn)  # they are heard to the end, and nothing from before is asked again
        if telling or not rights or any(frame.flow == rights[0].name for frame in turn.tracker.stack):
            return None
        goes_on = rights[0].name == "request_human"  # a question is answered all the same
        return Invoked(rights[0].name, rights[0].name, clears, goes_on, slots)

    def _fairly_sure(self, turn: ActionTurn, understood: Understood) -> Invoked | None:
        likely = understood.carries[:1] or tuple(intent.name for intent in understood.intents[:1])
        right = RIGHTS.get(likely[0]) if likely else None
        flows = {frame.flow for frame in turn.tracker.stack}
        if right is None or understood.answer is not None:
            return None
        if flows & (naming.HEARING | {right.name, "confirm_right"}):
            return None
        paused = self._pause(turn, right)
        if turn.conversation.held_by is not None:
            return None  # the pause stands; the collector asks what was meant
        slots = [("right", right.name), ("right_pause", paused), ("right_confirmed", None)]
        # What they named is not asked again once they have said yes.
        kind = disputed(understood.text) if right.name == "dispute_debt" else None
        slots.append(("dispute_kind", kind))
        return Invoked(right.name, "confirm_right", clears_stack=False, slots=slots)

    def _pause(self, turn: ActionTurn, right: Right) -> str | None:
        """Stop for a day what the right would stop; the id of the pause, None if nothing new is held."""
        hold = hold_for(turn, self._parts, right)
        if hold is None:
            return None
        paused = holds.pause(hold, turn.now.date())
        kept = keep(turn, paused)
        turn.note(paused=kept)
        return kept if kept == paused.id else None


def _hold_after_distress(turn: ActionTurn) -> Hold | None:
    """The hold of distress that was certain; a pause that only asked is the borrower's own to end."""
    found = (hold for hold in holds_in_force(turn) if hold.reason == "distress")
    return next((hold for hold in found if "borrower" not in hold.lifted_by), None)
