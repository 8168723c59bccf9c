"""setWebhook and its kin, and the sender that brings each update to the bot's own address."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.telegram.parameters import Parameters
from tests.telegram.rules import Refused, bad
from tests.telegram.updates import Waiting, Webhook, stopped, until
from tests.telegram.world import Bot, World

_PORTS = (443, 80, 88, 8443)
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")

SET = {
    "url": "String?", "certificate": "InputFile?", "ip_address": "String?", "max_connections": "Integer?",
    "allowed_updates": "Array?", "drop_pending_updates": "Boolean?", "secret_token": "String?",
}  # fmt: skip
GET_UPDATES = {"offset": "Integer?", "limit": "Integer?", "timeout": "Integer?", "allowed_updates": "Array?"}

Perform = Callable[[Bot, str, Mapping[str, Any]], Awaitable[Any]]


def set_webhook(world: World, bot: Bot, given: Parameters) -> bool:
    queue = bot.queue
    url: str = given.get("url", "")
    if url:
        _check_url(url, world.local)
    secret = given.get("secret_token")
    if secret is not None and not _SECRET.fullmatch(secret):
        raise bad("webhook_secret", "secret token contains unallowed characters")
    connections = given.get("max_connections", 40)
    if not 1 <= connections <= 100:
        raise bad("webhook_connections", "max_connections must be 1-100")
    queue.allow(given.get("allowed_updates"))
    if given.get("drop_pending_updates"):
        queue.drop()
    queue.webhook = Webhook(url, secret, connections) if url else None
    queue.wake()
    return True


def _check_url(url: str, local: bool) -> None:
    parts = urlsplit(url)
    if local and parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return
    if parts.scheme != "https" or not parts.hostname:
        raise bad("webhook_https", "bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in _PORTS:
        raise bad("webhook_ports", "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if parts.hostname in _LOOPBACK:
        raise bad("webhook_local", f"bad webhook: IP address {parts.hostname} is reserved")


def delete_webhook(world: World, bot: Bot, given: Parameters) -> bool:
    if given.get("drop_pending_updates"):
        bot.queue.drop()
    bot.queue.webhook = None
    bot.queue.wake()
    return True


def get_webhook_info(world: World, bot: Bot, given: Parameters) -> dict[str, Any]:
    hook = bot.queue.webhook
    info: dict[str, Any] = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(bot.queue.waiting),
    }
    if hook is not None:
        info |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
        if hook.failed_at is not None:
            info |= {"last_error_date": int(hook.failed_at), "last_error_message": hook.problem}
    if bot.queue.allowed:
        info["allowed_updates"] = sorted(bot.queue.allowed)
    return info


async def get_updates(world: World, bot: Bot, given: Parameters, gone: Callable[[], Any]) -> list[dict[str, Any]]:
    if bot.queue.webhook is not None:
        raise Refused(
            "exclusive",
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        )
    limit, timeout = given.get("limit", 100), given.get("timeout", 0)
    if not 1 <= limit <= 100:
        raise bad("limit", "limit must be 1-100")
    if timeout < 0:
        raise bad("long_poll", "timeout must be positive")
    bot.queue.allow(given.get("allowed_updates"))
    return await bot.queue.poll(given.get("offset", 0), limit, timeout, gone)


class Deliverer:
    """Brings one bot's updates to its webhook: a chat's own in their order, several chats at once.

    `first_wait` doubles with every failure of one update, up to `longest_wait`; `give_up` is after how many tries
    it is dropped.
    """

    def __init__(self, world: World, bot: Bot, perform: Perform) -> None:
        self._world, self._bot, self._perform = world, bot, perform
        self._busy: dict[object, asyncio.Task[None]] = {}
        self.first_wait, self.longest_wait, self.give_up = 0.1, 60.0, 100

    async def run(self) -> None:
        async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=100)) as client:
            try:
                while True:
                    event = self._bot.queue.listen()
                    self._start(client)
                    await until(event, 0.5)
            finally:
                await stopped(self._busy.values())

    def _start(self, client: httpx.AsyncClient) -> None:
        """Begin with the oldest update of every chat that has none on its way."""
        queue = self._bot.queue
        queue.expire()
        for update in list(queue.waiting):
            hook = queue.webhook
            if hook is None or len(self._busy) >= hook.max_connections:
                return
            lane = _lane(update.body)
            if lane not in self._busy:
                self._busy[lane] = asyncio.ensure_future(self._bring(client, lane, update))

    async def _bring(self, client: httpx.AsyncClient, lane: object, update: Waiting) -> None:
        queue, wait = self._bot.queue, self.first_wait
        try:
            for _ in range(self.give_up):
                hook = queue.webhook
                if hook is None or update not in queue.waiting:
                    return
                if await self._sent(client, hook, update):
                    break
                await asyncio.sleep(wait)
                wait = min(2 * wait, self.longest_wait)
            queue.done(update.id)
        finally:
            del self._busy[lane]
            queue.wake()

    async def _sent(self, client: httpx.AsyncClient, hook: Webhook, update: Waiting) -> bool:
        """Whether the bot answered with a status of 2XY; anything else is told in getWebhookInfo."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        self._bot.queue.handed.append(update.id)
        try:
            answer = await client.post(hook.url, json=update.body, headers=headers)
        except httpx.HTTPError as error:
            hook.failed_at, hook.problem = self._world.clock(), f"Connection failed: {type(error).__name__}"
            return False
        if not 200 <= answer.status_code < 300:
            problem = f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
            hook.failed_at, hook.problem = self._world.clock(), problem
            return False
        await self._perform_answer(answer)
        return True

    async def _perform_answer(self, answer: httpx.Response) -> None:
        """The bot may ask for something in its answer; it never hears how that went."""
        try:
            asked = answer.json()
        except ValueError:
            return
        if isinstance(asked, dict) and isinstance(asked.get("method"), str):
            given = {name: value for name, value in asked.items() if name != "method"}
            await self._perform(self._bot, asked["method"], given)


def _lane(body: Mapping[str, Any]) -> object:
    """What keeps its order: the chat, or else whoever did it."""
    for part in body.values():
        if isinstance(part, dict):
            message = part.get("message") or part
            return message.get("chat", {}).get("id") or part.get("from", {}).get("id")
    return None
