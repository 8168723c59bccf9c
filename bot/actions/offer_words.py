"""How an offer of a member of staff reads: sent to the borrower from the desk, and read back by the bot."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.actions.plan_ground import Ground
from bot.actions.plan_words import drawn, if_missed, sentence
from bot.conversations.trace import bot_event
from bot.dialogue.messages import DayMonth, Figure, Label, Utterance, Value
from bot.dialogue.responses import Responses
from bot.lending.schedules import Schedule
from bot.lending.staff_offers import StaffOffer
from bot.record.events import NewEvent

Sentence = tuple[str, Mapping[str, Value]]
ASKS: Mapping[str, str] = {"type": "offer"}  # a message whose buttons belong to an offer that was drawn before


class OffersInWords:
    """Implements the desk's OfferWords."""

    def __init__(self, responses: Responses) -> None:
        self._responses = responses

    def __call__(self, offer: StaffOffer, found: Ground, name: str, locale: str) -> Sequence[NewEvent]:
        said = [Utterance(response, args) for response, args in self._sentences(offer, found, name)]
        last = said[-1]
        said[-1] = Utterance(last.response, last.args, card=card(offer.schedule))
        return [bot_event(self._responses.render(utterance, locale), utterance) for utterance in said]

    def _sentences(self, offer: StaffOffer, found: Ground, name: str) -> list[Sentence]:
        offered = _offered(offer.schedule, found, name)
        stands: Sentence = ("utter_offer_stands", {"until": until(offer, found.borrower.time_zone)})
        return [offered, *cost(offer, found), if_missed(found), stands]


def _offered(schedule: Schedule, found: Ground, name: str) -> Sentence:
    names = ("utter_staff_offer_one", "utter_staff_offer_two", "utter_staff_offer")
    response, args = sentence(schedule, found, *names)
    return response, {"name": name, **args}


def cost(offer: StaffOffer, found: Ground) -> list[Sentence]:
    """What is let off and what comes on top, of the balance that the lender's statement gives."""
    schedule, waived = offer.schedule, offer.waiver.total
    lines: list[Sentence] = []
    if waived:
        balance = found.account.statement.total
        lines.append(("utter_offer_waived", {"balance": balance, "waived": Figure(waived)}))
    if schedule.added:
        lines.append(("utter_offer_interest", {"added": schedule.added}))
    return lines or [("utter_readback_nothing_added", {})]


def until(offer: StaffOffer, zone: str) -> Value:
    """When the offer ends, by the borrower's clock."""
    here: datetime = offer.expires_at.astimezone(ZoneInfo(zone))
    return Label("utter_day_and_time", {"day": DayMonth(here.date()), "time": here.time()})


def card(schedule: Schedule) -> dict[str, object]:
    """The offer for a channel that draws it; such a message's buttons stay while a person is in the chat.

    {"type": "offer", "amount", "count", "first", "last", "total"}: amounts are Money, first and last dates.
    """
    return {"type": "offer", **drawn(schedule)}
