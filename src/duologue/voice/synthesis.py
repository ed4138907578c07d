"""Spectral parts to samples: pulses through a filter, plus a residual, through the inverse STFT.

    S = A e^(i theta) E + R e^(i phi),     E = STFT of a band-limited pulse train at F0

Design choices
- Few operations on blocks of frames that stay in the processor's cache; float32 throughout.
- Unvoiced frames have no harmonic part and random phases, so only voiced ones pay for the rest, and only
  in the bins that have harmonics.
- A phase is looked up on a circle of 4,096 points: 64 dB below, no ear finds the difference, and it costs a
  third of a sine and a cosine.
- The excitation is laid out pulse by pulse from a table, at half the rate of the sound, at the instants where
  the integral of F0 passes a whole number: a twentieth of the work of summing harmonics at every sample.
- The window's overlap is divided by its constant inside value only: the ends fade in and out by themselves.
- Styles change the parts here: tilt weighs the bins, breath turns part of the harmonics into noise, a
  whisper turns all of them.

Shapes: F fine frames of 12.5 ms, G voiced ones among them, K = 601 bins, H = 300 of them with
harmonics; frame k is centred on sample 300 k.
Source-filter synthesis after Vocos (arXiv:2306.00814) and HiFTNet (arXiv:2309.09493).
"""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from duologue.voice.noise import phasors
from duologue.voice.spectrum import BINS, HARMONIC_BINS, HOP, N_FFT, SAMPLE_RATE, VOICED_FROM
from duologue.voice.styles import Style

__all__ = ["pulse_train", "synthesise", "voiced_spectrum"]

Floats = NDArray[np.float32]
Integers = NDArray[np.intp]
PULSE_RATE = SAMPLE_RATE // 2
"""Samples a second of the pulses: half the sound's, for they end with the harmonics at 6 kHz."""
PULSE_CUTOFF = 2 * 5_500 / PULSE_RATE
PULSE_BETA = 4.5
"""Of the Kaiser window that bounds a pulse."""
_BLOCK = 64
_LOW = HARMONIC_BINS
_OVERLAP = N_FFT // HOP
_WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)).astype(np.float32)
_ANALYSIS = _WINDOW[::2] * np.float32(4)  # over half of N_FFT, a unit cosine has magnitude 1
_SYNTHESIS = _WINDOW / np.float32(_OVERLAP * 3 / 8)
_HERTZ = np.arange(BINS, dtype=np.float32) * np.float32(SAMPLE_RATE / N_FFT)

PULSE_TAPS, _PHASES = 16, 512
"""Length of one pulse in samples, less than the shortest period; positions between samples."""
_HOP = HOP // 2


