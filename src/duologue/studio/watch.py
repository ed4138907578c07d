"""A watch over a long run: tells whoever started it how far it is, and ends it when they ask for that.

    make_daily(listener, voice, "today", watch=Watch(print, stopped.is_set))

Design choices
- One object goes down through all steps; every step asks it between turns and between files, so a run ends
  within the time of one turn. What was spoken so far lies in the cache, and no folder is half written.
- Shares are of the stage, not of the run: only the stage knows how much it has to do.
- Both callables are called in the thread that runs, and may be called often.
"""

from __future__ import annotations

from collections.abc import Callable

from duologue.studio.errors import StudioError

__all__ = ["Cancelled", "Watch"]


class Cancelled(StudioError):
    """Raised when a run was told to stop; nothing was put in place."""


class Watch:
    """progress: called with the stage ("reading", "writing", "speaking", "encoding") and its share in [0, 1];
    cancel: answers True when the run shall stop."""

    def __init__(
        self,
        progress: Callable[[str, float], None] | None = None,
        cancel: Callable[[], bool] | None = None,
    ) -> None:
        self._progress, self._cancel = progress, cancel

    def at(self, stage: str, share: float = 0.0) -> None:
        """The run is there. Raises Cancelled when it shall stop."""
        if self._cancel is not None and self._cancel():
            raise Cancelled("the run was stopped; nothing was written")
        if self._progress is not None:
            self._progress(stage, share)

    def turns(self, done: int, total: int) -> None:
        """`at` for those who count turns."""
        self.at("speaking", done / max(total, 1))
