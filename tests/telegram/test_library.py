"""python-telegram-bot, that knows the real server, gets along with this one and hears its refusals."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
    error,
)

from tests.telegram.asking import Asking
from tests.telegram.people import Person
from tests.telegram.test_files import picture
from tests.telegram.world import Limits

T = TypeVar("T")


def _with_bot(api: Asking, do: Callable[[Bot], Awaitable[T]], token: str | None = None) -> T:
    async def run() -> T:
        base = f"{api.served.url}/bot"
        async with Bot(token or api.bot.token, base_url=base, base_file_url=f"{api.served.url}/file/bot") as bot:
            return await do(bot)

    return asyncio.run(run())


def test_it_sends_edits_and_answers(api: Asking, person: Person) -> None:
    async def talk(bot: Bot) -> None:
        markup = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="1-1")]])
        sent = await bot.send_message(person.id, "<b>Agree?</b>", parse_mode="HTML", reply_markup=markup)
        person.press("Yes")
        (update,) = await bot.get_updates(timeout=5)
        assert update.callback_query is not None
        assert update.callback_query.data == "1-1"
        assert await update.callback_query.answer("Thank you")
        await sent.edit_text("Agreed.")
        with pytest.raises(error.BadRequest, match="Message is not modified"):
            await sent.edit_text("Agreed.")
        assert await bot.get_updates(offset=update.update_id + 1) == ()
        await bot.send_chat_action(person.id, "typing")

    _with_bot(api, talk)
    assert [message["text"] for message in person.chat.shown] == ["Agreed."]
    assert [query.answered for query in api.bot.queries.values()] == ["Thank you"]


def test_it_sends_and_fetches_files(api: Asking, person: Person) -> None:
    async def exchange(bot: Bot) -> None:
        sent = await bot.send_document(person.id, b"%PDF-1.4", filename="plan.pdf", caption="Your plan")
        assert sent.document is not None
        assert sent.document.file_name == "plan.pdf"
        await bot.send_photo(person.id, picture(40, 30))
        person.send_document(b"%PDF-1.7 payslip")
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.document is not None
        file = await update.message.document.get_file()
        assert bytes(await file.download_as_bytearray()) == b"%PDF-1.7 payslip"

    _with_bot(api, exchange)


def test_it_registers_what_a_bot_offers(api: Asking, person: Person) -> None:
    async def register(bot: Bot) -> None:
        await bot.set_my_commands([BotCommand("help", "Help")], BotCommandScopeAllPrivateChats(), "zh")
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        await bot.set_my_short_description("x")
        share = KeyboardButton("Share", request_contact=True)
        await bot.send_message(
            person.id, "Who?", reply_markup=ReplyKeyboardMarkup([[share]], one_time_keyboard=True)
        )
        await bot.set_webhook("https://bank.example/hook", secret_token="abc", allowed_updates=["message"])
        assert (await bot.get_webhook_info()).url == "https://bank.example/hook"
        assert await bot.delete_webhook(drop_pending_updates=True)

    _with_bot(api, register)


def test_it_hears_each_refusal_as_its_own_error(
    api: Asking, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it, it warns of what its next version does

    async def fail(bot: Bot) -> None:
        with pytest.raises(error.BadRequest, match="Chat not found"):
            await bot.send_message(5, "x")
        with pytest.raises(error.BadRequest, match="Message is too long"):
            await bot.send_message(person.id, "x" * 4097)
        with pytest.raises(error.BadRequest, match="Can't parse entities"):
            await bot.send_message(person.id, "<Li>", parse_mode="HTML")
        with pytest.raises(error.BadRequest, match="Query is too old"):
            await bot.answer_callback_query("5")
        api.served.world.limits = Limits(retry_after=7)
        await bot.send_message(person.id, "x")
        with pytest.raises(error.RetryAfter) as wait:
            await bot.send_message(person.id, "x")
        assert wait.value.retry_after == timedelta(seconds=7)
        person.block()
        with pytest.raises(error.Forbidden, match="bot was blocked by the user"):
            await bot.send_message(person.id, "x")
        await bot.set_webhook("https://bank.example/hook")
        with pytest.raises(error.Conflict):
            await bot.get_updates()

    _with_bot(api, fail)
    with pytest.raises(error.InvalidToken):
        _with_bot(api, lambda bot: bot.get_me(), token="123:wrong")
