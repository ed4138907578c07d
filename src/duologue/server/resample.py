"""Another sample rate, piece by piece: the same samples as if the whole had been resampled at once.

Design choices
- SciPy's polyphase filter does the work; this only cuts the stream so that each cut has its surroundings.
- A block's length is a multiple of the factor by which the rate falls, so blocks fall on whole output
  samples.
- Imported when first needed: SciPy's signal room takes a third of a second.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["Resampler"]

Audio = NDArray[np.float32]


class Resampler:
    """From one rate to another, in Hz. Feed pieces, then `finish`."""

    def __init__(self, source: int, target: int) -> None:
        common = math.gcd(source, target)
        self._up, self._down = target // common, source // common
        # The filter of `resample_poly` reaches 10 samples of the slower rate to each side.
        reach = math.ceil(10 * max(self._up, self._down) / self._up) + 1
        self._margin = math.ceil(reach / self._down) * self._down
        self._before = np.zeros(self._margin, np.float32)
        self._pending = np.zeros(0, np.float32)
        self._in = self._out = 0

    def feed(self, audio: Audio) -> Audio:
        """audio: (S,) -> what is certain by now."""
        self._in += len(audio)
        self._pending = np.concatenate([self._pending, np.asarray(audio, np.float32)])
        block = (len(self._pending) - self._margin) // self._down * self._down
        return self._made(block) if block > 0 else np.zeros(0, np.float32)

    def finish(self) -> Audio:
        """The rest; the whole is ceil(S * target / source) samples long."""
        wanted = math.ceil(self._in * self._up / self._down) - self._out
        rest = math.ceil(len(self._pending) / self._down) * self._down
        self._pending = np.pad(self._pending, (0, rest + self._margin - len(self._pending)))
        return self._made(rest)[:wanted] if rest else np.zeros(0, np.float32)

    def _made(self, block: int) -> Audio:
        from scipy.signal import resample_poly

        window = np.concatenate([self._before, self._pending[: block + self._margin]])
        made = resample_poly(window, self._up, self._down).astype(np.float32)
        first = self._margin // self._down * self._up
        out = made[first : first + block // self._down * self._up]
        joined = np.concatenate([self._before, self._pending[:block]])
        self._before, self._pending = joined[len(joined) - self._margin :], self._pending[block:]
        self._out += len(out)
        return out
