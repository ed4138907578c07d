"""The network of the voice: phonemes -> durations, F0, energy -> spectral parts of 12.5 ms frames.

Design choices
- Two networks that share nothing: `Prosody` says when, how high and how loud; `Decoder` says how it
  sounds. Between them stand numbers a person can read and change, so styles and markup act there.
- Convolutions (ConvNeXt-1d) carry the decoder; attention only where the whole sentence matters, in
  the prosody encoder, over phonemes, of which there are fifteen a second.
- The backbone runs at 40 frames/s, half the rate of the spectrum: a frame of 25 ms makes two fine
  frames of 12.5 ms in the last layer, which halves the work. Low rank (`rank`) before the bins.
- Four spectral parts on 601 bins: log magnitude and phase of the harmonic filter, log magnitude and
  phase of the residual. Phases count in voiced frames only; elsewhere the residual is noise.
- A voice is one vector, entering by adaptive layer norm; blends are sums of vectors.
- Layers of an MLP that `train.prune` has narrowed say how wide they are: `hidden`, `prosody_hidden`.
- PyTorch for training and export only: the CPU runtime reads the exported graphs (engine.py).

Shapes: B batch, L phonemes, T frames of 25 ms, C channels, K bins; see docs/shapes.md.
After ConvNeXt (arXiv:2201.03545), Vocos (arXiv:2306.00814) and the source-filter models of speech.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from duologue.voice.frontend.alphabet import VOCABULARY_SIZE
from duologue.voice.spectrum import BINS, PARTS, VOICED_FROM

__all__ = ["Decoder", "Prosody", "VoiceConfig", "base", "tiny"]


@dataclass(frozen=True, kw_only=True, slots=True)
class VoiceConfig:
    """Sizes of both networks. `width` is the dial; `base()` and `tiny()` are the presets.

    hidden, prosody_hidden: widths inside the MLPs in order (of the decoder's blocks; of the prosody's local
    blocks, layers and contour blocks) where they aren't the usual multiples.
    """

    width: int = 256
    blocks: int = 8
    kernel: int = 7
    expansion: int = 3
    rank: int = 192
    text_width: int = 192
    text_blocks: int = 3
    voice_width: int = 64
    prosody_width: int = 192
    prosody_layers: int = 4
    prosody_blocks: int = 5
    voices: int = 28
    hidden: tuple[int, ...] = ()
    prosody_hidden: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, sizes: Mapping[str, Any]) -> VoiceConfig:
        """From what `to_dict` gave, read back from JSON."""
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in sizes.items()}
        return cls(**values)

    def widths(self) -> list[int]:
        """Widths inside the MLPs of the decoder's blocks."""
        return list(self.hidden) or [self.expansion * self.width] * self.blocks

    def prosody_widths(self) -> list[int]:
        """Widths inside the MLPs of the prosody's local blocks, layers and contour blocks."""
        usual = [2] * LOCAL + [3] * self.prosody_layers + [2] * self.prosody_blocks
        return list(self.prosody_hidden) or [factor * self.prosody_width for factor in usual]


def base() -> VoiceConfig:
    """What ships."""
    return VoiceConfig()


def tiny() -> VoiceConfig:
    """For tests: every path of the code in a second."""
    return VoiceConfig(
        width=32, blocks=2, rank=16, text_width=32, text_blocks=1, voice_width=8,
        prosody_width=32, prosody_layers=1, prosody_blocks=1, voices=3,
    )  # fmt: skip


LOCAL = 3
"""Convolutional blocks before the prosody's attention."""


class AdaptiveNorm(nn.Module):
    """Layer norm over channels whose gain and offset depend on the voice."""

    def __init__(self, width: int, voice_width: int) -> None:
        super().__init__()
        self.width = width
        self.gain = nn.Parameter(torch.ones(width))
        self.offset = nn.Parameter(torch.zeros(width))
        self.voice = nn.Linear(voice_width, 2 * width, bias=False)
        nn.init.zeros_(self.voice.weight)

    def forward(self, x: Tensor, v: Tensor) -> Tensor:
        """x: (B, T, C), v: (B, V) -> (B, T, C)"""
        gain, offset = self.voice(v)[:, None].chunk(2, dim=-1)
        # Layer norm first with constants, then the voice: the exporter keeps the fused operator.
        return F.layer_norm(x, (self.width,), self.gain, self.offset) * (1 + gain) + offset


