"""The Bot API over HTTP: `serve(world)` listens on a free port of this machine."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.listening import listening
from tests.telegram import webhooks
from tests.telegram.methods import METHODS
from tests.telegram.parameters import Parameters, read, typed
from tests.telegram.rules import Refused
from tests.telegram.updates import stopped
from tests.telegram.webhooks import Deliverer
from tests.telegram.world import Bot, Call, World

LINKED = 3600.0  # seconds for which a file's link is good


@dataclass(slots=True)
class BotApi:
    """The routes over one world. `bitten` has the rules by which something was refused."""

    world: World
    bitten: set[str] = field(default_factory=set)
    deliverers: dict[str, Deliverer] = field(default_factory=dict)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def method(self, request: Request) -> Response:
        try:
            if request.method not in ("GET", "POST"):
                raise Refused("http_methods", 405, "Method Not Allowed")
            bot = self.world.bot(request.path_params["token"])
            given = await read(request)
            result = await self.perform(bot, request.path_params["method"], given, request.is_disconnected)
        except Refused as refused:
            self.bitten.add(refused.rule)
            return JSONResponse(refused.body(), refused.code)
        return JSONResponse({"ok": True, "result": result})

    async def perform(
        self, bot: Bot, method: str, given: Mapping[str, Any], gone: Callable[[], Any] | None = None
    ) -> Any:
        """Do what a request asks and note that it was asked."""
        asked = Parameters(given)
        try:
            result = await self._perform(bot, method.lower(), given, asked, gone)
        except Refused as refused:
            bot.calls.append(Call(method, asked, self.world.clock(), refused))
            raise
        bot.calls.append(Call(method, asked, self.world.clock(), None))
        return result

    async def _perform(
        self,
        bot: Bot,
        method: str,
        given: Mapping[str, Any],
        asked: Parameters,
        gone: Callable[[], Any] | None,
    ) -> Any:
        if method == "getupdates" and gone is not None:
            return await webhooks.get_updates(self.world, bot, typed(webhooks.GET_UPDATES, given), gone)
        if method not in METHODS:
            raise Refused("request_form", 404, "Not Found")
        table, handler = METHODS[method]
        asked.update(typed(table, given))
        with self.world.changed:
            result = handler(self.world, bot, asked)
        if method == "setwebhook":
            self._deliver(bot)
        return result

    def _deliver(self, bot: Bot) -> None:
        if bot.token not in self.deliverers:
            self.deliverers[bot.token] = Deliverer(self.world, bot, self._quietly)
            self.tasks.append(asyncio.ensure_future(self.deliverers[bot.token].run()))

    async def _quietly(self, bot: Bot, method: str, given: Mapping[str, Any]) -> None:
        with suppress(Refused):
            await self.perform(bot, method, given)

    async def file(self, request: Request) -> Response:
        try:
            bot = self.world.bot(request.path_params["token"])
        except Refused as refused:
            return JSONResponse(refused.body(), refused.code)
        unique_id = request.path_params["path"].removeprefix("documents/")
        file = next((file for file in bot.files.values() if file.unique_id == unique_id), None)
        if file is None or file.linked_at is None or self.world.clock() - file.linked_at > LINKED:
            return JSONResponse(Refused("download_link", 404, "Not Found").body(), 404)
        return Response(file.content, media_type="application/octet-stream")

    @asynccontextmanager
    async def life(self, app: Starlette) -> AsyncIterator[None]:
        yield
        await stopped(self.tasks)

    def app(self) -> Starlette:
        verbs = ["GET", "POST", "PUT", "DELETE", "PATCH"]
        routes = [
            Route("/bot{token}/{method}", self.method, methods=verbs),
            Route("/file/bot{token}/{path:path}", self.file),
        ]
        return Starlette(routes=routes, lifespan=self.life)


@dataclass(frozen=True, slots=True)
class Served:
    """`url` is what stands for https://api.telegram.org."""

    url: str
    api: BotApi

    @property
    def world(self) -> World:
        return self.api.world


@contextmanager
def serve(world: World, port: int = 0) -> Iterator[Served]:
    """Answer on loopback in a thread of its own until the block ends."""
    api = BotApi(world)
    with listening(api.app(), port, lifespan=True) as found:
        try:
            yield Served(f"http://127.0.0.1:{found}", api)
        finally:
            for bot in world.bots.values():
                bot.queue.poller = None  # whoever polls is let go
                bot.queue.wake()
