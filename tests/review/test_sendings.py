"""Exports on the trail: how often they are noted, and what of them is read back."""

from datetime import timedelta

import pytest

from bot.access import NotAllowed
from bot.review import sendings
from bot.review.sendings import Meter
from bot.storage.engine import Database
from tests.desk.stage import NOW, hire


def test_a_million_conversations_are_noted_a_few_dozen_times() -> None:
    meter = Meter()
    notes = [meter.conversations for _ in range(0, 1_000_000, 30) if meter.add(30, 400)]
    assert notes[0] == 300
    assert 30 < len(notes) < 45
    assert (meter.conversations, meter.lines) == (1_000_020, 13_333_600)


def test_each_of_the_staff_sees_how_far_their_own_exports_are(database: Database) -> None:
    with database.transaction() as work:
        mine, other = hire(work, "reviewer"), hire(work, "reviewer", "other")
        first = sendings.start(work.audit, mine, "csv", "flag=safety", "asked for", unmasked=False, at=NOW)
        second = sendings.start(work.audit, mine, "jsonl", "", "asked for", unmasked=True, at=NOW)
        sendings.start(work.audit, other, "csv", "", "asked for", unmasked=False, at=NOW)
        later = NOW + timedelta(seconds=420)
        sendings.note(work.audit, first, mine, Meter(300, 600), "under_way", NOW)
        sendings.note(work.audit, first, mine, Meter(420, 840), "broken", later)
        found = sendings.own(work.audit, mine)
    assert [(one.export, one.conversations, one.lines, one.state) for one in found] == [
        (second, 0, 0, "under_way"),
        (first, 420, 840, "broken"),
    ]
    assert found[1].noted_at == later


def test_personal_data_is_only_for_whoever_may_reveal_it(database: Database) -> None:
    with database.transaction() as work:
        auditor = hire(work, "auditor")
        with pytest.raises(NotAllowed):
            sendings.start(work.audit, auditor, "jsonl", "", "asked for", unmasked=True, at=NOW)
        assert not work.audit.newest(action="export")
