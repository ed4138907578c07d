"""Narrower MLPs for the networks that ship: hidden units that the others can stand in for are left out.

Design choices
- Nothing is trained: of each MLP those units go that cost least, and least squares gives the rest the
  weights with which its output comes nearest to what it was, on speech of every voice.
- Which unit costs least is known in closed form (Optimal Brain Surgeon, for a linear layer): the square of
  its weights over its entry in the inverse of the units' covariance. A few go at a time.
- Layer by layer: each is fitted to what the whole network had there, on what the narrowed one gives it, so
  errors are mended on the way instead of adding up.
- How many go is said in decibels: a layer keeps as many units as hold the error of its output below `--limit`
  of that output's power. The prosody takes far more than the decoder.

    python -m duologue.voice.train.prune --phonemes work/phonemes-us.txt work/phonemes-gb.txt \\
        --out work/runs/pruned/network.safetensors

After Hassibi & Stork (NeurIPS 1992) and SparseGPT (arXiv:2301.00774).
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from duologue.voice.frontend.alphabet import PAD, encode
from duologue.voice.frontend.tensors import read, write
from duologue.voice.model import Decoder, Prosody, frame_features, frame_places
from duologue.voice.train.corpus import read_phonemes
from duologue.voice.train.start import decoder_from, prosody_from
from duologue.voice.train.teacher import ENGLISH_VOICES

__all__ = ["Speech", "narrowed", "performances", "prune_decoder", "prune_prosody"]

STEP = 16
"""Widths are multiples of it, which suits the processor."""


@dataclass(frozen=True, slots=True)
class Speech:
    """What both networks are given for one sentence: ids (1, L), index (1, T), place (1, T, 3), frame
    (1, T, 9), and which voice."""

    ids: Tensor
    index: Tensor
    place: Tensor
    frame: Tensor
    voice: int


@torch.no_grad()
def performances(prosody: Prosody, lines: list[tuple[str, int]]) -> list[Speech]:
    """Sentences as (phonemes, voice), spoken by the prosody."""
    made = []
    for phonemes, voice in lines:
        ids = torch.tensor([[PAD, *encode(phonemes), PAD]])
        v = prosody.voices.weight[voice][None]
        text, log_durations = prosody.encode(ids, v)
        durations = log_durations.exp().round().long().clamp(min=1)
        index, place = frame_places(durations, int(durations.sum()))
        log_f0, voicing, energy = prosody.contours(text, index, place, v)
        made.append(
            Speech(ids, index, place, frame_features(place, log_f0.exp() * (voicing > 0), energy), voice)
        )
    return made


def narrowed(inner: Tensor, wanted: Tensor, down: Tensor, limit: float) -> tuple[Tensor, Tensor, Tensor]:
    """Which units of an MLP stay, and its last matrix and offset for them.

    inner: (N, H) what the last matrix reads; wanted: (N, C) what it should give; down: (C, H) the matrix;
    limit: dB, the error of its output that may be made. Returns units (H',), matrix (C, H'), offset (C,).
    """
    h, weight = inner.double(), down.double()
    mean = h.mean(0)
    covariance = (h - mean).T @ (h - mean) / len(h)
    power = float((weight @ covariance * weight).sum())
    ridge = 1e-4 * covariance.diag().mean() * torch.eye(len(covariance), dtype=torch.float64)
    inverse, fitted = torch.linalg.inv(covariance + ridge), weight.clone()
    left = torch.ones(len(covariance), dtype=torch.bool)
    kept, error = left.nonzero()[:, 0], 0.0
    while int(left.sum()) > STEP:
        for _ in range(STEP):
            # What it adds to the error to lose a unit, the others being fitted anew.
            cost = torch.where(left, fitted.square().sum(0) / inverse.diag(), math.inf)
            unit = int(cost.argmin())
            error += float(cost[unit])
            row = inverse[unit] / inverse[unit, unit]
            fitted -= fitted[:, unit, None] * row
            inverse -= inverse[:, unit, None] * row
            left[unit] = False
            inverse[unit, unit] = 1.0  # of a unit that is gone; never asked for again
        if error > power * 10 ** (limit / 10):
            break
        kept = left.nonzero()[:, 0]
    target = wanted.double()
    centred = h[:, kept] - mean[kept]
    square = centred.T @ centred / len(h) + ridge[kept][:, kept]
    matrix = torch.linalg.solve(square, centred.T @ (target - target.mean(0)) / len(h)).T
    return kept, matrix.float(), (target.mean(0) - matrix @ mean[kept]).float()


def _narrow(mlp: nn.Module, inner: list[Tensor], wanted: list[Tensor], limit: float) -> int:
    """Narrow the MLP of a block or layer, in place; inner and wanted: (T, H) and (T, C) of each sentence."""
    up, down = mlp.up, mlp.down
    assert isinstance(up, nn.Linear)
    assert isinstance(down, nn.Linear)
    kept, matrix, offset = narrowed(torch.cat(inner), torch.cat(wanted), down.weight, limit)
    mlp.up, mlp.down = nn.Linear(up.in_features, len(kept)), nn.Linear(len(kept), down.out_features)
    for layer, weight, bias in ((mlp.up, up.weight[kept], up.bias[kept]), (mlp.down, matrix, offset)):
        layer.weight.data.copy_(weight)
        layer.bias.data.copy_(bias)
    return len(kept)


def _through(
    layers: nn.ModuleList,
    xs: list[Tensor],
    limit: float,
    before: Callable[[nn.Module, Tensor, int], Tensor],
    inner: Callable[[nn.Module, Tensor, int], Tensor],
) -> tuple[list[int], list[Tensor]]:
    """Narrow one layer after the other: `before` is what a layer does ahead of its MLP, `inner` what the last
    matrix of that reads, each of the n-th sentence. Returns widths and what the narrowed layers give."""
    whole, narrow, widths = list(xs), list(xs), []
    for layer in layers:
        for n in range(len(xs)):
            whole[n] = before(layer, whole[n], n)
            whole[n] = whole[n] + layer.down(inner(layer, whole[n], n))  # type: ignore[operator]
        narrow = [before(layer, x, n) for n, x in enumerate(narrow)]
        inside = [inner(layer, x, n) for n, x in enumerate(narrow)]
        wanted = [(y - x)[0] for x, y in zip(narrow, whole, strict=True)]
        widths.append(_narrow(layer, [i[0] for i in inside], wanted, limit))
        narrow = [x + layer.down(inner(layer, x, n)) for n, x in enumerate(narrow)]  # type: ignore[operator]
    return widths, narrow


@torch.no_grad()
def prune_decoder(decoder: Decoder, speech: list[Speech], limit: float) -> list[int]:
    """Narrow the decoder's blocks in place; the widths they have then."""
    vs = [decoder.voices.weight[s.voice][None] for s in speech]
    xs = []
    for s, v in zip(speech, vs, strict=True):
        text = decoder.encode(s.ids, v)
        x = text.gather(1, s.index[..., None].expand(-1, -1, text.shape[-1]))
        xs.append(x + decoder.enter_frame(s.frame))
    widths, _ = _through(
        decoder.blocks, xs, limit, lambda _, x, n: x, lambda layer, x, n: layer.inner(x, vs[n])
    )
    return widths


