"""Policies are those that two people agreed on: the program goes on with them, whatever stands in the folder."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import assembly, doctor, keys
from bot.clock import FixedClock
from bot.errors import BadInput
from bot.lending.policy import Policies
from bot.lending.policy_set import changed_files, differences, read_set
from bot.review import policy_control, two_people
from bot.review.agreed import APPLY
from bot.review.policy_control import NothingToPropose
from bot.review.two_people import NotOpen, OwnProposal
from bot.settings import Settings
from bot.storage.engine import Database
from bot.storage.work import Work
from tests.desk.stage import NOW
from tests.lending.files import changed
from tests.review.test_two_people import LATER, WHY, somebody

Change = Callable[[dict[str, Any]], object]
KEPT = {"conversation_months": "72", "evidence_months": "24", "sensitive_months": "12"}


def longer(data: dict[str, Any]) -> None:
    data["retention"] = KEPT


def stricter(data: dict[str, Any]) -> None:
    data["plans"]["grace_days"] = "6"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "creditors").mkdir()
    return changed(tmp_path / "creditors", "harbour", lambda data: data)


@pytest.fixture
def installed(sqlite_url: str, folder: Path, tmp_path: Path) -> Settings:
    keys.create(tmp_path / "keys")
    return Settings(database_url=sqlite_url, state=tmp_path, key_file=tmp_path / "keys", creditors=folder)


def started(settings: Settings, look: Callable[[assembly.Ground], object] = lambda ground: None) -> Policies:
    """The policies that a process works by which starts now."""
    ground = assembly.ground(settings, FixedClock(NOW))
    look(ground)
    ground.close()
    return ground.policies


def hire(*logins: str) -> Callable[[assembly.Ground], None]:
    def hired(ground: assembly.Ground) -> None:
        with ground.database.transaction() as work:
            for login in logins:
                somebody(work, login)

    return hired


def agreed(settings: Settings) -> None:
    """Rosa proposes what stands in the folder, Priya agrees."""

    def agree(ground: assembly.Ground) -> None:
        with ground.database.transaction() as work:
            rosa, priya = work.staff.by_id("rosa"), work.staff.by_id("priya")
            assert rosa is not None
            assert priya is not None
            made = policy_control.propose_policies(work, read_set(settings.creditors), rosa, WHY, NOW)
            with pytest.raises(OwnProposal):
                two_people.agree(work, made.id, rosa, LATER, APPLY)
            two_people.agree(work, made.id, priya, LATER, APPLY)

    started(settings, agree)


def trail(settings: Settings) -> list[tuple[str, Any]]:
    with assembly.base_of(settings).database.reading() as work:
        return [(entry.action, entry.detail.get("why")) for entry in work.audit.newest()]


def kept_months(policies: Policies) -> int:
    return policies.for_creditor("harbour").retention.conversation_months


def test_until_two_can_agree_the_folder_is_taken_over_and_the_trail_says_so(installed: Settings) -> None:
    first = started(installed, hire("rosa"))
    changed(installed.creditors, "harbour", longer)
    second = started(installed)
    assert (kept_months(first) != 72, kept_months(second)) == (True, 72)
    assert [entry for entry in trail(installed) if entry[0] == "adopt_policies"] == [
        ("adopt_policies", "fewer than two could agree"),
        ("adopt_policies", "fewer than two could agree"),
    ]
    started(installed)
    assert len(trail(installed)) == 2


def test_from_two_on_a_changed_folder_is_in_force_once_they_agreed(installed: Settings) -> None:
    first = started(installed, hire("rosa", "priya"))
    changed(installed.creditors, "harbour", longer)
    assert started(installed).fingerprint == first.fingerprint
    assert kept_months(started(installed)) == kept_months(first)
    agreed(installed)
    now = started(installed)
    assert (kept_months(now), now.fingerprint) == (72, read_set(installed.creditors).fingerprint)


def test_the_demo_takes_its_own_folder_over_and_no_installation_s_database(installed: Settings) -> None:
    demo = replace(installed, demo=True)
    started(demo, hire("rosa", "priya"))
    changed(installed.creditors, "harbour", longer)
    assert kept_months(started(demo)) == 72
    assert {why for _, why in trail(installed)} == {policy_control.DEMO}
    with assembly.base_of(installed).database.transaction() as work:
        policy_control.adopt(work, read_set(changed(installed.creditors, "harbour", stricter)), "the first", LATER)
    with pytest.raises(BadInput, match="an installation's"):
        started(demo)


def test_a_folder_that_is_broken_or_gone_does_not_stop_what_was_agreed(
    installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_CHECKS", (doctor._policies, doctor._database))
    first = started(installed, hire("rosa", "priya"))
    (installed.creditors / "harbour.yml").write_text("id: [", "utf-8")
    assert started(installed).fingerprint == first.fingerprint
    (installed.creditors / "harbour.yml").unlink()
    assert started(installed).fingerprint == first.fingerprint
    found = [finding.what for finding in doctor.examine(installed) if not finding.good]
    assert any("holds no creditor's file" in what for what in found)


def test_doctor_tells_of_a_folder_that_is_not_what_was_agreed(installed: Settings) -> None:
    started(installed, hire("rosa", "priya"))
    assert "the policies are those that two people agreed on" in [one.what for one in doctor._database(installed)]
    changed(installed.creditors, "harbour", stricter)
    (bad,) = [one.what for one in doctor._database(installed) if not one.good]
    assert bad.startswith("creditors/harbour.yml: not as two people agreed on")


def test_agreed_policies_that_the_program_cannot_read_any_more_say_how_to_go_on(
    installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(installed, hire("rosa", "priya"))
    changed(installed.creditors, "harbour", longer)
    broken = read_set(installed.creditors)
    with assembly.base_of(installed).database.transaction() as work:
        unreadable = type(broken)(broken.packs, {"harbour.yml": "id: harbour\n"})
        work.policy_sets.keep(unreadable, LATER)
        work.policy_sets.put_in_force(unreadable.fingerprint, LATER)
    with pytest.raises(BadInput, match="two-people policies"):
        started(installed)
    with assembly.base_of(installed).database.transaction() as work:
        rosa, priya = work.staff.by_id("rosa"), work.staff.by_id("priya")
        assert rosa is not None
        assert priya is not None
        made = policy_control.propose_policies(work, broken, rosa, WHY, LATER)
        two_people.agree(work, made.id, priya, LATER, APPLY)
    assert kept_months(started(installed)) == 72


@pytest.mark.parametrize(("change", "kind"), [(longer, "retention"), (stricter, "policy")])
def test_what_changes_is_told_apart_and_kept_as_it_is_written(
    database: Database, folder: Path, change: Change, kind: str
) -> None:
    before = read_set(folder)
    changed(folder, "harbour", change)
    after = read_set(folder)
    with database.transaction() as work:
        rosa, priya = _two_with(work, before)
        made = policy_control.propose_policies(work, after, rosa, WHY, NOW)
        assert (made.kind, made.after["files"]) == (kind, ["creditors/harbour.yml"])
        assert policy_control.sets_of(work, made) == (before, after)
        # What stands in the folder by then is not what is agreed to.
        changed(folder, "harbour", lambda data: data.update(statement_stale_days="1"))
        two_people.agree(work, made.id, priya, LATER, APPLY)
        assert work.policy_sets.in_force() == after
        with pytest.raises(NothingToPropose):
            policy_control.propose_policies(work, after, rosa, WHY, NOW)


def test_another_set_in_between_takes_the_ground_from_a_proposal(sqlite_database: Database, folder: Path) -> None:
    before = read_set(folder)
    after = read_set(changed(folder, "harbour", stricter))
    with sqlite_database.transaction() as work:
        rosa, priya = _two_with(work, before)
        made = policy_control.propose_policies(work, after, rosa, WHY, NOW)
        policy_control.adopt(work, read_set(changed(folder, "harbour", longer)), "the demo's own", LATER)
        with pytest.raises(NotOpen):
            two_people.agree(work, made.id, priya, LATER, APPLY)


def _two_with(work: Work, before: Any) -> tuple[Any, Any]:
    policy_control.adopt(work, before, "the first", NOW)
    return somebody(work, "rosa"), somebody(work, "priya")


def test_what_does_not_load_is_not_proposed(sqlite_database: Database, folder: Path) -> None:
    before = read_set(folder)
    (folder / "harbour.yml").write_text("id: harbour\n", "utf-8")
    with sqlite_database.transaction() as work:
        rosa, _ = _two_with(work, before)
        with pytest.raises(BadInput):
            policy_control.propose_policies(work, read_set(folder), rosa, WHY, NOW)
        assert work.two_people.waiting() == []


def test_sets_differ_by_every_file_new_gone_or_changed(folder: Path) -> None:
    before = read_set(folder)
    (folder / "other.yml").write_text("id: other\n", "utf-8")
    added = read_set(folder)
    assert changed_files(before, added) == changed_files(added, before) == ["creditors/other.yml"]
    assert "+id: other" in list(differences(before, added))
    assert before.fingerprint != added.fingerprint
    assert changed_files(before, before) == list(differences(before, before)) == []
