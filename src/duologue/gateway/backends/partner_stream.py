"""A partner's answer, read by a thread of its own, so that nobody waits longer than they said.

Design choices
- A blocked read can't be woken in Python, but a wait on a queue can: who waits sets the deadline, and a
  caller who goes away is free at once. The thread itself ends at the latest with its socket's own time-out.
- Deadlines are for pieces, not for reads: a partner that sends one byte a second is as slow as one that
  sends none.
- A few chunks are read ahead, no more: a slow listener slows the partner, not our memory.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duologue.gateway.errors import GatewayError
from duologue.gateway.protocol import Cancel

if TYPE_CHECKING:
    import httpx

__all__ = ["Head", "PartnerStream"]

_AHEAD = 32


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """A response's status and headers, their names in lower case."""

    status: int
    headers: Mapping[str, str]


class PartnerStream:
    """One request under way. `head`, then `chunk` until it returns None; `close` in any case."""

    def __init__(self, client: httpx.Client, request: httpx.Request, name: str, cancel: Cancel) -> None:
        self._client, self._request, self._name, self._cancel = client, request, name, cancel
        self._queue: queue.Queue[Head | bytes | BaseException | None] = queue.Queue(_AHEAD)
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._response: httpx.Response | None = None
        self._begun = time.monotonic()
        self._thread = threading.Thread(target=self._work, name=f"duologue-{name}", daemon=True)
        self._thread.start()
        cancel.on(self.close)

    def head(self, seconds: float) -> Head:
        """Wait for the head. Raises GatewayError 504 after `seconds`, 502 where there is none."""
        found = self._take(seconds)
        if not isinstance(found, Head):
            raise GatewayError(f"'{self._name}' broke off", status=502, code="partner_error")
        return found

    def chunk(self, until: float) -> bytes | None:
        """The next bytes, None at the end. until: of `time.monotonic`. Raises GatewayError as `head`."""
        found = self._take(until - time.monotonic())
        assert not isinstance(found, Head)
        return found

    def _take(self, seconds: float) -> Head | bytes | None:
        try:
            found = self._queue.get(timeout=max(seconds, 0.001))
        except queue.Empty:
            self.close()
            raise GatewayError(
                f"'{self._name}' took too long, {time.monotonic() - self._begun:.1f} s so far",
                status=504,
                code="timeout",
            ) from None
        if self._cancel:
            return None
        if isinstance(found, BaseException):
            raise _fault(found, self._name) from found
        return found

    def close(self) -> None:
        """Stop reading and let the connection go; nothing happens the second time."""
        self._over.set()
        with self._lock:
            response = self._response
        if response is not None:
            stream: Any = response.extensions.get("network_stream")
            found = stream.get_extra_info("socket") if stream is not None else None
            if isinstance(found, socket.socket) and not response.is_closed:
                with contextlib.suppress(OSError):
                    found.shutdown(socket.SHUT_RDWR)  # wakes the thread, where it waits for the partner
        with contextlib.suppress(queue.Full):
            self._queue.put_nowait(None)  # wakes who waits

    def _work(self) -> None:
        last: BaseException | None = None
        try:
            response = self._client.send(self._request, stream=True)
            with self._lock:
                self._response = response
            try:
                headers = {k.lower(): v for k, v in response.headers.items()}
                going = self._put(Head(status=response.status_code, headers=headers))
                for chunk in response.iter_bytes():
                    if not going or not self._put(chunk):
                        break
            finally:
                with self._lock:
                    self._response = None
                response.close()
        except Exception as error:
            last = error
        self._put(last)

    def _put(self, item: Head | bytes | BaseException | None) -> bool:
        """Hand over; False where nobody takes any more."""
        while not self._over.is_set():
            try:
                self._queue.put(item, timeout=0.25)
            except queue.Full:
                continue
            return True
        return False


def _fault(error: BaseException, name: str) -> GatewayError:
    """What went wrong on the line, in our words."""
    import httpx

    if isinstance(error, (httpx.ConnectTimeout, httpx.PoolTimeout)):
        return GatewayError(f"'{name}' can't be reached: time-out", status=504, code="timeout")
    if isinstance(error, httpx.TimeoutException):
        return GatewayError(f"'{name}' took too long", status=504, code="timeout")
    if isinstance(error, httpx.ConnectError):
        return GatewayError(f"'{name}' can't be reached: {error}", status=502, code="partner_unreachable")
    if isinstance(error, (httpx.HTTPError, httpx.InvalidURL, OSError)):
        said = f"{type(error).__name__}: {error}"[:200]
        return GatewayError(f"'{name}' broke off ({said})", status=502, code="partner_error")
    return GatewayError(f"'{name}' failed: {type(error).__name__}", status=502, code="partner_error")
