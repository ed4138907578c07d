"""The folder of weights: what must be in it, and the check that it is whole.

Design choices
- `sha256sums` lists every file, in the format of the Unix command; a file that is missing or differs is
  refused before anything reads it.
- `manifest.json` says what the weights are: name, sample rate, sizes of the network.
- Only ONNX, safetensors and JSON: nothing that can run code when it is read.
"""

from __future__ import annotations

import hashlib
import importlib.resources
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duologue.voice.errors import VoiceError
from duologue.voice.spectrum import SAMPLE_RATE

__all__ = [
    "CONTOUR",
    "DECODER",
    "ENCODER",
    "MANIFEST",
    "NETWORK",
    "NORMS",
    "SUMS",
    "VOICES",
    "Weights",
    "checksum",
]

ENCODER = "encoder.onnx"
CONTOUR = "contour.onnx"
DECODER = "decoder.onnx"
NETWORK = "network.safetensors"
NORMS = "norms.safetensors"
VOICES = "voices.safetensors"
MANIFEST = "manifest.json"
SUMS = "sha256sums"
_HOW = "reinstall duologue, or make them with `python -m duologue.voice.train.export`"


def checksum(data: bytes) -> str:
    """sha256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Weights:
    """A folder of weights whose list of checksums has been read.

    `read` gives a file's bytes, checked. Raises VoiceError for anything missing or damaged.
    """

    folder: Path
    sums: dict[str, str]
    manifest: dict[str, Any]

    @classmethod
    def open(cls, path: str | Path | None = None) -> Weights:
        """The weights in `path`, or those that ship with the package."""
        folder = (
            Path(path) if path else Path(str(importlib.resources.files("duologue"))) / "weights" / "voice"
        )
        try:
            lines = (folder / SUMS).read_text("utf-8").splitlines()
        except OSError:
            raise VoiceError(f"there are no voice weights in '{folder}'; {_HOW}") from None
        sums = {
            name.strip().lstrip("*"): digest for digest, _, name in (line.partition("  ") for line in lines)
        }
        weights = cls(folder, sums, {})
        try:
            manifest = json.loads(weights.read(MANIFEST))
        except ValueError as error:
            raise (
                error
                if isinstance(error, VoiceError)
                else VoiceError(f"'{folder / MANIFEST}' can't be read; {_HOW}")
            ) from None
        if manifest.get("sample_rate") != SAMPLE_RATE:
            raise VoiceError(
                f"the weights in '{folder}' are for {manifest.get('sample_rate')} Hz, this version makes "
                f"{SAMPLE_RATE} Hz; take weights of the same version"
            )
        return cls(folder, sums, manifest)

    def read(self, name: str) -> bytes:
        """The bytes of a file, as they were when the list was made."""
        path = self.folder / name
        try:
            data = path.read_bytes()
        except OSError:
            raise VoiceError(f"'{path}' is missing; {_HOW}") from None
        if self.sums.get(name) != checksum(data):
            raise VoiceError(f"'{path}' is damaged (its sha256 is not the one in '{SUMS}'); {_HOW}")
        return data
