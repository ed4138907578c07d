"""Work that follows votes, soon but not at each: ratings made anew, judges heard, the gateway told.

Design choices
- One thread, begun with the first vote. It waits until `quiet` seconds have passed without another vote, at
  most `longest` since the first one, so that a busy hour costs a computation every few seconds and no vote
  waits.
- What fails is logged and tried with the next vote; it never reaches a voter.
- Work is idempotent: ended in the middle, it is done again by the next one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

__all__ = ["Refresher"]

log = logging.getLogger("duologue.arena")


class Refresher:
    """Calls `work` a while after `notify`. `close` waits for what is under way; nothing follows it."""

    def __init__(self, work: Callable[[], None], quiet: float = 2.0, longest: float = 15.0) -> None:
        self._work, self._quiet, self._longest = work, quiet, longest
        self._changed = threading.Condition()
        self._first: float | None = None
        self._last = 0.0
        self._closed = False
        self._thread: threading.Thread | None = None
        self.done = 0

    def notify(self) -> None:
        """Something has come."""
        with self._changed:
            if self._closed:
                return
            self._last = time.monotonic()
            self._first = self._last if self._first is None else self._first
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="arena-refresher", daemon=True)
                self._thread.start()
            self._changed.notify()

    def _wait(self) -> bool:
        """Until it is time; False where nothing is to be done any more."""
        with self._changed:
            while not self._closed:
                if self._first is None:
                    self._changed.wait()
                    continue
                left = min(self._last + self._quiet, self._first + self._longest) - time.monotonic()
                if left <= 0:
                    self._first = None
                    return True
                self._changed.wait(left)
            return False

    def _run(self) -> None:
        while self._wait():
            try:
                self._work()
            except Exception:
                log.exception("the arena's ratings weren't made anew; the next vote tries again")
            self.done += 1

    def close(self) -> None:
        """End it."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(timeout=10)
