"""Every conversation in this folder, on both databases."""

from pathlib import Path

import pytest

from bot.dialogue.understanding import Understanding
from tests.conversations.cases import FOLDER, Case, all_cases
from tests.conversations.driver import Chat, demo_app
from tests.conversations.judge import play


def _id(case: Case) -> str:
    return case.place


@pytest.mark.parametrize("case", all_cases(), ids=_id)
def test_conversation(case: Case, database_url: str, tmp_path: Path, model: Understanding) -> None:
    app = demo_app(database_url, tmp_path, case.setting.at, model)
    try:
        play(case, Chat(app, case.setting.speaker, case.setting.locale, channel=case.setting.channel))
    finally:
        app.close()


def test_there_are_conversations_of_every_behaviour() -> None:
    folders = {path.parent.name for path in FOLDER.rglob("*.yml")}
    behaviours = "happy_path corrections digressions cancellations handoff rights languages unhappy"
    assert folders >= set(behaviours.split())
