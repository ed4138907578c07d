"""Decoder stage 1: match the smooth spectral parts of the bootstrap corpus (one voice, regression).

Design choices
- The target of a fine frame is linear in 256 stored features, so any subset of bins costs only that
  subset: each step draws a quarter of the bins.
- The decoder's last matrix starts as the principal components of the targets, phases counted where
  they are heard: the network begins by predicting whitened coefficients.
- Phases are judged as angles, in voiced frames only, each branch by its share of the spectrum there.
  Measured: random residual phase in unvoiced frames costs 0.03 DistillMOS of 4.27, everywhere 0.57.
- Magnitudes weigh most. Twelve minutes into a run with even weights (DistillMOS 3.48 on six
  sentences), the target's magnitudes in place of ours gave 4.35, its phases 3.69.

    python -m duologue.voice.train.match --minutes 60 --out work/runs/match
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from duologue.voice.model import Decoder, VoiceConfig, base, frame_features
from duologue.voice.spectrum import BINS, PARTS, VOICED_FROM
from duologue.voice.train.bootstrap import spectral_basis
from duologue.voice.train.corpus import Corpus
from duologue.voice.train.crops import Crop, crops, gather
from duologue.voice.train.loop import LoopConfig, train
from duologue.voice.train.teacher import ENGLISH_VOICES

__all__ = ["BootstrapTargets", "match_losses", "principal_start", "without_first"]

FLOOR, CEILING = -6.0, 7.0
"""Range of log magnitudes: below it nothing is heard (full scale is about +4), above it nothing comes."""


class BootstrapTargets:
    """Targets (B, 2T, PARTS, k) at chosen bins, from the stored features of the bootstrap corpus."""

    def __init__(self) -> None:
        weight, bias = spectral_basis()
        # lh, theta, lr, phi; the third part of the public student (noise) lies 30 dB and more below.
        order = [0, 1, 3, 4]
        self.weight = torch.from_numpy(np.ascontiguousarray(weight[:, order]))
        self.bias = torch.from_numpy(np.ascontiguousarray(bias[order]))

    def __call__(self, crop: Crop, bins: Tensor) -> Tensor:
        fine = 2 * crop.index.shape[1]
        rows = []
        for corpus, number, start in crop.items:
            features = corpus[number].features
            if features is None:
                raise ValueError(f"the corpus of {corpus.voice} has no features; make it with .bootstrap")
            rows.append(
                np.asarray(features[np.minimum(2 * start + np.arange(fine), len(features) - 1)], np.float32)
            )
        x = torch.from_numpy(np.stack(rows))
        parts = torch.einsum("btf,fpk->btpk", x, self.weight[..., bins]) + self.bias[:, bins]
        lh, theta, lr, phi = parts.unbind(2)
        return torch.stack(
            [lh.clamp(FLOOR, CEILING), torch.pi * theta.tanh(), lr.clamp(FLOOR, CEILING), phi], 2
        )


def match_losses(got: Tensor, want: Tensor, f0: Tensor, bins: Tensor) -> dict[str, Tensor]:
    """got, want: (B, F, PARTS, k) at `bins`; f0: (B, F) -> named scalars, weighted as they enter the sum."""
    voiced = (f0 > VOICED_FROM).to(got.dtype)[..., None]
    lh, theta, lr, phi = got.unbind(2)
    lh0, theta0, lr0, phi0 = want.unbind(2)
    # Between harmonics the source has about half the weight it has on them.
    share = torch.sigmoid(2 * (lr0 - lh0 + 0.7))
    level = torch.maximum(lh0 - 9 * (1 - voiced), lr0)
    heard = torch.sigmoid(level + 2)
    ear = 0.3 + 1.4 / (1 + (bins * 20 / 3000.0) ** 2)
    # A frame that is silent as a whole matters less than a quiet bin in a loud one.
    weight = ear * (0.25 + 0.75 * torch.sigmoid(level.amax(-1, keepdim=True) + 1))

    def mean(error: Tensor, weight: Tensor) -> Tensor:
        return (error * weight).sum() / (weight.sum() + 1)

    return {
        "lh": 1.5 * mean((lh - lh0).abs(), weight * voiced * (1.25 - share)),
        "lr": 2.0 * mean((lr - lr0).abs(), weight),
        "theta": 0.4 * mean(1 - torch.cos(theta - theta0), heard * voiced * (1 - share)),
        "phi": 0.5 * mean(1 - torch.cos(phi - phi0), heard * voiced * share),
        # A weak pull on the unwrapped angle finds the right turn in the beginning.
        "turn": 0.02 * mean((phi - phi0).abs(), voiced * share),
    }


@torch.no_grad()
def principal_start(decoder: Decoder, targets: BootstrapTargets, corpus: Corpus) -> None:
    """Set the decoder's basis to the principal components of the targets and its bias to their mean."""
    rng = np.random.default_rng(0)
    crop = crops([(corpus, 0, 1.0)], 60, 64, rng)
    bins = torch.arange(BINS)
    parts = targets(crop, bins).flatten(0, 1)
    voiced = (crop.f0 > VOICED_FROM).flatten()
    mean = torch.stack([parts[voiced].mean(0) if p != 2 else parts.mean(0) for p in range(PARTS)])
    mean = torch.stack([mean[p, p] for p in range(PARTS)])
    weight = torch.tensor([0.5, 1.0, 0.5, 1.0])[:, None]
    centred = (parts - mean) * weight
    centred[~voiced] *= torch.tensor([0.0, 0.0, 1.0, 0.0])[:, None]
    rank = decoder.config.rank
    _, _, v = torch.svd_lowrank(centred.flatten(1), q=rank + 16, niter=3)
    spread = (centred.flatten(1) @ v[:, :rank]).std(0)
    basis = (v[:, :rank] * spread).unflatten(0, (PARTS, BINS)) / weight[..., None]
    decoder.basis.weight.copy_(basis.flatten(0, 1))
    decoder.basis.bias.copy_(mean.flatten())


