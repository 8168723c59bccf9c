# ruff: noqa: E501 - a pattern and a table are read as lines
"""Whether a message answers the open question, or is about something else, or both."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.dialogue.understanding import Awaiting, Entity, answers, intents
from bot.dialogue.understanding.answers import Answer
from bot.dialogue.understanding.intents import OUT_OF_SCOPE, RIGHTS, SOCIAL, Reading
from bot.dialogue.understanding.other_terms import other_terms
from bot.dialogue.understanding.yes_no import turned

# What somebody may say around an answer without changing the subject.
_WITH_AN_ANSWER = SOCIAL | {
    "make_offer", "promise_to_pay", "request_plan", "report_hardship", "pay_now", "check_plan", OUT_OF_SCOPE,
}  # fmt: skip
_WITH_TEXT = _WITH_AN_ANSWER | {"disclose_vulnerability", "ask_creditor"}
_PROOF = "identity_"  # slots of the details by which somebody proves who they are
# A question's own subject, named once more in its answer ("the fees are wrong"), is no other subject.
_OTHERS = frozenset({"third_party", "already_paid", "wrong_person"})  # whom else they pay, and who pays for them
_PLANS = frozenset({"change_plan", "check_plan", "request_plan"})
_ITS_OWN = {
    "payment_made_on": frozenset({"already_paid"}),
    "plan_confirmed": _PLANS, "idea_reply": _PLANS,
    "dispute_kind": frozenset({"dispute_debt"}), "plan_change": frozenset({"change_plan"}),
    "means_income": _OTHERS | {"disclose_vulnerability"}, "means_essentials": _OTHERS | {"disclose_vulnerability"}, "means_other_debts": _OTHERS, "means_safe": _OTHERS,
}  # fmt: skip
# Questions whose yes binds the borrower: a yes with anything attached is none.
_YES = (True, "true")
# Other terms that are named there are looked at in their turn, as after a no.
_TERMS: dict[str, object] = {"plan_confirmed": False, "idea_reply": "again"}
_BINDING = frozenset({"plan_confirmed", "offer_confirmed", "promise_confirmed", "idea_sure"})
# A right beside an answer must be surer than one that is the whole message, within a story more so.
_RIGHT_WITHIN, _RIGHT_IN_A_STORY = 0.7, 0.95
_ASKS = re.compile(
    r"^\W*(?:but |and |so |wait |sorry |ok )*(?:why|how (?:come|much|long|do|is|can)|what|when|who|where|which|is (?:this|it)|are you)\b"
    r"|^(?:那|可是|但是?|请问|請問)*(?:为什么|為什麼|为啥|怎么|怎麼|谁|誰|哪|什么|什麼|点解|點解|凭什么|憑什麼|是不是)"
)

# 打错了 is a slip of the fingers beside a value, and a wrong number without one.
_SLIP = re.compile(r"[打输輸写寫说說按][错錯]了?\W*(?:应该|應該)?是|\btypo\b|\bi meant\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Message:
    """One typed message as classified: the whole and its clauses."""

    text: str
    whole: Reading
    pieces: Sequence[tuple[str, Reading]]

    @property
    def alarm(self) -> float:
        """The probability of distress."""
        return intents.alarm(self.whole, [reading for _, reading in self.pieces])


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer, and the intents that are asked for beside it."""

    answer: Answer
    beside: tuple[str, ...] = ()


def take(message: Message, awaiting: Awaiting, *, today: date, locale: str) -> Taken | None:
    """The answer that the message gives, with what it says besides; None when it is about something else."""
    answer = answers.read(message.text, awaiting, today=today, locale=locale)
    if answer is None or (awaiting.slot in _BINDING and answer.value in _YES):
        if awaiting.slot in _TERMS and other_terms(message.text, today, locale):
            answer = Answer(_TERMS[awaiting.slot], rest=1)
        elif awaiting.slot in _BINDING and turned(message.text):
            return None
    if answer and awaiting.kind != "text" and _SLIP.search(message.text):
        return Taken(answer)
    if answer and _is_meant(message.text, message.whole, awaiting, answer):
        return Taken(answer, _beside(message, awaiting, answer))
    return _from_a_clause(message, awaiting, today, locale) if awaiting.kind != "text" else None


def _is_meant(text: str, reading: Reading, awaiting: Awaiting, answer: Answer) -> bool:
    free_text = awaiting.kind == "text" and answer.value == text.strip()
    if answer.rest == 0 and not free_text:
        return True
    sure = reading.band == "act" and reading.top.name not in _its_own(awaiting)
    if sure and reading.top.name in RIGHTS:
        return False
    if free_text and awaiting.slot.startswith(_PROOF):
        # No detail that proves who one is goes without a figure; "my mum just died" is no unreadable birth date.
        return reading.band == "reject" or _has_figures(text)
    if free_text:
        return not sure or reading.top.name in _WITH_TEXT
    if _ASKS.search(text.lower()):
        return False
    question = text.rstrip().endswith(("?", "？", "吗", "嗎", "呢"))
    return not (sure and reading.top.name not in _WITH_AN_ANSWER and (question or answer.rest > 2))


def fitting(names: tuple[str, ...], awaiting: Awaiting | None, found: Sequence[Entity]) -> tuple[str, ...]:
    """What may be meant at this question: no likely yes where one binds, no offer without an amount in a hard time."""
    if awaiting is not None and awaiting.slot in _BINDING:
        names = tuple(name for name in names if name != "affirm")  # only a plain yes binds, no likely one
    if not telling(awaiting) or any(
        entity.name in ("amount_of_money", "fraction", "percentage") for entity in found
    ):
        return names
    return tuple(name for name in names if name != "make_offer")


def telling(awaiting: Awaiting | None) -> bool:
    """Whether somebody is asked about a hard time, where figures are what comes in and goes out."""
    return awaiting is not None and awaiting.slot.startswith(("means_", "hardship_"))


def _its_own(awaiting: Awaiting) -> frozenset[str]:
    return _ITS_OWN.get(awaiting.slot, frozenset())


def _has_figures(text: str) -> bool:
    """Digits, or a row of Chinese numerals; one alone is in every third sentence."""
    return any(sign.isdigit() for sign in text) or sum(sign.isnumeric() for sign in text) > 2


def _beside(message: Message, awaiting: Awaiting, answer: Answer) -> tuple[str, ...]:
    """Rights that a clause is sure of, and other subjects beside a value; the answer itself triggers nothing."""
    if answer.rest == 0:
        return ()
    story = awaiting.kind == "text"
    least = _RIGHT_IN_A_STORY if story else _RIGHT_WITHIN
    scores = [score for score in intents.carried(message.whole, message.pieces) if score.confidence >= least]
    names = [score.name for score in scores if message.pieces and score.name not in _WITH_TEXT]
    names = [name for name in names if name not in _its_own(awaiting)]
    return tuple(name for name in names if name in RIGHTS or not story)


def _from_a_clause(message: Message, awaiting: Awaiting, today: date, locale: str) -> Taken | None:
    """'300 a month. what happens if I don't?': one clause answers, the others ask."""
    for part, reading in message.pieces:
        answer = answers.read(part, awaiting, today=today, locale=locale)
        if answer and answer.rest <= 1 and _is_meant(part, reading, awaiting, answer):
            others = [other for other in message.pieces if other[0] != part]
            beside = [score.name for score in intents.carried(message.whole, others)]
            kept = [name for name in beside if name not in _WITH_TEXT | _its_own(awaiting)]
            return Taken(answer, tuple(kept))
    return None
