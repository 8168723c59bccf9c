"""Rights, looked for on every message in every state, before any flow."""

from collections.abc import Sequence
from dataclasses import replace

from bot.actions.effects import (
    RIGHTS,
    ActionTurn,
    Right,
    end_pause,
    exercise,
    hold_for,
    holds_in_force,
    keep,
)
from bot.actions.parts import Parts
from bot.conversations.ports import Invoked
from bot.dialogue.understanding import Understood
from bot.dialogue.understanding.disputed import disputed
from bot.lending import holds

# Flows that are hearing somebody out: what is said in them belongs to them, unless it is one of the others.
_HEARING = frozenset(
    {"dispute_debt", "report_fraud", "already_paid", "complain", "contact_preference", "has_representative"}
)
# The steps of those flows that ask for free words.
_OWN_WORDS = frozenset({"words", "wish", "who"})
# Said while telling, these are no part of the story.
_LEAVING = frozenset(
    {"go_back", "help", "change_language", "request_human", "stop_contact", "wrong_person", "report_death"}
)

# A person in distress who says no more than this is still talking about it.
_SMALL_TALK = frozenset({"affirm", "deny", "thank", "goodbye", "abuse", "out_of_scope"})


class RightsOnEveryMessage:
    """Implements conversations' Rights. What it does goes through `exercise`, as the flows' own actions do."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def invoke(self, turn: ActionTurn) -> Invoked | None:
        understood = turn.understood
        if understood is None:
            return None
        sure = understood.distress == "yes" or (understood.band != "reject" and "distress" in understood.carries)
        if sure or understood.distress == "check":
            return self._distress(turn, understood, sure=sure)
        if "report_hardship" in understood.carries and turn.conversation.verified(turn.now):
            # Whoever has proved to be the borrower speaks of the death of somebody close to them.
            alive = tuple(name for name in understood.carries if name != "report_death")
            turn.understood = understood = replace(understood, carries=alive)
        self._moved_on(turn, understood)
        telling = _telling(turn, understood)
        if telling:
            turn.understood = understood = replace(understood, band="act", answer=understood.text)
        invoked = None
        if understood.band == "act":
            rights = [RIGHTS[name] for name in understood.carries if name in RIGHTS]
            invoked = self._sure(turn, rights, telling=telling)
        elif understood.band == "ask":
            invoked = self._fairly_sure(turn, understood)
        return invoked or self._listening(turn, understood)

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
        before = [hold for hold in holds_in_force(turn) if hold.reason == "distress"]
        if any("borrower" not in hold.lifted_by for hold in before):
            return Invoked("distress", "distress_listening", clears_stack=True)
        paused = self._pause(turn, right)
        return Invoked("distress", "distress_check", clears_stack=True, slots=[("right_pause", paused)])

    def _listening(self, turn: ActionTurn, understood: Understood) -> Invoked | None:
        """After distress, words that ask for nothing clearly are listened to, not brushed off."""
        small = bool(understood.carries) and set(understood.carries) <= _SMALL_TALK
        if turn.tracker.stack or not (small or understood.band != "act"):
            return None
        if any(hold.reason == "distress" and "borrower" not in hold.lifted_by for hold in holds_in_force(turn)):
            return Invoked("distress", "distress_listening", clears_stack=False)
        return None

    def _moved_on(self, turn: ActionTurn, understood: Understood) -> None:
        """Whoever is asked whether they meant a right, and plainly wants something else, did not mean it."""
        top = turn.tracker.top
        elsewhere = understood.band == "act" and understood.answer is None and understood.carries
        if top is None or top.flow != "confirm_right" or not elsewhere or RIGHTS.keys() & set(understood.carries):
            return
        if not _SMALL_TALK & set(understood.carries):
            end_pause(turn)
            turn.tracker.stack.pop()

    def _sure(self, turn: ActionTurn, rights: Sequence[Right], *, telling: bool) -> Invoked | None:
        for right in rights:
            exercise(turn, self._parts, right)
        if telling or not rights or any(frame.flow == rights[0].name for frame in turn.tracker.stack):
            return None
        return Invoked(rights[0].name, rights[0].name, rights[0].clears)

    def _fairly_sure(self, turn: ActionTurn, understood: Understood) -> Invoked | None:
        likely = understood.carries[:1] or tuple(intent.name for intent in understood.intents[:1])
        right = RIGHTS.get(likely[0]) if likely else None
        flows = {frame.flow for frame in turn.tracker.stack}
        if right is None or understood.answer is not None or flows & (_HEARING | {right.name, "confirm_right"}):
            return None
        paused = self._pause(turn, right)
        slots = [("right", right.name), ("right_pause", paused), ("right_confirmed", None)]
        # What they named is not asked again once they have said yes.
        named = disputed(understood.text) if right.name == "dispute_debt" else None
        slots.append(("dispute_kind", named))
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


def _telling(turn: ActionTurn, understood: Understood) -> bool:
    """Whether the message is what a flow asked to be told in free words, whatever else such words speak of."""
    top = turn.tracker.top
    if top is None or not top.asked or top.flow not in _HEARING or top.step not in _OWN_WORDS:
        return False
    if understood.band != "act":
        return True
    others = set(understood.carries) - {top.flow}
    if understood.text.rstrip().endswith(("?", "？")) or others & _LEAVING:
        return False
    # A few words that name another right mean that right; a story may touch on several.
    return not (others & RIGHTS.keys() and _brief(understood.text))


def _brief(text: str) -> bool:
    return len(text.split()) <= 4 and len(text) <= (24 if text.isascii() else 10)
