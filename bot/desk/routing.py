"""Where a case goes and what is due when: the policy's routes and deadlines, worked out for one case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from bot.conversations.store import Conversation
from bot.desk.cases import URGENCY
from bot.desk.hours import add_working_time
from bot.desk.store import CaseReason, CaseState
from bot.lending.policy import Policies, Policy
from bot.lending.policy_desk import URGENCIES, DeskRules
from bot.lending.policy_hours import OfficeHours

# How a deadline stands: what is due soon is shown amber, what is late red.
Lateness = Literal["in_time", "due_soon", "late"]
_DISTRESS = URGENCY["distress"]
_FACTS = ("team", "answer_warn", "answer_by", "resolve_warn", "resolve_by")


@dataclass(frozen=True, slots=True)
class Route:
    """What the policy says of one case.

    `facts` are for the event that opens or raises it: team, answer_warn, answer_by, resolve_warn, resolve_by,
    the moments as ISO 8601 in UTC.
    """

    facts: Mapping[str, str]
    same_person: timedelta  # after the end of a case, within which its collector is asked first
    kept: timedelta  # how long that collector has before anybody else

    @classmethod
    def told(cls, body: Mapping[str, Any]) -> "Route":
        """The route that an earlier event tells."""
        return cls({name: body[name] for name in _FACTS if name in body}, timedelta(0), timedelta(0))


def route(
    policies: Policies,
    conversation: Conversation,
    creditor: str | None,
    reason: CaseReason,
    wants: str,
    at: datetime,
) -> Route:
    """The team of the first route that fits and the deadlines of its hours."""
    policy = policies.for_speaker(conversation.speaker)
    rules = policy.desk
    team = team_for(rules, reason, wants, conversation.locale, creditor)
    urgency = URGENCY[reason]
    # Somebody who may not be safe is not asked to wait for the morning.
    hours = None if urgency == _DISTRESS else hours_of(policy, team)
    rule = rules.deadlines[URGENCIES[urgency]]
    answer = _due("answer", hours, at, timedelta(minutes=rule.answer_minutes), rules.amber_percent)
    resolve = _due("resolve", hours, at, timedelta(hours=rule.resolve_hours), rules.amber_percent)
    same_person = timedelta(days=rules.same_person_days)
    return Route({"team": team, **answer, **resolve}, same_person, timedelta(minutes=rules.kept_minutes))


def team_for(rules: DeskRules, reason: CaseReason, wants: str, language: str, creditor: str | None) -> str:
    for rule in rules.routes:
        if rule.fits(reason, wants, language, creditor) and rules.teams[rule.team].can(reason, language, creditor):
            return rule.team
    raise AssertionError("the last route takes whatever comes; the policy was checked for it")


def team_names(policies: Policies, locale: str) -> dict[str, str]:
    """What lenders call the teams of their own, by the team's name in their policy."""
    teams = (policies.for_speaker(speaker.id).desk.teams for speaker in policies.speakers())
    own = ((name, rules.names) for all_of in teams for name, rules in all_of.items() if rules.names)
    return {name: names.get(locale) or names["en"] for name, names in own}


def hours_of(policy: Policy, team: str) -> OfficeHours:
    """When a team is there; a team that the policy no longer names keeps the office's hours."""
    rules = policy.desk.teams.get(team)
    return rules.office_hours if rules and rules.office_hours else policy.office_hours


def lateness(state: CaseState, now: datetime) -> Lateness | None:
    """How the deadline stands that is next: the first answer, then the end; None when nothing is due."""
    if not state.open:
        return None
    warn, by = (state.answer_warn, state.answer_by)
    if state.answered_at is not None:
        warn, by = state.resolve_warn, state.resolve_by
    if by is None:
        return None
    if now >= by:
        return "late"
    return "due_soon" if warn and now >= warn else "in_time"


def _due(what: str, hours: OfficeHours | None, at: datetime, time: timedelta, amber_percent: int) -> dict[str, str]:
    """When it is due, and from when on that is near."""
    before = time * (100 - amber_percent) / 100

    def after(span: timedelta) -> str:
        return (add_working_time(hours, at, span) if hours else at.astimezone(UTC) + span).isoformat()

    return {f"{what}_warn": after(before), f"{what}_by": after(time)}
