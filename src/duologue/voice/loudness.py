"""Loudness and true peak, as broadcasters measure them.

Design choices
- Integrated loudness by ITU-R BS.1770-4: K-weighting, blocks of 400 ms every 100 ms, gates at -70 LUFS and at
  10 LU below what is above the first. What is shorter than a block is one block.
- The two filters of the standard are given for 48 kHz; other rates take the analogue filters behind them (a
  shelf and a high-pass) through the bilinear transform, as the standard allows.
- Filtering is done on spectra, in pieces that overlap: numpy has no recursive filter, and the responses die
  away in a fraction of the overlap.
- True peak: four times oversampled (eight below 32 kHz, so that the grid is as fine) by a windowed sinc, and
  only around samples within 4.4 dB of the highest: between lower ones no speech or music goes above it.

ITU-R BS.1770-4 (2015), annexes 1 and 2.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["db", "integrated", "peaks_above", "true_peak"]

Samples = NDArray[np.float32]

_SIZE = 1 << 15
_TAPS = 32
"""Samples on each side that an oversampled value is made of."""
_NEAR = 0.6
"""Share of a level that samples must reach to have more than the level between them."""
_ROWS = 4096


def db(ratio: float) -> float:
    """A ratio of amplitudes in decibels; -inf for zero."""
    return 20 * math.log10(ratio) if ratio > 0 else -math.inf


def _shelf(rate: int, z: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Response at z of the high shelf: the head as a sphere."""
    f0, gain, q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    k = math.tan(math.pi * f0 / rate)
    vh = 10 ** (gain / 20)
    vb = vh**0.4996667741545416
    b = (vh + vb * k / q + k * k, 2 * (k * k - vh), vh - vb * k / q + k * k)
    a = (1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k)
    return (b[0] + b[1] / z + b[2] / z**2) / (a[0] + a[1] / z + a[2] / z**2)


def _high_pass(rate: int, z: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Response at z of the second filter: little weight below 100 Hz."""
    f0, q = 38.13547087602444, 0.5003270373238773
    k = math.tan(math.pi * f0 / rate)
    a = (1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k)
    return (1 - 2 / z + 1 / z**2) / (1 + a[1] / a[0] / z + a[2] / a[0] / z**2)


@lru_cache(maxsize=8)
def _weighting(rate: int) -> NDArray[np.complex64]:
    """(_SIZE // 2 + 1,) response of both filters at the frequencies of a spectrum of _SIZE samples."""
    z = np.exp(2j * np.pi * np.arange(_SIZE // 2 + 1) / _SIZE)
    made = (_shelf(rate, z) * _high_pass(rate, z)).astype(np.complex64)
    made.flags.writeable = False
    return made


def _energies(channel: Samples, rate: int, step: int) -> NDArray[np.float64]:
    """Sums of squares of the K-weighted channel (S,) in steps of `step` samples: (ceil(S / step),)."""
    tail = rate // 8  # both responses are far below -120 dB after an eighth of a second
    piece = max((_SIZE - tail) // step, 1) * step
    energy = np.zeros(-(-len(channel) // step))
    carry = np.zeros(tail, np.float32)
    for start in range(0, len(channel), piece):
        part = channel[start : start + piece]
        out = np.asarray(np.fft.irfft(np.fft.rfft(part, _SIZE) * _weighting(rate), _SIZE), np.float32)
        out[:tail] += carry
        carry = out[piece : piece + tail].astype(np.float32)
        first = start // step
        squares = np.square(out[:piece])
        squares[len(part) :] = 0
        sums = squares.reshape(-1, step).sum(1, dtype=np.float64)[: len(energy) - first]
        energy[first : first + len(sums)] = sums
    return energy


def integrated(audio: Samples, rate: int) -> float | None:
    """Integrated loudness in LUFS of audio (S, C), C being mono or left and right; None for silence."""
    if not len(audio):
        return None
    step = round(rate / 10)
    energy = np.sum([_energies(audio[:, c], rate, step) for c in range(audio.shape[1])], axis=0)
    if len(audio) < 4 * step:
        blocks = np.array([energy.sum() / len(audio)])
    else:
        blocks = np.convolve(energy[: len(audio) // step], np.ones(4), "valid") / (4 * step)
    heard = blocks[blocks > 10 ** ((-70 + 0.691) / 10)]
    if not len(heard):
        return None
    gate = heard.mean() * 0.1
    return float(-0.691 + 10 * math.log10(heard[heard > gate].mean()))


@lru_cache(maxsize=4)
def _kernel(factor: int) -> NDArray[np.float32]:
    """(2 * _TAPS, factor - 1) taps that give the values between two samples."""
    columns = []
    for phase in range(1, factor):
        t = np.arange(-_TAPS + 1, _TAPS + 1) - phase / factor
        window = np.i0(8.0 * np.sqrt(np.clip(1 - (t / _TAPS) ** 2, 0, 1))) / np.i0(8.0)
        taps = np.sinc(t) * window
        columns.append(taps / taps.sum())
    made = np.array(columns, np.float32).T.copy()
    made.flags.writeable = False
    return made


def peaks_above(channel: Samples, rate: int, level: float) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Where a channel (S,) may pass `level`, and how high it goes.

    Returns indices (N,) of samples, and the largest magnitude at each and between it and the next: (N,).
    """
    loud = np.abs(channel) > _NEAR * level
    loud[:-1] |= loud[1:]
    where = np.flatnonzero(loud)
    heights = np.abs(channel[where])
    padded = np.pad(channel, (_TAPS - 1, _TAPS))
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _TAPS)
    kernel = _kernel(8 if rate < 32_000 else 4)
    for start in range(0, len(where), _ROWS):
        rows = where[start : start + _ROWS]
        between = np.abs(around[rows] @ kernel).max(1)
        np.maximum(heights[start : start + _ROWS], between, out=heights[start : start + _ROWS])
    return where, heights


def true_peak(audio: Samples, rate: int) -> float:
    """True peak of audio (S, C) in dBTP; -inf for silence."""
    peak = float(np.abs(audio).max(initial=0.0))
    if peak == 0.0:
        return -math.inf
    for c in range(audio.shape[1]):
        _, heights = peaks_above(audio[:, c], rate, peak)
        peak = max(peak, float(heights.max(initial=0.0)))
    return db(peak)
