"""A group of utterances to samples: networks, controls and synthesis in order.

Design choices
- One plan (when, how high, how loud each phoneme is), then one run of the decoder for the whole group.
- The silence that an utterance ends with is not computed. That before its first sound is faint, but speech
  without it is judged worse: it is the noise of its last four frames, drawn out.
- Every utterance fades in and out; a peak above full scale is bent, not clipped.
- Stateless: a renderer is shared by threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from duologue.voice.controls import (
    Manner,
    controls,
    heard,
    shaped_controls,
    shaped_durations,
    shaped_pitch,
)
from duologue.voice.frontend.utterance import Utterance
from duologue.voice.noise import offsets
from duologue.voice.spectrum import HOP, SAMPLE_RATE, VOICED_FROM
from duologue.voice.synthesis import synthesise
from duologue.voice.timing import GAP, GAP_TEXT, Axis, axis, padded

__all__ = ["Backend", "Plan", "Rendered", "Renderer", "finished", "frame_input", "limited"]

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]
_Number = TypeVar("_Number", bound=np.generic)

_FADE_IN = np.sin(np.linspace(0, np.pi / 2, SAMPLE_RATE // 200, dtype=np.float32)) ** 2
_FADE_OUT = (np.sin(np.linspace(np.pi / 2, 0, SAMPLE_RATE // 50, dtype=np.float32)) ** 2).astype(np.float32)
_KNEE = np.float32(0.9)
LEAD = 7
"""Frames of the silence before the first sound that the decoder makes; with four the judge hears it."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """An utterance as sound: audio (S,), and the frames of each phoneme, ends included."""

    audio: Floats
    durations: list[int]


class Backend(Protocol):
    """The networks, wherever they run; see `Networks`."""

    def encode(self, ids: Integers, voice: Floats) -> tuple[Floats, Floats]: ...

    def contour(
        self, text: Floats, index: Integers, axis: Axis, voice: Floats
    ) -> tuple[Floats, Floats, Floats]: ...

    def decode(
        self, ids: Integers, axis: Axis, frame: Floats, order: Integers, voiced: int, voice: Floats
    ) -> tuple[Floats, Floats, Floats]: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """A group before it becomes sound: ids (N,), -1 in gaps; durations of each utterance's phonemes; the
    frames of each until it is silent for good; their common axis; f0 in Hz (0 where unvoiced), energy and
    gain, each (2T,)."""

    ids: Integers
    durations: list[list[int]]
    heard: list[int]
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
        lengths = [heard(c, frames) for c, frames in zip(asked, durations, strict=True)]
        return Plan(np.array(ids), durations, lengths, line, f0, energy, level)

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
        leads = [_lead(plan, n) for n in range(len(plan.heard))]
        short, computed = plan.line.cut(plan.heard, leads)
        noise = np.concatenate(
            [offsets(manner.seed, first + n, 2 * (count + GAP)) for n, count in enumerate(plan.line.frames)]
        )
        f0, level, noise = (_pairs(x, kept) for x in (plan.f0, plan.level, noise))
        frame = frame_input(short, _pairs(plan.f0, computed), _pairs(plan.energy, computed))
        # What the decoder leaves out at the beginning sounds like the first frame it makes.
        rows = 2 * np.searchsorted(computed, kept)
        fine = np.stack([rows, rows + 1], 1).reshape(-1)
        voiced = np.flatnonzero(f0)
        order = np.concatenate([fine[voiced], fine[f0 == 0]])
        parts = self._networks.decode(plan.ids, short, frame, order, len(voiced), manner.speaker.decoder)
        sound = synthesise(*parts, voiced, f0, level, noise, manner.style)
        made = []
        for start, length, frames in zip(line.starts, plan.heard, plan.durations, strict=True):
            # The centre of fine frame k is sample 600 + 300 k; the last window reaches 600 beyond its own.
            begin, audio = 2 * HOP * (start + 1), np.zeros(2 * HOP * sum(frames), np.float32)
            size = min(2 * HOP * length + HOP, len(audio))
            audio[:size] = sound[begin : begin + size]
            made.append(Rendered(finished(audio), frames))
        return made


def _lead(plan: Plan, number: int) -> int:
    """How many frames at the beginning of an utterance the decoder may leave out: its silence but `LEAD`."""
    start = plan.line.starts[number]
    lead = min(plan.durations[number][0] - LEAD, plan.heard[number] - 1)
    return lead if lead > 0 and not plan.f0[2 * start : 2 * (start + lead)].any() else 0


def _pairs(values: NDArray[_Number], kept: Integers) -> NDArray[_Number]:
    """Of values per fine frame (2T,) those of the frames `kept` (T',): (2T',)"""
    return values.reshape(-1, 2)[kept].reshape(-1)


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