class Block(nn.Module):
    """ConvNeXt-1d: depthwise convolution over time, then a pointwise MLP, added to its input."""

    def __init__(self, width: int, kernel: int, hidden: int, voice_width: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv1d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm = AdaptiveNorm(width, voice_width)
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)
        nn.init.normal_(self.down.weight, std=0.3 * hidden**-0.5)
        nn.init.zeros_(self.down.bias)

    def inner(self, x: Tensor, v: Tensor) -> Tensor:
        """What `down` reads: x (B, T, C), v (B, V) -> (B, T, hidden)"""
        y = self.depthwise(x.transpose(1, 2)).transpose(1, 2)
        return F.gelu(self.up(self.norm(y, v)), approximate="tanh")

    def forward(self, x: Tensor, v: Tensor) -> Tensor:
        """x: (B, T, C), v: (B, V) -> (B, T, C)"""
        return x + self.down(self.inner(x, v))


class Attention(nn.Module):
    """Pre-norm self-attention and MLP over phonemes; positions enter by the convolutions before it."""

    def __init__(self, width: int, hidden: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm1 = nn.LayerNorm(width)
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)
        for layer in (self.out, self.down):
            nn.init.zeros_(layer.weight)

    def attend(self, x: Tensor, keep: Tensor) -> Tensor:
        """x with what it attends to added, before the MLP."""
        b, length, width = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) * (width // self.heads) ** -0.5
        scores = scores.masked_fill(~keep[:, None, None], -1e9)
        return x + self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(b, length, width))

    def inner(self, x: Tensor) -> Tensor:
        """What `down` reads, of what `attend` gave."""
        return F.gelu(self.up(self.norm2(x)), approximate="tanh")

    def forward(self, x: Tensor, keep: Tensor) -> Tensor:
        """x: (B, L, C), keep: (B, L) bool, True at phonemes -> (B, L, C)"""
        x = self.attend(x, keep)
        return x + self.down(self.inner(x))


