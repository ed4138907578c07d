"""A partner's model, or any server that speaks OpenAI's dialect (OpenAI, Azure, vLLM, Ollama, LM Studio).

Design choices
- The key is read from the environment when a request is made, and stands in no log and no message.
- What a partner answers is mapped to one GatewayError: its limits stay limits (429, with its `Retry-After`),
  its faults and nonsense are 502, its slowness 504; that our key or the model's name is wrong there is our
  fault (502), not the caller's; what it refuses of the request may please another deployment (`refused`).
- Redirects aren't followed: a key goes to the host it was meant for.
- Where its address is private, the owner wrote it so.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from duologue import __version__
from duologue.gateway.backends.partner_chat import chat_body, chat_pieces
from duologue.gateway.backends.partner_speech import speech_body, speech_pieces
from duologue.gateway.backends.partner_stream import Head, PartnerStream
from duologue.gateway.config import DeploymentConfig
from duologue.gateway.errors import GatewayError
from duologue.gateway.protocol import Cancel, Kind
from duologue.gateway.requests import ChatPiece, ChatRequest, SpeechPiece, SpeechRequest

if TYPE_CHECKING:
    import httpx

__all__ = ["PartnerBackend", "retry_after"]

_LONGEST_COMPLAINT = 64_000
"""Bytes of an error's body that are read."""


class PartnerBackend:
    """Writes and speaks over HTTP."""

    kind: Kind = "openai"

    def __init__(self, config: DeploymentConfig) -> None:
        self._config = config
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self._closed = False

    def chat(self, request: ChatRequest, cancel: Cancel) -> Iterator[ChatPiece]:
        """See `Backend`."""
        stream, head = self._ask("chat/completions", chat_body(request, self._config), cancel)
        try:
            yield from chat_pieces(stream, head, self._config, cancel)
        finally:
            stream.close()

    def speak(self, request: SpeechRequest, cancel: Cancel) -> Iterator[SpeechPiece]:
        """See `Backend`."""
        stream, head = self._ask("audio/speech", speech_body(request, self._config), cancel)
        try:
            yield from speech_pieces(stream, head, self._config, cancel)
        finally:
            stream.close()

    def _ask(self, path: str, body: Mapping[str, Any], cancel: Cancel) -> tuple[PartnerStream, Head]:
        """The answer's stream, its head read and found good."""
        import httpx

        client = self._open()
        base = httpx.URL(self._config.url)
        request = client.build_request(
            "POST",
            base.copy_with(path=base.path.rstrip("/") + "/" + path),
            json={**body, **self._config.extra},
            headers=self._headers(),
        )
        stream = PartnerStream(client, request, self._config.name, cancel)
        try:
            head = stream.head(self._config.timeouts.connect + self._config.timeouts.first)
            if head.status != 200:
                raise _refusal(head, _rest(stream), self._config.name)
        except BaseException:
            stream.close()
            raise
        return stream, head

    def _open(self) -> httpx.Client:
        with self._lock:
            if self._closed:
                raise GatewayError("the gateway is closing", status=503, code="shutting_down")
            if self._client is None:
                import httpx

                times = self._config.timeouts
                self._client = httpx.Client(
                    timeout=httpx.Timeout(
                        connect=times.connect,
                        read=max(times.first, times.between),
                        write=times.first,
                        pool=times.connect,
                    ),
                    limits=httpx.Limits(
                        max_connections=self._config.concurrency * 2, max_keepalive_connections=16
                    ),
                    headers={"User-Agent": f"duologue/{__version__}"},
                    follow_redirects=False,
                )
            return self._client

    def _headers(self) -> dict[str, str]:
        name = self._config.key_env
        if not name:
            return {}
        key = os.environ.get(name, "").strip()
        if not key:
            raise GatewayError(
                f"'{self._config.name}' needs its key in the environment as {name}",
                status=503,
                code="model_unavailable",
            )
        if not key.isascii() or not key.isprintable():
            raise GatewayError(
                f"the key in {name} holds characters that none has", status=503, code="model_unavailable"
            )
        header = self._config.key_header
        return {header: f"Bearer {key}" if header.lower() == "authorization" else key}

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            client, self._client, self._closed = self._client, None, True
        if client is not None:
            client.close()


def _rest(stream: PartnerStream) -> bytes:
    """An error's body, or what came of it in two seconds."""
    until, parts, size = time.monotonic() + 2.0, [], 0
    while size < _LONGEST_COMPLAINT:
        try:
            chunk = stream.chunk(until)
        except GatewayError:
            break
        if chunk is None:
            break
        parts.append(chunk)
        size += len(chunk)
    return b"".join(parts)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds of a `Retry-After` (a number or a date) or `retry-after-ms`; None where there is none."""
    milliseconds = headers.get("retry-after-ms", "")
    said = headers.get("retry-after", "")
    for text, unit in ((milliseconds, 1000.0), (said, 1.0)):
        try:
            seconds = float(text) / unit
        except ValueError:
            continue
        if 0 <= seconds < 1e9:
            return seconds
    try:
        when = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - (now or datetime.now(UTC))).total_seconds())


def _refusal(head: Head, body: bytes, name: str) -> GatewayError:
    """What a status that isn't 200 amounts to."""
    message, code = _complaint(body)
    said = f"'{name}' answers {head.status}" + (f": {message}" if message else "")
    wait = retry_after(head.headers)
    if head.status in (402, 429) or code in ("insufficient_quota", "rate_limit_exceeded"):
        return GatewayError(said, status=429, code="rate_limit_exceeded", retry_after=wait)
    if head.status in (400, 405, 406, 409, 411, 413, 415, 422):
        known = "context_length_exceeded"
        return GatewayError(said, status=400, code=known if code == known else "refused")
    if head.status == 408:
        return GatewayError(said, status=504, code="timeout", retry_after=wait)
    if head.status == 503:
        return GatewayError(said, status=503, code="model_unavailable", retry_after=wait)
    return GatewayError(said, status=502, code="partner_error", retry_after=wait)


def _complaint(body: bytes) -> tuple[str, str]:
    """Message and code of an error's body, "" for what isn't there."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return "", ""
    error = found.get("error", found) if isinstance(found, dict) else None
    if isinstance(error, str):
        return _short(error), ""
    if not isinstance(error, dict):
        return "", ""
    message = error.get("message") or error.get("detail") or ""
    return _short(message), str(error.get("code") or error.get("type") or "")


def _short(message: object) -> str:
    return " ".join(str(message).split())[:300]
