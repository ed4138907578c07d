"""Decoder stage 2: several voices, by the bootstrap voice's structure under each voice's own envelope.

Design choices
- A frozen copy of stage 1 speaks each crop of teacher speech in the bootstrap voice: it says how
  harmonic and residual share the spectrum there and what their phases are. The teacher's sound says how
  loud each band is. Target: the frozen parts, both magnitudes moved by half the log ratio of smoothed
  powers. So every voice is smooth regression like stage 1, and one loss serves both kinds of rows.
- Smoothing over `SMOOTH` bins either side: formants pass, single harmonics don't. Rendered directly,
  such targets score 3.85 (am_fenrir) and 3.89 (bf_emma) DistillMOS against 4.49 and 4.59 for the teacher.
- Half of each batch goes on matching the bootstrap corpus, so its voice goes on improving.

    python -m duologue.voice.train.transfer --init work/runs/match/checkpoint.pt --minutes 50 \
        --corpora work/corpus/am_fenrir work/corpus/bf_emma work/corpus/bm_fable
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from duologue.voice.model import Decoder, base, frame_features
from duologue.voice.spectrum import BINS, VOICED_FROM
from duologue.voice.train.corpus import Corpus
from duologue.voice.train.crops import Crop, crops, gather
from duologue.voice.train.loop import LoopConfig, train
from duologue.voice.train.match import CEILING, FLOOR, BootstrapTargets, match_losses, without_first
from duologue.voice.train.teacher import ENGLISH_VOICES
from duologue.voice.train.waveform import INCOHERENCE, scatter_voices, teacher_spectra

__all__ = ["TransferTargets", "smooth"]

SMOOTH = 4


def smooth(power: Tensor, reach: int) -> Tensor:
    """power: (B, F, K) -> the same, averaged over `reach` bins either side with triangular weights."""
    kernel = torch.as_tensor(
        np.bartlett(2 * reach + 3)[1:-1] / (reach + 1), dtype=power.dtype, device=power.device
    )
    flat = torch.nn.functional.pad(power.flatten(0, 1)[:, None], (reach, reach), mode="reflect")
    return torch.nn.functional.conv1d(flat, kernel[None, None])[:, 0].view(power.shape)


class TransferTargets:
    """Targets (B, 2T, PARTS, k) for crops of teacher speech, from a frozen decoder of one voice."""

    def __init__(self, frozen: Decoder, voice: int) -> None:
        self.frozen = frozen.eval().requires_grad_(False)
        self.voice = voice

    @torch.no_grad()
    def __call__(self, crop: Crop, bins: Tensor) -> Tensor:
        device = self.frozen.embed.weight.device
        x, e = (s.abs().to(device) for s in teacher_spectra(crop))
        f0 = crop.f0.to(device)
        v = self.frozen.voices(torch.full_like(crop.voice, self.voice).to(device))
        frame = frame_features(crop.place, crop.f0, crop.energy).to(device)
        parts = self.frozen(crop.ids.to(device), crop.index.to(device), frame, v)
        voiced = (f0 > VOICED_FROM).to(parts.dtype)[..., None]
        harmonic = parts[:, :, 0].clamp(max=CEILING).exp() * e * voiced
        residual = (parts[:, :, 2].clamp(max=CEILING) + INCOHERENCE).exp()
        ratio = (smooth(x.square(), SMOOTH) + 1e-6) / (smooth(harmonic**2 + residual**2, SMOOTH) + 1e-6)
        target = parts[..., bins].clone()
        for part in (0, 2):
            target[:, :, part] = (target[:, :, part] + 0.5 * ratio[..., bins].log()).clamp(FLOOR, CEILING)
        return target


def main() -> None:
    parser = argparse.ArgumentParser(description="Train several voices by transfer from the bootstrap voice.")
    parser.add_argument("--bootstrap", type=Path, default=Path("work/corpus/af_heart-bootstrap"))
    parser.add_argument("--corpora", type=Path, nargs="+", required=True)
    parser.add_argument("--init", type=Path, required=True, help="checkpoint of stage 1")
    parser.add_argument("--out", type=Path, default=Path("work/runs/transfer"))
    parser.add_argument("--minutes", type=float, default=50)
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--frames", type=int, default=96)
    parser.add_argument("--share", type=float, default=0.5, help="share of the batch that is bootstrap")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    device = args.device
    bootstrap = Corpus(args.bootstrap)
    corpora = [Corpus(path) for path in args.corpora]
    first = ENGLISH_VOICES.index(bootstrap.voice)
    numbers = [ENGLISH_VOICES.index(corpus.voice) for corpus in corpora]
    weights = torch.load(args.init, map_location="cpu", weights_only=True)["average"]
    frozen, decoder = Decoder(base()), Decoder(base())
    frozen.load_state_dict(weights)
    decoder.load_state_dict(weights)
    torch.manual_seed(0)
    scatter_voices(decoder, first)
    own, transferred = BootstrapTargets(), TransferTargets(frozen.to(device), first)
    decoder.to(device)
    rng = np.random.default_rng()
    held: dict[str, tuple[Crop, BootstrapTargets | TransferTargets]] = {}
    held[bootstrap.voice] = (gather([(bootstrap, n, 0, first) for n in range(12)], 80), own)
    for corpus, number in zip(corpora, numbers, strict=True):
        held[corpus.voice] = (gather([(corpus, n, 0, number) for n in range(4)], 80), transferred)
    drawn = [(without_first(bootstrap, 16), first, 1.0)]
    others = [(without_first(c, 4), n, 1.0) for c, n in zip(corpora, numbers, strict=True)]
    matched = round(args.batch * args.share)

    def losses(crop: Crop, targets: BootstrapTargets | TransferTargets, bins: Tensor) -> dict[str, Tensor]:
        frame = frame_features(crop.place, crop.f0, crop.energy).to(device)
        v = decoder.voices(crop.voice.to(device))
        got = decoder.at(crop.ids.to(device), crop.index.to(device), frame, v, bins.to(device))
        return match_losses(got, targets(crop, bins).to(device), crop.f0.to(device), bins.to(device))

    def loss(step: int) -> tuple[Tensor, dict[str, float]]:
        bins = torch.from_numpy(np.sort(rng.choice(BINS, BINS // 4, replace=False)))
        first_half = losses(crops(drawn, matched, args.frames, rng), own, bins)
        second_half = losses(crops(others, args.batch - matched, args.frames, rng), transferred, bins)
        total = sum(first_half.values()) + sum(second_half.values())
        figures = {k: float(v.detach()) for k, v in first_half.items() if k in ("lh", "lr")}
        figures |= {
            f"other_{k}": float(v.detach()) for k, v in second_half.items() if k in ("lh", "lr", "phi")
        }
        return total, figures

    def evaluate(_: torch.nn.Module) -> dict[str, float]:
        bins = torch.arange(0, BINS, 3)
        return {
            f"{voice}_{k}": float(v)
            for voice, (crop, targets) in held.items()
            for k, v in losses(crop, targets, bins).items()
            if k != "turn"
        }

    train(decoder, loss, LoopConfig(out=args.out, minutes=args.minutes, lr=args.lr), evaluate=evaluate)


if __name__ == "__main__":
    main()
