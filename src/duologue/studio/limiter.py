"""A limiter that holds true peaks below a ceiling.

Design choices
- It looks ahead: the gain is down before the peak comes and back after it, in the shape of a Hann window of
  8 ms on either side, too slow to be heard as distortion and too short to be heard as pumping.
- The gain needed is read from the oversampled signal, so that peaks between samples are held as well.
- Left and right share one gain; the picture doesn't move.
- Away from peaks the gain is exactly 1: those samples go through unchanged, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from duologue.voice.loudness import peaks_above

__all__ = ["limit"]

Samples = NDArray[np.float32]
_LOOK = 0.008


def limit(audio: Samples, rate: int, ceiling: float, *, heard: Samples | None = None) -> Samples:
    """audio (S, C), true peaks held at `ceiling` dBTP; the same array where nothing is too loud.

    heard: (S', C) what a codec made of `audio`; then its peaks are held, by turning `audio` down around them.
    """
    top = 10 ** (ceiling / 20)
    need = np.ones(len(audio), np.float32)
    measured = audio if heard is None else heard[: len(audio)]
    for channel in range(measured.shape[1]):
        where, heights = peaks_above(measured[:, channel], rate, top)
        need[where] = np.minimum(need[where], top / np.maximum(heights, top))
    if not (need < 1).any():
        return audio
    look = max(round(_LOOK * rate), 1)
    window = np.hanning(2 * look + 3)[1:-1]
    window /= window.sum()
    made = audio.copy()
    for first, last in _regions(need, 4 * look):
        # Lowest gain within reach, then its mean over the same reach: never above what is needed.
        around = np.pad(need[first:last], 2 * look, constant_values=1.0)
        lowest = np.lib.stride_tricks.sliding_window_view(around, 2 * look + 1).min(1)
        gain = np.convolve(lowest, window, "valid").astype(np.float32)
        made[first:last] *= gain[:, None]
    return made


def _regions(need: NDArray[np.float32], apart: int) -> Iterator[tuple[int, int]]:
    """Stretches around what has to be turned down, at least `apart` samples from one another."""
    hot = np.flatnonzero(need < 1)
    for part in np.split(hot, np.flatnonzero(np.diff(hot) > 2 * apart) + 1):
        yield max(0, int(part[0]) - apart), min(len(need), int(part[-1]) + 1 + apart)
