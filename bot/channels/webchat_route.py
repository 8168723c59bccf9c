"""How the web chat's API answers what goes wrong."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute


class Refused(Exception):
    """A request that is answered with an error; the message is for a person."""

    def __init__(self, status: int, code: str, message: str, retry_after: float = 0) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after

    def response(self) -> JSONResponse:
        headers = {"Cache-Control": "no-store"}
        if self.retry_after:
            headers["Retry-After"] = str(int(self.retry_after) + 1)
        if self.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        body = {"error": {"code": self.code, "message": self.message}}
        return JSONResponse(body, self.status, headers)


class ChatRoute(APIRoute):
    """Answers what goes wrong as {"error": {"code", "message"}}, and lets no answer be cached."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                response = await handler(request)
            except Refused as refused:
                return refused.response()
            except RequestValidationError as error:
                return Refused(422, "bad_request", _problem(error)).response()
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return handle


def _problem(error: RequestValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"] if part != "body") or "body"
    return f"{place}: {str(first['msg']).removeprefix('Value error, ')}"
