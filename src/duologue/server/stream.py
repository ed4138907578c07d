"""An answer in pieces to one HTTP client: sent as it is made, stopped when the client leaves.

Design choices
- One task sends, another listens for the client's leaving; whichever ends first ends both.
- A client that takes nothing is held back by its socket alone, and let go by `connection.py`.
- An answer that breaks off is cut, not ended: a chunked stream without its last chunk tells every client so.
- `last` runs in any case, once: it closes the work and charges for what was made.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["Stream", "gone"]


async def gone(receive: Receive) -> None:
    """Returns when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


class Stream(Response):
    """`body` in pieces. last: told whether the client left before the end."""

    def __init__(
        self,
        body: AsyncIterator[bytes],
        media_type: str,
        headers: Mapping[str, str],
        last: Callable[[bool], Awaitable[None]],
    ) -> None:
        self.status_code = 200
        self.media_type = media_type
        self.background = None
        self._body, self._last = body, last
        self.init_headers(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        sending = asyncio.ensure_future(self._send(send))
        leaving = asyncio.ensure_future(gone(receive))
        left = True
        try:
            await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
            left = not sending.done()
            if not left:
                sending.result()
        finally:
            for task in (sending, leaving):
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await sending
            await self._last(left)

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        try:
            async for piece in self._body:
                if piece:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
        finally:
            if close := getattr(self._body, "aclose", None):
                await close()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
