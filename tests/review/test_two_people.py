"""Two people agree before somebody may do more: who may agree, what is made then, and no way around it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.access import LoginTaken, NotAllowed, Role, Staff
from bot.errors import BotError
from bot.review import roles, two_people
from bot.review.agreed import APPLY
from bot.review.two_people import Asking, NoReason, NotOpen, OwnProposal, TooFew, TwoNeeded
from bot.review.two_people_store import AlreadyProposed, Proposal
from bot.storage.engine import Database
from bot.storage.work import Work
from tests.desk.stage import NOW

WHY = "joins the reviewers in May"
LATER = NOW + timedelta(hours=1)


def somebody(work: Work, login: str, role: Role = "admin", **more: Any) -> Staff:
    staff = Staff(login, login, login.title(), role, **more)
    work.staff.add(staff, "no password fits this")
    return staff


def asking(by: Staff | None, *, by_command: bool = False) -> Asking:
    return Asking(by, WHY, NOW, by_command)


def proposed(work: Work, by: Staff, about: Staff, **wanted: Any) -> Proposal:
    proposal = roles.change(work, about.id, wanted, asking(by))
    assert proposal is not None
    return proposal


def role_of(work: Work, staff: Staff) -> str:
    found = work.staff.by_id(staff.id)
    assert found is not None
    return found.role


def test_another_person_agrees_and_only_then_it_is_so(database: Database) -> None:
    with database.transaction() as work:
        rosa, priya, ana = somebody(work, "rosa"), somebody(work, "priya"), somebody(work, "ana", "collector")
        proposal = proposed(work, rosa, ana, role="reviewer", name="Ana B.")
    assert proposal.before == {"role": "collector", "name": "Ana"}
    with database.transaction() as work:
        assert role_of(work, ana) == "collector"
        assert work.two_people.waiting() == [proposal]
        done = two_people.agree(work, proposal.id, priya, LATER, APPLY)
    with database.reading() as work:
        assert (role_of(work, ana), work.two_people.waiting()) == ("reviewer", [])
        assert work.two_people.decided() == [done]
        trail = [(entry.action, entry.staff) for entry in work.audit.newest()]
    assert (done.status, done.decided_by, done.decided_at) == ("agreed", "priya", LATER)
    assert trail == [("agree_change", "priya"), ("change_staff", "priya"), ("propose_change", "rosa")]


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("rosa", OwnProposal),
        ("ben", OwnProposal),
        ("narrow", NotAllowed),
        ("ana", NotAllowed),
        ("gone", NotAllowed),
    ],
)
def test_nobody_agrees_who_proposed_it_whom_it_is_about_or_who_may_not(
    sqlite_database: Database, who: str, error: type[BotError]
) -> None:
    with sqlite_database.transaction() as work:
        people = {login: somebody(work, login) for login in ("rosa", "priya", "ben")}
        people["narrow"] = somebody(work, "narrow", speakers=("harbour",))
        people["ana"] = somebody(work, "ana", "supervisor")
        people["gone"] = replace(somebody(work, "gone"), disabled=True)
        work.staff.save(people["gone"])
        proposal = proposed(work, people["rosa"], people["ben"], role="auditor")
        # What they were when they signed in does not count.
        for seen in (people[who], replace(people[who], role="admin", speakers=None, disabled=False)):
            with pytest.raises(error):
                two_people.agree(work, proposal.id, seen, LATER, APPLY)
        assert role_of(work, people["ben"]) == "admin"


def test_a_proposal_is_refused_withdrawn_or_over_and_stays_so(database: Database) -> None:
    with database.transaction() as work:
        rosa, priya, ana = somebody(work, "rosa"), somebody(work, "priya"), somebody(work, "ana", "collector")
        refused = proposed(work, rosa, ana, role="admin")
        with pytest.raises(AlreadyProposed):
            proposed(work, priya, ana, role="auditor")
        two_people.refuse(work, refused.id, priya, "not yet", LATER)
        withdrawn = proposed(work, rosa, ana, role="admin")
        two_people.refuse(work, withdrawn.id, rosa, "", LATER)
        over = proposed(work, rosa, ana, role="admin")
        for one, at in ((refused, LATER), (withdrawn, LATER), (over, over.expires_at)):
            with pytest.raises(NotOpen):
                two_people.agree(work, one.id, priya, at, APPLY)
        assert {one.id: one.status for one in work.two_people.decided()} == {
            refused.id: "refused",
            withdrawn.id: "withdrawn",
            over.id: "expired",
        }
        assert role_of(work, ana) == "collector"
        steps = [entry.action for entry in work.audit.newest()]
    assert steps[:2] == ["expire_change", "propose_change"]


def test_what_has_changed_since_is_not_overwritten(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as work:
        rosa, priya, ben = somebody(work, "rosa"), somebody(work, "priya"), somebody(work, "ben")
        ana = somebody(work, "ana", "collector")
        proposal = proposed(work, rosa, ana, role="reviewer", name="Ana B.")
        roles.change(work, ana.id, {"name": "Ana C."}, asking(ben))
        with pytest.raises(NotOpen):
            two_people.agree(work, proposal.id, priya, LATER, APPLY)
        other = proposed(work, rosa, somebody(work, "bo", "collector"), role="reviewer")
        demoted = proposed(work, priya, rosa, role="auditor")
        two_people.agree(work, demoted.id, ben, LATER, APPLY)
        with pytest.raises(NotOpen):  # whoever proposed it is no longer an admin
            two_people.agree(work, other.id, priya, LATER, APPLY)


@pytest.mark.parametrize(
    ("was", "wanted", "two"),
    [
        ({"role": "collector"}, {"name": "Another", "capacity": 3, "locale": "zh_Hans"}, False),
        ({"role": "collector"}, {"teams": ("disputes",)}, False),
        ({"role": "collector"}, {"teams": ("fraud",)}, True),
        ({"role": "collector"}, {"role": "supervisor"}, True),
        ({"role": "supervisor"}, {"role": "collector"}, True),
        ({"role": "supervisor", "speakers": ("harbour",)}, {"speakers": None}, True),
        ({"role": "supervisor", "speakers": ("harbour",)}, {"speakers": ("harbour", "thames")}, True),
        ({"role": "supervisor"}, {"speakers": ("harbour",)}, False),
        ({"role": "collector", "speakers": ("harbour",)}, {"speakers": None}, False),
        ({"role": "collector", "disabled": True}, {"disabled": False}, False),
        ({"role": "reviewer", "disabled": True}, {"disabled": False}, True),
        ({"role": "reviewer"}, {"disabled": True}, False),
        ({"role": "admin"}, {"disabled": True}, False),  # two others are left
    ],
)
def test_two_are_needed_where_somebody_comes_to_more_and_for_every_role(
    sqlite_database: Database, was: dict[str, Any], wanted: dict[str, Any], two: bool
) -> None:
    with sqlite_database.transaction() as work:
        rosa, _ = somebody(work, "rosa"), somebody(work, "priya")
        ana = somebody(work, "ana", **was)
        assert (roles.change(work, ana.id, wanted, asking(rosa)) is not None) == two
        kept = work.staff.by_id("ana")
        assert kept is not None
        assert all((getattr(kept, name) == value) != two for name, value in wanted.items())


def test_the_command_line_begins_alone_and_stops_at_two(database: Database) -> None:
    new = Staff("", "Rosa ", "Rosa", "admin")
    with database.transaction() as work:
        with pytest.raises(TooFew):
            roles.add(work, new, "hash", asking(None))
        for login in ("rosa", "priya"):
            added, proposal = roles.add(work, replace(new, login=login), "hash", asking(None, by_command=True))
            assert proposal is None
        third = replace(new, login="ben")
        with pytest.raises(TwoNeeded):
            roles.add(work, third, "hash", asking(None, by_command=True))
        with pytest.raises(LoginTaken):
            roles.add(work, new, "hash", asking(added, by_command=True))
        with pytest.raises(NoReason):
            roles.add(work, third, "hash", replace(asking(added, by_command=True), reason="because"))
        _, proposal = roles.add(work, third, "hash", asking(added, by_command=True))
        assert proposal is not None
        assert work.staff.by_login("ben") is None
        rosa = work.staff.by_login("rosa")
        assert rosa is not None
        done = two_people.agree(work, proposal.id, rosa[0], LATER, APPLY)
        assert work.staff.by_login("ben") is not None
        assert work.staff.by_login("ben")[1] == "hash"  # type: ignore[index]
        assert done.secret is work.two_people.decided()[0].secret is None


def test_the_last_two_do_not_shut_each_other_out_nor_take_each_other_s_password(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as work:
        rosa, priya = somebody(work, "rosa"), somebody(work, "priya")
        asked = proposed(work, rosa, priya, disabled=True)
        with pytest.raises(OwnProposal):
            two_people.agree(work, asked.id, priya, LATER, APPLY)
        two_people.refuse(work, asked.id, rosa, "", LATER)
        leaving = proposed(work, priya, priya, disabled=True)
        _, taken = roles.set_password(work, rosa, "new hash", asking(priya))
        assert taken is not None
        for proposal, by in ((leaving, priya), (taken, rosa), (taken, priya)):
            with pytest.raises(OwnProposal):
                two_people.agree(work, proposal.id, by, LATER, APPLY)
        two_people.agree(work, leaving.id, rosa, LATER, APPLY)
        found = work.staff.by_login("rosa")
        assert found is not None
        assert found[1] == "no password fits this"


class _Enough(Exception):
    """Ends an example and takes back all that it did."""


@contextmanager
def taken_back(database: Database) -> Iterator[Work]:
    with suppress(_Enough), database.transaction() as work:
        yield work
        raise _Enough


PEOPLE = ("a", "b", "c", "d", "e")
ROLES: tuple[Role, ...] = ("admin", "admin", "admin", "collector", "reviewer")
STEPS: st.SearchStrategy[Any] = st.one_of(
    st.tuples(
        st.just("change"),
        st.sampled_from(PEOPLE),
        st.sampled_from(PEOPLE),
        st.sampled_from(
            [
                {"role": "admin"},
                {"role": "collector"},
                {"role": "auditor"},
                {"disabled": True},
                {"disabled": False},
                {"teams": ("fraud",)},
                {"speakers": ("harbour",)},
                {"speakers": None},
            ]
        ),
    ),
    st.tuples(st.just("password"), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.just({})),
    st.tuples(st.sampled_from(["agree", "refuse"]), st.sampled_from(PEOPLE), st.integers(0, 3), st.just({})),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=30))
def test_nobody_comes_to_more_by_any_way_that_is_not_two_people(
    sqlite_database: Database, steps: list[Any]
) -> None:
    with taken_back(sqlite_database) as work:
        for login, role in zip(PEOPLE, ROLES, strict=True):
            somebody(work, login, role)
        for step in steps:
            _watched(work, *step)


def _watched(work: Work, what: str, by: str, which: Any, wanted: dict[str, Any]) -> None:
    """One step, after which whoever may do more has it from two people who could agree and who are not they."""
    before = {one.id: one for one in work.staff.everyone()}
    hashes = {login: work.staff.by_login(login)[1] for login in PEOPLE}  # type: ignore[index]
    waiting = work.two_people.waiting()
    chosen = waiting[which % len(waiting)] if what in ("agree", "refuse") and waiting else None
    _take(work, what, before[by], chosen, which, wanted)
    for one in work.staff.everyone():
        had = before[one.id]
        gained = roles._gains(had, one) or one.role != had.role
        if gained or (work.staff.by_login(one.id)[1] != hashes[one.id] and two_people.able(had)):  # type: ignore[index]
            assert what == "agree"
            assert chosen is not None
            assert len({by, chosen.proposed_by}) == 2
            assert one.id != by
            assert chosen.subject == f"staff:{one.id}"
            assert two_people.able(before[by])
            assert two_people.able(before[chosen.proposed_by])
    could = [one for one in before.values() if two_people.able(one)]
    can = [one for one in work.staff.everyone() if two_people.able(one)]
    assert two_people.enough(can) or not two_people.enough(could) or what == "agree"


def _take(work: Work, what: str, by: Staff, chosen: Proposal | None, which: Any, wanted: dict[str, Any]) -> None:
    try:
        if what == "change":
            roles.change(work, which, wanted, asking(by))
        elif what == "password":
            target = work.staff.by_id(which)
            assert target is not None
            roles.set_password(work, target, f"chosen by {by.id}", asking(by))
        elif chosen and what == "agree":
            two_people.agree(work, chosen.id, by, LATER, APPLY)
        elif chosen:
            two_people.refuse(work, chosen.id, by, "", LATER)
    except BotError:
        pass


def at_once(database: Database, *steps: Callable[[Work], object]) -> list[str]:
    """Take each step in a thread and a transaction of its own; the names of the errors that they met."""

    def take(step: Callable[[Work], object]) -> str:
        try:
            with database.transaction() as work:
                step(work)
        except BotError as error:
            return type(error).__name__
        return ""

    with ThreadPoolExecutor(len(steps)) as pool:
        return sorted(pool.map(take, steps))


def test_two_who_agree_at_once_make_the_change_once(database: Database) -> None:
    with database.transaction() as work:
        rosa, priya, ben = (somebody(work, login) for login in ("rosa", "priya", "ben"))
        ana = somebody(work, "ana", "collector")
        proposal = proposed(work, rosa, ana, role="reviewer")
    agree = [partial(_agree, proposal=proposal, by=by) for by in (priya, ben)]
    assert at_once(database, *agree) == ["", "NotOpen"]
    with database.reading() as work:
        assert [entry.action for entry in work.audit.newest()].count("change_staff") == 1


def test_two_who_shut_out_another_at_once_leave_enough_to_agree(database: Database) -> None:
    with database.transaction() as work:
        rosa, priya, ben = (somebody(work, login) for login in ("rosa", "priya", "ben"))
    shut = [partial(_shut_out, whom=whom, by=rosa) for whom in (priya, ben)]
    assert at_once(database, *shut) == ["", ""]
    with database.reading() as work:
        assert two_people.enough(work.staff.everyone())
        assert len(work.two_people.waiting()) == 1


def _agree(work: Work, proposal: Proposal, by: Staff) -> None:
    two_people.agree(work, proposal.id, by, LATER, APPLY)


def _shut_out(work: Work, whom: Staff, by: Staff) -> None:
    roles.change(work, whom.id, {"disabled": True}, asking(by))
