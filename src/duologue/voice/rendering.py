"""A group of utterances to samples: networks, controls and synthesis in order.

Design choices
- Between prosody and decoder stand durations, F0 and energy; speed, style and markup act there and only
  there, per phoneme.
- F0 is moved and stretched around the voice's own mean, in semitones, so a style is as large for a low
  voice as for a high one.
- Volume is a gain on frames of the spectrum, whose windows overlap: it never clicks.
- Every utterance fades in and out; a peak above full scale is bent, not clipped.
- The silence that an utterance begins and ends with is not computed.
- Stateless: a renderer is shared by threads.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from duologue.voice.frontend.alphabet import IDS, PAD
from duologue.voice.frontend.utterance import NEUTRAL, Utterance
from duologue.voice.noise import offsets
from duologue.voice.spectrum import HOP, SAMPLE_RATE, VOICED_FROM
from duologue.voice.styles import Style
from duologue.voice.synthesis import synthesise
from duologue.voice.timing import DECAY, GAP, GAP_TEXT, PAUSES, SILENT, Axis, axis, padded, whole_frames
from duologue.voice.voices import Speaker

__all__ = [
    "Backend", "Controls", "Manner", "Plan", "Rendered", "Renderer", "controls", "finished", "frame_input",
    "limited", "shaped_controls", "shaped_durations", "shaped_pitch",
]  # fmt: skip

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
_Number = TypeVar("_Number", bound=np.generic)

SLOWEST, FASTEST = 0.2, 5.0
"""Bounds of the rate that speed, style and markup come to together."""
LOWEST, HIGHEST = 55.0, 700.0
"""Hz: F0 is kept within."""
CLOSING = 6
"""Frames of silence that an utterance ends with at least."""
_CLOSED = 2
"""Frames after which the sound has been faded out."""
LEAD = 6
"""Frames before the first phoneme in which it may be heard: 150 ms."""
_DB = math.log(10) / 20
_SEMITONE = math.log(2) / 12
_FADE_IN = np.sin(np.linspace(0, np.pi / 2, SAMPLE_RATE // 200, dtype=np.float32)) ** 2
_FADE_OUT = (np.sin(np.linspace(np.pi / 2, 0, SAMPLE_RATE // 50, dtype=np.float32)) ** 2).astype(np.float32)
_KNEE = np.float32(0.9)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a whole group is spoken: by whom, in what style; speed a factor, pitch in semitones, seed."""

    speaker: Speaker
    style: Style
    speed: float
    pitch: float
    seed: int


@dataclass(frozen=True, slots=True)
class Rendered:
    """An utterance as sound: audio (S,), and the frames of each phoneme, ends included."""

    audio: Floats
    durations: list[int]


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


class Backend(Protocol):
    """The networks, wherever they run; see `Networks`."""

    def encode(self, ids: Integers, voice: Floats) -> tuple[Floats, Floats]: ...

    def contour(
        self, text: Floats, index: Integers, axis: Axis, voice: Floats
    ) -> tuple[Floats, Floats, Floats]: ...

    def decode(
        self, ids: Integers, axis: Axis, frame: Floats, voiced: Integers, voice: Floats
    ) -> tuple[Floats, Floats]: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """A group before it becomes sound: ids (N,), -1 in gaps; durations of each utterance's phonemes; the
    first and last of its frames in which there may be sound; their common axis; f0 in Hz (0 where unvoiced),
    energy and gain, each (2T,)."""

    ids: Integers
    durations: list[list[int]]
    heard: list[tuple[int, int]]
    line: Axis
    f0: Floats
    energy: Floats
    level: Floats


