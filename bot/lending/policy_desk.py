"""How people share the work that the bot hands over, as a policy states it: teams, routes to them, deadlines."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from bot.errors import BadInput
from bot.lending.policy_hours import OfficeHours
from bot.lending.policy_rules import ByLocale, Key, Rule

CaseReason = Literal["distress", "rights", "fraud", "dispute", "complaint", "negotiation", "limitation", "request"]
# What the borrower wants, in a word that each language has a line for (templates/staff/labels.html).
Wish = Literal[
    "person", "distress", "death", "fraud", "dispute", "representative", "insolvency", "wrong_person",
    "third_party", "already_paid", "complaint", "angry", "messages_again", "contact_otherwise",
    "representative_told", "own_data", "consider", "own_terms", "settlement", "document", "plan_skip",
    "plan_move", "plan_lower", "plan_stop", "plan_change", "hold_review", "minor", "moratorium", "promised",
    "papers", "answer_late", "unreachable",
]  # fmt: skip
# From the most urgent to the least; a case's `urgency` is the place in this row.
Urgency = Literal["distress", "callback", "rights", "dispute", "negotiation", "request"]
URGENCIES: tuple[Urgency, ...] = get_args(Urgency)
Language = Literal["en", "zh_Hans", "zh_Hant"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
# The product has words for these in every language; any other team brings its own names.
KNOWN_TEAMS = ("disputes", "fraud", "hardship", "legal", "complaints", "general")


class TeamRules(Rule):
    """What a team can do; an empty list is no bound. Its hours are the office's where it has none of its own."""

    names: ByLocale = Field(default_factory=dict)
    reasons: tuple[CaseReason, ...] = ()
    languages: tuple[Language, ...] = ()
    creditors: tuple[Key, ...] = ()
    office_hours: OfficeHours | None = None

    def can(self, reason: CaseReason, language: str, creditor: str | None) -> bool:
        return (
            (not self.reasons or reason in self.reasons)
            and (not self.languages or language in self.languages)
            and (not self.creditors or creditor in self.creditors)
        )

    @property
    def unbounded(self) -> bool:
        return not (self.reasons or self.languages or self.creditors)


class RouteRule(Rule):
    """Where cases go that fit every list that is given; a route without lists takes whatever comes."""

    team: Key
    reasons: tuple[CaseReason, ...] = ()
    wishes: tuple[Wish, ...] = ()
    languages: tuple[Language, ...] = ()
    creditors: tuple[Key, ...] = ()

    def fits(self, reason: CaseReason, wants: str, language: str, creditor: str | None) -> bool:
        return (
            (not self.reasons or reason in self.reasons)
            and (not self.wishes or wants in self.wishes)
            and (not self.languages or language in self.languages)
            and (not self.creditors or creditor in self.creditors)
        )

    @property
    def takes_all(self) -> bool:
        return not (self.reasons or self.wishes or self.languages or self.creditors)


class DeadlineRule(Rule):
    """In the team's working time; of distress in any time, night and holiday too."""

    answer_minutes: int = Field(ge=1, le=7 * 24 * 60)
    resolve_hours: int = Field(ge=1, le=90 * 24)

    @model_validator(mode="after")
    def _in_order(self) -> "DeadlineRule":
        if self.resolve_hours * 60 < self.answer_minutes:
            raise ValueError("resolve_hours end before answer_minutes")
        return self


class DeskRules(Rule):
    """Teams, the routes to them in order (the first that fits counts), and what is due when."""

    teams: Mapping[Key, TeamRules]
    routes: tuple[RouteRule, ...] = Field(min_length=1)
    deadlines: Mapping[Urgency, DeadlineRule]
    amber_percent: int = Field(ge=1, le=90)  # of the time for a deadline: what is left when it counts as near
    same_person_days: int = Field(ge=0, le=365)  # a borrower who comes back so soon meets the same collector
    kept_minutes: int = Field(ge=1, le=240)  # how long that collector has before anybody else


class DeskChoices(Rule):
    """A lender's own part of DeskRules: teams and deadlines one by one, routes as a whole."""

    teams: Mapping[Key, TeamRules] = Field(default_factory=dict)
    routes: Annotated[tuple[RouteRule, ...], Field(min_length=1)] | None = None
    deadlines: Mapping[Urgency, DeadlineRule] = Field(default_factory=dict)
    amber_percent: int | None = Field(default=None, ge=1, le=90)
    same_person_days: int | None = Field(default=None, ge=0, le=365)
    kept_minutes: int | None = Field(default=None, ge=1, le=240)


def refined(house: DeskRules, own: DeskChoices | None, creditors: Iterable[str], place: str) -> DeskRules:
    """The house's rules with a lender's own over them; BadInput names the file `place` and the impossible key."""
    rules = house
    if own is not None:
        chosen = {name: getattr(own, name) for name in DeskChoices.model_fields if getattr(own, name) is not None}
        chosen["teams"] = {**house.teams, **own.teams}
        chosen["deadlines"] = {**house.deadlines, **own.deadlines}
        rules = house.model_copy(update=chosen)
    for key, problem in _impossible(rules, frozenset(creditors)):
        raise BadInput(f"{place}, desk.{key}", problem)
    return rules


def _impossible(rules: DeskRules, creditors: frozenset[str]) -> Iterator[tuple[str, str]]:
    for urgency in URGENCIES:
        if urgency not in rules.deadlines:
            yield "deadlines", f"lacks {urgency}"
    for name, team in rules.teams.items():
        missing = [locale for locale in LANGUAGES if locale not in team.names]
        if name not in KNOWN_TEAMS and missing:
            yield f"teams.{name}.names", f"lacks {', '.join(missing)}"
        yield from _strangers(f"teams.{name}.creditors", team.creditors, creditors)
    for number, route in enumerate(rules.routes):
        yield from _impossible_route(f"routes.{number}", route, rules, creditors)
    yield from _uncaught(rules)


def _impossible_route(
    place: str, route: RouteRule, rules: DeskRules, creditors: frozenset[str]
) -> Iterator[tuple[str, str]]:
    team = rules.teams.get(route.team)
    if team is None:
        yield f"{place}.team", f"there is no team {route.team!r}"
        return
    yield from _strangers(f"{place}.creditors", route.creditors, creditors)
    for name in ("reasons", "languages", "creditors"):
        given, able = getattr(route, name), getattr(team, name)
        unable = sorted(set(given) - set(able)) if able else []
        if unable:
            yield f"{place}.{name}", f"the team {route.team} does not do {', '.join(unable)}"


def _uncaught(rules: DeskRules) -> Iterator[tuple[str, str]]:
    """The last route, and only it, takes whatever no other took, to a team that can do everything."""
    *before, last = rules.routes
    for number, route in enumerate(before):
        if route.takes_all and rules.teams[route.team].unbounded:
            yield f"routes.{number}", "takes everything, so that no later route is ever reached"
    if not last.takes_all:
        yield f"routes.{len(before)}", "the last route must take whatever comes: a team and nothing else"
    if not rules.teams[last.team].unbounded:
        yield f"routes.{len(before)}.team", f"the team {last.team} does not do everything that may come"


def _strangers(place: str, named: Iterable[str], creditors: frozenset[str]) -> Iterator[tuple[str, str]]:
    # The house's rules stand for every lender and are read before any is known.
    unknown = sorted(set(named) - creditors)
    if unknown:
        yield place, f"{', '.join(unknown)} is not collected for here"
