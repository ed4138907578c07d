"""Every refusal and fault as OpenAI's clients expect it: {"error": {message, type, param, code}}.

Design choices
- One shape for all statuses and all routes, those of other rooms included; a page asks for HTML and gets it
  from its own handler.
- A GatewayError knows its status; any other exception is 500 with no word of its cause, which goes to the
  log.
- 429 and 503 say when to come back.
"""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from duologue.gateway.errors import GatewayError
from duologue.store.errors import StoreError

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

__all__ = ["ERRORS", "Problem", "add_handlers", "body_of", "refuse", "response_of", "told"]

log = logging.getLogger("duologue.server")

_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}
_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "request_too_large",
    415: "unsupported_media_type",
}


class Fault(BaseModel):
    """What was wrong, and what would be right."""

    message: str
    type: str
    param: str | None = None
    code: str | None = None


class Problem(BaseModel):
    """Every answer that isn't one."""

    error: Fault = Field(description="OpenAI's error object")


ERRORS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "What was asked can't be taken"},
    401: {"model": Problem, "description": "No key, or a wrong one"},
    403: {"model": Problem, "description": "Not allowed"},
    404: {"model": Problem, "description": "No such model, voice or thing"},
    408: {"model": Problem, "description": "The request took too long to arrive"},
    413: {"model": Problem, "description": "The request is too large"},
    415: {"model": Problem, "description": "The request isn't JSON"},
    429: {
        "model": Problem,
        "description": "Too much at once, or a quota is used up",
        "headers": {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}},
    },
    502: {"model": Problem, "description": "A partner answered nonsense"},
    503: {"model": Problem, "description": "Nobody can serve it now"},
    504: {"model": Problem, "description": "A partner was too slow"},
}
"""The responses that every model route documents."""


def body_of(status: int, message: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    """The JSON of an error."""
    kind = _TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": param, "code": code or _CODES.get(status)}}


def refuse(
    message: str, status: int = 400, *, code: str = "invalid_request", param: str | None = None
) -> Any:
    """The exception for a request that the server itself turns down."""
    return GatewayError(message, status=status, code=code, param=param)


def response_of(error: GatewayError) -> JSONResponse:
    """The answer that a GatewayError amounts to."""
    headers = {}
    if error.retry_after is not None:
        headers["retry-after"] = str(max(1, math.ceil(error.retry_after)))
    elif error.status == 429:
        headers["retry-after"] = "1"
    if error.status == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(body_of(error.status, told(error), error.code, error.param), error.status, headers)


def told(error: Exception) -> str:
    """What a client hears of an error: our own words; of a fault nothing but that the log knows more."""
    if isinstance(error, GatewayError) and error.status != 500:
        return str(error)
    log.error("fault", exc_info=error)
    return "something went wrong here; the log says what"


async def _gateway(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, GatewayError)
    return response_of(error)


async def _store(request: Request, error: Exception) -> JSONResponse:
    """The database is busy, full or away: not the client's fault, and it may pass."""
    assert isinstance(error, StoreError)
    log.error("store", exc_info=error)
    message = f"the server's database is {error.kind}; try again"
    wait = 1.0 if error.passing else None
    return response_of(GatewayError(message, status=503, code="store_unavailable", retry_after=wait))


async def _complaint(request: Request, error: Exception) -> JSONResponse:
    """What a room of ours can't take: VoiceError, TextError, StudioError and their like."""
    if type(error).__module__.startswith("duologue."):
        return JSONResponse(body_of(400, " ".join(str(error).split())[:500], "invalid_request"), 400)
    return await _fault(request, error)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = str(error.detail)
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if error.status_code == 404 and message == "Not Found":
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            from duologue.web.pages import nowhere

            return nowhere(request)
        message = f"there is nothing at {request.url.path[:200]}; GET /openapi.json lists what there is"
    if error.status_code == 405:
        message = f"{request.method} isn't possible at {request.url.path[:200]}"
        headers["allow"] = ", ".join(_methods(request))
    return JSONResponse(body_of(error.status_code, message), error.status_code, headers)


def _methods(request: Request) -> list[str]:
    """What is possible at this address: of all routes, where the framework names those of the first alone."""
    return [
        method
        for method in ("DELETE", "GET", "PATCH", "POST", "PUT")
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if part not in ("body", "query", "path", "header")]
    param = ".".join(place) or None
    if first["type"] in ("json_invalid", "json_type"):
        return JSONResponse(body_of(400, "the body is not JSON that can be read", "invalid_json"), 400)
    message = f"{param}: {first['msg']}" if param else str(first["msg"])
    return JSONResponse(body_of(400, message[:500], "invalid_value", param), 400)


async def _fault(request: Request, error: Exception) -> JSONResponse:
    log.error("fault", exc_info=error, extra={"path": request.scope.get("route_path", "")})
    return JSONResponse(body_of(500, "something went wrong here; the log says what", "internal_error"), 500)


def add_handlers(app: FastAPI) -> None:
    """Have `app` answer every exception in this shape."""
    app.add_exception_handler(GatewayError, _gateway)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(StoreError, _store)
    app.add_exception_handler(ValueError, _complaint)
    app.add_exception_handler(Exception, _fault)
