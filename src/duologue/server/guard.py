"""Who may come to the door at all: the Host header, the page that a browser calls from, the size and pace of
a body.

Design choices
- Plain ASGI: nothing is wrapped that would hide a disconnect or buffer a stream.
- On loopback the Host header must name this machine, so that a page elsewhere can't reach it by pointing its
  own name here (DNS rebinding).
- A browser says where a request comes from (Origin, Sec-Fetch-Site). From another origin nothing that changes
  or costs passes, WebSockets included, unless its page is listed or it brings a key of its own in a header.
- A body is read whole before anything runs: too large is 413 before it is kept, too slow is 408, and all
  bodies being read together have a bound.
- Every answer says what a browser may do with it; pages may tighten or widen that themselves.

Fetch Metadata: w3.org/TR/fetch-metadata. OWASP Cross-Site Request Forgery Prevention Cheat Sheet.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from duologue.server.errors import body_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from duologue.server.settings import Settings

__all__ = ["Guard"]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ALL_BODIES = 128_000_000
"""Bytes of all bodies that are being read at once."""
LARGER = {"/v1/studio/uploads": 32_000_000}
"""Paths whose bodies are files, and the bytes that they may have."""
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (
        b"content-security-policy",
        b"default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
]
LINGER_SECONDS, LINGER_BYTES = 5.0, 64_000_000
"""How long, and for how much, what a refused client still sends is read and thrown away: a socket that is
closed with bytes unread resets the connection, and the answer may be lost with it."""
_POLICIES = frozenset(name for name, _ in HEADERS)


class Guard:
    """Turns away what must not come in, and answers for it; hands everything else on."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings
        public = urlsplit(settings.public).hostname if settings.public else None
        named = {host.lower() for host in settings.hosts} | ({public} if public else set())
        self._any_host = not settings.loopback and not named
        self._hosts = named | LOOPBACK | {settings.host.lower()}
        self._origins = {origin.rstrip("/").lower() for origin in settings.origins}
        self._reading = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in reversed(scope["headers"])}
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await _refuse(scope, receive, send, *refusal)
            return
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        taken = 0
        if scope["method"] not in ("GET", "HEAD"):
            try:
                read = await self._body(headers, receive, LARGER.get(scope["path"], self.settings.max_body))
            except _Refused as why:
                await _refuse(scope, receive, send, *why.args)
                return
            if read is None:
                return  # the client has gone
            taken, receive = len(read), _again(read, receive)
        self._reading += taken
        try:
            await self.app(scope, receive, _with_policies(send))
        finally:
            self._reading -= taken

    def _refusal(self, scope: Scope, headers: dict[bytes, str]) -> tuple[int, str, str] | None:
        host = headers.get(b"host", "").lower()
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if not (self._any_host or name in self._hosts):
            return 400, f"this server doesn't answer to the name '{host[:80]}'", "wrong_host"
        if b"authorization" in headers or b"xi-api-key" in headers:
            return None  # no browser adds these by itself
        origin = headers.get(b"origin", "").lower().rstrip("/")
        if origin in self._origins:
            return None
        changes = scope["type"] == "websocket" or scope["method"] not in SAFE
        foreign = bool(origin) and urlsplit(origin).netloc != host
        site = headers.get(b"sec-fetch-site", "")
        if changes and (foreign or site in ("cross-site", "same-site")):
            return 403, "a page of another origin may not call this server without a key", "wrong_origin"
        return None

    async def _body(self, headers: dict[bytes, str], receive: Receive, limit: int) -> bytes | None:
        """The whole body; None where the client left. Raises _Refused."""
        told = headers.get(b"content-length", "")
        if told.isdecimal() and int(told) > limit:
            raise _Refused(413, f"the body is {told} bytes; at most {limit} are taken", "request_too_large")
        parts, size = [], 0
        try:
            async with asyncio.timeout(self.settings.body_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    part = message.get("body", b"")
                    size += len(part)
                    if size > limit:
                        raise _Refused(413, f"at most {limit} bytes of body are taken", "request_too_large")
                    if self._reading + size > ALL_BODIES:
                        raise _Refused(503, "too many bodies are being read; try again", "overloaded")
                    parts.append(part)
                    if not message.get("more_body", False):
                        return b"".join(parts)
        except TimeoutError:
            seconds = self.settings.body_seconds
            raise _Refused(408, f"the body took longer than {seconds:g} s to arrive", "timeout") from None


class _Refused(Exception):
    """status, message, code"""


def _again(body: bytes, receive: Receive) -> Receive:
    """Receives `body` once, then what follows it."""
    told = False

    async def receive_again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def _with_policies(send: Send) -> Send:
    """Adds the headers that an answer hasn't set itself."""

    async def send_with(message: Message) -> None:
        if message["type"] == "http.response.start":
            have = {name.lower() for name, _ in message.get("headers", ())} & _POLICIES
            added = [pair for pair in HEADERS if pair[0] not in have]
            message["headers"] = [*message.get("headers", ()), *added]
        await send(message)

    return send_with


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, message: str, code: str) -> None:
    """An error, and the connection's end, once the client has sent the rest or we have waited enough."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": message[:120]})
        return
    body = json.dumps(body_of(status, message, code)).encode()
    length = str(len(body)).encode()
    fields = [(b"content-type", b"application/json"), (b"content-length", length), (b"connection", b"close")]
    if status == 503:
        fields.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": [*fields, *HEADERS]})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    if status in (413, 503):
        await _linger(receive)
    await send({"type": "http.response.body", "body": b""})


async def _linger(receive: Receive) -> None:
    """Read on to the end of the request, within bounds."""
    size = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER_SECONDS):
            while size <= LINGER_BYTES:
                message = await receive()
                size += len(message.get("body", b""))
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    return