@torch.no_grad()
def prune_prosody(prosody: Prosody, speech: list[Speech], limit: float) -> list[int]:
    """Narrow the prosody's local blocks, layers and contour blocks in place; the widths they have then."""
    vs = [prosody.voices.weight[s.voice][None] for s in speech]
    keeps = [torch.ones_like(s.ids, dtype=torch.bool) for s in speech]

    def block(layer: nn.Module, x: Tensor, n: int) -> Tensor:
        return layer.inner(x, vs[n])  # type: ignore[operator,no-any-return]

    xs = [prosody.embed(s.ids) for s in speech]
    local, xs = _through(prosody.local, xs, limit, lambda _, x, n: x, block)
    layers, xs = _through(
        prosody.layers,
        xs,
        limit,
        lambda layer, x, n: layer.attend(x, keeps[n]),
        lambda layer, x, n: layer.inner(x),
    )
    frames = []
    for s, x, v in zip(speech, xs, vs, strict=True):
        text = prosody.norm(x, v)
        text = text.gather(1, s.index[..., None].expand(-1, -1, text.shape[-1]))
        frames.append(text + prosody.place(s.place))
    contour, _ = _through(prosody.contour, frames, limit, lambda _, x, n: x, block)
    return local + layers + contour


def main() -> None:
    parser = argparse.ArgumentParser(description="Narrow the MLPs of the networks that ship.")
    parser.add_argument("--init", type=Path, default=Path("src/duologue/weights/voice/network.safetensors"))
    parser.add_argument("--phonemes", type=Path, nargs=2, required=True, help="American, then British lines")
    parser.add_argument("--first", type=int, default=300, help="first line to use")
    parser.add_argument("--count", type=int, default=240, help="sentences, shared by the voices")
    parser.add_argument("--voices", default="af_heart,am_fenrir,bf_emma,bm_fable")
    parser.add_argument("--limit", type=float, default=-21, help="dB, error of a layer of the decoder")
    parser.add_argument("--prosody-limit", type=float, default=-25)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    decoder, prosody = decoder_from(args.init).eval(), prosody_from(args.init).eval()
    voices = args.voices.split(",")
    texts = [read_phonemes(path) for path in args.phonemes]
    lines = []
    for n in range(args.count):
        voice = voices[n % len(voices)]
        lines.append((texts[voice[0] == "b"][args.first + n], ENGLISH_VOICES.index(voice)))
    speech = performances(prosody, lines)
    print("decoder", prune_decoder(decoder, speech, args.limit))
    print("prosody", prune_prosody(prosody, speech, args.prosody_limit))
    _, metadata = read(args.init)
    arrays = {
        f"{part}.{name}": value.detach().numpy()
        for part, network in (("prosody", prosody), ("decoder", decoder))
        for name, value in network.state_dict().items()
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    write(args.out, arrays, metadata)
    print(args.out)


if __name__ == "__main__":
    main()
