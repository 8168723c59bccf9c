"""Referrals are records by role, policy and hold; their table runs nothing in a spreadsheet."""

import csv
import io

import pytest

from bot.access import NotAllowed, Staff
from bot.desk import recording, referrals
from bot.desk.referrals import ReferralRefused
from bot.desk.settling import NotInForce
from bot.lending.policy_acting import ReferralKind
from bot.storage.engine import Database
from tests.desk.scene import BOOK, POLICIES, Scene
from tests.desk.stage import NOW, hire

pytestmark = pytest.mark.usefixtures("people")


def refer(scene: Scene, by: Staff, kind: ReferralKind) -> str:
    args = (scene.case, scene.account, kind, by, "=SUM(A1) as agreed", NOW)
    return referrals.open_referral(scene.work, POLICIES, *args).id


def test_a_referral_is_a_record_by_role_policy_and_hold(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        supervisor = hire(work, "supervisor")
        for kind in ("legal", "field_visit"):
            with pytest.raises(NotAllowed):
                refer(scene, scene.collector, kind)
            with pytest.raises(ReferralRefused, match="too_early"):
                refer(scene, supervisor, kind)
        made = refer(scene, scene.collector, "guarantor")
        with pytest.raises(ReferralRefused, match="open_already"):
            refer(scene, scene.collector, "guarantor")
        close = referrals.close_referral
        close(work, scene.case, made, "done", scene.collector, "@reached, pays half", NOW)
        with pytest.raises(NotInForce):
            close(work, scene.case, made, "cancelled", scene.collector, "twice", NOW)
        recording.place_hold(work, BOOK, scene.case, scene.collector, "dispute", None, "says so", NOW)
        with pytest.raises(ReferralRefused, match="held"):
            refer(scene, scene.collector, "guarantor")
        refer(scene, scene.collector, "insurer")
        assert scene.told() == ["referred", "referral_done", "hold", "referred"]


def test_the_export_has_no_cell_that_a_spreadsheet_would_run(database: Database) -> None:
    with database.transaction() as work:
        scene = Scene.of(work)
        made = refer(scene, scene.collector, "guarantor")
        referrals.close_referral(work, scene.case, made, "done", scene.collector, "\t@cmd", NOW)
        with pytest.raises(NotAllowed):
            referrals.visible_referrals(work, scene.collector)
        for supervisor, count in ((hire(work, "supervisor"), 1), (hire(work, "admin", speakers=("thames",)), 0)):
            shown = referrals.visible_referrals(work, supervisor)
            assert len(shown) == count
        [row] = csv.DictReader(io.StringIO(referrals.as_csv(work, work.acting.referrals())))
        assert (row["reason"], row["outcome"]) == ("'=SUM(A1) as agreed", "'@cmd")
        assert (row["borrower_reference"], row["status"]) == ("HB-1001", "done")
