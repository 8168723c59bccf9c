"""Every written conversation as a borrower on Telegram has it: over HTTP, by polling and by webhook."""

from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.understanding import Understanding
from tests.conversations.cases import Case, all_cases
from tests.conversations.judge import play
from tests.telegram.line import WAYS, Way, on_telegram
from tests.telegram.people import Person
from tests.telegram.phone_chat import PhoneChat
from tests.telegram.server import Served

QUICK = 24
_LANGUAGES = {"en": "en", "zh_Hans": "zh-hans", "zh_Hant": "zh-hant"}


def _played() -> list[Any]:
    """Each case both ways; in the quick run a third of them, or fifty where that is less, half each way."""
    cases = all_cases()
    step = 2 * max(3, len(cases) // QUICK)
    played = []
    for number, case in enumerate(cases):
        for turn, way in enumerate(WAYS):
            marks = () if number % step == turn * step // 2 else (pytest.mark.slow,)
            played.append(pytest.param(case, way, id=f"{way}: {case.place}", marks=marks))
    return played


@pytest.mark.parametrize(("case", "way"), _played())
def test_conversation(
    case: Case, way: Way, telegram: Served, sqlite_url: str, tmp_path: Path, model: Understanding
) -> None:
    bot = telegram.world.add_bot()
    person = Person(telegram.world, bot, language=_LANGUAGES[case.setting.locale])
    setting = case.setting
    line = on_telegram(telegram, bot, way, sqlite_url, tmp_path, setting.at, model, speaker=setting.speaker)
    with line as app:
        play(case, PhoneChat(app, setting.speaker, setting.locale, person=person))
    refused = [call for call in bot.calls if call.refused]
    assert not refused, f"the server refused {refused}"
