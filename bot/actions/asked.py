"""Questions, wishes and claims that have a flow and no intent: known by what they name in so many words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.actions.agreed import live_plans, standing_promises
from bot.actions.effects import RIGHTS, ActionTurn
from bot.dialogue.understanding import Understood, amounts
from bot.dialogue.understanding.circumstances import said_alone
from bot.dialogue.understanding.contact_times import contact_times
from bot.dialogue.understanding.shares import in_full

# Whoever asks after what they raised raises it no second time.
_RAISED = frozenset({"dispute_debt", "complain", "request_data", "already_paid", "report_fraud"})
_TERMS = frozenset({"promise_to_pay", "make_offer"})
_ABOUT_PAYING = _TERMS | {"change_plan", "request_plan", "pay_now"}
_PLAN_TALK = frozenset({"request_plan", "make_offer", "agree_plan", "promise_to_pay", "move_promise"})


def _anywhere(turn: ActionTurn, understood: Understood) -> bool:  # noqa: ARG001 - as the others are called
    return True


def _untimed(turn: ActionTurn, understood: Understood) -> bool:  # noqa: ARG001
    """Not where it says at which hour, which is when they may be written to, nor beside terms of their own."""
    times = contact_times(understood.text)
    if times is not None and (times.opens or times.closes):
        return False
    amount = any(entity.name == "amount_of_money" for entity in understood.entities)
    return not (amount and _TERMS & set(understood.carries))


def _unknown(turn: ActionTurn, understood: Understood) -> bool:  # noqa: ARG001
    return not turn.conversation.verified(turn.now) and not turn.tracker.stack


def _terms_put(turn: ActionTurn, understood: Understood) -> bool:  # noqa: ARG001
    """Where offers or terms are put to them that they have not answered yet."""
    slots, flows = turn.tracker.slots, {frame.flow for frame in turn.tracker.stack}
    return bool(flows & _PLAN_TALK) and bool(slots.get("plan_terms") or slots.get("offers_made"))


def _agreed_there(turn: ActionTurn, understood: Understood) -> bool:
    under_way = not turn.tracker.stack and (live_plans(turn) or standing_promises(turn))
    return _terms_put(turn, understood) or bool(under_way)


def _promised(turn: ActionTurn, understood: Understood) -> bool:
    return understood.answer is None and bool(standing_promises(turn))


def _promise_there(turn: ActionTurn, understood: Understood) -> bool:
    """Where a promise is open, and the words answer no question and may be about paying on another day."""
    likely = {*understood.carries, *(intent.name for intent in understood.intents[:2])}
    busy = _PLAN_TALK & {frame.flow for frame in turn.tracker.stack}
    if busy or not likely & _ABOUT_PAYING or not _promised(turn, understood):
        return False
    made = standing_promises(turn)[-1]
    return all(plan.agreed_at < made.made_at for plan in live_plans(turn))


def _another_day(turn: ActionTurn, understood: Understood) -> bool:
    """A day alone, after a promise: "I only have money on Thursday" moves it, and is read back before it does."""
    named = {entity.name for entity in understood.entities}
    alone = (
        understood.carries == ("promise_to_pay",)
        and "date" in named
        and not named & {"amount_of_money", "fraction"}
    )
    bare = in_full(understood.text) or amounts.beside(understood.text, understood.entities) is not None
    return alone and not bare and _promise_there(turn, understood)


@dataclass(frozen=True, slots=True)
class _Asked:
    """`flow` answers it; readings in `instead_of` give way to it, where `alone` only if nothing else is said.

    `here`: where it is asked, beyond the words.
    """

    flow: str
    instead_of: frozenset[str] = frozenset()
    alone: bool = False
    here: Callable[[ActionTurn, Understood], bool] = _anywhere


_REMINDING = frozenset({"contact_preference", "stop_contact", "already_paid"})
# By the kind of data/circumstances.yml; of several that are named the first counts.
_ASKED: Mapping[str, _Asked] = {
    "ask_dispute": _Asked("ask_dispute_status", _RAISED),
    "ask_holds": _Asked("ask_holds"),
    "injection": _Asked("rules_stand"),
    "promise": _Asked("promise_claimed"),
    "no_reminders": _Asked("no_reminders", _REMINDING, alone=True, here=_untimed),
    "remind_me": _Asked("remind_me", _REMINDING - {"stop_contact"}, here=_untimed),
    "ask_received": _Asked("ask_received", frozenset({"already_paid"}), alone=True),
    "pay_first": _Asked("ask_pay_first", frozenset({"refuse_to_pay"})),
    "ask_waiting": _Asked("ask_waiting", frozenset({"request_human"}), alone=True),
    "own_name": _Asked("start_chat", frozenset({"wrong_person"}), alone=True, here=_unknown),
    "ask_first": _Asked("ask_first_date", here=_terms_put),
    "ask_late": _Asked("ask_if_late", here=_agreed_there),
    "cancel_promise": _Asked("cancel_promise", here=_promised),
    "move_promise": _Asked("move_promise", frozenset({"contact_preference"}), here=_promise_there),
}
# Named alone they are no cry for help, whatever such words remind the classifier of.
_PLAIN = frozenset({*_ASKED, "not_at_work", "not_my_family", "own_debt"})


def calm(understood: Understood) -> Understood:
    """Without the guess at distress where all that is said is something else, in so many words."""
    if understood.distress == "check" and said_alone(understood.text) & _PLAIN:
        return replace(understood, distress="no")
    return understood


def asked(turn: ActionTurn, understood: Understood, said: frozenset[str]) -> str | None:
    """The kind that the message asks, wishes or claims; None: none."""
    kind = next((kind for kind, one in _ASKED.items() if kind in said and one.here(turn, understood)), None)
    return kind or ("move_promise" if _another_day(turn, understood) else None)


def explained(understood: Understood, kind: str) -> Understood:
    """The message without the readings that the kind explains."""
    one = _ASKED[kind]
    if one.alone and kind not in said_alone(understood.text):
        return understood
    carries = tuple(name for name in understood.carries if name not in one.instead_of)
    likeliest = understood.intents[0].name if understood.intents else None
    ask = understood.band == "ask" and likeliest in one.instead_of
    return replace(understood, carries=carries, band="reject" if ask else understood.band)


def flow_for(turn: ActionTurn, understood: Understood, kind: str) -> str | None:
    """The flow that answers; while a collector has the chat it is theirs, and a right that is sure goes before."""
    rights = RIGHTS.keys() & set(understood.carries) if understood.band == "act" else ()
    return None if turn.conversation.held_by is not None or rights else _ASKED[kind].flow
