"""The web server: the application over a built App, the demo's data, and what is printed for whoever started it."""

import logging
from collections.abc import Callable, Mapping
from functools import partial

import uvicorn
from anyio import CapacityLimiter, fail_after, to_thread
from starlette.types import ASGIApp

from bot import assembly, keys
from bot.actions.identity_request import IdentityRequestInWords
from bot.actions.offer_words import OffersInWords
from bot.assembly import App, Ground
from bot.background import Background
from bot.channels.telegram_setup import webhook_secret
from bot.channels.webchat_parts import WebChat
from bot.clock import Clock
from bot.desk.canned import Replies
from bot.desk.second_reader import SecondReader, shipped
from bot.dialogue.understanding import Understanding, encoder
from bot.files.checks import media_type
from bot.lender.demo import people as demo_people
from bot.lending.policy_set import read_set
from bot.messengers import telegram
from bot.record.checkpoint import key_id
from bot.settings import Settings
from bot.storage.bells import bell_of
from bot.storage.engine import Database
from bot.web import staff, telegram_hook
from bot.web.app import Application, create
from bot.web.chat_backend import Backend
from bot.web.chat_pages import ChatPages, DemoSignIn
from bot.web.rendering import Renderer, environment
from bot.web.staff_pages import StaffPages
from bot.web.templating import Pages

log = logging.getLogger(__name__)
HEALTH_SECONDS = 2.0
STREAM_SECONDS = 3  # a stopping server gives open chat streams so long; their pages reconnect by themselves
# Where each demo role begins.
_FIRST_PAGES = {"collector": "/desk", "supervisor": "/desk", "reviewer": "/review", "admin": "/review"}


class Health:
    """Whether the database answers within HEALTH_SECONDS; one question at a time, however many ask."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asking = CapacityLimiter(1)

    async def answers(self) -> bool:
        try:
            with fail_after(HEALTH_SECONDS):
                await to_thread.run_sync(self._look, limiter=self._asking, abandon_on_cancel=True)
        except Exception as error:  # noqa: BLE001 - whatever it is, the answer is no
            log.warning("the database does not answer: %s", type(error).__name__)
            return False
        return True

    def _look(self) -> None:
        with self._database.reading() as work:
            work.conversations.get("")


def web_app(app: App) -> Application:
    """The ASGI application; it takes up unhandled inputs when it starts and finishes its turns when it stops."""
    backend = app.backend()
    background = Background(app)
    bell = bell_of(app.database, app.wakeups)
    messenger = telegram(app)
    return create(
        WebChat(backend, app.clock, media_type),
        _chat_pages(app, backend),
        _staff_pages(app),
        healthy=Health(app.database).answers,
        hooks=[telegram_hook.router(messenger, webhook_secret)] if messenger else (),
        on_start=[bell.start, background.start, *([messenger.start] if messenger else ())],
        on_stop=[*([messenger.stop] if messenger else ()), background.stop, bell.stop, app.close],
    )


def _chat_pages(app: App, backend: Backend) -> ChatPages:
    demo = app.settings.demo
    return ChatPages(
        backend,
        Pages(app.catalogues.localizer),
        app.clock,
        app.catalogues.languages,
        frame_ancestors=app.settings.frame_ancestors,
        people=demo_people.people(app.clock) if demo else (),
        staff=_demo_sign_ins() if demo else (),
        record_key=key_id(app.records.public_key),
    )


def _staff_pages(app: App) -> StaffPages:
    return StaffPages(
        port=app,
        clock=app.clock,
        policies=app.policies,
        written=partial(read_set, app.settings.creditors),
        notices=app.responses.text,
        offer_words=OffersInWords(app.responses),
        identity_words=IdentityRequestInWords(app.responses),
        talk=app.dialogue,
        renderer=Renderer(app.catalogues.localizer, app.catalogues.languages, environment()),
        changed=app.wakeups.changed,
        replies=Replies.load(app.settings.creditors, _authors(app)),
        wakeups=app.wakeups,
        second=SecondReader(shipped(), encoder.available()),
        secure=bool(app.settings.public_url and app.settings.public_url.startswith("https:")),
        intents=sorted(app.dialogue.flows.by_intent),
        demo=staff.demo_staff() if app.settings.demo else (),
    )


def _authors(app: App) -> list[str]:
    """Who may have replies of their own: creditors, and agencies that speak for some."""
    return [*app.policies.creditors, *(speaker.id for speaker in app.policies.speakers())]


def _demo_sign_ins() -> list[DemoSignIn]:
    return [
        DemoSignIn(person.name, person.role, person.login, person.password, _FIRST_PAGES[person.role])
        for person in staff.demo_staff()
    ]


def open_ground(settings: Settings, clock: Clock | None = None) -> Ground:
    """Policies and database; in demo mode the key file is made and the demo's people are loaded."""
    if settings.demo and not settings.key_file.exists():  # an installation's is made by its operator
        keys.create(settings.key_file)
    ground = assembly.ground(settings, clock)
    if settings.demo:
        with ground.database.transaction() as work:
            demo_people.load(work.lending, ground.clock)
            staff.add_demo_staff(work, ground.clock.now())
    return ground


def open_app(settings: Settings, clock: Clock | None = None, *, model: Understanding | None = None) -> App:
    """The whole program, over an opened ground."""
    return assembly.build(open_ground(settings, clock), model=model)


def serve(settings: Settings, around: Callable[[ASGIApp], ASGIApp] | None = None) -> None:
    """Serve until interrupted; `around` wraps the application, as a measurement does."""
    settings.state.mkdir(parents=True, exist_ok=True)
    if not (settings.state / "model").exists():
        print("Learning from the example messages; only the first start takes this half minute …", flush=True)  # noqa: T201
    app = open_app(settings)
    print(_greeting(settings, _sign_ins(settings)), flush=True)  # noqa: T201 - this is what the command says
    web = web_app(app)
    uvicorn.run(
        around(web) if around else web,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=STREAM_SECONDS,
    )


def _sign_ins(settings: Settings) -> Mapping[str, str]:
    return {person.login: person.password for person in staff.demo_staff()} if settings.demo else {}


def _greeting(settings: Settings, sign_ins: Mapping[str, str]) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    base = f"http://{host}:{settings.port}"
    if not settings.demo:
        pages = f"Serving on {base}. Chat: {base}/chat/<speaker>  Desk: {base}/desk  Review: {base}/review"
        return "\n".join([pages, *_telegram(settings)])
    lines = [
        "",
        f"  Start here      {base}/            every demo borrower, one click each",
        f"  Borrower's chat {base}/chat/harbour   as HB-1001, born 1990-05-17, document ending 4417",
        f"  Collectors' desk {base}/desk       as collector / {sign_ins['collector']}",
        f"  Admins' review  {base}/review      as admin / {sign_ins['admin']}",
        *(f"  {line}" for line in _telegram(settings)),
        "",
        "  Everything here is invented. Ctrl-C stops it; what was said is kept for the next start.",
        "",
    ]
    return "\n".join(lines)


def _telegram(settings: Settings) -> list[str]:
    """One line when there are Telegram bots: whose, and how their updates come."""
    if not settings.telegram.bots:
        return []
    way = "delivered to the webhook" if settings.telegram.webhook else "fetched by polling"
    names = ", ".join(name or "the lender" for name in settings.telegram.bots)
    return [f"Telegram        {names}, updates {way}; `python -m bot telegram setup` says whether all is well"]
