"""What the environment says is read, or refused by name."""

from pathlib import Path

import pytest

from bot.settings import TELEGRAM_API, BadSetting, TelegramSettings, from_environment


def telegram(**environ: str) -> TelegramSettings:
    return from_environment(environ).telegram


def test_without_tokens_there_is_no_telegram() -> None:
    assert telegram() == TelegramSettings({}, TELEGRAM_API, webhook=False)


def test_bots_are_named_by_whom_they_speak_for() -> None:
    found = telegram(BOT_TELEGRAM_TOKENS="harbour=1:aB-_ harbour.2=2:b\n chuntian=3:c")
    assert found.bots == {"harbour": "1:aB-_", "harbour.2": "2:b", "chuntian": "3:c"}
    assert telegram(BOT_TELEGRAM_TOKENS="1:a").bots == {"": "1:a"}


def test_tokens_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text("harbour=1:a\nchuntian=2:b\n")
    assert len(telegram(BOT_TELEGRAM_TOKEN_FILE=str(tmp_path / "tokens")).bots) == 2


def test_mode_and_server_can_be_chosen() -> None:
    found = telegram(BOT_TELEGRAM_MODE="webhook", BOT_TELEGRAM_API="http://localhost:8081/")
    assert (found.webhook, found.api) == (True, "http://localhost:8081")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TELEGRAM_TOKENS", "harbour=no-token"),
        ("BOT_TELEGRAM_TOKENS", "harbour=1:a harbour=2:b"),
        ("BOT_TELEGRAM_TOKENS", "Har/bour=1:a"),
        ("BOT_TELEGRAM_TOKEN_FILE", "/there/is/none"),
        ("BOT_TELEGRAM_MODE", "pigeon"),
        ("BOT_TELEGRAM_API", "api.telegram.org"),
        ("BOT_WORKERS", "many"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        from_environment({name: value})
    assert refused.value.name == name


def test_a_token_is_never_printed() -> None:
    assert "1:secret" not in repr(from_environment({"BOT_TELEGRAM_TOKENS": "harbour=1:secret"}))
    with pytest.raises(BadSetting) as refused:
        from_environment({"BOT_TELEGRAM_TOKENS": "harbour=secret"})
    assert "secret" not in str(refused.value)
