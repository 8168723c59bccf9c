"""Routes, deadlines and what of them is refused; a case that changes its person; a borrower who comes back."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.desk import colleagues, handoffs
from bot.desk.card import card
from bot.desk.cases import apply, fold, of_this_person
from bot.desk.routing import lateness, route
from bot.desk.store import CaseEvent, CaseReason, CaseState
from bot.errors import BadInput
from bot.lending.policy import Policies
from bot.settings import ROOT
from bot.storage.engine import Database
from bot.storage.work import Work
from bot.web import staff as accounts
from tests.desk.stage import NOW, TALK, ask_for_person, chat, hire, move_in, notice
from tests.lending.files import changed, demo

MINUTE = timedelta(minutes=1)
SHANGHAI = "+08:00"
EXAMPLE = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/desk.md").read_text("utf-8"), re.DOTALL)[0])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + SHANGHAI).astimezone(UTC)


def example(folder: Path) -> Policies:
    """The demo's bank with the desk that docs/desk.md shows."""
    return Policies.load(changed(folder, "harbour", lambda data: data.update(EXAMPLE)))


def state_of(work: Work, case_id: str) -> CaseState:
    state = work.desk.case(case_id)
    assert state is not None
    return state


def facts(
    work: Work, policies: Policies, reason: CaseReason, wants: str, locale: str, moment: datetime
) -> dict[str, str]:
    return dict(route(policies, replace(chat(work), locale=locale), None, reason, wants, moment).facts)


@pytest.mark.parametrize(("reason", "wants", "locale", "house", "documented"), [
    ("distress", "distress", "zh_Hans", "hardship", "hardship"),
    ("fraud", "fraud", "zh_Hans", "fraud", "fraud"),
    ("complaint", "complaint", "en", "complaints", "complaints"),
    ("rights", "death", "en", "legal", "general"),
    ("limitation", "dispute", "en", "legal", "general"),
    ("dispute", "dispute", "zh_Hans", "disputes", "mainland"),
    ("negotiation", "settlement", "zh_Hant", "hardship", "general"),
    ("request", "plan_lower", "en", "hardship", "general"),
    ("request", "person", "zh_Hans", "general", "mainland"),
])  # fmt: skip
def test_each_case_goes_to_the_team_of_the_first_route_that_fits(
    database: Database, tmp_path: Path, reason: CaseReason, wants: str, locale: str, house: str, documented: str
) -> None:
    with database.transaction() as work:
        assert facts(work, demo(), reason, wants, locale, NOW)["team"] == house
        assert facts(work, example(tmp_path), reason, wants, locale, NOW)["team"] == documented


def test_deadlines_run_in_the_team_s_hours_and_for_distress_at_night_too(
    database: Database, tmp_path: Path
) -> None:
    """The bank is open to 18:00 on Fridays, 9 to 12 on Saturdays; the example's fraud team to 22:00 daily."""
    friday = at("2026-11-20T17:30")
    with database.transaction() as work:
        request = facts(work, demo(), "request", "person", "en", friday)
        assert datetime.fromisoformat(request["answer_by"]) == at("2026-11-21T10:30")
        assert datetime.fromisoformat(request["answer_warn"]) == at("2026-11-21T10:00")
        distress = facts(work, demo(), "distress", "distress", "en", friday + timedelta(hours=6))
        assert datetime.fromisoformat(distress["answer_by"]) == at("2026-11-20T23:35")
        policies = example(tmp_path)
        fraud = facts(work, policies, "fraud", "fraud", "en", at("2026-11-20T21:45"))
        assert datetime.fromisoformat(fraud["answer_by"]) == at("2026-11-21T07:15")
        own = facts(work, policies, "request", "person", "en", friday)
        assert datetime.fromisoformat(own["answer_by"]) == at("2026-11-23T09:00")


