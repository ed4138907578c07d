"""Prosody stage: phonemes and a voice -> the teacher's durations, F0, voicing and energy.

Design choices
- Whole sentences, of similar length in a batch: intonation is a matter of the sentence.
- Durations are learned as logs with an absolute error, so the predicted length is a median and a
  long pause weighs no more than a long vowel.
- The contours are learned on the teacher's durations; F0 in voiced frames only, voicing by itself.
- All voices at once, each drawn as often as the others whatever its share of the corpus.

    python -m duologue.voice.train.prosody --corpora work/prosody/* --minutes 45
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from duologue.voice.model import Prosody, base, frame_places
from duologue.voice.spectrum import VOICED_FROM
from duologue.voice.train.corpus import Corpus
from duologue.voice.train.loop import LoopConfig, train
from duologue.voice.train.teacher import ENGLISH_VOICES

__all__ = ["Sentences", "prosody_losses", "sentences"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """ids, durations (B, L), zero-padded; f0, energy (B, 2T); frames (B,); voice (B,)."""

    ids: Tensor
    durations: Tensor
    f0: Tensor
    energy: Tensor
    frames: Tensor
    voice: Tensor


def sentences(rows: list[tuple[Corpus, int, int]]) -> Sentences:
    """Pad (corpus, utterance, voice number) rows into one batch."""
    items = [corpus[number] for corpus, number, _ in rows]

    def pad(values: list[np.ndarray], dtype: type) -> Tensor:
        out: np.ndarray = np.zeros((len(values), max(map(len, values))), dtype)
        for row, value in zip(out, values, strict=True):
            row[: len(value)] = value
        return torch.from_numpy(out)

    return Sentences(
        ids=pad([i.ids for i in items], np.int64),
        durations=pad([i.durations for i in items], np.int64),
        f0=pad([i.f0 for i in items], np.float32),
        energy=pad([i.energy for i in items], np.float32),
        frames=torch.tensor([len(i.f0) // 2 for i in items]),
        voice=torch.tensor([voice for *_, voice in rows]),
    )


def prosody_losses(model: Prosody, batch: Sentences) -> dict[str, Tensor]:
    """Named scalars, each weighted as it enters the sum."""
    v = model.voices(batch.voice)
    text, log_durations = model.encode(batch.ids, v)
    spoken = batch.durations > 0
    duration = (log_durations - batch.durations.clamp(min=1).float().log()).abs()[spoken].mean()
    frames = int(batch.frames.max())
    index, place = frame_places(batch.durations, frames)
    said = torch.arange(frames, device=text.device)[None] < batch.frames[:, None]
    log_f0, voicing, energy = model.contours(text, index, place, v, said[..., None].to(text.dtype))
    inside = said.repeat_interleave(2, 1)
    voiced = (batch.f0 > VOICED_FROM) & inside
    return {
        "duration": duration,
        "f0": 4 * (log_f0 - batch.f0.clamp(min=VOICED_FROM).log()).abs()[voiced].mean(),
        "voicing": F.binary_cross_entropy_with_logits(voicing, voiced.float(), reduction="none")[
            inside
        ].mean(),
        "energy": 0.3 * (energy - batch.energy).abs()[inside].mean(),
    }


def _buckets(corpus: Corpus, size: int, held: int) -> list[np.ndarray]:
    order = np.argsort(corpus.frames[held:]) + held
    return np.array_split(order, max(1, len(order) // (4 * size)))


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the prosody network.")
    parser.add_argument("--corpora", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, default=Path("work/runs/prosody"))
    parser.add_argument("--init", type=Path, help="checkpoint to start from")
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--batch", type=int, default=10)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    corpora = [Corpus(path) for path in args.corpora]
    numbers = [ENGLISH_VOICES.index(corpus.voice) for corpus in corpora]
    held_count = 8
    buckets = [_buckets(corpus, args.batch, held_count) for corpus in corpora]
    held = [sentences([(c, i, n) for i in range(held_count)]) for c, n in zip(corpora, numbers, strict=True)]
    torch.manual_seed(0)
    model = Prosody(base()).to(args.device)
    rng = np.random.default_rng()

    def to_device(batch: Sentences) -> Sentences:
        return Sentences(**{name: getattr(batch, name).to(args.device) for name in batch.__slots__})

    def draw() -> Sentences:
        # One length for the whole batch, every voice in it.
        where = rng.random()
        rows = []
        for k in range(args.batch):
            which = (k + int(rng.integers(len(corpora)))) % len(corpora)
            bucket = buckets[which][int(where * len(buckets[which]))]
            rows.append((corpora[which], int(rng.choice(bucket)), numbers[which]))
        return to_device(sentences(rows))

    def loss(step: int) -> tuple[Tensor, dict[str, float]]:
        losses = prosody_losses(model, draw())
        return sum(losses.values()), {k: float(v.detach()) for k, v in losses.items()}

    def evaluate(_: torch.nn.Module) -> dict[str, float]:
        rows = [prosody_losses(model, to_device(batch)) for batch in held]
        return {k: float(np.mean([float(row[k]) for row in rows])) for k in rows[0]}

    train(
        model,
        loss,
        LoopConfig(out=args.out, minutes=args.minutes, lr=args.lr),
        init=args.init,
        evaluate=evaluate,
    )


if __name__ == "__main__":
    main()
