"""The judges of speech: DistillMOS, DNSMOS and the word error rate of Whisper-base, all offline from PyPI.

Design choices
- DistillMOS and Whisper are the arena's (`duologue.arena.listening`); DNSMOS is here.
- Every judge takes (audio, sample_rate): audio (S,) float in [-1, 1], resampled to 16 kHz.
- DNSMOS runs its two ONNX graphs directly, with a mel spectrogram of our own instead of librosa.

Set up with `make judges`.
"""

from __future__ import annotations

import functools
import os
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

from duologue.arena.listening import RATE, distillmos, errors, hear, package_folder, resample, wer

__all__ = ["distillmos", "dnsmos", "errors", "hear", "resample", "wer"]

Audio = NDArray[np.float32]


@functools.cache
def _dnsmos() -> tuple[Any, Any, NDArray[np.float64]]:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    folder = package_folder("speechmos") / "dnsmos_models"
    sessions = [
        ort.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])
        for name in ("sig_bak_ovr.onnx", "model_v8.onnx")
    ]
    return sessions[0], sessions[1], _mel_filters(bins=161, bands=120)


def _mel_filters(bins: int, bands: int) -> NDArray[np.float64]:
    """Triangles on Slaney's mel scale with unit area, (bands, bins): linear to 1 kHz, then logarithmic."""
    step, corner, ratio = 200 / 3, 1000.0, np.log(6.4) / 27

    def mel(hz: float) -> float:
        return hz / step if hz < corner else corner / step + np.log(hz / corner) / ratio

    mels = np.linspace(0, mel(RATE / 2), bands + 2)
    edges = np.where(mels < corner / step, mels * step, corner * np.exp(ratio * (mels - corner / step)))
    # librosa's frequencies of an odd transform of 321 points: k * 16000 / 321
    hz = np.arange(bins) * RATE / 321
    up = (hz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    down = (edges[2:, None] - hz) / np.diff(edges)[1:, None]
    return np.maximum(0, np.minimum(up, down)) * (2 / (edges[2:] - edges[:-2]))[:, None]


def dnsmos(audio: Audio, sr: int) -> dict[str, float]:
    """DNSMOS scores, 1 to 5: `p808` (overall, crowd rated), `sig`, `bak`, `ovr`.

    Windows of 9.01 s every second; shorter audio is repeated, as its authors do.
    """
    primary, p808, filters = _dnsmos()
    x = np.clip(resample(audio, sr), -1, 1)
    if len(x) == 0:
        raise ValueError("no audio to judge")
    size = int(9.01 * RATE)
    while len(x) < size:
        x = np.concatenate([x, x])
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(321) / 321)
    scores = []
    for second in range(int(len(x) // RATE - 9.01) + 1):  # as many windows as its authors take
        start = second * RATE
        piece = x[start : start + size].astype(np.float32)
        frames = np.lib.stride_tricks.sliding_window_view(np.pad(piece[:-160], 160), 321)[::160]
        power = np.abs(np.fft.rfft(frames * window, axis=-1)) ** 2  # (T, 161)
        level = 10 * np.log10(np.maximum(power @ filters.T, 1e-10))  # (T, 120)
        level = np.maximum(level, level.max() - 80) - level.max()
        mel = ((level + 40) / 40).astype(np.float32)[None]
        sig, bak, ovr = primary.run(None, {"input_1": piece[None]})[0][0]
        scores.append(
            (
                float(p808.run(None, {"input_1": mel})[0][0][0]),
                float(np.polyval([-0.08397278, 1.22083953, 0.0052439], sig)),
                float(np.polyval([-0.13166888, 1.60915514, -0.39604546], bak)),
                float(np.polyval([-0.06766283, 1.11546468, 0.04602535], ovr)),
            )
        )
    mean = np.mean(scores, axis=0)
    return dict(zip(("p808", "sig", "bak", "ovr"), map(float, mean), strict=True))