def test_a_deadline_turns_amber_then_red_and_then_the_next_one_counts(database: Database) -> None:
    with database.transaction() as work:
        ann = hire(work, "collector")
        case = ask_for_person(work, chat(work), at=at("2026-11-23T09:00"))
        state = work.desk.case(case)
        assert state is not None
        assert state.answer_by == at("2026-11-23T11:00")
        seen = [lateness(state, at(f"2026-11-23T{clock}")) for clock in ("10:29", "10:30", "10:59", "11:00")]
        assert seen == ["in_time", "due_soon", "due_soon", "late"]
        handoffs.take(work, case, ann, at("2026-11-23T11:30"), notice)
        state, _ = handoffs.answer(work, case, ann, "Hello.", at("2026-11-23T11:30"))
        assert lateness(state, at("2026-11-23T11:30")) == "in_time"
        assert state.resolve_by is not None
        assert lateness(state, state.resolve_by) == "late"
        closed = handoffs.resolve(work, case, ann, "informed", "", at("2026-11-23T12:00"), notice, TALK)
        assert lateness(closed, state.resolve_by) is None


@pytest.mark.parametrize(("desk", "place", "problem"), [
    ({"routes": [{"team": "night"}]}, "desk.routes.0.team", "there is no team 'night'"),
    ({"routes": [{"team": "general", "reasons": ["fraud"]}]}, "desk.routes.0", "must take whatever comes"),
    ({"routes": [{"team": "general"}, {"team": "fraud"}]}, "desk.routes.0", "takes everything"),
    ({"teams": {"legal": {"reasons": ["rights"]}},
      "routes": [{"team": "legal", "reasons": ["fraud"]}, {"team": "general"}]},
     "desk.routes.0.reasons", "the team legal does not do fraud"),
    ({"teams": {"general": {"languages": ["en"]}}}, "desk.routes.8.team", "does not do everything"),
    ({"teams": {"night": {"names": {"en": "Night"}}}}, "desk.teams.night.names", "lacks zh_Hans, zh_Hant"),
    ({"teams": {"legal": {"creditors": ["oakline"]}}}, "desk.teams.legal.creditors", "not collected for here"),
    ({"deadlines": {"request": {"answer_minutes": 300, "resolve_hours": 1}}}, "desk.deadlines.request", "resolve"),
    ({"deadlines": {"sometime": {"answer_minutes": 1, "resolve_hours": 1}}}, "desk.deadlines", "distress"),
    ({"amber_percent": 100}, "desk.amber_percent", "less than or equal to 90"),
])  # fmt: skip
def test_a_desk_that_can_not_work_is_refused_with_its_place(
    tmp_path: Path, desk: dict[str, Any], place: str, problem: str
) -> None:
    with pytest.raises(BadInput, match=problem) as refused:
        Policies.load(changed(tmp_path, "harbour", lambda data: data.update(desk=desk)))
    assert str(refused.value).startswith(f"harbour.yml, {place}")


def test_a_waiting_case_ends_when_the_chat_is_somebody_else_s(database: Database) -> None:
    """One person's card never lies under another's name; while a person talks there, the talk goes on."""
    move_in(database)
    with database.transaction() as work:
        first = chat(work)
        mine = ask_for_person(work, first, "negotiation", "settlement")
        unknown = replace(first, borrower_id=None, verified_until=None)
        assert ask_for_person(work, unknown, at=NOW + MINUTE) == mine
        other = replace(first, borrower_id="somebody-else")
        theirs = ask_for_person(work, other, at=NOW + MINUTE * 2)
        ended, opened = work.desk.case(mine), work.desk.case(theirs)
        assert ended is not None and opened is not None  # noqa: PT018 - both or neither
        assert (ended.status, ended.outcome, ended.borrower_id) == ("resolved", "person_changed", first.borrower_id)
        assert (opened.status, opened.borrower_id, opened.wants) == (
            "waiting",
            "somebody-else",
            "Wants to pay 300 a month",
        )
        assert fold(work.desk.events(mine)) == ended
        handoffs.take(work, theirs, hire(work, "collector"), NOW + MINUTE * 3, notice)
        held = work.conversations.lock(first.id)
        again = ask_for_person(work, replace(held, borrower_id="a-third"), at=NOW + MINUTE * 4)
        events = work.desk.events(theirs)
        assert again == theirs
        assert [event.kind for event in of_this_person(events)] == ["raised"]


