"""Decoder stage 3: against discriminators, on the teacher's waveforms, for every voice.

Design choices
- The whole way to the waveform is differentiable: parts -> complex spectrum on the teacher's own
  excitation -> inverse STFT; the residual's phase is the network's where voiced, random elsewhere.
- The spectral losses of stage 2 stay, the discriminators are added: from them the residual's phase
  gets the gradient that no regression gives it.
- The discriminators' state lies in the same checkpoint, so the stage resumes like any other.

    python -m duologue.voice.train.adversarial --init work/runs/transfer/checkpoint.pt --minutes 25
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from duologue.voice.model import Decoder, base, frame_features
from duologue.voice.spectrum import BINS, HOP, N_FFT, VOICED_FROM
from duologue.voice.train.corpus import Corpus
from duologue.voice.train.crops import Crop, crops
from duologue.voice.train.discriminator import Discriminators, discriminator_loss, generator_losses
from duologue.voice.train.loop import LoopConfig, train
from duologue.voice.train.match import without_first
from duologue.voice.train.teacher import ENGLISH_VOICES
from duologue.voice.train.waveform import teacher_spectra, waveform_losses

__all__ = ["render", "stft_loss"]

EDGE = 2
"""Fine frames at either end of a crop whose overlap-add is incomplete."""


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


def main() -> None:
    parser = argparse.ArgumentParser(description="Adversarial training of the decoder.")
    parser.add_argument("--corpora", type=Path, nargs="+", required=True)
    parser.add_argument("--init", type=Path, required=True, help="checkpoint of stage 2")
    parser.add_argument("--out", type=Path, default=Path("work/runs/adversarial"))
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--lr", type=float, default=3e-4)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--frames", type=int, default=44)
    parser.add_argument("--judge-width", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    device = args.device
    corpora = [Corpus(path) for path in args.corpora]
    drawn = [(without_first(c, 4), ENGLISH_VOICES.index(c.voice), 1.0) for c in corpora]
    decoder = Decoder(base())
    decoder.load_state_dict(torch.load(args.init, map_location="cpu", weights_only=True)["average"])
    decoder.to(device)
    judge = Discriminators(args.judge_width).to(device)
    judge_optimiser = torch.optim.AdamW(judge.parameters(), lr=args.lr, betas=(0.5, 0.9))
    rng = np.random.default_rng()
    bins = torch.arange(BINS, device=device)

    def loss(step: int) -> tuple[Tensor, dict[str, float]]:
        crop = crops(drawn, args.batch, args.frames, rng)
        x, e = (s.to(device) for s in teacher_spectra(crop))
        f0 = crop.f0.to(device)
        frame = frame_features(crop.place, crop.f0, crop.energy).to(device)
        v = decoder.voices(crop.voice.to(device))
        parts = decoder(crop.ids.to(device), crop.index.to(device), frame, v)
        made = render(parts, e, f0)
        real = real_sound(crop, made.shape[1]).to(device)
        judged = discriminator_loss(judge, real, made)
        judge_optimiser.zero_grad(set_to_none=True)
        judged.backward()
        judge_optimiser.step()
        losses = waveform_losses(parts, x, e, f0, bins) | generator_losses(judge, real, made)
        losses["stft"] = stft_loss(real, made)
        weights = {"adversary": 0.3, "feature": 1.0}
        total = sum(weights.get(k, 1.0) * value for k, value in losses.items())
        return total, {k: float(value.detach()) for k, value in losses.items()} | {
            "judge": float(judged.detach())
        }

    def real_sound(crop: Crop, samples: int) -> Tensor:
        rows = []
        for corpus, number, start in crop.items:
            audio = corpus[number].audio
            first = (2 * start + EDGE) * HOP
            row = np.zeros(samples, np.float32)
            if audio is None:
                raise ValueError(f"the corpus of {corpus.voice} has no sound; make it without --prosody-only")
            piece = audio[first : first + samples].astype(np.float32) / 32767
            row[: len(piece)] = piece
            rows.append(row)
        return torch.from_numpy(np.stack(rows))

    config = LoopConfig(out=args.out, minutes=args.minutes, lr=args.lr, weight_decay=0.0)
    train(decoder, loss, config, beside={"judge": judge, "judge_optimiser": judge_optimiser})


if __name__ == "__main__":
    main()
