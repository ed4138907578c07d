"""The decoder on its way from one voice to several: what `transfer` and `waveform` start from.

Design choices
- Part of each batch goes on matching the bootstrap corpus, so that its voice stays; the rest are crops of
  teacher speech, every voice as often as the others.
- From a checkpoint of stage 1 every voice's vector starts near the bootstrap voice's, the only one that
  stage 1 has trained; from the network that ships (`--init .../network.safetensors`) all stay as they are.
- A step sees a random quarter of the bins; the held-out crops, always the same, every third.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from duologue.voice.model import Decoder, frame_features
from duologue.voice.spectrum import BINS
from duologue.voice.train.corpus import Corpus
from duologue.voice.train.crops import Crop, crops, gather
from duologue.voice.train.loop import LoopConfig, Stateful, train
from duologue.voice.train.match import without_first
from duologue.voice.train.start import decoder_from, knows_all
from duologue.voice.train.teacher import ENGLISH_VOICES

__all__ = ["Mixture", "arguments", "scatter_voices"]

HELD, HELD_OTHERS, HELD_FRAMES = 12, 4, 80
"""Utterances held out of the bootstrap corpus and of each other one, and frames of each that are judged."""


def arguments(description: str, out: Path, minutes: float, lr: float) -> argparse.Namespace:
    """The command line of a stage that learns several voices; `out`, `minutes` and `lr` are its defaults."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--bootstrap", type=Path, default=Path("work/corpus/af_heart-bootstrap"))
    parser.add_argument("--corpora", type=Path, nargs="+", required=True)
    parser.add_argument(
        "--init", type=Path, required=True, help="checkpoint of stage 1, or network.safetensors"
    )
    parser.add_argument("--out", type=Path, default=out)
    parser.add_argument("--minutes", type=float, default=minutes)
    parser.add_argument("--lr", type=float, default=lr)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--frames", type=int, default=96)
    parser.add_argument("--share", type=float, default=0.5, help="share of the batch that is bootstrap")
    parser.add_argument("--judge-width", type=int, default=16, help="of discriminators, where there are any")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    return parser.parse_args()


def scatter_voices(decoder: Decoder, source: int) -> None:
    """Every voice starts near the one that is trained; the scatter gives each directions of its own."""
    with torch.no_grad():
        vectors = decoder.voices.weight
        kept = vectors[source].clone()
        vectors.copy_(kept + 0.3 * torch.randn_like(vectors))
        vectors[source] = kept


class Mixture:
    """The decoder of stage 1 with its voices scattered, and the crops it learns from.

    matched: rows of a batch from the bootstrap corpus; held: a crop by voice, the bootstrap voice first
    (its teacher speech, where that is among the corpora, as VOICE_sound).
    """

    def __init__(self, args: argparse.Namespace) -> None:
        torch.set_num_threads(args.threads)
        self.device = args.device
        self.bootstrap = Corpus(args.bootstrap)
        corpora = [Corpus(path) for path in args.corpora]
        self.first = ENGLISH_VOICES.index(self.bootstrap.voice)
        numbers = [ENGLISH_VOICES.index(corpus.voice) for corpus in corpora]
        self.matched = round(args.batch * args.share)
        self._args = args
        self._rng = np.random.default_rng()
        self._own = [(without_first(self.bootstrap, HELD + 4), self.first, 1.0)]
        self._others = [
            (without_first(corpus, HELD_OTHERS), number, 1.0)
            for corpus, number in zip(corpora, numbers, strict=True)
        ]
        held = [(self.bootstrap.voice, self.bootstrap, self.first, HELD)]
        for corpus, number in zip(corpora, numbers, strict=True):
            name = f"{corpus.voice}_sound" if number == self.first else corpus.voice
            held.append((name, corpus, number, HELD_OTHERS))
        self.held = {
            name: gather([(corpus, n, 0, number) for n in range(count)], HELD_FRAMES)
            for name, corpus, number, count in held
        }
        self.decoder = self.stage_one()
        torch.manual_seed(0)
        if not knows_all(args.init):
            scatter_voices(self.decoder, self.first)
        self.decoder.to(self.device)

    def stage_one(self) -> Decoder:
        """A fresh copy of the decoder that training starts from."""
        return decoder_from(self._args.init)

    def own(self) -> Crop:
        """Crops of the bootstrap corpus, `matched` rows."""
        return crops(self._own, self.matched, self._args.frames, self._rng)

    def others(self) -> Crop:
        """Crops of the other voices, the rest of the batch."""
        return crops(self._others, self._args.batch - self.matched, self._args.frames, self._rng)

    def bins(self) -> Tensor:
        """A random quarter of the bins, sorted: (k,)"""
        return torch.from_numpy(np.sort(self._rng.choice(BINS, BINS // 4, replace=False)))

    def parts(self, crop: Crop, bins: Tensor) -> Tensor:
        """What the decoder makes of a crop: (B, 2T, PARTS, k)"""
        frame = frame_features(crop.place, crop.f0, crop.energy).to(self.device)
        v = self.decoder.voices(crop.voice.to(self.device))
        ids, index = crop.ids.to(self.device), crop.index.to(self.device)
        return self.decoder.at(ids, index, frame, v, bins.to(self.device))

    def train(
        self,
        loss: Callable[[int], tuple[Tensor, dict[str, float]]],
        judge: Callable[[str, Crop, Tensor], dict[str, Tensor]],
        beside: dict[str, Stateful] | None = None,
    ) -> None:
        """Run the loop; judge: losses of a voice's held-out crop at the given bins; beside: what else belongs
        in a checkpoint."""

        def evaluate(_: torch.nn.Module) -> dict[str, float]:
            bins = torch.arange(0, BINS, 3)
            return {
                f"{voice}_{name}": float(value)
                for voice, crop in self.held.items()
                for name, value in judge(voice, crop, bins).items()
            }

        config = LoopConfig(out=self._args.out, minutes=self._args.minutes, lr=self._args.lr)
        train(self.decoder, loss, config, evaluate=evaluate, beside=beside)
