"""Every conversation in this folder, on both databases."""

import pytest

from tests.conversations.cases import FOLDER, Case, all_cases
from tests.conversations.driver import Chat
from tests.conversations.house import House
from tests.conversations.judge import play


def _id(case: Case) -> str:
    return case.place


@pytest.mark.parametrize("case", all_cases(), ids=_id)
def test_conversation(case: Case, house: House) -> None:
    app = house.open(case.setting.at)
    play(case, Chat(app, case.setting.speaker, case.setting.locale, channel=case.setting.channel))


def test_there_are_conversations_of_every_behaviour() -> None:
    folders = {path.parent.name for path in FOLDER.rglob("*.yml")}
    behaviours = "happy_path corrections digressions cancellations handoff rights languages unhappy"
    assert folders >= set(behaviours.split())
