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

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from duologue.voice.model import Decoder, frame_features
from duologue.voice.spectrum import VOICED_FROM
from duologue.voice.train.crops import Crop
from duologue.voice.train.match import CEILING, FLOOR, BootstrapTargets, match_losses
from duologue.voice.train.mixture import Mixture, arguments
from duologue.voice.train.waveform import INCOHERENCE, teacher_spectra

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
    args = arguments(
        "Train several voices by transfer from the bootstrap voice.", Path("work/runs/transfer"), 50, 1.5e-3
    )
    mixture = Mixture(args)
    own, others = BootstrapTargets(), TransferTargets(mixture.stage_one().to(args.device), mixture.first)

    def losses(crop: Crop, targets: BootstrapTargets | TransferTargets, bins: Tensor) -> dict[str, Tensor]:
        want, f0 = targets(crop, bins).to(args.device), crop.f0.to(args.device)
        return match_losses(mixture.parts(crop, bins), want, f0, bins.to(args.device))

    def loss(step: int) -> tuple[Tensor, dict[str, float]]:
        bins = mixture.bins()
        first_half = losses(mixture.own(), own, bins)
        second_half = losses(mixture.others(), others, bins)
        total = sum(first_half.values()) + sum(second_half.values())
        figures = {k: float(v.detach()) for k, v in first_half.items() if k in ("lh", "lr")}
        figures |= {
            f"other_{k}": float(v.detach()) for k, v in second_half.items() if k in ("lh", "lr", "phi")
        }
        return total, figures

    def judge(voice: str, crop: Crop, bins: Tensor) -> dict[str, Tensor]:
        figures = losses(crop, own if voice == mixture.bootstrap.voice else others, bins)
        return {k: v for k, v in figures.items() if k != "turn"}

    mixture.train(loss, judge)


if __name__ == "__main__":
    main()
