"""Discriminators of the adversarial stage: two-dimensional convolutions over log spectra.

Design choices
- Three resolutions, each a small stack over (magnitude, cos and sin of the phase): phase is where a
  source-filter voice goes wrong first, and a magnitude alone can't show it.
- Frequencies are halved from the first layer on, windows overlap by half: on a processor the judges are
  what a step pays for.
- Hinge loss and feature matching; spectral losses keep the generator near the target.

After UnivNet (arXiv:2106.07889) and Vocos (arXiv:2306.00814).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

__all__ = ["Discriminators", "discriminator_loss", "generator_losses"]

RESOLUTIONS = ((2048, 1024), (1024, 512), (512, 256))


class _Stack(nn.Module):
    def __init__(self, n_fft: int, hop: int, width: int) -> None:
        super().__init__()
        self.n_fft, self.hop = n_fft, hop
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        sizes = [(3, width, (1, 2)), *[(width, width, (1, 2))] * 3, (width, width, (1, 1))]
        self.layers = nn.ModuleList(
            weight_norm(
                nn.Conv2d(a, b, (3, 7) if k else (5, 7), stride=stride, padding=(1, 3) if k else (2, 3))
            )
            for k, (a, b, stride) in enumerate(sizes)
        )
        self.out = weight_norm(nn.Conv2d(width, 1, 3, padding=1))

    def forward(self, x: Tensor) -> tuple[Tensor, list[Tensor]]:
        """x: (B, S) -> scores, and the features of every layer"""
        z = torch.stft(x.float(), self.n_fft, self.hop, window=self.window, return_complex=True).transpose(
            1, 2
        )
        size = z.abs().clamp(min=1e-4)
        y = torch.stack([size.log(), z.real / size, z.imag / size], 1)
        features = []
        for layer in self.layers:
            y = F.leaky_relu(layer(y), 0.1)
            features.append(y)
        return self.out(y), features


class Discriminators(nn.Module):
    """All resolutions; `width` is the number of channels."""

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        self.stacks = nn.ModuleList(_Stack(n, h, width) for n, h in RESOLUTIONS)

    def forward(self, x: Tensor) -> list[tuple[Tensor, list[Tensor]]]:
        """x: (B, S) in [-1, 1]"""
        return [stack(x) for stack in self.stacks]


def discriminator_loss(judge: Discriminators, real: Tensor, made: Tensor) -> Tensor:
    """Hinge loss of both sounds, (B, S) each; no gradient reaches the maker."""
    losses = [
        F.relu(1 - r).mean() + F.relu(1 + m).mean()
        for (r, _), (m, _) in zip(judge(real), judge(made.detach()), strict=True)
    ]
    return torch.stack(losses).mean()


def generator_losses(judge: Discriminators, real: Tensor, made: Tensor) -> dict[str, Tensor]:
    """What the maker is told: `adversary` (be taken for real) and `feature` (look alike inside)."""
    with torch.no_grad():
        truth = judge(real)
    guess = judge(made)
    adversary = torch.stack([F.relu(1 - score).mean() for score, _ in guess]).mean()
    feature = torch.stack([
        (a - b).abs().mean() / a.abs().mean()
        for (_, fa), (_, fb) in zip(truth, guess, strict=True) for a, b in zip(fa, fb, strict=True)
    ]).mean()  # fmt: skip
    return {"adversary": adversary, "feature": feature}
