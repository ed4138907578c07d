"""Two answers at once, given out so that their pace doesn't tell who writes.

Design choices
- Each side is read by a thread of its own into one queue: two models really work at the same time.
- Nothing is given out before both sides have begun (or one has ended), for at most `patience` seconds: who
  starts first is no clue. From then on a beat every 50 ms gives out what has come, cut at words, never the
  size of the pieces in which a backend happens to send.
- A side that fails ends with an error of ours: a partner's words would name it.
- Ending the iteration early cancels both sides.
"""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["SIDES", "Duet", "Heard", "Side", "Stream"]

Side = Literal["left", "right"]
SIDES: tuple[Side, Side] = ("left", "right")
BEAT = 0.05

Stream = Callable[[], "tuple[Iterator[str], Callable[[], None]]"]
"""Begins an answer: gives its pieces, and what cancels it from another thread."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece of one side's text; `ended` with the last one, `failed` where the side couldn't answer."""

    side: Side
    text: str = ""
    ended: bool = False
    failed: str = ""


class _Voice:
    """One side: its thread, what has come and hasn't been given out."""

    def __init__(self, side: Side, begin: Stream, news: queue.Queue[Side]) -> None:
        self.side, self.waiting, self.ended, self.failed, self.told = side, "", False, "", False
        self._begin, self._news = begin, news
        self._lock = threading.Lock()
        self._cancelled = False
        self._cancel: Callable[[], None] | None = None
        self.thread = threading.Thread(target=self._run, name=f"arena-{side}", daemon=True)

    def _run(self) -> None:
        try:
            pieces, cancel = self._begin()
            with self._lock:
                self._cancel = cancel
                gone = self._cancelled
            if gone:
                cancel()
            for piece in pieces:
                with self._lock:
                    if self._cancelled:
                        break
                    self.waiting += piece
                self._news.put(self.side)
        except (
            Exception
        ) as error:  # whatever a backend raises: it must end this side and say nothing of itself
            self.failed = type(error).__name__
        finally:
            with self._lock:
                self.ended = True
            self._news.put(self.side)

    def cancel(self) -> None:
        with self._lock:
            self._cancelled = True
            call = self._cancel
        if call is not None:
            call()

    def take(self) -> str:
        """What may be given out now: up to the last whole word, all of it once the side has ended."""
        with self._lock:
            if self.ended:
                out, self.waiting = self.waiting, ""
                return out
            found = re.match(r"[\s\S]*\s", self.waiting)
            out = found[0] if found else ""
            # Scripts without spaces, and very long words, must flow too.
            if not out and len(self.waiting) > 40:
                out = self.waiting
            self.waiting = self.waiting[len(out) :]
            return out

    @property
    def begun(self) -> bool:
        with self._lock:
            return bool(self.waiting.strip()) or self.ended


class Duet:
    """Both answers, to be iterated once: pieces as they come, each side's last one `ended`.

    left, right: begin an answer when called, in a thread of their own. patience: seconds that the faster one
    is held back for the slower one's first words.
    """

    def __init__(self, left: Stream, right: Stream, patience: float = 8.0) -> None:
        self._news: queue.Queue[Side] = queue.Queue()
        self._voices = (_Voice("left", left, self._news), _Voice("right", right, self._news))
        self._patience = patience

    def cancel(self) -> None:
        """End both sides, from any thread."""
        for voice in self._voices:
            voice.cancel()

    def __iter__(self) -> Iterator[Heard]:
        try:
            for voice in self._voices:
                voice.thread.start()
            started = time.monotonic()
            while time.monotonic() - started < self._patience and not all(v.begun for v in self._voices):
                _wait(self._news, 0.2)
            while not all(v.told for v in self._voices):
                beat = time.monotonic() + BEAT
                for voice in self._voices:
                    if voice.told:
                        continue
                    ended = voice.ended
                    text = voice.take()
                    if text or ended:
                        voice.told = ended
                        yield Heard(voice.side, text, ended, voice.failed if ended else "")
                if all(v.told for v in self._voices):
                    return
                _wait(self._news, 1.0)
                time.sleep(max(0.0, beat - time.monotonic()))
        finally:
            self.cancel()


def _wait(news: queue.Queue[Side], seconds: float) -> None:
    """Until something has come, at most `seconds`; then forget how much it was."""
    try:
        news.get(timeout=seconds)
        while True:
            news.get_nowait()
    except queue.Empty:
        return