def test_a_card_is_of_whom_the_case_is_about(database: Database) -> None:
    """Also when somebody else has proved who they are in the same chat since."""
    move_in(database)
    with database.transaction() as work:
        ann, first = hire(work, "collector"), chat(work)
        other = work.lending.borrower_by_reference(["harbour"], "HB-1002")
        assert other is not None
        case = ask_for_person(work, first, "negotiation", "settlement", card={"idea": {"amount": "300"}})
        now_theirs = replace(first, borrower_id=other.id)
        work.conversations.save(now_theirs)
        shown = card(work, state_of(work, case), now_theirs, ann, NOW)
        assert shown.borrower is not None
        assert (shown.borrower.reference, shown.verified) == ("HB-1001", False)
        handoffs.take(work, case, ann, NOW, notice)
        assert ask_for_person(work, now_theirs, card={"idea": {"amount": "50"}}, at=NOW + MINUTE) == case
        shown = card(work, state_of(work, case), now_theirs, ann, NOW)
        assert shown.borrower is not None
        assert (shown.borrower.reference, shown.verified) == ("HB-1002", True)
        assert shown.known_to_flow["idea"] == {"amount": "50"}
        assert [one.id for one in work.desk.cases_of_borrower(other.id)] == [case]
        assert first.borrower_id is not None
        assert work.desk.cases_of_borrower(first.borrower_id) == []


def test_a_borrower_who_comes_back_meets_the_same_collector_first(database: Database) -> None:
    with database.transaction() as work:
        ann, ben = hire(work, "collector", "ann"), hire(work, "collector", "ben")
        conversation = chat(work)
        done = ask_for_person(work, conversation)
        handoffs.take(work, done, ann, NOW, notice)
        handoffs.resolve(work, done, ann, "informed", "", NOW, notice, TALK)
        back = ask_for_person(work, conversation, at=NOW + MINUTE)
        assert _kept(work, back) is None  # she is not there
        handoffs.take(work, back, ben, NOW + MINUTE, notice)
        handoffs.hand_back(work, back, ben, "", NOW + MINUTE, notice, TALK)

        later = NOW + timedelta(days=6)
        accounts.start_session(work, ben, "test", later)
        back = ask_for_person(work, conversation, at=later)
        assert _kept(work, back) == ben.id
        with pytest.raises(colleagues.KeptForColleague):
            handoffs.take(work, back, ann, later + MINUTE, notice)
        assert handoffs.take(work, back, ann, later + MINUTE * 10, notice).reserved_for is None


def test_nobody_waits_for_one_collector_in_distress(database: Database) -> None:
    with database.transaction() as work:
        ann = hire(work, "collector", "ann")
        accounts.start_session(work, ann, "test", NOW)
        conversation = chat(work)
        done = ask_for_person(work, conversation)
        handoffs.take(work, done, ann, NOW, notice)
        handoffs.resolve(work, done, ann, "informed", "", NOW, notice, TALK)
        back = ask_for_person(work, conversation, at=NOW + MINUTE)
        assert _kept(work, back) == ann.id
        ask_for_person(work, conversation, "distress", "distress", NOW + MINUTE)
        assert _kept(work, back) is None


def _kept(work: Work, case_id: str) -> str | None:
    return state_of(work, case_id).reserved_for


def test_what_is_raised_later_never_puts_off_what_was_due() -> None:
    body = {"conversation_id": "c", "creditor": None, "speaker": "harbour", "reason": "request", "wants": "w",
            "locale": "en"}  # fmt: skip
    due = {minutes: (NOW + MINUTE * minutes).isoformat() for minutes in (10, 60, 120)}

    def told(minutes: int) -> dict[str, str]:
        return {"answer_warn": due[minutes], "answer_by": due[minutes]}

    state = apply(None, CaseEvent("case", 1, "opened", NOW, None, {**body, **told(60)}))
    assert state.answer_by == NOW + MINUTE * 60
    for number, (reason, minutes, expected) in enumerate([("request", 120, 60), ("distress", 10, 10)], start=2):
        more = {"reason": reason, "wants": "w", **told(minutes)}
        state = apply(state, CaseEvent("case", number, "raised", NOW, None, more))
        assert state.answer_by == NOW + MINUTE * expected
