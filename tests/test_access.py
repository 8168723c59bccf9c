"""The table of permissions is whole, and bounds hold."""

from typing import get_args

import pytest

from bot.access import PERMISSIONS, ROLES, ROUTES, SKILLS, NotAllowed, Permission, Staff


def staff(**more: object) -> Staff:
    return Staff("1", "ann", "Ann", **{"role": "collector", **more})  # type: ignore[arg-type]


def test_every_permission_has_roles_and_every_route_a_permission() -> None:
    assert set(PERMISSIONS) == set(get_args(Permission))
    assert all(roles and roles <= set(ROLES) for roles in PERMISSIONS.values())
    assert set(ROUTES.values()) <= set(PERMISSIONS)


def test_collectors_do_not_review_and_auditors_change_nothing() -> None:
    collector = {name for name, roles in PERMISSIONS.items() if "collector" in roles}
    auditor = {name for name, roles in PERMISSIONS.items() if "auditor" in roles}
    assert collector == {"account.own", "desk.view", "desk.answer", "desk.act"}
    assert auditor == {"account.own", "review.view", "review.verify", "audit.view"}


def test_bounds() -> None:
    bounded = staff(speakers=("fairway",), creditors=("northwind",))
    assert bounded.covers("fairway")
    assert bounded.covers("fairway", "northwind")
    assert not bounded.covers("fairway", "oakline")
    assert not bounded.covers("harbour", "northwind")
    assert staff().covers("anything", "anybody")


def test_the_disabled_may_nothing() -> None:
    gone = staff(role="admin", disabled=True)
    assert not any(gone.may(permission) for permission in get_args(Permission))
    with pytest.raises(NotAllowed):
        gone.require("account.own")


def test_a_team_gives_its_collectors_what_its_work_needs_and_nobody_else() -> None:
    everywhere, named = staff(), staff(teams=("fraud", "hardship"))
    assert not any(everywhere.may(permission) for permission in SKILLS.values())
    assert [named.may(permission) for permission in SKILLS.values()] == [True, False, True]
    assert not any(
        staff(role=role, teams=tuple(SKILLS)).may("desk.fraud") for role in ("reviewer", "admin", "auditor")
    )
