"""Music of our own making: a bed of slow chords, and stings between chapters.

Design choices
- Synthesised from a mood's chords with sines: nothing to license, nothing to ship, the same every time.
- Written to stay out of a voice's way: little above 1.5 kHz, no beat, no melody that asks to be followed.
- Left and right are detuned by cents against each other, which is what makes a pad wide.
- A bed is made for the length asked, ending on the chord that it began with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOODS", "Mood", "bed", "sting"]

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mood:
    """chords: MIDI notes of each; bar: seconds of a chord; pick: seconds between picked notes, 0 for none."""

    chords: tuple[tuple[int, ...], ...]
    bar: float
    pick: float = 0.0


MOODS = {
    "calm": Mood(chords=((48, 55, 64, 71), (45, 52, 60, 67), (41, 53, 60, 64), (43, 50, 59, 64)), bar=4.0),
    "warm": Mood(
        chords=((41, 53, 57, 60), (50, 57, 60, 65), (46, 53, 58, 62), (48, 55, 58, 64)), bar=3.2, pick=0.8
    ),
    "bright": Mood(
        chords=((48, 60, 64, 67), (43, 59, 62, 67), (45, 57, 60, 64), (41, 57, 60, 65)), bar=2.4, pick=0.3
    ),
    "serious": Mood(
        chords=((45, 52, 57, 60), (41, 53, 57, 60), (50, 53, 57, 62), (40, 52, 56, 59)), bar=4.0, pick=2.0
    ),
}
"""The moods by name."""


def _hertz(note: float) -> float:
    return float(440.0 * 2 ** ((note - 69) / 12))


def _pad(note: int, seconds: float, rate: int, side: float) -> NDArray[np.float64]:
    """A soft held note (S,): four partials under a slow swell."""
    t = np.arange(round(seconds * rate)) / rate
    pitch = _hertz(note + 0.05 * side)
    swell = np.minimum(t / 1.1, 1.0) * np.minimum((seconds - t) / 1.4, 1.0)
    swell = np.sin(np.pi / 2 * np.clip(swell, 0, 1)) ** 2
    tone = sum(
        np.sin(2 * np.pi * pitch * n * t + 0.7 * n * side) / n**1.9 for n in range(1, 5) if pitch * n < 1800
    )
    return np.asarray(swell * (1 + 0.12 * np.sin(2 * np.pi * 0.31 * t + side)) * tone)


def _bell(note: int, seconds: float, rate: int) -> NDArray[np.float64]:
    """A picked note (S,): it decays, the higher partials faster."""
    t = np.arange(round(seconds * rate)) / rate
    pitch = _hertz(note)
    tone = sum(
        a * np.sin(2 * np.pi * pitch * n * t) * np.exp(-t * d)
        for n, a, d in ((1, 1.0, 3.0), (2, 0.35, 5.0), (3.01, 0.12, 9.0))
    )
    return np.asarray(tone * np.minimum(t / 0.004, 1.0) * np.minimum((seconds - t) / 0.03, 1.0))


def _add(sound: NDArray[np.float64], part: NDArray[np.float64], start: int, gain: float) -> None:
    end = min(start + len(part), len(sound))
    if start < end:
        sound[start:end] += gain * part[: end - start]


def bed(mood: Mood, seconds: float, rate: int) -> Samples:
    """A bed (S, 2) float32 of that length, peaks at 0.5."""
    size = round(seconds * rate)
    sound = np.zeros((size, 2))
    overlap = 1.2
    bars = max(round(seconds / mood.bar), 1)
    bar = seconds / bars if bars < 4 else mood.bar
    for i in range(int(np.ceil(seconds / bar))):
        last = (i + 1) * bar >= seconds - 0.01
        chord = mood.chords[0 if last else i % len(mood.chords)]
        for channel, side in ((0, -1.0), (1, 1.0)):
            for k, note in enumerate(chord):
                held = _pad(note, bar + overlap, rate, side)
                _add(sound[:, channel], held, round(i * bar * rate), 0.9 if k == 0 else 0.5)
        if mood.pick:
            for k in range(int(bar / mood.pick)):
                note = chord[1 + (k * 2 + i) % (len(chord) - 1)] + 12
                where = round((i * bar + k * mood.pick) * rate)
                picked = _bell(note, 1.4, rate)
                for channel, gain in ((0, 0.16 if k % 2 else 0.1), (1, 0.1 if k % 2 else 0.16)):
                    _add(sound[:, channel], picked, where, gain)
    return _scaled(sound)


def sting(mood: Mood, rate: int) -> Samples:
    """A short figure (S, 2) float32 of 1.8 s, peaks at 0.5: the chord picked upwards, left to right."""
    sound = np.zeros((round(1.8 * rate), 2))
    chord = mood.chords[0]
    notes = [chord[1] + 12, chord[2] + 12, chord[3] + 12, chord[1] + 24]
    for i, note in enumerate(notes):
        picked = _bell(note, 1.8 - 0.11 * i, rate)
        right = 0.35 + 0.1 * i
        for channel, gain in ((0, 1 - right), (1, right)):
            _add(sound[:, channel], picked, round(0.11 * i * rate), gain)
    return _scaled(sound)


def _scaled(sound: NDArray[np.float64]) -> Samples:
    return (sound * (0.5 / max(float(np.abs(sound).max(initial=0.0)), 1e-9))).astype(np.float32)
