"""Read GGUF files: metadata, the list of tensors, their values as float32.

Design choices
- Reading needs numpy alone, so the engine can look into a file before llama.cpp does, and the Hugging Face
  export works in the base install. Writing is export.py's, with the `gguf` package.
- Sizes are checked against the file, so a download that was cut is found before anything maps it.
- Values of F32, F16, BF16 and Q8_0, the types we write; others are listed but not read.

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
"""

from __future__ import annotations

import math
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duologue.text.errors import TextError

__all__ = ["Gguf", "Tensor"]

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
# Type of a tensor: name, values in a block, bytes of a block.
_TYPES = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144), 13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 30: ("BF16", 1, 2),
}  # fmt: skip
_CONTROL = 3
_LIMIT = 2**24  # of anything that is counted: more is a damaged file


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a tensor lies. shape: as numpy has it, the contiguous axis last. kind: its type, "Q8_0"."""

    name: str
    shape: tuple[int, ...]
    kind: str
    start: int
    size: int


class _Cursor:
    """Reads on from where it stands."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data, self.at = data, 0

    def scalar(self, code: str) -> Any:
        (value,) = struct.unpack_from("<" + code, self.data, self.at)
        self.at += struct.calcsize("<" + code)
        return value

    def count(self) -> int:
        value = int(self.scalar("Q"))
        if value > _LIMIT:
            raise ValueError(f"{value} of something")
        return value

    def string(self) -> str:
        size = self.count()
        if self.at + size > len(self.data):
            raise ValueError("a text past the end")
        self.at += size
        return self.data[self.at - size : self.at].decode("utf-8", errors="replace")

    def value(self, kind: int) -> Any:
        if kind == _STRING:
            return self.string()
        if kind != _ARRAY:
            return self.scalar(_SCALARS[kind])
        inner, count = int(self.scalar("I")), self.count()
        if inner in _SCALARS:
            dtype = np.dtype("<" + {"?": "?", "B": "u1", "b": "i1"}.get(_SCALARS[inner], _SCALARS[inner]))
            made = np.frombuffer(self.data, dtype, count, self.at).tolist()
            self.at += count * dtype.itemsize
            return made
        return [self.value(inner) for _ in range(count)]


@dataclass(frozen=True, slots=True)
class Gguf:
    """A GGUF file that has been looked into. Made by `Gguf.open`."""

    path: Path
    metadata: dict[str, Any]
    tensors: dict[str, Tensor]

    @classmethod
    def open(cls, path: Path) -> Gguf:
        """Read the header. Raises TextError for a file that isn't there, isn't GGUF or is cut short."""
        try:
            with path.open("rb") as file:
                if file.read(4) != b"GGUF":
                    raise TextError(f"'{path}' is not a GGUF file")
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:
            if isinstance(error, TextError):
                raise
            why = error.strerror if isinstance(error, OSError) else "empty"
            raise TextError(f"the weights '{path}' can't be read: {why}") from None
        try:
            return cls(path, *_header(data))
        except (ValueError, KeyError, struct.error, OverflowError, MemoryError):
            raise TextError(f"'{path}' is damaged or cut short; fetch it again") from None

    @property
    def architecture(self) -> str:
        """As llama.cpp names it: "qwen3moe"."""
        return str(self.metadata.get("general.architecture", ""))

    def setting(self, name: str, default: Any = None) -> Any:
        """A value of the architecture's own: "context_length"."""
        return self.metadata.get(f"{self.architecture}.{name}", default)

    @property
    def markers(self) -> tuple[str, ...]:
        """The control tokens that the chat template writes or that end a text."""
        tokens = self.metadata.get("tokenizer.ggml.tokens", [])
        kinds = self.metadata.get("tokenizer.ggml.token_type", [])
        template = str(self.metadata.get("tokenizer.chat_template", ""))
        ends = {self.metadata.get(f"tokenizer.ggml.{n}_token_id") for n in ("bos", "eos", "eot", "padding")}
        control = ((i, t) for i, (t, kind) in enumerate(zip(tokens, kinds, strict=False)) if kind == _CONTROL)
        return tuple(t for i, t in control if t and (i in ends or t in template))

    def array(self, name: str) -> NDArray[np.float32]:
        """The values of a tensor. Raises TextError for one that isn't there or of a type that isn't read."""
        tensor = self.tensors.get(name)
        if tensor is None:
            raise TextError(f"'{self.path}' has no tensor {name}")
        with self.path.open("rb") as file:
            file.seek(tensor.start)
            raw = file.read(tensor.size)
        if tensor.kind == "Q8_0":
            blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("values", "i1", 32)]))
            values = blocks["values"].astype(np.float32) * blocks["scale"].astype(np.float32)[:, None]
        elif tensor.kind in ("F32", "F16"):
            values = np.frombuffer(raw, "<f4" if tensor.kind == "F32" else "<f2").astype(np.float32)
        elif tensor.kind == "BF16":
            values = (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32)
        else:
            raise TextError(
                f"{name} in '{self.path}' is of the type {tensor.kind}; F32, F16, BF16 and Q8_0 are read"
            )
        return values.reshape(tensor.shape)


def _header(data: mmap.mmap) -> tuple[dict[str, Any], dict[str, Tensor]]:
    cursor = _Cursor(data)
    cursor.at = 4
    version = cursor.scalar("I")
    if version not in (2, 3):
        raise ValueError(f"version {version}")
    tensors, entries = cursor.count(), cursor.count()
    metadata: dict[str, Any] = {}
    for _ in range(entries):
        key = cursor.string()
        metadata[key] = cursor.value(cursor.scalar("I"))
    listed: list[tuple[str, tuple[int, ...], int, int]] = []
    for _ in range(tensors):
        name = cursor.string()
        axes = cursor.scalar("I")
        if axes > 8:
            raise ValueError("too many axes")
        shape = tuple(cursor.count() for _ in range(axes))[::-1]
        listed.append((name, shape, cursor.scalar("I"), cursor.scalar("Q")))
    alignment = int(metadata.get("general.alignment", 32))
    base = -(-cursor.at // alignment) * alignment
    found: dict[str, Tensor] = {}
    for name, shape, type_, offset in listed:
        kind, block, size = _TYPES.get(type_, (f"type {type_}", 1, 0))
        bytes_ = math.prod(shape) // block * size
        if base + offset + bytes_ > len(data):
            raise ValueError(f"{name} lies past the end")
        found[name] = Tensor(name, shape, kind, base + offset, bytes_)
    return metadata, found
