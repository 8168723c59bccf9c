"""What every route of the web chat's API works with: the parts, the common answers, and whom to slow down."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import Request

from bot.channels import web_models as api
from bot.channels import web_session as pure
from bot.channels.backend import ChatBackend, Speaker
from bot.channels.webchat_route import Refused
from bot.clock import Clock
from bot.errors import BadInput


@dataclass(slots=True)
class WebChat:
    """The parts of the web chat. `check_file` gives the media type found in the content, or raises BadInput."""

    backend: ChatBackend
    clock: Clock
    check_file: Callable[[bytes], str]
    heartbeat: float = 15.0  # seconds between signs of life on a quiet stream
    by_session: pure.Limiter = field(default_factory=lambda: pure.Limiter(burst=20, every=1.5))
    by_network: pure.Limiter = field(default_factory=lambda: pure.Limiter(burst=300, every=0.2))
    by_secret: pure.Limiter = field(default_factory=lambda: pure.Limiter(burst=10, every=6.0))
    streams: Counter[str] = field(default_factory=Counter)

    def speaker(self, public_id: str) -> Speaker:
        speaker = self.backend.speaker(public_id)
        if speaker is None:
            raise Refused(404, "unknown_speaker", "There is no lender of this name here.")
        return speaker

    def slow_down(self, limiter: pure.Limiter, key: str) -> None:
        wait = limiter.wait(key, self.clock.now())
        if wait:
            message = "That was very fast. Nothing is lost: please wait a few seconds and send it again."
            raise Refused(429, "too_fast", message, wait)

    def check(self, content: bytes) -> str:
        try:
            return self.check_file(content)
        except BadInput as bad:
            raise Refused(415, "bad_file", f"{bad.problem[:1].upper()}{bad.problem[1:]}") from bad


ERRORS: api.Responses = {
    401: {"model": api.ProblemOut, "description": "No token, or not one of ours."},
    422: {"model": api.ProblemOut, "description": "Something in the request is not as described here."},
    429: {"model": api.ProblemOut, "description": "Too fast; `Retry-After` says how many seconds to wait."},
}
NO_SPEAKER: api.Responses = {
    404: {"model": api.ProblemOut, "description": "No such lender."},
    422: ERRORS[422],
}


def network(request: Request) -> str:
    return request.client.host if request.client else "unknown"
