"""What a message names in so many words, beside what the classifier makes of it: who writes, what they ask."""

from collections.abc import Sequence
from dataclasses import replace

from bot.actions.effects import RIGHTS, ActionTurn
from bot.dialogue.commands import SlotValue
from bot.dialogue.understanding import IntentScore, Understood
from bot.dialogue.understanding.bereavement import behind_since, of_somebody_close
from bot.dialogue.understanding.circumstances import circumstances, said_alone
from bot.dialogue.understanding.disputed import disputed

# Flows that are hearing somebody out: what is said in them belongs to them, unless it is one of the others.
HEARING = frozenset(
    {"dispute_debt", "report_fraud", "already_paid", "complain", "contact_preference", "has_representative"}
)
# The steps of those flows that ask for free words.
_OWN_WORDS = frozenset({"words", "wish", "who"})
# Said while telling, these are no part of the story.
_LEAVING = frozenset(
    {"go_back", "help", "change_language", "request_human", "stop_contact", "wrong_person", "report_death"}
)

# What a circumstance means, and the readings of the same words that give way to it.
_MEANS: dict[str, tuple[str, frozenset[str]]] = {
    "minor": ("report_minor", frozenset({"disclose_vulnerability", "wrong_person"})),
    "moratorium": ("report_moratorium", frozenset({"report_bankruptcy"})),
    "guarantor": ("third_party", frozenset({"ask_creditor", "has_representative"})),
    "employer": ("third_party", frozenset({"ask_creditor"})),
    "prison_other": ("third_party", frozenset({"report_hardship", "ask_consequences", "disclose_vulnerability"})),
    "prison_self": ("report_hardship", frozenset({"ask_consequences", "disclose_vulnerability", "third_party"})),
    "no_lawyer": ("legal_papers", frozenset({"has_representative"})),
    "not_at_work": ("contact_preference", frozenset({"stop_contact"})),
    "not_my_family": ("contact_preference", frozenset({"stop_contact", "ask_consequences"})),
}
_WRITERS = {"guarantor": "guarantor", "employer": "employer", "prison_other": "prison"}
# Readings of a card or debt that somebody says is their own, and nothing else.
_NOT_THEIRS = frozenset({"dispute_debt", "report_fraud", "wrong_person", "third_party"})
# A refusal with one of these reasons is a dispute.
_REASONS = frozenset({"not_mine", "already_paid", "sold", "too_old", "product"})


def named(turn: ActionTurn, understood: Understood, said: frozenset[str]) -> Understood:
    """The message with what it names in so many words put first, and what that explains away left out."""
    understood = _reasoned(_mourning(turn, understood, said))
    if "own_debt" in said and understood.answer is None and "own_debt" in said_alone(understood.text):
        likely = {*understood.carries, *(intent.name for intent in understood.intents[:1])}
        return _sure_of(understood, ("deny",)) if likely & _NOT_THEIRS else understood
    means = [_MEANS[kind] for kind in _MEANS if kind in said]
    if not means:
        return understood
    away = frozenset[str]().union(*(instead for _, instead in means))
    kept = understood.carries if understood.band == "act" else ()
    return _sure_of(understood, (*(name for name, _ in means), *(name for name in kept if name not in away)))


def _sure_of(understood: Understood, names: Sequence[str]) -> Understood:
    names = tuple(dict.fromkeys(names))
    scores = [IntentScore(name, 1.0) for name in names]
    others = [score for score in understood.intents if score.name not in names]
    return replace(understood, band="act", carries=names, intents=(*scores, *others), answer=None)


def _mourning(turn: ActionTurn, understood: Understood, said: frozenset[str]) -> Understood:
    """The borrower's own death where somebody of theirs tells it; a death close to the borrower is a hard time."""
    carries = understood.carries
    if "report_death" in carries and "borrower_died" in said:
        others = (name for name in carries if name not in ("report_death", "report_hardship", "third_party"))
        return _sure_of(understood, ("report_death", *others))
    if "report_hardship" in carries and "report_death" in carries and turn.conversation.verified(turn.now):
        # Whoever has proved to be the borrower speaks of the death of somebody close to them.
        return replace(understood, carries=tuple(name for name in carries if name != "report_death"))
    return understood


def unclear_death(turn: ActionTurn, understood: Understood, said: frozenset[str]) -> bool:
    """Whether somebody unknown tells of a death that may be the borrower's or that of somebody close to them."""
    told = "report_death" in understood.carries and "borrower_died" not in said
    unknown = turn.conversation.held_by is None and not turn.conversation.verified(turn.now)
    return told and unknown and of_somebody_close(understood.text) and not behind_since(understood.text)


def _reasoned(understood: Understood) -> Understood:
    if "refuse_to_pay" not in understood.carries or disputed(understood.text) not in _REASONS:
        return understood
    names = ("dispute_debt" if name == "refuse_to_pay" else name for name in understood.carries)
    return _sure_of(understood, tuple(names))


def slots(said: frozenset[str]) -> Sequence[tuple[str, SlotValue]]:
    """What the flows of third parties need: who of them writes."""
    return [("writer", next((kind for name, kind in _WRITERS.items() if name in said), None))]


def pressed(turn: ActionTurn, understood: Understood) -> bool:
    """Whether the words are those of a button that stands before the borrower."""
    typed = understood.text.strip().casefold()
    return any(typed == title.strip().casefold() for title, _ in turn.tracker.buttons)


def telling(turn: ActionTurn, understood: Understood) -> bool:
    """Whether the message is what a flow asked to be told in free words, whatever else such words speak of."""
    top = turn.tracker.top
    if top is None or not top.asked or top.flow not in HEARING or top.step not in _OWN_WORDS:
        return False
    if circumstances(understood.text) & {"ask_dispute", "ask_holds"}:
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
