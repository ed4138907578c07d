"""The spectral grid that the network predicts on, and the constants every room of the voice shares."""

from __future__ import annotations

__all__ = [
    "BINS", "CEILING", "FINE_RATE", "FRAME_RATE", "HARMONIC_BINS", "HOP", "N_FFT", "PARTS", "SAMPLE_RATE",
    "VOICED_FROM",
]  # fmt: skip

SAMPLE_RATE = 24_000
N_FFT = 1200
HOP = 300
BINS = N_FFT // 2 + 1
HARMONIC_BINS = 300
"""Bins with harmonics, up to 6 kHz: beyond, the filter lies 18 to 33 dB below the residual in every voice."""
CEILING = 7.0
"""Log magnitude that nothing exceeds."""
FINE_RATE = SAMPLE_RATE // HOP
"""Fine frames a second (12.5 ms): the rate of the spectrum, of F0 and of energy."""
FRAME_RATE = FINE_RATE // 2
"""Backbone frames a second (25 ms): the rate of durations."""
PARTS = 4
"""Harmonic log magnitude, harmonic phase, residual log magnitude, residual phase."""
VOICED_FROM = 40.0
"""Hz: a fine frame with F0 at or below this is unvoiced."""