class Prosody(nn.Module):
    """Phonemes and a voice -> durations, then F0, voicing and energy of every fine frame."""

    def __init__(self, config: VoiceConfig) -> None:
        super().__init__()
        width, voice_width, widths = config.prosody_width, config.voice_width, config.prosody_widths()
        between = LOCAL + config.prosody_layers
        self.config = config
        self.voices = nn.Embedding(config.voices, voice_width)
        self.embed = nn.Embedding(VOCABULARY_SIZE, width)
        nn.init.normal_(self.embed.weight, std=0.3)
        self.local = nn.ModuleList(Block(width, 5, hidden, voice_width) for hidden in widths[:LOCAL])
        self.layers = nn.ModuleList(Attention(width, hidden) for hidden in widths[LOCAL:between])
        self.norm = AdaptiveNorm(width, voice_width)
        self.duration = nn.Sequential(
            nn.Linear(width, width), nn.GELU(approximate="tanh"), nn.Linear(width, 1)
        )
        self.place = nn.Linear(3, width)
        self.contour = nn.ModuleList(
            Block(width, config.kernel, hidden, voice_width) for hidden in widths[between:]
        )
        self.contour_norm = AdaptiveNorm(width, voice_width)
        self.out = nn.Linear(width, 6)

    def encode(self, ids: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """ids: (B, L) int, 0 pads; v: (B, V) -> text (B, L, C), log of durations in frames (B, L)"""
        # The ends of a sentence are id 0 too, so the padding is what lies beyond the second of them.
        keep = (ids > 0) | (ids.roll(1, 1) > 0)
        keep[:, 0] = True
        mask = keep[..., None].to(self.embed.weight.dtype)
        x = self.embed(ids) * mask
        for block in self.local:
            x = block(x, v) * mask
        for layer in self.layers:
            x = layer(x, keep) * mask
        x = self.norm(x, v)
        return x, self.duration(x).squeeze(-1)

    def contours(
        self, text: Tensor, index: Tensor, place: Tensor, v: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """F0, voicing and energy along the frames.

        text: (B, L, C); index: (B, T) int, the phoneme of each frame; place: (B, T, 3), see
        `frame_places`; mask: (B, T, 1), 0 past the end of a sentence, whose frames no convolution then
        hears. Returns log F0 in nats, voicing logit and energy, each (B, 2T).
        """
        kept = torch.ones_like(place[..., :1]) if mask is None else mask
        x = text.gather(1, index[..., None].expand(-1, -1, text.shape[-1])) + self.place(place)
        x = x * kept
        for block in self.contour:
            x = block(x, v) * kept
        out = self.out(self.contour_norm(x, v))
        f0, voicing, energy = (part.flatten(1) for part in out.chunk(3, dim=-1))
        return f0 * 0.3 + 5.2, voicing, energy * 3.0 + 3.0


class Decoder(nn.Module):
    """Phonemes, durations, F0 and energy -> the spectral parts."""

    def __init__(self, config: VoiceConfig) -> None:
        super().__init__()
        width, text, voice_width = config.width, config.text_width, config.voice_width
        self.config = config
        self.voices = nn.Embedding(config.voices, voice_width)
        self.embed = nn.Embedding(VOCABULARY_SIZE, text)
        nn.init.normal_(self.embed.weight, std=0.3)
        self.text = nn.ModuleList(Block(text, 5, 2 * text, voice_width) for _ in range(config.text_blocks))
        self.enter_text = nn.Linear(text, width)
        self.enter_frame = nn.Linear(9, width)
        self.blocks = nn.ModuleList(
            Block(width, config.kernel, hidden, voice_width) for hidden in config.widths()
        )
        self.norm = AdaptiveNorm(width, voice_width)
        self.split = nn.Linear(width, 2 * config.rank)
        self.basis = nn.Linear(config.rank, PARTS * BINS)

    def encode(self, ids: Tensor, v: Tensor) -> Tensor:
        """ids: (B, L), v: (B, V) -> (B, L, width)"""
        x = self.embed(ids)
        for block in self.text:
            x = block(x, v)
        return self.enter_text(x)

    def backbone(self, text: Tensor, index: Tensor, frame: Tensor, v: Tensor) -> Tensor:
        """text: (B, L, C); index: (B, T); frame: (B, T, 9) -> (B, 2T, rank)"""
        x = text.gather(1, index[..., None].expand(-1, -1, text.shape[-1])) + self.enter_frame(frame)
        for block in self.blocks:
            x = block(x, v)
        x = self.split(self.norm(x, v))
        return x.reshape(x.shape[0], -1, self.config.rank)

    def at(self, ids: Tensor, index: Tensor, frame: Tensor, v: Tensor, bins: Tensor) -> Tensor:
        """The parts at chosen bins only (k,), which is what a training step pays for: (B, 2T, PARTS, k)"""
        hidden = self.backbone(self.encode(ids, v), index, frame, v)
        rows = (torch.arange(PARTS, device=bins.device)[:, None] * BINS + bins).flatten()
        return F.linear(hidden, self.basis.weight[rows], self.basis.bias[rows]).unflatten(
            -1, (PARTS, len(bins))
        )

    def forward(self, ids: Tensor, index: Tensor, frame: Tensor, v: Tensor) -> Tensor:
        """-> (B, 2T, PARTS, K): log magnitude and phase (rad) of filter and residual"""
        parts = self.basis(self.backbone(self.encode(ids, v), index, frame, v))
        return parts.unflatten(-1, (PARTS, BINS))


def frame_places(durations: Tensor, frames: int) -> tuple[Tensor, Tensor]:
    """Which phoneme each frame belongs to, and where in it the frame lies.

    durations: (B, L) int frames. Returns index (B, T) int64 and place (B, T, 3): the frame's centre
    as a fraction of its phoneme, the log duration, and 1 - fraction. Frames past the end repeat the
    last phoneme.
    """
    ends = durations.cumsum(1)
    t = torch.arange(frames, device=durations.device)[None].expand(len(durations), -1)
    index = torch.searchsorted(ends, t.contiguous(), right=True).clamp(max=durations.shape[1] - 1)
    length = durations.gather(1, index).clamp(min=1)
    fraction = (t - (ends.gather(1, index) - length) + 0.5) / length
    return index, torch.stack([fraction, length.float().log(), 1 - fraction], dim=-1)


def frame_features(place: Tensor, f0: Tensor, energy: Tensor) -> Tensor:
    """place: (B, T, 3); f0 (Hz, 0 where unvoiced) and energy: (B, 2T) -> decoder input (B, T, 9)"""
    voiced = (f0 > VOICED_FROM).to(f0.dtype)
    pitch = voiced * (f0.clamp(min=40).log() - 5.2) / 0.3
    pairs = [x.unflatten(1, (-1, 2)) for x in (pitch, voiced, (energy - 3.0) / 3.0)]
    return torch.cat([place, *pairs], dim=-1)