def main() -> None:
    parser = argparse.ArgumentParser(description="Match the bootstrap corpus.")
    parser.add_argument("--corpus", type=Path, default=Path("work/corpus/af_heart-bootstrap"))
    parser.add_argument("--out", type=Path, default=Path("work/runs/match"))
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--frames", type=int, default=64, help="frames of 25 ms in a crop")
    parser.add_argument("--width", type=int, default=base().width)
    parser.add_argument("--muon", action="store_true", help="Muon on the hidden matrices")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    corpus = Corpus(args.corpus)
    voice = ENGLISH_VOICES.index(corpus.voice)
    targets = BootstrapTargets()
    torch.manual_seed(0)
    decoder = Decoder(VoiceConfig(width=args.width))
    principal_start(decoder, targets, corpus)
    decoder.to(args.device)
    rng = np.random.default_rng()
    held = gather([(corpus, n, 0, voice) for n in range(16)], 80)  # never drawn below: see `drawn`
    drawn = without_first(corpus, 16)

    def forward(crop: Crop, bins: Tensor) -> Tensor:
        return decoder.at(
            crop.ids.to(args.device), crop.index.to(args.device),
            frame_features(crop.place, crop.f0, crop.energy).to(args.device),
            decoder.voices(crop.voice.to(args.device)), bins.to(args.device),
        )  # fmt: skip

    def loss(step: int) -> tuple[Tensor, dict[str, float]]:
        crop = crops([(drawn, voice, 1.0)], args.batch, args.frames, rng)
        bins = torch.from_numpy(np.sort(rng.choice(BINS, BINS // 4, replace=False)))
        losses = match_losses(
            forward(crop, bins),
            targets(crop, bins).to(args.device),
            crop.f0.to(args.device),
            bins.to(args.device),
        )
        return sum(losses.values()), {k: float(v.detach()) for k, v in losses.items()}

    def evaluate(_: torch.nn.Module) -> dict[str, float]:
        bins = torch.arange(0, BINS, 4)
        losses = match_losses(
            forward(held, bins),
            targets(held, bins).to(args.device),
            held.f0.to(args.device),
            bins.to(args.device),
        )
        return {k: float(v) for k, v in losses.items()}

    config = LoopConfig(out=args.out, minutes=args.minutes, lr=args.lr, muon=args.muon)
    train(decoder, loss, config, evaluate=evaluate)


def without_first(corpus: Corpus, count: int) -> Corpus:
    """The corpus with its first utterances made undrawable (length zero in the drawing weights)."""
    corpus.frames = corpus.frames.copy()
    corpus.frames[:count] = 0
    return corpus


if __name__ == "__main__":
    main()
