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

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from duologue.voice.model import Decoder, base, frame_features
from duologue.voice.spectrum import BINS, N_FFT, VOICED_FROM
from duologue.voice.train.corpus import Corpus
from duologue.voice.train.crops import Crop, crops, gather
from duologue.voice.train.loop import LoopConfig, train
from duologue.voice.train.match import BootstrapTargets, match_losses, without_first
from duologue.voice.train.source import pulse_train, spectrum
from duologue.voice.train.teacher import ENGLISH_VOICES

__all__ = ["scatter_voices", "teacher_spectra", "waveform_losses"]

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


def scatter_voices(decoder: Decoder, source: int) -> None:
    """Every voice starts near the one that is trained; the scatter gives each directions of its own."""
    with torch.no_grad():
        vectors = decoder.voices.weight
        kept = vectors[source].clone()
        vectors.copy_(kept + 0.3 * torch.randn_like(vectors))
        vectors[source] = kept


def main() -> None:
    parser = argparse.ArgumentParser(description="Train several voices on the teacher's waveforms.")
    parser.add_argument("--bootstrap", type=Path, default=Path("work/corpus/af_heart-bootstrap"))
    parser.add_argument("--corpora", type=Path, nargs="+", required=True)
    parser.add_argument("--init", type=Path, required=True, help="checkpoint of stage 1")
    parser.add_argument("--out", type=Path, default=Path("work/runs/waveform"))
    parser.add_argument("--minutes", type=float, default=80)
    parser.add_argument("--lr", type=float, default=1e-3)
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
    targets = BootstrapTargets()
    decoder = Decoder(base())
    decoder.load_state_dict(torch.load(args.init, map_location="cpu", weights_only=True)["average"])
    torch.manual_seed(0)
    scatter_voices(decoder, first)
    decoder.to(device)
    rng = np.random.default_rng()
    held = [
        gather([(bootstrap, n, 0, first) for n in range(12)], 80),
        *(
            gather([(c, n, 0, number) for n in range(4)], 80)
            for c, number in zip(corpora, numbers, strict=True)
        ),
    ]
    drawn = [(without_first(bootstrap, 16), first, 1.0)]
    others = [(without_first(c, 4), n, 1.0) for c, n in zip(corpora, numbers, strict=True)]
    matched = round(args.batch * args.share)

    def forward(crop: Crop, bins: Tensor) -> Tensor:
        return decoder.at(
            crop.ids.to(device), crop.index.to(device),
            frame_features(crop.place, crop.f0, crop.energy).to(device),
            decoder.voices(crop.voice.to(device)), bins.to(device),
        )  # fmt: skip

    def matching(crop: Crop, bins: Tensor) -> dict[str, Tensor]:
        return match_losses(
            forward(crop, bins), targets(crop, bins).to(device), crop.f0.to(device), bins.to(device)
        )

    def waveform(crop: Crop, bins: Tensor) -> dict[str, Tensor]:
        x, e = (s[..., bins].to(device) for s in teacher_spectra(crop))
        return waveform_losses(forward(crop, bins), x, e, crop.f0.to(device), bins.to(device))

    def loss(step: int) -> tuple[Tensor, dict[str, float]]:
        bins = torch.from_numpy(np.sort(rng.choice(BINS, BINS // 4, replace=False)))
        losses: dict[str, Tensor] = {}
        if matched:
            losses |= matching(crops(drawn, matched, args.frames, rng), bins)
        if matched < args.batch:
            losses |= waveform(crops(others, args.batch - matched, args.frames, rng), bins)
        return sum(losses.values()), {k: float(v.detach()) for k, v in losses.items()}

    def evaluate(_: torch.nn.Module) -> dict[str, float]:
        bins = torch.arange(0, BINS, 3)
        figures = {k: float(v) for k, v in matching(held[0], bins).items()}
        for corpus, crop in zip(corpora, held[1:], strict=True):
            figures |= {f"{corpus.voice}_{k}": float(v) for k, v in waveform(crop, bins).items()}
        return figures

    train(decoder, loss, LoopConfig(out=args.out, minutes=args.minutes, lr=args.lr), evaluate=evaluate)


if __name__ == "__main__":
    main()
