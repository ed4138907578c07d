"""One HTTP connection, with the patience that uvicorn lacks.

Design choices
- The head of a request must be whole within `header_seconds` and `max_header` bytes; a client that sends one
  byte a second, or headers without end, is let go (408, 431).
- A client that takes nothing of its answer for `stall_seconds` is let go; until then it holds a socket's
  buffer and one piece, no thread.
- Works with either parser of uvicorn's, httptools where it is there, else h11.

Slowloris: CVE-2007-6750.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duologue.server.settings import Settings

__all__ = ["protocol"]


def protocol(settings: Settings) -> type[asyncio.Protocol]:
    """The class of connections for these settings."""
    try:
        from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol as Base
    except ImportError:
        from uvicorn.protocols.http.h11_impl import H11Protocol as Base  # type: ignore[assignment]

    class Connection(Base):
        """uvicorn's connection with limits."""

        _head: asyncio.TimerHandle | None = None
        _stalled: asyncio.TimerHandle | None = None
        _taken = 0
        _known: Any = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._await_head()

        def _await_head(self) -> None:
            if self._head is None:
                self._head = self.loop.call_later(settings.header_seconds, self._late)

        def _have_head(self) -> None:
            if self._head is not None:
                self._head.cancel()
                self._head = None
            self._taken = 0

        def data_received(self, data: bytes) -> None:
            between = self.cycle is None or self.cycle.response_complete
            if between:
                self._await_head()
            before = self.cycle
            super().data_received(data)
            if self.cycle is not before or self.transport.get_protocol() is not self:
                self._have_head()
            elif between:
                self._taken += len(data)
                if self._taken > settings.max_header:
                    self._have_head()
                    self._let_go(431, "Request Header Fields Too Large")

        def _late(self) -> None:
            self._head = None
            if self._taken or self.cycle is None:
                self._let_go(408, "Request Timeout")

        def _let_go(self, status: int, phrase: str) -> None:
            if not self.transport.is_closing():
                head = f"HTTP/1.1 {status} {phrase}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
                self.transport.write(head.encode())
                self.transport.close()

        def pause_writing(self) -> None:
            super().pause_writing()
            if self._stalled is None:
                self._stalled = self.loop.call_later(settings.stall_seconds, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            self._unstall()

        def _unstall(self) -> None:
            if self._stalled is not None:
                self._stalled.cancel()
                self._stalled = None

        def connection_lost(self, exc: Exception | None) -> None:
            self._have_head()
            self._unstall()
            super().connection_lost(exc)

    return Connection
