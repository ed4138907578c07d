"""Read and write safetensors files with numpy alone.

Design choices
- The format is a length, a header of JSON and the raw arrays; that needs no dependency, so the Hugging Face
  export works in the base install.
- Everything becomes float32 when read; written as float32 or rounded to bfloat16, which numpy doesn't know.
- Arrays are written one after the other, beside and renamed: the file is never half there, nor all of it in
  memory twice.

The format: https://huggingface.co/docs/safetensors.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duologue.text.errors import TextError

__all__ = ["read", "write"]

_SIZES = {"float32": ("F32", 4), "bfloat16": ("BF16", 2)}


def read(path: Path) -> dict[str, NDArray[np.float32]]:
    """Arrays by name. Raises TextError for a file that isn't there or isn't safetensors."""
    try:
        data = path.read_bytes()
        (size,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8 : 8 + size])
        header.pop("__metadata__", None)
        arrays = {}
        for name, entry in header.items():
            first, last = entry["data_offsets"]
            arrays[name] = _values(data[8 + size + first : 8 + size + last], entry["dtype"]).reshape(
                entry["shape"]
            )
    except OSError as error:
        raise TextError(f"the weights '{path}' can't be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, struct.error):
        raise TextError(f"'{path}' is not a safetensors file, or damaged") from None
    return arrays


def _values(raw: bytes, kind: str) -> NDArray[np.float32]:
    if kind == "BF16":
        return (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32)
    return np.frombuffer(raw, {"F32": "<f4", "F16": "<f2", "F64": "<f8"}[kind]).astype(np.float32)


def _bytes(array: NDArray[np.float32], dtype: str) -> bytes:
    array = np.ascontiguousarray(array, np.float32)
    if dtype == "float32":
        return array.tobytes()
    bits = array.view(np.uint32)
    rounded = bits + 0x7FFF + ((bits >> 16) & 1)  # to the nearest, ties to even
    return (rounded >> 16).astype("<u2").tobytes()


def write(
    path: Path, arrays: Mapping[str, NDArray[np.float32]], metadata: Mapping[str, str], dtype: str = "float32"
) -> None:
    """Write `arrays` as `dtype`, "float32" or "bfloat16". Raises TextError for another."""
    if dtype not in _SIZES:
        raise TextError(f"the dtype {dtype!r} is unknown; there are {', '.join(_SIZES)}")
    kind, size = _SIZES[dtype]
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    end = 0
    for name, array in arrays.items():
        begin, end = end, end + array.size * size
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [begin, end]}
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as file:
        file.write(struct.pack("<Q", len(head)) + head)
        for array in arrays.values():
            file.write(_bytes(array, dtype))
    beside.replace(path)
