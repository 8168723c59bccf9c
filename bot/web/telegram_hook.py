"""Where Telegram delivers updates: 200 only once an update is committed, so that nothing it brings can be lost."""

import hmac
import logging
from collections.abc import Callable
from typing import Annotated, Protocol

from anyio import to_thread
from fastapi import APIRouter, Header, Request, Response

from bot.channels.telegram_bots import BotSettings

log = logging.getLogger(__name__)

BODY_MOST = 1024 * 1024  # bytes; Telegram's own updates are a hundredth of it


class Receiver(Protocol):
    def bot(self, name: str) -> BotSettings | None: ...
    def receive(self, bot: BotSettings, body: bytes) -> None:
        """Commit an update, however little of it can be read."""
        ...


def router(telegram: Receiver, secret: Callable[[str], str]) -> APIRouter:
    """The webhook's route; `secret` gives the one that belongs to a bot's token."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/telegram/{name}")
    async def receive(
        name: str, request: Request, x_telegram_bot_api_secret_token: Annotated[str, Header()] = ""
    ) -> Response:
        bot = telegram.bot(name)
        wanted = secret(bot.token) if bot else ""
        shown = x_telegram_bot_api_secret_token.encode("latin-1", "replace")
        if not hmac.compare_digest(shown, wanted.encode()) or bot is None:
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            await to_thread.run_sync(telegram.receive, bot, body)
        except Exception:
            log.exception("an update of %s could not be kept; Telegram will bring it again", bot.account)
            return Response(status_code=503)
        return Response(status_code=200)

    return routes


async def _body(request: Request) -> bytes | None:
    """The request's body, None as soon as it is too large for an update."""
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > BODY_MOST:
            return None
    return bytes(content)
