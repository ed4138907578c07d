"""Batches of crops: a stretch of frames from each of several utterances, with the phonemes around it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from duologue.voice.train.corpus import Corpus

__all__ = ["Crop", "crops"]

MARGIN = 8
"""Phonemes kept on either side of the crop: what the decoder's text convolutions can see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crop:
    """ids (B, L); index (B, T) into L; place (B, T, 3); f0, energy (B, 2T); voice (B,) int;
    items: which utterance (corpus, index) and first frame each row comes from."""

    ids: Tensor
    index: Tensor
    place: Tensor
    f0: Tensor
    energy: Tensor
    voice: Tensor
    items: list[tuple[Corpus, int, int]]


def crops(
    corpora: list[tuple[Corpus, int, float]], batch: int, frames: int, rng: np.random.Generator
) -> Crop:
    """Draw `batch` crops of `frames` from `corpora`: (corpus, voice number, share of the batch).

    Utterances are drawn in proportion to their length, so that every frame is as likely as any
    other; one shorter than the crop is repeated silence-free to its own end and then held.
    """
    shares = np.array([share for *_, share in corpora])
    rows = []
    for choice in rng.choice(len(corpora), size=batch, p=shares / shares.sum()):
        corpus, voice, _ = corpora[choice]
        weights = np.cumsum(corpus.frames)
        number = int(np.searchsorted(weights, rng.integers(weights[-1]), side="right"))
        last = max(0, int(corpus.frames[number]) - frames)
        rows.append((corpus, number, int(rng.integers(last + 1)), voice))
    return gather(rows, frames)


def gather(rows: list[tuple[Corpus, int, int, int]], frames: int) -> Crop:
    """The crop of `frames` from each (corpus, utterance, first frame, voice number)."""
    ids, index, place, f0, energy = [], [], [], [], []
    for corpus, number, start, _ in rows:
        item = corpus[number]
        durations = item.durations.astype(np.int64)
        ends = np.cumsum(durations)
        t = np.minimum(start + np.arange(frames), ends[-1] - 1)
        phoneme = np.searchsorted(ends, t, side="right")
        length = np.maximum(durations[phoneme], 1)
        fraction = (t - (ends[phoneme] - length) + 0.5) / length
        low = max(0, int(phoneme[0]) - MARGIN)
        ids.append(item.ids[low : int(phoneme[-1]) + 1 + MARGIN].astype(np.int64))
        index.append(phoneme - low)
        place.append(np.stack([fraction, np.log(length), 1 - fraction], -1))
        fine = np.minimum(2 * start + np.arange(2 * frames), 2 * ends[-1] - 1)
        f0.append(item.f0[fine])
        energy.append(item.energy[fine])
    width = max(map(len, ids))
    padded = np.zeros((len(rows), width), np.int64)
    for row, values in zip(padded, ids, strict=True):
        row[: len(values)] = values
    return Crop(
        ids=torch.from_numpy(padded),
        index=torch.from_numpy(np.stack(index)),
        place=torch.from_numpy(np.stack(place).astype(np.float32)),
        f0=torch.from_numpy(np.stack(f0)),
        energy=torch.from_numpy(np.stack(energy)),
        voice=torch.tensor([row[3] for row in rows]),
        items=[row[:3] for row in rows],
    )
