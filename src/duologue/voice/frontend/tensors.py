"""Read and write small safetensors files with numpy alone.

Design choices
- The front end's networks are a megabyte each; a dependency for a header of JSON is not worth it.
- The format: eight bytes with the length of a JSON header, the header, then the raw arrays; strings
  in "__metadata__" carry what else a network needs (its symbols).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

__all__ = ["read", "write"]

_TYPES = {"F32": np.float32, "F16": np.float16, "I8": np.int8, "I32": np.int32}


def read(path: Path) -> tuple[dict[str, npt.NDArray[np.generic]], dict[str, str]]:
    """Arrays by name, and the metadata. Raises ValueError for a file that is not safetensors."""
    data = path.read_bytes()
    try:
        (size,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8 : 8 + size])
    except (struct.error, ValueError) as error:
        raise ValueError(f"{path} is not a safetensors file") from error
    metadata = header.pop("__metadata__", {})
    arrays = {}
    for name, info in header.items():
        first, last = info["data_offsets"]
        raw = data[8 + size + first : 8 + size + last]
        arrays[name] = np.frombuffer(raw, _TYPES[info["dtype"]]).reshape(info["shape"])
    return arrays, metadata


def write(path: Path, arrays: Mapping[str, npt.NDArray[np.generic]], metadata: Mapping[str, str]) -> None:
    """Write beside and rename, so the file is never half there."""
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    names = {np.dtype(kind): name for name, kind in _TYPES.items()}
    body = b""
    for name, array in arrays.items():
        raw = np.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": names[array.dtype],
            "shape": list(array.shape),
            "data_offsets": [len(body), len(body) + len(raw)],
        }
        body += raw
    head = json.dumps(header, ensure_ascii=False).encode()
    head += b" " * (-len(head) % 8)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(struct.pack("<Q", len(head)) + head + body)
    beside.replace(path)
