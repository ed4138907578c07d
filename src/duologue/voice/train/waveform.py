"""Several voices straight from the teacher's waveforms: the second way, measured and not shipped.

Design choices
- Starts from stage 1. Half of each batch goes on matching the bootstrap corpus, so its voice stays;
  the rest are crops of teacher speech of every voice, whose vectors start at the bootstrap voice's.
- Two losses on the teacher's spectrum X of a voiced frame, H the filter, E the excitation, R the
  residual: |X - H E| relative to |X|, which leaves in H what is predictable and shrinks it elsewhere;
  and the log of the power |H E|^2 + (g R)^2 against that of X, which gives R the rest.
- g: overlap-add of frames with unrelated phases loses level; measured, -0.6 nats.
- What came of it: intelligible, but the residual takes over voiced speech (DistillMOS 1.9 after 10
  minutes). `transfer` replaces it; the losses serve the adversarial stage, which can mend that.

    python -m duologue.voice.train.waveform --init work/runs/match/checkpoint.pt --minutes 80
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from duologue.voice.spectrum import N_FFT, VOICED_FROM
from duologue.voice.train.crops import Crop
from duologue.voice.train.match import BootstrapTargets, match_losses
from duologue.voice.train.mixture import Mixture, arguments
from duologue.voice.train.source import pulse_train, spectrum

__all__ = ["teacher_spectra", "waveform_losses"]

INCOHERENCE = -0.6
FLOOR = 3e-3
"""Magnitude under which differences don't count (full scale is about 50)."""


def teacher_spectra(crop: Crop) -> tuple[Tensor, Tensor]:
    """Spectra of the teacher's sound and of its excitation: X, E (B, 2T, 601) complex64."""
    fine = 2 * crop.index.shape[1]
    x, e = [], []
    for corpus, number, start in crop.items:
        item = corpus[number]
        if item.audio is None:
            raise ValueError(f"the corpus of {corpus.voice} has no sound; make it without --prosody-only")
        x.append(spectrum(item.audio.astype(np.float32) / 32767, 2 * start, fine))
        # Only what the crop needs of the pulses, but the phase of the whole utterance before it.
        first = max(0, 2 * start - 4)
        f0 = item.f0[first : 2 * start + fine + 4].copy()
        carried = item.f0[:first].astype(np.float64).sum()
        pulses = pulse_train(np.concatenate([[carried], f0]).astype(np.float64))[300:]
        e.append(spectrum(pulses, 2 * start - first, fine, scale=4 / N_FFT))
    return torch.from_numpy(np.stack(x)), torch.from_numpy(np.stack(e))


def waveform_losses(got: Tensor, x: Tensor, e: Tensor, f0: Tensor, bins: Tensor) -> dict[str, Tensor]:
    """got: (B, F, PARTS, k) at `bins`; x, e: (B, F, k) complex; f0: (B, F)."""
    voiced = (f0 > VOICED_FROM).to(got.dtype)[..., None]
    lh, theta, lr, _ = got.unbind(2)
    harmonic = torch.polar(lh.clamp(max=7).exp() * voiced, theta) * e
    size = x.abs()
    low = voiced * torch.sigmoid((4000 - bins * 20.0) / 500)
    heard = low * torch.sigmoid(2 * (size + FLOOR).log() + 5)
    complex_error = (x - harmonic).abs() / (size + 0.1 * size.amax(-1, keepdim=True).clamp(min=FLOOR) + FLOOR)
    power = harmonic.real.square() + harmonic.imag.square() + (2 * (lr.clamp(max=7) + INCOHERENCE)).exp()
    return {
        "complex": (complex_error * heard).sum() / (heard.sum() + 1),
        "level": 0.7 * (0.5 * (power + FLOOR**2).log() - (size + FLOOR).log()).abs().mean(),
        # Where nothing holds the residual's level on its own it follows the total.
        "quiet": 0.02 * (lh - 7).clamp(min=0).mean(),
    }


def main() -> None:
    args = arguments("Train several voices on the teacher's waveforms.", Path("work/runs/waveform"), 80, 1e-3)
    mixture = Mixture(args)
    targets = BootstrapTargets()

    def matching(crop: Crop, bins: Tensor) -> dict[str, Tensor]:
        want, f0 = targets(crop, bins).to(args.device), crop.f0.to(args.device)
        return match_losses(mixture.parts(crop, bins), want, f0, bins.to(args.device))

    def waveform(crop: Crop, bins: Tensor) -> dict[str, Tensor]:
        x, e = (s[..., bins].to(args.device) for s in teacher_spectra(crop))
        f0 = crop.f0.to(args.device)
        return waveform_losses(mixture.parts(crop, bins), x, e, f0, bins.to(args.device))

    def loss(step: int) -> tuple[Tensor, dict[str, float]]:
        bins = mixture.bins()
        losses: dict[str, Tensor] = {}
        if mixture.matched:
            losses |= matching(mixture.own(), bins)
        if mixture.matched < args.batch:
            losses |= waveform(mixture.others(), bins)
        return sum(losses.values()), {k: float(v.detach()) for k, v in losses.items()}

    def judge(voice: str, crop: Crop, bins: Tensor) -> dict[str, Tensor]:
        return (matching if voice == mixture.bootstrap.voice else waveform)(crop, bins)

    mixture.train(loss, judge)


if __name__ == "__main__":
    main()
