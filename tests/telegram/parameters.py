"""Reads a request's parameters in each of the four ways and gives them the types of the method's table."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

from tests.telegram.rules import Refused, bad

UPLOAD_MOST = 50 * 2**20


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    media_type: str
    content: bytes


async def read(request: Request) -> dict[str, Any]:
    """The parameters as they were sent: texts, JSON values, uploads."""
    given: dict[str, Any] = dict(request.query_params)
    if request.method == "GET":
        return given
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        return given | await _json(request)
    if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return given | await _form(request)
    if await request.body():
        raise bad("four_ways", f"unsupported content type {kind!r}")
    return given


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads((await request.body()).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise bad("utf8", "strings must be encoded in UTF-8") from error
    except ValueError as error:
        raise bad("four_ways", "can't parse request body as JSON") from error
    if not isinstance(body, dict):
        raise bad("four_ways", "request body must be a JSON object")
    return body


async def _form(request: Request) -> dict[str, Any]:
    # The real server answers a body that is far too long before it has read it.
    if int(request.headers.get("content-length", 0)) > UPLOAD_MOST + 2**20:
        raise Refused("document_size", 413, "Request Entity Too Large")
    given: dict[str, Any] = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                kind = value.content_type or "application/octet-stream"
                given[name] = Upload(value.filename or "", kind, await value.read())
            else:
                given[name] = value
    return given


class Parameters(dict[str, Any]):
    """Only what was given and is not empty, with its type."""

    def chat_id(self) -> int | str:
        if "chat_id" not in self:
            raise bad("chat_found", "chat_id is empty")
        value: int | str = self["chat_id"]
        return value


def typed(table: Mapping[str, str], given: Mapping[str, Any]) -> Parameters:
    """The parameters with their types. `table` has "Integer", "Object?", …: a question mark is optional."""
    result = Parameters()
    attached = {name for value in given.values() if (name := _attachment(value))}
    for name, value in given.items():
        if name in attached:
            continue
        if name not in table:
            raise bad("parameter_types", f"parameter {name!r} is not one of this method's")
        if value is None or value == "":
            continue
        source = _attachment(value)
        result[name] = _convert(name, given.get(source) if source else value, table[name].rstrip("?"))
    for name, kind in table.items():
        if not kind.endswith("?") and name not in result and name not in ("chat_id", "text"):
            raise bad("parameter_types", f"there is no {name} in the request")
    return result


def _attachment(value: object) -> str | None:
    return value.removeprefix("attach://") if isinstance(value, str) and value.startswith("attach://") else None


def _convert(name: str, value: Any, kind: str) -> Any:
    for one in kind.split(" or "):
        made = _CONVERT[one](value)
        if made is not None:
            return made
    raise bad("parameter_types", f"parameter {name!r} must be of type {kind}")


def _integer(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.removeprefix("-").isdecimal() and value.isascii():
        return int(value)
    return value if isinstance(value, int) else None


def _boolean(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _loaded(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def _object(value: Any) -> dict[str, Any] | None:
    loaded = _loaded(value)
    return loaded if isinstance(loaded, dict) else None


def _array(value: Any) -> list[Any] | None:
    loaded = _loaded(value)
    return loaded if isinstance(loaded, list) else None


def _file(value: Any) -> Upload | None:
    return value if isinstance(value, Upload) else None


_CONVERT = {
    "Integer": _integer,
    "Boolean": _boolean,
    "String": _string,
    "Object": _object,
    "Array": _array,
    "InputFile": _file,
}
