"""A progress bar on standard error, drawn only where someone is watching."""

from __future__ import annotations

import sys
import time

__all__ = ["Progress"]


class Progress:
    """`update(done)` out of `total`; draws at most ten times a second, nothing when not on a terminal."""

    def __init__(self, total: float, label: str = "", *, shown: bool | None = None) -> None:
        self._total, self._label = max(total, 1e-9), label
        self._shown = sys.stderr.isatty() if shown is None else shown
        self._begun = time.monotonic()
        self._drawn = 0.0

    def update(self, done: float) -> None:
        """Draw the share that is done and the time that is left at this pace."""
        now = time.monotonic()
        if not self._shown or now - self._drawn < 0.1:
            return
        self._drawn = now
        share = min(max(done / self._total, 0.0), 1.0)
        left = (now - self._begun) * (1 - share) / share if share > 0 else 0.0
        bar = "█" * round(30 * share)
        sys.stderr.write(f"\r\x1b[K{self._label} {bar:·<30} {share:4.0%}, {left:.0f} s left")
        sys.stderr.flush()

    def stage(self, label: str, share: float) -> None:
        """Draw the share of a stage; another label begins a bar of its own."""
        if label != self._label:
            self._label, self._begun, self._drawn = label, time.monotonic(), 0.0
        self.update(share * self._total)

    def close(self) -> None:
        """Take the bar away."""
        if self._shown and self._drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
