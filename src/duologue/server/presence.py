"""Whether a process that wrote its name somewhere still lives.

    here = Presence(folder)          # this process, until it ends in whatever way
    alive(folder, here.name)         # asked by any other process

Design choices
- A file that the process keeps locked: the system lets go of the lock when the process ends, kill -9 and
  power cut included, and no number of a process can be mistaken for another's.
- Files of the dead are taken away by whoever notices.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import IO

from duologue.store.ulid import new_ulid

__all__ = ["Presence", "alive"]


def _lock(file: IO[bytes]) -> bool:
    """Take the lock of an open file for as long as it is open; False where somebody has it."""
    try:
        if os.name == "nt":  # pragma: no cover - not run here
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class Presence:
    """This process, in `folder`. `close` is what its end would do. OSError as the disk does."""

    def __init__(self, folder: str | Path) -> None:
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.name = new_ulid()
        self._path = folder / f"{self.name}.alive"
        self._file = self._path.open("wb")
        _lock(self._file)

    def close(self) -> None:
        """Be gone."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def alive(folder: str | Path, name: str) -> bool:
    """Whether the process called `name` lives."""
    path = Path(folder) / f"{name}.alive"
    try:
        with path.open("rb+") as file:
            if not _lock(file):
                return True
    except OSError:
        return False
    with contextlib.suppress(OSError):
        path.unlink()
    return False
