"""The three networks as ONNX Runtime sessions on the CPU.

Design choices
- Sessions are shared by all threads; ONNX Runtime's `run` is safe to call from many.
- `threads` counts the threads of one run. They don't spin while they wait: others need the processor.
- What adaptive norms make of a voice is worked out once per voice and kept for the last 64.
- What is written once per load is checked once per load: `Weights.read` compares every file's sha256.
- Names and shapes of inputs and outputs are those of train/graphs.py.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from duologue.voice.errors import VoiceError
from duologue.voice.frontend.tensors import read
from duologue.voice.timing import Axis
from duologue.voice.weights import CONTOUR, DECODER, ENCODER, NORMS, Weights

__all__ = ["Networks"]

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]


class Networks:
    """Encoder, contour and decoder. Raises VoiceError for weights that ONNX Runtime refuses."""

    def __init__(self, weights: Weights, threads: int) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")

        def load(name: str) -> Any:
            try:
                return ort.InferenceSession(weights.read(name), options, providers=["CPUExecutionProvider"])
            except VoiceError:
                raise
            except Exception as error:
                raise VoiceError(f"ONNX Runtime {ort.__version__} can't load '{name}': {error}") from error

        self._encoder, self._contour, self._decoder = load(ENCODER), load(CONTOUR), load(DECODER)
        weights.read(NORMS)  # checks it
        maps, _ = read(weights.folder / NORMS)
        self._maps = {name: np.asarray(array, np.float32) for name, array in maps.items()}
        self._norms = lru_cache(maxsize=64)(self._normed)

    def _normed(self, graph: str, voice: bytes) -> Floats:
        """Gains and offsets of a graph's norms for a voice vector (V,) float32: (n,)"""
        vector = np.frombuffer(voice, np.float32)
        return np.asarray(self._maps[f"{graph}.base"] + vector @ self._maps[f"{graph}.matrix"], np.float32)

    def encode(self, ids: Integers, voice: Floats) -> tuple[Floats, Floats]:
        """ids (B, L), voice (1, V) -> text (B, L, C), log durations (B, L)"""
        # The ends of a sentence are id 0 too, so the padding is what lies beyond the second of them.
        keep = (ids > 0).astype(np.int32)
        keep[:, 1:] |= keep[:, :-1].copy()
        keep[:, 0] = 1
        feed = {
            "ids": ids,
            "keep": keep,
            "mask": keep.astype(np.float32)[None, :, :, None],
            "norms": self._norms("encoder", voice.tobytes()),
        }
        text, log_durations = self._encoder.run(None, feed)
        return text, log_durations

    def contour(
        self, text: Floats, index: Integers, axis: Axis, voice: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """text (N, C), index (T,) into it -> log F0, voicing logit and energy, each (2T,)"""
        feed = {
            "text": text,
            "index": index,
            "place": axis.place,
            "mask": axis.mask[None, None],
            "norms": self._norms("contour", voice.tobytes()),
        }
        (contour,) = self._contour.run(None, feed)
        return contour[:, :2].reshape(-1), contour[:, 2:4].reshape(-1), contour[:, 4:].reshape(-1)

    def decode(
        self, ids: Integers, axis: Axis, frame: Floats, order: Integers, voiced: int, voice: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """ids (N,), frame (T, 9), order (F,) the fine frames wanted, the first `voiced` (G) of which have
        harmonics -> residual (F, K), filter (G, H), angles (G, H + K); see train/graphs.py"""
        feed = {
            "ids": np.maximum(ids, 0),
            "text_mask": (ids >= 0).astype(np.float32)[None, None, :, None],
            "index": axis.index,
            "frame": frame,
            "mask": axis.mask[None, None],
            "order": order,
            "voiced": order[:voiced],
            "norms": self._norms("decoder", voice.tobytes()),
        }
        residual, bank, angles = self._decoder.run(None, feed)
        return residual, bank, angles
