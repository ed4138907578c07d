"""Files that are whole or absent.

Design choices
- Written beside the final name under a name nobody else has, flushed to the disk, renamed: a reader sees the
  old file or the new one, whatever is killed when, and two writers never mix.
- What a killed writer leaves begins with a dot and ends in .part; `sweep` takes away those that are an
  hour old.
"""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path

__all__ = ["sweep", "write_whole"]

_STALE = 3600.0


def write_whole(path: str | Path, data: bytes | str) -> Path:
    """Write `data` (text as UTF-8) to `path`, making its folders; returns it. OSError as the disk does."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name[:200]}.{secrets.token_hex(6)}.part")
    try:
        with beside.open("wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path


def sweep(folder: str | Path) -> int:
    """Remove what killed writers left in `folder` more than an hour ago; returns how many."""
    gone = 0
    for path in Path(folder).rglob(".*.part"):
        if time.time() - path.stat().st_mtime > _STALE:
            path.unlink(missing_ok=True)
            gone += 1
    return gone
