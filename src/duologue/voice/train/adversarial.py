"""Decoder stage 3: against discriminators, on the teacher's waveforms, for every voice but the first.

Design choices
- The whole way to the waveform is differentiable: parts -> complex spectrum on the teacher's own
  excitation -> inverse STFT; the residual's phase is the network's where voiced, random elsewhere.
- Part of each batch goes on matching the bootstrap corpus, so that the first voice stays what it is; the
  targets of `transfer` hold the others to a structure in which harmonics and residual keep their places.
- Log magnitudes at four resolutions say how loud every band is, the discriminators the rest: from them the
  residual's phase gets the gradient that no regression gives it.
- The discriminators warm up alone for `HEAD_START` steps: before that they know nothing to tell.
- Their state lies in the same checkpoint, so the stage resumes like any other.

    python -m duologue.voice.train.adversarial --init work/runs/transfer/checkpoint.pt --minutes 25 \
        --corpora work/corpus/am_fenrir work/corpus/bf_emma work/corpus/bm_fable
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from duologue.voice.model import frame_features
from duologue.voice.spectrum import HOP, N_FFT, VOICED_FROM
from duologue.voice.train.crops import Crop
from duologue.voice.train.discriminator import Discriminators, discriminator_loss, generator_losses
from duologue.voice.train.match import BootstrapTargets, match_losses
from duologue.voice.train.mixture import Mixture, arguments
from duologue.voice.train.transfer import TransferTargets
from duologue.voice.train.waveform import teacher_spectra

__all__ = ["real_sound", "render", "stft_loss"]

EDGE = 2
"""Fine frames at either end of a crop whose overlap-add is incomplete."""
HEAD_START = 40
WEIGHTS = {"adversary": 0.1, "feature": 1.0, "stft": 2.0}
ANCHOR = 0.5
"""Weight of the targets of `transfer`, and of those of the bootstrap corpus for the first voice: 1."""


def render(parts: Tensor, excitation: Tensor, f0: Tensor) -> Tensor:
    """parts: (B, F, 4, 601), excitation: (B, F, 601) complex, f0: (B, F) -> (B, 300 (F - 2 EDGE)) samples"""
    lh, theta, lr, phi = parts.float().unbind(2)
    voiced = (f0 > VOICED_FROM)[..., None]
    phase = torch.where(voiced, phi, 2 * torch.pi * torch.rand_like(phi))
    harmonic = torch.polar(lh.clamp(max=7).exp(), theta) * excitation * voiced
    spectra = harmonic + torch.polar(lr.clamp(max=7).exp(), phase)
    window = torch.hann_window(N_FFT, device=parts.device)
    frames = torch.fft.irfft(spectra, N_FFT) * window
    total = (frames.shape[1] - 1) * HOP + N_FFT

    def overlap(x: Tensor) -> Tensor:
        return torch.nn.functional.fold(x.transpose(1, 2), (1, total), (1, N_FFT), stride=(1, HOP)).flatten(1)

    sound = overlap(frames) / overlap((window**2).expand(1, frames.shape[1], -1)).clamp(min=1e-3)
    # Frame k is centred on its first sample: sample 0 of the crop lies N_FFT / 2 in.
    first = N_FFT // 2 + EDGE * HOP
    return sound[:, first : first + (frames.shape[1] - 2 * EDGE) * HOP]


def stft_loss(real: Tensor, made: Tensor) -> Tensor:
    """Multi-resolution log-magnitude distance of two sounds (B, S), in float32."""
    losses = []
    for n_fft in (2048, 1024, 512, 256):
        window = torch.hann_window(n_fft, device=real.device)
        a, b = (
            torch.stft(x, n_fft, n_fft // 4, window=window, return_complex=True).abs() for x in (real, made)
        )
        losses.append(((a + 1e-2).log() - (b + 1e-2).log()).abs().mean())
    return torch.stack(losses).mean()


def real_sound(crop: Crop, samples: int) -> Tensor:
    """The teacher's own sound of a crop, where `render` makes it: (B, samples)"""
    rows = []
    for corpus, number, start in crop.items:
        audio = corpus[number].audio
        if audio is None:
            raise ValueError(f"the corpus of {corpus.voice} has no sound; make it without --prosody-only")
        first = (2 * start + EDGE) * HOP
        row = np.zeros(samples, np.float32)
        piece = audio[first : first + samples].astype(np.float32) / 32767
        row[: len(piece)] = piece
        rows.append(row)
    return torch.from_numpy(np.stack(rows))


def main() -> None:
    args = arguments("Adversarial training of the decoder.", Path("work/runs/adversarial"), 25, 2e-4)
    mixture = Mixture(args)
    device = args.device
    own, others = BootstrapTargets(), TransferTargets(mixture.stage_one().to(device), mixture.first)
    judge = Discriminators(args.judge_width).to(device)
    judge_optimiser = torch.optim.AdamW(judge.parameters(), lr=2 * args.lr, betas=(0.5, 0.9))

    def parts_of(crop: Crop) -> Tensor:
        frame = frame_features(crop.place, crop.f0, crop.energy).to(device)
        v = mixture.decoder.voices(crop.voice.to(device))
        return mixture.decoder(crop.ids.to(device), crop.index.to(device), frame, v)

    def loss(step: int) -> tuple[Tensor, dict[str, float]]:
        crop, bins = mixture.others(), mixture.bins()
        _, e = (s.to(device) for s in teacher_spectra(crop))
        f0 = crop.f0.to(device)
        parts = parts_of(crop)
        made = render(parts, e, f0)
        real = real_sound(crop, made.shape[1]).to(device)
        judged = discriminator_loss(judge, real, made)
        judge_optimiser.zero_grad(set_to_none=True)
        judged.backward()
        judge_optimiser.step()
        judge.requires_grad_(False)  # the maker's turn: no gradient is wanted for the judges
        losses = {"stft": stft_loss(real, made)}
        if step >= HEAD_START:
            losses |= generator_losses(judge, real, made)
        judge.requires_grad_(True)
        total = sum(WEIGHTS[k] * value for k, value in losses.items())
        held = match_losses(parts[..., bins], others(crop, bins).to(device), f0, bins.to(device))
        total = total + ANCHOR * sum(held.values())
        figures = {k: float(value.detach()) for k, value in losses.items()}
        figures |= {"judge": float(judged.detach()), "anchor": float(sum(held.values()).detach())}
        if mixture.matched:
            first = mixture.own()
            want = own(first, bins).to(device)
            kept = match_losses(mixture.parts(first, bins), want, first.f0.to(device), bins.to(device))
            total = total + sum(kept.values())
            figures |= {"lh": float(kept["lh"].detach()), "lr": float(kept["lr"].detach())}
        return total, figures

    def evaluate(voice: str, crop: Crop, bins: Tensor) -> dict[str, Tensor]:
        if voice == mixture.bootstrap.voice:
            want = own(crop, bins).to(device)
            figures = match_losses(mixture.parts(crop, bins), want, crop.f0.to(device), bins.to(device))
            return {k: v for k, v in figures.items() if k != "turn"}
        _, e = (s.to(device) for s in teacher_spectra(crop))
        made = render(parts_of(crop), e, crop.f0.to(device))
        return {"stft": stft_loss(real_sound(crop, made.shape[1]).to(device), made)}

    mixture.train(loss, evaluate, beside={"judge": judge, "judge_optimiser": judge_optimiser})


if __name__ == "__main__":
    main()
