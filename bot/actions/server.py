"""rasa-sdk's own action server around the actions of this process, for teams that run a Rasa server."""

import asyncio
import hmac
import json
import warnings
from collections.abc import Callable, Collection
from typing import Any

from anyio import CapacityLimiter, to_thread
from rasa_sdk.endpoint import create_app, response
from rasa_sdk.events import ActionExecuted, SessionStarted, SlotSet
from rasa_sdk.executor import ActionExecutor, ActionExecutorRunResult, ActionName, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from bot.actions.server_tracker import SESSION_START, Call, read_call
from bot.actions.server_turns import Answer
from bot.dialogue.messages import Reply
from bot.errors import BadInput

_ROUTES = frozenset({"/webhook", "/actions", "/health"})
LONGEST_BODY = 10_000_000  # bytes; a tracker carries its whole conversation


class ServedExecutor(ActionExecutor):
    """The executor as Rasa's server protocol sees it; running an action is left to the turn that Rasa drives."""

    def __init__(self, names: Collection[str], handle: Callable[[Call], Answer], limiter: CapacityLimiter) -> None:
        super().__init__()
        self._names = names
        self._handle = handle
        self._limiter = limiter

    async def run(
        self,
        action_call: dict[str, Any],
        sink: asyncio.Queue[Any] | None = None,  # noqa: ARG002 - rasa-sdk's signature; nothing here streams
        dispatcher: CollectingDispatcher | None = None,  # noqa: ARG002
    ) -> ActionExecutorRunResult | None:
        """The call's answer; raises what rasa-sdk turns into 400, 404 and 449."""
        name = action_call.get("next_action")
        if not name:
            return None
        if name not in self._names:
            raise ActionNotFoundException(name)
        self.update_and_return_domain(action_call, name)
        try:
            call = read_call(action_call)
            answer = await to_thread.run_sync(self._handle, call, limiter=self._limiter)
        except BadInput as wrong:
            raise ActionExecutionRejection(name, str(wrong)) from wrong
        return self._create_api_response(_events(call, answer), [_message(reply) for reply in answer.replies])

    def list_actions(self) -> list[ActionName]:
        return [ActionName(name=name) for name in sorted(self._names)]


def _events(call: Call, answer: Answer) -> list[dict[str, Any]]:
    slots = [SlotSet(name, value) for name, value in answer.slots]
    if call.action == SESSION_START:
        # What Rasa's default action of this name does: a new session, with the slots carried over.
        return [SessionStarted(), *slots, ActionExecuted("action_listen")]
    return slots


def _message(reply: Reply) -> dict[str, Any]:
    """A message in Rasa's form: the words themselves, so that Rasa says what is on record."""
    return {
        "text": reply.text,
        "buttons": [{"title": button.title, "payload": button.payload} for button in reply.buttons],
        "elements": [],
        "custom": dict(reply.card or {}),
        "template": None,
        "response": None,
        "image": None,
        "attachment": None,
    }


def application(executor: ServedExecutor, token: str | None) -> Any:
    """rasa-sdk's ASGI application, shut to browsers and, where there is a token, to whoever lacks it."""
    # A Rasa of another version speaks the same protocol; a warning with every call helps nobody.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"rasa_sdk\.utils")
    app = create_app(executor, cors_origins=[])
    app.config.REQUEST_MAX_SIZE = LONGEST_BODY
    app.on_request(_guard(token))
    return app


def _guard(token: str | None) -> Callable[[Any], Any]:
    async def guard(request: Any) -> Any:
        problem = _refused(request, token)
        return response.json({"error": problem[1]}, status=problem[0]) if problem else None

    return guard


def _refused(request: Any, token: str | None) -> tuple[int, str] | None:
    if request.path not in _ROUTES:
        return 404, "no such page"
    # A page in somebody's browser may reach loopback too; a Rasa server is none.
    if "origin" in request.headers:
        return 403, "not for browsers"
    if request.path != "/webhook":
        return None
    if token is not None and not _knows(request, token):
        return 401, "the token is missing or wrong"
    if request.headers.get("content-encoding") != "deflate" and not _is_object(request.body):
        return 400, "the call is no JSON object"
    return None


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


def _knows(request: Any, token: str) -> bool:
    """In the header, or as Rasa's endpoint files put it: the query parameter `token`."""
    sent = request.headers.get("authorization", "").removeprefix("Bearer ") or request.args.get("token", "")
    return hmac.compare_digest(str(sent).encode(), token.encode())
