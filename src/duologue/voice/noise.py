"""Noise that is the same every time: random phases looked up in a table.

Design choices
- A frame's phases are a stretch of one fixed table of unit phasors; where it begins is a hash of the seed,
  the utterance's number and the frame's. So a frame's noise depends on nothing rendered before it, and a
  stream equals the whole.
- The table is long enough that two frames of a sentence hardly ever share a stretch.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from duologue.voice.spectrum import BINS

__all__ = ["offsets", "phasors"]

_SIZE = 1 << 17
_MASK = (1 << 64) - 1


@lru_cache(maxsize=1)
def phasors() -> NDArray[np.complex64]:
    """Every stretch of the table: (2^17, K) complex64 of magnitude 1, a view."""
    angle = np.random.default_rng(20_03).random(_SIZE + BINS - 1, np.float32) * np.float32(2 * np.pi)
    table = np.empty(len(angle), np.complex64)
    np.cos(angle, out=table.real)
    np.sin(angle, out=table.imag)
    return sliding_window_view(table, BINS)


def offsets(seed: int, utterance: int, frames: int) -> NDArray[np.intp]:
    """Which stretch each of the `frames` of an utterance takes: (frames,)."""
    key = _mixed((_mixed(seed & _MASK) ^ utterance) & _MASK)
    x = np.arange(1, frames + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(key)
    x ^= x >> np.uint64(30)
    x *= np.uint64(0xBF58476D1CE4E5B9)
    x ^= x >> np.uint64(27)
    x *= np.uint64(0x94D049BB133111EB)
    return (x >> np.uint64(64 - 17)).astype(np.intp)


def _mixed(x: int) -> int:
    """SplitMix64's finaliser (Steele, Lea & Flood, 2014)."""
    x = (x + 0x9E3779B97F4A7C15) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)
