"""When people are there to answer a borrower, and how time passes around a talk with one."""

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from bot.lending.policy_rules import Country, Hours, Rule, TimeZone, Weekday


class OpenSpan(Hours):
    days: tuple[Weekday, ...] = Field(min_length=1)


class SpecialDay(Hours):
    """Hours of one date, whatever weekday or holiday it is."""

    day: date


class OfficeHours(Rule):
    """When people are there to answer, by the office's own clock; never on the country's public holidays."""

    time_zone: TimeZone
    spans: tuple[OpenSpan, ...] = Field(min_length=1)
    holidays: Country | None = None
    closed: tuple[date, ...] = ()  # the office's own days off
    special: tuple[SpecialDay, ...] = ()  # in place of what else would hold on that date

    @model_validator(mode="after")
    def _one_or_the_other(self) -> "OfficeHours":
        both = sorted({special.day for special in self.special} & set(self.closed))
        if both:
            raise ValueError(f"{both[0]} stands in closed and in special")
        return self


class CallbackRules(Rule):
    """Times at which a borrower can have a person come back to them: here in the chat, or by phone."""

    by: Literal["chat", "phone"] = "chat"
    slot_minutes: int = Field(default=30, ge=10, le=240)
    per_slot: int = Field(ge=1, le=200)  # how many borrowers may choose the same time
    days_ahead: int = Field(default=5, ge=1, le=30)
    notice_minutes: int = Field(default=60, ge=0, le=2880)  # between choosing and the first time offered


class SilenceRules(Rule):
    """What happens when one side of a talk with a person says nothing. Minutes of the clock for the borrower's
    silence, of office hours for the collector's.
    """

    remind_minutes: int = Field(default=10, ge=2, le=1440)  # after the collector's last word
    return_minutes: int = Field(default=20, ge=1, le=2880)  # after that reminder, until the bot is back
    answer_minutes: int = Field(default=10, ge=2, le=1440)  # that a borrower waits for a word of the collector
    escalate_minutes: int = Field(default=10, ge=1, le=1440)  # after which a supervisor sees it


class HandoffRules(Rule):
    """Time around a talk with a person."""

    callbacks: CallbackRules | None = None  # none are offered without
    silence: SilenceRules = SilenceRules()
    survey: bool = True  # how it was, asked once after a talk
