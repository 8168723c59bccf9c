"""The ASGI application: the borrower's chat, its API, the staff's pages; what happens at start and stop."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse

from bot.channels import webchat
from bot.channels.webchat_parts import WebChat
from bot.web import chat_pages, staff_routes
from bot.web.chat_pages import ChatPages
from bot.web.staff_pages import StaffPages

Application = FastAPI
DESCRIPTION = "Everything that the chat page does, so that a client can be written from this page alone."


def create(
    chat: WebChat,
    pages: ChatPages,
    staff: StaffPages,
    *,
    healthy: Callable[[], Awaitable[bool]],
    hooks: Sequence[APIRouter] = (),
    on_start: Sequence[Callable[[], object]] = (),
    on_stop: Sequence[Callable[[], object]] = (),
) -> Application:
    """Put the routers together; `on_start` runs before the first request, `on_stop` after the last.

    `healthy` says whether the database answers; `hooks` are routes that other services call.
    """
    app = FastAPI(
        title="Borrower self-service chat",
        description=DESCRIPTION,
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan(on_start, on_stop),
    )
    app.include_router(webchat.router(chat))
    app.include_router(chat_pages.pages(pages))
    for router in (*staff_routes.routers(staff), *hooks):
        app.include_router(router)

    @app.get("/healthz", include_in_schema=False)
    async def health() -> JSONResponse:
        if await healthy():
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "the database does not answer"}, 503)

    return app


def _lifespan(
    on_start: Sequence[Callable[[], object]], on_stop: Sequence[Callable[[], object]]
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for start in on_start:
            start()
        yield
        for stop in on_stop:
            stop()

    return lifespan
