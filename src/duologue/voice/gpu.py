"""The runtime on a GPU: PyTorch, the whole path as two batched computations, each one CUDA graph per size.

Design choices
- On a GPU launches cost more than arithmetic: all sentences of a group are one padded batch, and what runs
  for a size once is captured and replayed. Sizes are rounded up to buckets, so that few graphs are needed.
- Between the two computations the host rounds durations, with the code the CPU way uses, and this is the
  only time the host waits before the sound.
- Frames past the end of a sentence are zero before every convolution, as on the CPU way.
- The same controls, noise and pulses as the CPU way, so both differ by rounding only (8-bit matrices there,
  half-precision weights here).
- Without a GPU the same code runs eagerly: that is how it is tested.

Shapes: B sentences, L phonemes, T frames of 25 ms, F = 2T fine frames, K = 601 bins.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from duologue.voice.controls import (
    HIGHEST,
    LOWEST,
    Controls,
    Manner,
    controls,
    shaped_controls,
    shaped_durations,
)
from duologue.voice.errors import VoiceError
from duologue.voice.excitation import excitation
from duologue.voice.frontend.tensors import read
from duologue.voice.frontend.utterance import Utterance
from duologue.voice.model import Decoder, Prosody, VoiceConfig
from duologue.voice.noise import offsets, phasors
from duologue.voice.rendering import Rendered, finished
from duologue.voice.spectrum import BINS, CEILING, HARMONIC_BINS, HOP, N_FFT, PARTS, VOICED_FROM
from duologue.voice.synthesis import (
    BREATH,
    LIFT,
    NOISE,
    TILT,
    WHISPER,
)
from duologue.voice.timing import axis, padded
from duologue.voice.weights import NETWORK, Weights

__all__ = ["GpuRenderer", "load_networks"]

Floats = NDArray[np.float32]
LARGEST = 4000
"""Phonemes in a group: some four minutes of speech at once."""
_MOST_GRAPHS = 48


def load_networks(weights: Weights) -> tuple[Prosody, Decoder]:
    """Both networks from the half-precision file, in float32. Raises VoiceError if it is damaged."""
    weights.read(NETWORK)
    arrays, metadata = read(weights.folder / NETWORK)
    config = VoiceConfig.from_dict(json.loads(metadata["config"]))
    prosody, decoder = Prosody(config), Decoder(config)
    for name, network in (("prosody", prosody), ("decoder", decoder)):
        state = {
            key.partition(".")[2]: torch.from_numpy(value.astype(np.float32))
            for key, value in arrays.items()
            if key.startswith(f"{name}.")
        }
        network.load_state_dict(state)
        network.eval().requires_grad_(False)
    return prosody, decoder


class _Replay:
    """A function of tensors, captured once per set of shapes on a GPU; called as it is elsewhere."""

    def __init__(self, function: Callable[..., tuple[Tensor, ...]], device: torch.device) -> None:
        self._function = function
        self._device = device
        self._graphs: dict[
            tuple[torch.Size, ...], tuple[torch.cuda.CUDAGraph, list[Tensor], tuple[Tensor, ...]]
        ] = {}

    @torch.inference_mode()
    def __call__(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        if self._device.type != "cuda":
            return self._function(*inputs)
        key = tuple(x.shape for x in inputs)
        if key not in self._graphs:
            if len(self._graphs) >= _MOST_GRAPHS:
                self._graphs.pop(next(iter(self._graphs)))
            self._graphs[key] = self._capture(inputs)
        graph, places, results = self._graphs[key]
        for place, value in zip(places, inputs, strict=True):
            place.copy_(value, non_blocking=True)
        graph.replay()
        return results

    def _capture(
        self, inputs: Iterable[Tensor]
    ) -> tuple[torch.cuda.CUDAGraph, list[Tensor], tuple[Tensor, ...]]:
        places = [x.to(self._device, copy=True) for x in inputs]
        side = torch.cuda.Stream(self._device)  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream(self._device))
        with torch.cuda.stream(side):  # kernels and FFT plans are made here, outside the capture
            for _ in range(2):
                self._function(*places)
        torch.cuda.current_stream(self._device).wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            results = self._function(*places)
        return graph, places, results


def _bucket(value: int, step: int) -> int:
    return -(-value // step) * step


def _rows(count: int) -> int:
    """Rows of a batch: powers of two, so that a text of any length needs few graphs."""
    return 1 << (count - 1).bit_length()


class GpuRenderer:
    """Renders groups of utterances; the twin of `rendering.Renderer`. One call at a time."""

    largest = LARGEST

    def __init__(self, weights: Weights, device: str = "cuda") -> None:
        if device.startswith("cuda") and not torch.cuda.is_available():
            raise VoiceError('PyTorch finds no GPU here; use device="cpu"')
        self.device = torch.device(device)
        prosody, decoder = load_networks(weights)
        self.prosody, self.decoder = prosody.to(self.device), decoder.to(self.device)
        table = torch.from_numpy(phasors()[:, 0].copy())
        tail = torch.from_numpy(phasors()[-1, 1:].copy())
        self._noise = torch.cat([table, tail]).to(self.device)
        self._encode = _Replay(self.encode, self.device)
        self._sound = _Replay(self.sound, self.device)
        self._constants = _Constants(self.device)

    def render(self, utterances: Sequence[Utterance], first: int, manner: Manner) -> list[Rendered]:
        """As `Renderer.render`."""
        durations, audio, _ = self._run(utterances, first, manner)
        sound = audio[: len(durations)].cpu().numpy()
        return [
            Rendered(finished(row[: 2 * HOP * sum(counts)]), counts)
            for row, counts in zip(sound, durations, strict=True)
        ]

    def contour(self, utterances: Sequence[Utterance], manner: Manner) -> Floats:
        """As `Renderer.contour`."""
        durations, _, f0 = self._run(utterances, 0, manner)
        rows = f0.cpu().numpy()
        return np.concatenate([rows[n, : 2 * sum(counts)] for n, counts in enumerate(durations)])

    def _run(
        self, utterances: Sequence[Utterance], first: int, manner: Manner
    ) -> tuple[list[list[int]], Tensor, Tensor]:
        asked = [controls(u) for u in utterances]
        ids = padded([c.ids for c in asked])
        rows = _rows(len(asked))
        bucket = np.zeros((rows, _bucket(ids.shape[1], 32)), np.int64)
        bucket[: len(ids), : ids.shape[1]] = ids
        on_device = torch.from_numpy(bucket).to(self.device)
        voices = [self._vector(v, rows) for v in (manner.speaker.prosody, manner.speaker.decoder)]
        text, log_durations = self._encode(on_device, voices[0])
        natural = log_durations[: len(asked)].cpu().numpy()
        durations = [shaped_durations(c, row, manner) for c, row in zip(asked, natural, strict=True)]
        frames = _bucket(max(map(sum, durations)), 40)
        host = self._layout(asked, durations, rows, frames, first, manner)
        moved = [torch.from_numpy(x).to(self.device, non_blocking=True) for x in host]
        audio, f0 = self._sound(on_device, text, *voices, *moved)
        return durations, audio, f0

    def _vector(self, vector: Floats, rows: int) -> Tensor:
        return torch.tensor(vector, device=self.device).expand(rows, -1).contiguous()

    def _layout(
        self,
        asked: Sequence[Controls],
        durations: Sequence[list[int]],
        rows: int,
        frames: int,
        first: int,
        manner: Manner,
    ) -> tuple[NDArray[np.generic], ...]:
        """What the second computation reads: index (B, T), place (B, T, 3), mask (B, T, 1), and per fine
        frame move, stretch and gain (B, F) and noise (B, F); the style as numbers (4,); mean log F0 (1,)."""
        index = np.zeros((rows, frames), np.int64)
        place = np.zeros((rows, frames, 3), np.float32)
        mask = np.zeros((rows, frames, 1), np.float32)
        shape = np.zeros((3, rows, 2 * frames), np.float32)
        noise = np.zeros((rows, 2 * frames), np.int64)
        for row, (one, counts) in enumerate(zip(asked, durations, strict=True)):
            line = axis([counts])
            size = sum(counts)
            index[row, :size] = line.index[:size]
            place[row, :size] = line.place[:size]
            mask[row, :size] = 1
            shape[:, row, : 2 * size] = np.stack(shaped_controls([one], line, manner))[:, : 2 * size]
            noise[row, : 2 * size] = offsets(manner.seed, first + row, 2 * size)
        style = manner.style
        numbers = np.array([style.tilt, style.breath, style.whisper, manner.speaker.pitch], np.float32)
        return index, place, mask, *shape, noise, numbers

    def encode(self, ids: Tensor, voice: Tensor) -> tuple[Tensor, Tensor]:
        """ids (B, L), voice (B, V) -> text (B, L, C), log durations (B, L)"""
        return self.prosody.encode(ids, voice)

    def sound(
        self, ids: Tensor, text: Tensor, prosody_voice: Tensor, voice: Tensor, index: Tensor, place: Tensor,
        mask: Tensor, move: Tensor, stretch: Tensor, level: Tensor, noise: Tensor, numbers: Tensor,
    ) -> tuple[Tensor, Tensor]:  # fmt: skip
        """Everything after durations: the inputs of `_layout` -> audio (B, 300 F), F0 (B, F)."""
        log_f0, voicing, energy = self.prosody.contours(text, index, place, prosody_voice, mask)
        f0 = ((log_f0 - numbers[3]) * stretch + numbers[3] + move).exp().clamp(LOWEST, HIGHEST)
        f0 = f0 * (voicing > 0) * mask[..., 0].repeat_interleave(2, 1)
        parts = self.parts(ids, index, place, f0, energy, mask, voice)
        return self.synthesise(parts, f0, level, noise, numbers), f0

    def parts(
        self,
        ids: Tensor,
        index: Tensor,
        place: Tensor,
        f0: Tensor,
        energy: Tensor,
        mask: Tensor,
        voice: Tensor,
    ) -> Tensor:
        """`Decoder.forward` with what is past the end kept out: (B, F, 4, K)."""
        net = self.decoder
        said = ((ids > 0) | (ids.roll(1, 1) > 0))[..., None].to(mask.dtype)
        said[:, 0] = 1
        x = _blocks(net.text, net.embed(ids) * said, voice, said)
        voiced = (f0 > VOICED_FROM).to(f0.dtype)
        pitch = voiced * (f0.clamp(min=40).log() - 5.2) / 0.3
        pairs = [p.view(len(p), -1, 2) for p in (pitch, voiced, (energy - 3.0) / 3.0)]
        x = (_taken(net.enter_text(x), index) + net.enter_frame(torch.cat([place, *pairs], -1))) * mask
        x = net.split(net.norm(_blocks(net.blocks, x, voice, mask), voice))
        return net.basis(x.reshape(len(x), -1, net.config.rank)).view(len(x), -1, PARTS, BINS)

    def synthesise(self, parts: Tensor, f0: Tensor, level: Tensor, noise: Tensor, numbers: Tensor) -> Tensor:
        """`synthesis.synthesise` for a batch: parts (B, F, 4, K), the rest (B, F) -> (B, 300 F)."""
        c = self._constants
        lh, theta, lr, phi = parts.unbind(2)
        filtered, magnitude = lh.clamp(max=CEILING).exp() * c.low, lr.clamp(max=CEILING).exp()
        voiced = (f0 > 0)[..., None]
        tilt, breath, whisper = numbers[0], numbers[1] * c.breath, numbers[2]
        hiss = self._noise[noise[..., None] + c.bins]
        spread = filtered * (NOISE / f0.clamp(min=1))[..., None].sqrt() * voiced
        magnitude = torch.hypot(magnitude, spread * whisper * c.whisper)
        turning = torch.where(voiced & (whisper == 0), torch.polar(torch.ones_like(phi), phi), hiss)
        source = torch.fft.rfft(_framed(excitation(f0)) * c.analysis)[..., :HARMONIC_BINS] * c.lift
        source = torch.nn.functional.pad(source, (0, BINS - HARMONIC_BINS))
        harmonic = torch.polar(filtered * (1 - breath).sqrt() * voiced * (1 - whisper), theta) * source
        spectrum = harmonic + magnitude * turning + hiss * (spread * breath.sqrt() * (1 - whisper))
        spectrum = spectrum * torch.exp(tilt * c.octaves)
        frames = torch.fft.irfft(spectrum, N_FFT) * c.synthesis * level[..., None]
        hops = frames.view(*frames.shape[:2], -1, HOP)
        count = f0.shape[1]
        out = torch.zeros(len(f0), count + 3, HOP, device=f0.device)
        for part in range(N_FFT // HOP):
            out[:, part : part + count] += hops[:, :, part]
        return out[:, 2 : count + 2].flatten(1)


class _Constants:
    """Rows of bins and windows on the device."""

    def __init__(self, device: torch.device) -> None:
        window = torch.hann_window(N_FFT, device=device)
        self.analysis = window[::2] / (N_FFT / 8)
        self.synthesis = window / (N_FFT / HOP * 3 / 8)
        self.bins = torch.arange(BINS, device=device)
        self.low = torch.zeros(BINS, device=device)
        self.low[:HARMONIC_BINS] = 1
        self.lift = torch.from_numpy(LIFT).to(device)
        self.breath = torch.from_numpy(BREATH).to(device)
        self.whisper = torch.from_numpy(WHISPER).to(device)
        self.octaves = torch.from_numpy(TILT).to(device)


def _taken(x: Tensor, index: Tensor) -> Tensor:
    """x (B, L, C), index (B, T) -> (B, T, C)"""
    return x.gather(1, index[..., None].expand(-1, -1, x.shape[-1]))


def _blocks(blocks: Iterable[nn.Module], x: Tensor, voice: Tensor, mask: Tensor) -> Tensor:
    for block in blocks:
        x = block(x, voice) * mask
    return x


def _framed(signal: Tensor) -> Tensor:
    """signal (B, 150 F) -> frames centred on sample 150 k, (B, F, 600)"""
    padded_signal = torch.nn.functional.pad(signal, (N_FFT // 4, N_FFT // 4 - HOP // 2))
    return padded_signal.unfold(-1, N_FFT // 2, HOP // 2)
