"""The teacher's excitation as a spectrum, in step with the teacher's waveform.

Design choices
- The teacher adds up F0 frame by frame, unvoiced frames included: its phase in cycles at sample
  300 k + 149.5 is cumsum(F0) * 300 / 24000, linear between. With that phase a pulse train of ours and
  the teacher's sound stay aligned, so the complex filter between them is a smooth thing to learn.
- A pulse train is the sum of all harmonics below 11 kHz at unit amplitude, in closed form.
- Both spectra use the same frames: centred on sample 300 k, Hann window of 1200.
"""

from __future__ import annotations

import numpy as np

from duologue.voice.spectrum import HOP, N_FFT, SAMPLE_RATE, VOICED_FROM

__all__ = ["WINDOW", "pulse_train", "spectrum"]

TOP = 11_000.0
WINDOW = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)).astype(np.float32)


def pulse_train(f0: np.ndarray) -> np.ndarray:
    """f0: (F,) Hz as the teacher has it, negative values included -> (300 F,) float32."""
    centres = np.arange(len(f0)) * HOP + 149.5
    t = np.arange(len(f0) * HOP)
    cycles = np.interp(t, centres, np.cumsum(f0.astype(np.float64)) * HOP / SAMPLE_RATE)
    head = t < centres[0]
    cycles[head] -= (centres[0] - t[head]) * f0[0] / SAMPLE_RATE
    pitch = np.maximum(np.interp(t, centres, f0), VOICED_FROM)
    angle = (2 * np.pi * (cycles % 1.0)).astype(np.float32)
    harmonics = (np.floor(TOP / pitch) + 0.5).astype(np.float32)
    half = 2 * np.sin(angle / 2)
    near = np.abs(half) < 2e-3  # the limit of the ratio where a pulse stands
    train = np.where(near, harmonics, np.sin(harmonics * angle) / np.where(near, 1, half)) - 0.5
    return train * np.repeat(f0 > VOICED_FROM, HOP)


def spectrum(signal: np.ndarray, first: int, count: int, scale: float = 1.0) -> np.ndarray:
    """signal: (S,) -> (count, 601) complex64, the frames centred on sample 300 k for k >= first."""
    start = first * HOP - N_FFT // 2
    stop = (first + count - 1) * HOP + N_FFT // 2
    padded = np.pad(signal[max(0, start) : max(0, stop)], (max(0, -start), max(0, stop - len(signal))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP][:count]
    return np.fft.rfft(frames * (WINDOW * np.float32(scale)), axis=1).astype(np.complex64)
