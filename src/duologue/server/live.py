"""The encoder of an answer that is sent while it is made.

Design choices
- The first sound goes out before the first utterance is all encoded: a lossy encoder takes as long as the
  voice. Parts begin at a tenth of a second and double.
- What costs is encoded in a thread; raw samples aren't worth the handing over.
"""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from duologue.gateway.requests import SpeechPiece
    from duologue.server.bridge import Lane
    from duologue.server.sound import Encodes, Sound
    from duologue.voice.tags import Tags

__all__ = ["LiveEncoder"]

FIRST, LATER = 2400, 48_000
"""Samples of the first part and of the longest."""
T = TypeVar("T")


class LiveEncoder:
    """Takes pieces of speech and gives their bytes in parts. `close` it in any case."""

    def __init__(self, sound: Sound, tags: Tags, lane: Lane) -> None:
        self._sound, self._tags, self._lane = sound, tags, lane
        self._made: Encodes | None = None
        self._size = FIRST

    async def _run(self, call: Callable[[], T]) -> T:
        return call() if self._sound.light else await self._lane.run(call)

    async def feed(self, piece: SpeechPiece) -> AsyncIterator[bytes]:
        """The bytes that are ready after each part, at least once; may be empty."""
        if self._made is None:
            make = functools.partial(self._sound.encoder, piece.sample_rate, self._tags, live=True)
            self._made = await self._run(make)
        at = 0
        while True:
            part = piece.audio[at : at + self._size]
            at += self._size
            self._size = min(2 * self._size, LATER)
            yield await self._run(functools.partial(self._made.feed, part))
            if at >= len(piece.audio):
                return

    async def finish(self) -> bytes:
        """The rest."""
        return await self._run(self._made.finish) if self._made is not None else b""

    async def close(self) -> None:
        """End a program that encodes."""
        if close := getattr(self._made, "close", None):
            await self._lane.run(close)
