"""What style and markup ask for, and what they do to durations, F0 and level.

Design choices
- Between prosody and decoder stand durations, F0 and energy; speed, style and markup act there and only
  there, per phoneme.
- F0 is moved and stretched around the voice's own mean, in semitones, so a style is as large for a low
  voice as for a high one.
- Volume is a gain on frames of the spectrum, whose windows overlap: it never clicks.
- Pure functions of arrays: both ways of rendering, on a processor and on a GPU, share them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duologue.voice.frontend.alphabet import IDS, PAD
from duologue.voice.frontend.utterance import NEUTRAL, Utterance
from duologue.voice.styles import Style
from duologue.voice.timing import DECAY, GAP_TEXT, PAUSES, SILENT, Axis, whole_frames
from duologue.voice.voices import Speaker

__all__ = [
    "HIGHEST", "LOWEST", "Controls", "Manner", "controls", "heard", "shaped_controls", "shaped_durations",
    "shaped_pitch",
]  # fmt: skip

Floats = NDArray[np.float32]

SLOWEST, FASTEST = 0.2, 5.0
"""Bounds of the rate that speed, style and markup come to together."""
LOWEST, HIGHEST = 55.0, 700.0
"""Hz: F0 is kept within."""
CLOSING = 6
"""Frames of silence that an utterance ends with at least."""
_CLOSED = 2
"""Frames after which the sound has been faded out."""
_DB = math.log(10) / 20
_SEMITONE = math.log(2) / 12


@dataclass(frozen=True, slots=True)
class Manner:
    """How a whole group is spoken: by whom, in what style; speed a factor, pitch in semitones, seed."""

    speaker: Speaker
    style: Style
    speed: float
    pitch: float
    seed: int


@dataclass(frozen=True, slots=True)
class Controls:
    """What markup asks for, per phoneme of an utterance with both ends; None where it asks for nothing."""

    ids: list[int]
    silent: list[bool]
    pausing: list[bool]
    rate: list[float] | None
    pitch: list[float] | None
    pitch_range: list[float] | None
    volume: list[float] | None


def controls(utterance: Utterance) -> Controls:
    """The ids and controls of an utterance; its ends go with the phonemes next to them."""
    phonemes = utterance.phonemes
    ids = [PAD, *(IDS[p.symbol] for p in phonemes), PAD]
    silent = [True, *(p.symbol in SILENT for p in phonemes), True]
    pausing = [False, *(p.symbol in PAUSES for p in phonemes), False]
    asked = [p.prosody for p in phonemes]
    if all(p is NEUTRAL or p == NEUTRAL for p in asked):
        return Controls(ids, silent, pausing, None, None, None, None)
    asked = [asked[0], *asked, asked[-1]]
    return Controls(
        ids,
        silent,
        pausing,
        [p.rate for p in asked],
        [p.pitch for p in asked],
        [p.pitch_range for p in asked],
        [p.volume for p in asked],
    )


def shaped_durations(asked: Controls, log_durations: Floats, manner: Manner) -> list[int]:
    """Frames of each phoneme of one utterance, at the rate asked for."""
    base = manner.speed * manner.style.rate
    natural = np.exp(log_durations[: len(asked.ids)]).tolist()
    pause = manner.style.pause
    if pause != 1:
        natural = [d * pause if p else d for d, p in zip(natural, asked.pausing, strict=True)]
    rates = [min(max(base * r, SLOWEST), FASTEST) for r in asked.rate or [1.0] * len(natural)]
    wanted = [d / r for d, r in zip(natural, rates, strict=True)]
    frames = whole_frames(wanted, asked.silent, max(rates) > 1.25)
    # A very short utterance is predicted to end before its last sound has died away.
    frames[-1] = max(frames[-1], round(CLOSING / max(1.0, rates[-1])))
    return frames


def shaped_controls(asked: Sequence[Controls], line: Axis, manner: Manner) -> tuple[Floats, Floats, Floats]:
    """What is done to F0 and level, per fine frame (2T,): move in nats, stretch, and gain (0 in the gaps)."""
    style = manner.style
    size = 2 * len(line.mask)
    level = np.repeat(line.mask[:, 0], 2)
    level *= np.float32(manner.speaker.gain * math.exp(_DB * style.energy))
    move = np.full(size, (style.pitch + manner.pitch) * _SEMITONE, np.float32)
    stretch = np.full(size, style.pitch_range, np.float32)
    if any(c.rate is not None for c in asked):
        move += np.float32(_SEMITONE) * _spread(asked, "pitch", 0.0, line)
        stretch *= _spread(asked, "pitch_range", 1.0, line)
        level *= np.exp(np.float32(_DB) * _spread(asked, "volume", 0.0, line))
    _close(level, asked, line)
    return move, stretch, level


def _close(level: Floats, asked: Sequence[Controls], line: Axis) -> None:
    """Silence what follows the last sound of each utterance, once that has died away; in place."""
    at = 0
    for c, start, frames in zip(asked, line.starts, line.frames, strict=True):
        first = 2 * (start + int(line.durations[at : at + _spoken(c)].sum()) + DECAY)
        last = 2 * (start + frames)
        if first < last:
            level[first:last] *= np.maximum(0, 1 - np.arange(1, last - first + 1) / (2 * _CLOSED))
        at += len(c.ids) + GAP_TEXT


def shaped_pitch(
    log_f0: Floats, voicing: Floats, move: Floats, stretch: Floats, level: Floats, mean: float
) -> Floats:
    """F0 in Hz, 0 where unvoiced, (2T,): stretched around the voice's mean log F0, then moved."""
    f0 = log_f0 - np.float32(mean)
    f0 *= stretch
    f0 += move
    f0 += np.float32(mean)
    np.clip(np.exp(f0, out=f0), LOWEST, HIGHEST, out=f0)
    f0 *= (voicing > 0) & (level > 0)
    return f0


def _spread(asked: Sequence[Controls], name: str, nothing: float, line: Axis) -> Floats:
    """A control per fine frame (2T,)."""
    values: list[float] = []
    for c in asked:
        values += getattr(c, name) or [nothing] * len(c.ids)
        values += [nothing] * GAP_TEXT
    return line.spread(np.array(values, np.float32))


def heard(asked: Controls, frames: Sequence[int]) -> int:
    """Frames of an utterance until it is silent for good, which is where the decoder may stop."""
    return min(sum(frames), sum(frames[: _spoken(asked)]) + DECAY + _CLOSED)


def _spoken(asked: Controls) -> int:
    """How many phonemes there are up to the last that sounds."""
    return next((n for n in range(len(asked.ids), 0, -1) if not asked.silent[n - 1]), 0)