class Renderer:
    """Renders groups with a backend."""

    largest = 320
    """Phonemes in a group: more would not be faster on a processor, and need more memory."""

    def __init__(self, networks: Backend) -> None:
        self._networks = networks

    def plan(self, utterances: Sequence[Utterance], manner: Manner) -> Plan:
        """When, how high and how loud each phoneme of a group is."""
        networks, speaker = self._networks, manner.speaker
        asked = [controls(u) for u in utterances]
        text, log_durations = networks.encode(padded([c.ids for c in asked]), speaker.prosody)
        durations = [shaped_durations(c, row, manner) for c, row in zip(asked, log_durations, strict=True)]
        line = axis(durations)
        rows, length, width = text.shape
        ids: list[int] = []
        home: list[int] = []
        for row, c in enumerate(asked):
            ids += [*c.ids, *[-1] * GAP_TEXT]
            home += [*range(row * length, row * length + len(c.ids)), *[row * length] * GAP_TEXT]
        log_f0, voicing, energy = networks.contour(
            text.reshape(rows * length, width), np.array(home)[line.index], line, speaker.prosody
        )
        move, stretch, level = shaped_controls(asked, line, manner)
        f0 = shaped_pitch(log_f0, voicing, move, stretch, level, speaker.pitch)
        heard = [_heard(c, frames) for c, frames in zip(asked, durations, strict=True)]
        return Plan(np.array(ids), durations, heard, line, f0, energy, level)

    def contour(self, utterances: Sequence[Utterance], manner: Manner) -> Floats:
        """F0 in Hz of a group's utterances one after the other, 0 where unvoiced."""
        plan = self.plan(utterances, manner)
        return plan.f0[np.repeat(plan.line.mask[:, 0] > 0, 2)]

    def render(self, utterances: Sequence[Utterance], first: int, manner: Manner) -> list[Rendered]:
        """One `Rendered` for each utterance, none of which is without phonemes.

        first: number of the first utterance in the whole text, which its noise depends on.
        """
        plan = self.plan(utterances, manner)
        line, kept = plan.line.cut(plan.heard)
        noise = np.concatenate(
            [offsets(manner.seed, first + n, 2 * (count + GAP)) for n, count in enumerate(plan.line.frames)]
        )
        f0, energy, level, noise = (_pairs(x, kept) for x in (plan.f0, plan.energy, plan.level, noise))
        voiced = np.flatnonzero(f0)
        frame = frame_input(line, f0, energy)
        residual, harmonic = self._networks.decode(plan.ids, line, frame, voiced, manner.speaker.decoder)
        sound = synthesise(residual, harmonic, voiced, f0, level, noise, manner.style)
        made = []
        for start, (begin, end), frames in zip(line.starts, plan.heard, plan.durations, strict=True):
            # The centre of fine frame k is sample 600 + 300 k, and the window reaches 600 to either side.
            samples = 2 * HOP * sum(frames)
            audio = np.zeros(2 * HOP + samples + HOP, np.float32)
            size = 2 * HOP * (end - begin) + 3 * HOP
            audio[2 * HOP * begin :][:size] = sound[2 * HOP * start :][:size]
            made.append(Rendered(finished(audio[2 * HOP : 2 * HOP + samples]), frames))
        return made


def _pairs(values: NDArray[_Number], kept: Integers) -> NDArray[_Number]:
    """Of values per fine frame (2T,) those of the frames `kept` (T',): (2T',)"""
    return values.reshape(-1, 2)[kept].reshape(-1)


def _heard(asked: Controls, frames: Sequence[int]) -> tuple[int, int]:
    """The first frame of an utterance in which there may be sound, and the one after the last.

    What lies before and after is silence that the decoder need not make.
    """
    last = min(sum(frames), sum(frames[: _spoken(asked)]) + DECAY + _CLOSED)
    return max(0, min(frames[0] - LEAD, last - 1)), last


def _spoken(asked: Controls) -> int:
    """How many phonemes there are up to the last that sounds."""
    return next((n for n in range(len(asked.ids), 0, -1) if not asked.silent[n - 1]), 0)


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


def frame_input(line: Axis, f0: Floats, energy: Floats) -> Floats:
    """What the decoder reads of each frame: (T, 9), as `model.frame_features` makes it."""
    frame = np.empty((len(line.mask), 9), np.float32)
    frame[:, :3] = line.place
    voiced = f0 > VOICED_FROM
    pitch = np.log(np.maximum(f0, np.float32(40)))
    pitch -= np.float32(5.2)
    pitch *= np.float32(1 / 0.3)
    pitch *= voiced
    frame[:, 3:5] = pitch.reshape(-1, 2)
    frame[:, 5:7] = voiced.reshape(-1, 2)
    frame[:, 7:] = ((energy - np.float32(3)) * np.float32(1 / 3)).reshape(-1, 2)
    return frame


def finished(sound: Floats) -> Floats:
    """A copy with its ends faded and nothing beyond full scale."""
    audio = limited(sound)
    n = min(len(_FADE_IN), len(audio))
    audio[:n] *= _FADE_IN[:n]
    n = min(len(_FADE_OUT), len(audio))
    audio[len(audio) - n :] *= _FADE_OUT[len(_FADE_OUT) - n :]
    return audio


def limited(sound: Floats) -> Floats:
    """A copy, bent above 0.9 if its peak exceeds 0.99."""
    audio = sound.copy()
    if len(audio) and max(audio.max(), -audio.min()) > 0.99:
        over = np.flatnonzero(np.abs(audio) > _KNEE)
        size = np.abs(audio[over])
        bent = _KNEE + (1 - _KNEE) * np.tanh((size - _KNEE) / (1 - _KNEE))
        audio[over] = np.copysign(np.minimum(bent, np.float32(0.9999)), audio[over])
    return audio
