"""One line of JSON for each request, and the request's figures for /metrics.

Design choices
- What is logged: when, which route (the pattern, never the path: feeds carry their token in it), status,
  seconds, bytes, the key's id, the deployment and why it was chosen. What isn't: texts, queries, headers,
  keys, answers.
- A handler may note more in `scope["duologue"]`, a dict that lies there from the beginning.
- Plain ASGI, outermost: what the guard turns away is counted too.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from duologue.store.ulid import new_ulid

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from duologue.server.metrics import Metrics

__all__ = ["Journal", "log_config", "note"]

log = logging.getLogger("duologue.access")

_FIELDS = (
    "id",
    "method",
    "route",
    "status",
    "seconds",
    "bytes",
    "key",
    "deployment",
    "reason",
    "gone",
    "why",
)


def note(scope: Scope, **facts: Any) -> None:
    """Add facts to the line of the request of `scope`."""
    scope.setdefault("duologue", {}).update(facts)


class Journal:
    """Gives each request its id, writes its line, counts it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        facts: dict[str, Any] = {"id": new_ulid()}
        scope["duologue"] = facts
        begun, status, sent = time.perf_counter(), 0, 0

        async def count(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.setdefault("headers", [])
                if not any(name == b"x-request-id" for name, _ in headers):
                    message["headers"] = [*headers, (b"x-request-id", facts["id"].encode())]
            elif message["type"] == "http.response.body":
                sent += len(message.get("body", b""))
            elif message["type"] == "websocket.accept":
                status = 101
            elif message["type"] == "websocket.send":
                sent += len(message.get("bytes") or message.get("text") or b"")
            await send(message)

        self.metrics.open.inc()
        try:
            await self.app(scope, receive, count)
        except BaseException:
            status = status or 500
            raise
        finally:
            self.metrics.open.dec()
            seconds = time.perf_counter() - begun
            route = getattr(scope.get("route"), "path", "") or "(none)"
            method = scope.get("method", "WS")
            self.metrics.request(method, route, status, seconds)
            line = {"method": method, "route": route, "status": status, "bytes": sent, **facts}
            log.info("request", extra={**line, "seconds": round(seconds, 4)})


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line.update((name, record.__dict__[name]) for name in _FIELDS if name in record.__dict__)
        if record.exc_info and record.exc_info[1] is not None:
            line["fault"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class Words(logging.Formatter):
    """The same for a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        if record.name == "duologue.access":
            facts = record.__dict__
            took = f"{facts['seconds'] * 1000:.0f} ms"
            text = f"{when} {facts['status']} {facts['method']} {facts['route']} {took}"
            return text + (f" {facts['deployment']}" if facts.get("deployment") else "")
        text = f"{when} {record.levelname.lower()} {record.getMessage()}"
        return text + ("\n" + self.formatException(record.exc_info) if record.exc_info else "")


def log_config(kind: str) -> dict[str, Any]:
    """For logging.config: kind "json", "words" or "none"; everything goes to standard error."""
    formatter = {"()": Words if kind == "words" else JsonLines}
    quiet = "CRITICAL" if kind == "none" else "WARNING"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formatter},
        "handlers": {"lines": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "lines"}},
        "loggers": {
            "uvicorn": {"handlers": ["lines"], "level": quiet, "propagate": False},
            "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
            "duologue": {
                "handlers": ["lines"],
                "level": "CRITICAL" if kind == "none" else "INFO",
                "propagate": False,
            },
        },
    }
