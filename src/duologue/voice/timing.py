"""Time: from the network's log durations to whole frames, the time axis of a batch, and word times.

Design choices
- A frame is 25 ms. Rounding errors are carried on to the next phoneme, so a sentence is as long as its
  unrounded durations say, and speed is exact.
- Every sounding phoneme lasts a frame at least. Stress marks, spaces and the like, which the network gives
  time too, may vanish when speech is faster than a quarter above normal.
- The sentences of a batch lie one behind the other with GAP empty frames between them: as many as half a
  convolution kernel, so none hears its neighbour and nothing is padded.
- A word's time is that of its phonemes; the silence after the last is cut to `TAIL`.

Shapes: N phonemes of a batch (with GAP_TEXT empty ones after each sentence), T frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from duologue.voice.frontend.alphabet import PAD
from duologue.voice.frontend.utterance import Utterance
from duologue.voice.spectrum import FRAME_RATE
from duologue.voice.speech import Word

__all__ = ["DECAY", "GAP", "GAP_TEXT", "SILENT", "Axis", "axis", "whole_frames", "words"]

GAP = 3
GAP_TEXT = 2
SILENT = frozenset(' ˈˌː;:,.!?—…"()“”')
"""Symbols without a sound of their own."""
PAUSES = frozenset(";:,.!?—…")
"""Symbols that the voice makes a pause at."""
DECAY = 4
"""Frames after the last phoneme of an utterance in which it dies away: still the word, then silence."""
_HURRY = 1.25

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


def whole_frames(wanted: Sequence[float], silent: Sequence[bool], hurried: bool) -> list[int]:
    """Durations in frames, rounded with the error carried on.

    wanted: unrounded, per phoneme; silent: which may vanish if `hurried`.
    """
    owed = 0.5
    frames = []
    for want, mute in zip(wanted, silent, strict=True):
        owed += want
        count = max(int(owed), 0 if mute and hurried else 1)
        owed -= count
        frames.append(count)
    return frames


@dataclass(frozen=True, slots=True)
class Axis:
    """The common axis of a batch.

    durations (N,): frames of each phoneme, GAP in place of the first empty one after each sentence;
    index (T,): phoneme of each frame; place (T, 3): centre as a fraction, log duration, 1 - fraction;
    mask (T, 1): 0 in the gaps; starts, frames: where each sentence lies.
    """

    durations: Integers
    index: Integers
    place: Floats
    mask: Floats
    starts: list[int]
    frames: list[int]

    def spread(self, values: Floats) -> Floats:
        """values (N,) per phoneme -> (2T,) per fine frame."""
        return np.repeat(values, 2 * self.durations)

    def cut(self, lengths: Sequence[int], leads: Sequence[int] | None = None) -> tuple[Axis, Integers]:
        """An axis of some frames of each sentence, up to `lengths` and without the first `leads`, and which
        frames of this one they are (T',).

        Its `durations` are the whole's; nothing follows the last sentence.
        """
        runs, starts, counts, at = [], [], [], 0
        leads = leads or [0] * len(lengths)
        for length, lead, start, frames in zip(lengths, leads, self.starts, self.frames, strict=True):
            runs += [np.arange(start + lead, start + length), np.arange(start + frames, start + frames + GAP)]
            starts.append(at)
            counts.append(length - lead)
            at += length - lead + GAP
        kept = np.concatenate(runs[:-1])
        index, place, mask = self.index[kept], self.place[kept], self.mask[kept]
        return Axis(self.durations, index, place, mask, starts, counts), kept


def axis(durations: Sequence[Sequence[int]]) -> Axis:
    """Lay sentences, given as frames of each phoneme (ends included), behind each other."""
    flat: list[int] = []
    gaps: list[int] = []
    starts, frames, at = [], [], 0
    for sentence in durations:
        flat += sentence
        gaps.append(len(flat))
        flat += [GAP, *[0] * (GAP_TEXT - 1)]
        starts.append(at)
        frames.append(sum(sentence))
        at += frames[-1] + GAP
    counts = np.array(flat, np.int64)
    index = np.repeat(np.arange(len(counts)), counts)
    begins = np.cumsum(counts) - counts
    size = np.maximum(counts, 1).astype(np.float32)
    place = np.empty((at, 3), np.float32)
    place[:, 0] = (np.arange(at) - begins[index] + 0.5) / size[index]
    place[:, 1] = np.log(size)[index]
    place[:, 2] = 1 - place[:, 0]
    kept = np.ones(len(counts), np.float32)
    kept[gaps] = 0
    mask = kept[index][:, None]
    return Axis(counts, index, place * mask, mask, starts, frames)


def words(utterance: Utterance, durations: Sequence[int], offset: float, limit: float) -> list[Word]:
    """Times of the words: durations of the phonemes with both ends; offset: seconds before the first frame;
    limit: seconds of audio, which no word goes beyond."""
    ends = [0]
    for count in durations:
        ends.append(ends[-1] + count)
    made = []
    for span in utterance.words:
        if span.last > span.first:
            start = min(offset + ends[span.first + 1] / FRAME_RATE, limit)
            end = min(offset + ends[span.last + 1] / FRAME_RATE, limit)
            made.append(Word(span.text, start, end, span.start, span.end))
    if made:
        made[-1] = replace(made[-1], end=min(made[-1].end + DECAY / FRAME_RATE, limit))
    return made


def padded(rows: Sequence[Sequence[int]]) -> Integers:
    """Rows of ids as one array (B, L), padded."""
    out = np.full((len(rows), max(map(len, rows))), PAD, np.int64)
    for row, ids in zip(out, rows, strict=True):
        row[: len(ids)] = ids
    return out
