"""The folder of an episode, which is whole or absent.

    with staged("tuesday") as place:
        (place / "episode.mp3").write_bytes(...)

Design choices
- All is written into a hidden folder beside, flushed, and the two change places by renaming. Whatever is
  killed when, what stands under the name is the old episode, the new one, or nothing yet.
- Between the two renames nothing has the name for a moment; `recover` puts the old one back, and is called
  before anything is read or written.
- What else lies in the old folder (a script, a report) moves along.
- Where a folder can't change places (the shell stands in it, or it is a mount point), files are replaced
  one by one, `episode.json` last.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from duologue.studio.errors import StudioError

__all__ = ["recover", "staged"]

_STALE = 3600.0
_RECORD = "episode.json"


def recover(folder: str | Path) -> None:
    """Put back an episode that a run moved aside before it was killed, and clear what it left."""
    folder = Path(folder).resolve()
    if not folder.parent.is_dir():
        return
    aside = sorted(folder.parent.glob(f".{folder.name}.*.old"), key=lambda p: p.stat().st_mtime)
    if aside and not folder.exists():
        aside.pop().rename(folder)
    for leftover in aside:
        shutil.rmtree(leftover, ignore_errors=True)
    for leftover in folder.parent.glob(f".{folder.name}.*.new"):
        if time.time() - leftover.stat().st_mtime > _STALE:
            shutil.rmtree(leftover, ignore_errors=True)


@contextlib.contextmanager
def staged(folder: str | Path, *, keep: bool = True) -> Iterator[Path]:
    """An empty folder to write an episode into, which takes the place of `folder` when the block ends well.

    keep: whether other files of the old folder move along.
    Raises StudioError where `folder` is a file, OSError as the disk does.
    """
    folder = Path(folder).resolve()
    if folder.exists() and not folder.is_dir():
        raise StudioError(f"'{folder}' is a file; give the name of a folder for the episode")
    folder.parent.mkdir(parents=True, exist_ok=True)
    recover(folder)
    token = secrets.token_hex(4)
    new = folder.with_name(f".{folder.name}.{token}.new")
    new.mkdir()
    try:
        yield new
        for path in new.rglob("*"):
            if path.is_file():
                _flush(path)
        if not folder.exists():
            new.rename(folder)
        elif not _swap(folder, new, token, keep):
            _one_by_one(folder, new)
        _flush(folder.parent)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _flush(path: Path) -> None:
    with contextlib.suppress(OSError):  # a folder can't be opened everywhere
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _swap(folder: Path, new: Path, token: str, keep: bool) -> bool:
    """Let `new` take the place of `folder`; False where the folder has to stay."""
    if folder == Path.cwd() or folder in Path.cwd().parents or os.path.ismount(folder):
        return False
    for path in folder.iterdir() if keep else ():
        kept = new / path.name
        if not kept.exists():
            if path.is_dir() and not path.is_symlink():
                shutil.copytree(path, kept, symlinks=True)
            else:
                shutil.copy2(path, kept, follow_symlinks=False)
    old = folder.with_name(f".{folder.name}.{token}.old")
    try:
        folder.rename(old)
    except OSError:
        return False
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
    return True


def _one_by_one(folder: Path, new: Path) -> None:
    files = sorted((p for p in new.rglob("*") if p.is_file()), key=lambda p: p.name == _RECORD)
    for path in files:
        place = folder / path.relative_to(new)
        place.parent.mkdir(parents=True, exist_ok=True)
        path.replace(place)