def _pulse_table() -> Floats:
    """One pulse at every position between two samples: (512, 16), low-pass at about 5 kHz."""
    time = np.arange(PULSE_TAPS) - (PULSE_TAPS // 2 - 1) - np.arange(_PHASES)[:, None] / _PHASES
    bell = np.sqrt(np.clip(1 - (time / (PULSE_TAPS / 2)) ** 2, 0, 1))
    window = np.i0(PULSE_BETA * bell) / np.i0(PULSE_BETA)
    return (PULSE_CUTOFF * np.sinc(PULSE_CUTOFF * time) * window).astype(np.float32)


_PULSE = _pulse_table()


def _lift() -> Floats:
    """What makes up for the pulse's own spectrum, which falls from 4.4 kHz on: (H,), 2 at most."""
    time = np.arange(-PULSE_TAPS * 8, PULSE_TAPS * 8 + 1) / 16  # sixteen to a sample
    bell = np.sqrt(np.clip(1 - (time / (PULSE_TAPS / 2)) ** 2, 0, 1))
    pulse = np.sinc(PULSE_CUTOFF * time) * np.i0(PULSE_BETA * bell)
    turns = np.arange(HARMONIC_BINS) / N_FFT * SAMPLE_RATE / PULSE_RATE
    spectrum = np.cos(2 * np.pi * turns[:, None] * time) @ pulse
    return np.minimum(2, spectrum[0] / spectrum).astype(np.float32)


LIFT = _lift()


def pulse_train(f0: Floats) -> Floats:
    """All harmonics of f0 (F,), 0 where unvoiced, at unit amplitude, 12,000 samples a second, as hops of 150
    with two empty ones before and one after: (F + 3, 150).

    F0 is a line between the centres of hops; a pulse stands wherever its integral passes a whole number,
    and is half a period high, so that every harmonic has amplitude 1. The mean is taken out.
    """
    out = np.zeros((len(f0) + 3, _HOP), np.float32)
    around = np.zeros((3, len(f0)))
    around[0, 1:], around[1], around[2, :-1] = f0[:-1], f0, f0[1:]
    ends = np.zeros(len(f0) + 1)
    np.cumsum((around[0] + 6 * around[1] + around[2]) * (HOP / 8 / SAMPLE_RATE), out=ends[1:])
    passed = ends.astype(np.int64)
    hop = np.repeat(np.arange(len(f0)), passed[1:] - passed[:-1])
    if not len(hop):
        return out
    a, b, c = around[:, hop]
    wanted = (np.arange(1, len(hop) + 1) - ends[hop]) * (SAMPLE_RATE / HOP)  # in units of F0 times hops
    # Each half of a hop has a line of F0, whose integral is a quadratic: solved, and F0 there is the root.
    half = (a + 3 * b) / 8
    late = wanted > half
    wanted -= late * half
    pitch = np.where(late, b, (a + b) / 2)
    slope = np.where(late, c - b, b - a)
    root = np.sqrt(np.maximum(pitch * pitch + 2 * slope * wanted, 0))
    x = 0.5 * late + 2 * wanted / np.maximum(pitch + root, VOICED_FROM)
    kept = (root > VOICED_FROM) & (x >= 0) & (x <= 1)
    place = (hop[kept] + 2 + x[kept]) * _HOP - 0.5
    first = place.astype(np.int64)
    phase = ((place - first) * _PHASES).astype(np.int64)
    windows = _windows(out, PULSE_TAPS, 1)
    height = (0.5 * PULSE_RATE / root[kept]).astype(np.float32)
    out[2:-1][f0 > 0] = -0.5
    windows[first - (PULSE_TAPS // 2 - 1)] += _PULSE[phase] * height[:, None]
    return out


def _windows(signal: Floats, size: int, step: int) -> Floats:
    """Stretches of `size` every `step` samples of signal (..., ), flat and contiguous: a view (n, size)."""
    count = (signal.size - size) // step + 1
    return np.ndarray((count, size), signal.dtype, signal, strides=(step * signal.itemsize, signal.itemsize))


def voiced_spectrum(
    pulses: Floats, voiced: Integers, out: NDArray[np.complex64] | None = None
) -> NDArray[np.complex64]:
    """E of frames `voiced` (G,) from hops (F + 3, 150) as `pulse_train` gives them: (G, H + 1)."""
    frames = _windows(pulses, N_FFT // 2, _HOP)[voiced]
    frames *= _ANALYSIS
    # norm="forward" keeps numpy in single precision, at a sixth of the time; the window makes up for it.
    spectrum = np.fft.rfft(frames, axis=1, norm="forward", out=cast("NDArray[np.complex128] | None", out))
    return cast("NDArray[np.complex64]", spectrum)  # numpy's types know double precision only


def synthesise(
    residual: Floats,
    bank: Floats,
    angles: Floats,
    voiced: Integers,
    f0: Floats,
    level: Floats,
    noise: Integers,
    style: Style,
) -> Floats:
    """Samples of a batch, (300 (F + 3),): sample 600 + 300 k is the centre of frame k.

    voiced: (G,) the frames with voice, sorted; residual: (F, K) magnitudes, of those first, then of the
    rest; bank: (G, H) magnitudes of the harmonics' filter; angles: (G, H + K) its phases and those of the
    residual; f0: (F,) Hz; level: (F,) gain, 0 silences; noise: (F,) offsets into the table of `noise.py`.
    The magnitudes may be overwritten.
    """
    count = len(f0)
    pulses = pulse_train(f0)
    table = phasors()
    out = np.zeros((count + 3, HOP), np.float32)
    spectra, turns = (np.empty((_BLOCK, BINS), np.complex64) for _ in range(2))
    sources = np.empty((_BLOCK, _LOW + 1), np.complex64)
    frames = np.empty((_BLOCK, N_FFT), np.float32)
    tilt = np.exp(np.float32(style.tilt) * TILT) if style.tilt else None
    unvoiced = np.flatnonzero(f0 == 0)
    edges = np.arange(0, count + _BLOCK, _BLOCK)
    bounds, rests = np.searchsorted(voiced, edges).tolist(), np.searchsorted(unvoiced, edges).tolist()
    for block, first in enumerate(range(0, count, _BLOCK)):
        last = min(first + _BLOCK, count)
        size = last - first
        spectrum = spectra[:size]
        low, high = bounds[block], bounds[block + 1]
        if high > low:
            there, magnitude, filtered = voiced[low:high], residual[low:high], bank[low:high]
            if style.whisper or style.breath:
                spread = np.sqrt(np.float32(NOISE) / f0[there, None]) * filtered
            if style.whisper:
                np.hypot(magnitude[:, :_LOW], spread * WHISPER[:_LOW], out=magnitude[:, :_LOW])
                turn = table[noise[there]]
                turn *= magnitude
            else:
                if style.breath:
                    filtered *= np.sqrt(1 - style.breath * BREATH[:_LOW])
                source = voiced_spectrum(pulses, there, sources[: high - low])[:, :_LOW]
                turn = _turned(angles[low:high, :_LOW])
                source *= turn
                filtered *= LIFT
                source *= filtered
                turn = _turned(angles[low:high, _LOW:], turns[: high - low])
                turn *= magnitude
                turn[:, :_LOW] += source
                if style.breath:
                    hiss = table[noise[there], :_LOW]
                    hiss *= spread * np.sqrt(style.breath * BREATH[:_LOW])
                    turn[:, :_LOW] += hiss
            spectrum[there - first] = turn
        begin, end = rests[block], rests[block + 1]
        if end > begin:
            rest = unvoiced[begin:end]
            hiss = table[noise[rest]]
            hiss *= residual[len(voiced) + begin : len(voiced) + end]
            spectrum[rest - first] = hiss
        if tilt is not None:
            spectrum *= tilt
        sound = frames[:size]
        np.fft.irfft(spectrum, N_FFT, axis=1, out=cast("NDArray[np.float64]", sound))
        loud = level[first:last]
        if (loud == loud[0]).all():
            sound *= _SYNTHESIS * loud[0]
        else:
            sound *= _SYNTHESIS
            sound *= loud[:, None]
        hops = sound.reshape(size, _OVERLAP, HOP)
        for part in range(_OVERLAP):
            out[first + part : last + part] += hops[:, part]
    return out.reshape(-1)


def _turned(angle: Floats, out: NDArray[np.complex64] | None = None) -> NDArray[np.complex64]:
    """e^(i angle), to a 4096th of a turn."""
    # Added to 1.5 * 2^23 a float is rounded to a whole number, which stands in its lowest bits.
    steps = angle * _STEPS
    steps += _ROUNDER
    place = steps.view(np.int32)
    place &= len(_CIRCLE) - 1
    return np.take(_CIRCLE, place, out=out, mode="clip")


_CIRCLE = np.exp(2j * np.pi * np.arange(4096) / 4096).astype(np.complex64)
_STEPS = np.float32(len(_CIRCLE) / (2 * np.pi))
_ROUNDER = np.float32(1.5 * 2**23)

NOISE = 120.0
"""Noise of magnitude sqrt(120 / F0) sounds as loud as harmonics of magnitude 1: their power spread over the
bins between them (30 / F0), and 6 dB for what overlapping frames of unrelated phases lose."""

BREATH = np.clip((_HERTZ - 500) / 3000, 0.05, 1.0).astype(np.float32)
"""How much of a style's breath each bin takes: little at the first harmonics, all of it above 3.5 kHz."""

WHISPER = np.clip(_HERTZ / 1200, 0.12, 1.0).astype(np.float32)
"""A whisper's source lacks the bass that the glottis gives to voice."""


TILT = (np.log2(np.clip(_HERTZ, 100, 8000) / 500) * (np.log(10) / 20)).astype(np.float32)
"""Gain of each bin in nats for a tilt of 1 dB per octave: none at 500 Hz, level beyond 100 Hz and 8 kHz."""
