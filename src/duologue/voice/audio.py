"""Speech to files: whole or in pieces, by suffix, never half written.

Design choices
- A file is written beside its final name, flushed to the disk, and renamed: a reader sees the old file or
  the new one, and a full disk, an exception or ctrl-C leaves neither a stump nor a leftover.
- Encoding is `encode.py`'s; here is only the disk.
- A `Speech` and a stream take the same way, so a streamed file equals a saved one.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from duologue.voice.encode import encoder, format_of
from duologue.voice.errors import VoiceError
from duologue.voice.tags import Tags

if TYPE_CHECKING:
    from duologue.voice.encode import Audio
    from duologue.voice.speech import Speech

__all__ = ["AudioFile", "replacing", "tags_of", "write_audio"]

_TITLE = 80


@contextlib.contextmanager
def replacing(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a file beside `path` for writing that takes its place when the block ends well.

    When the block raises, nothing is left behind and an older file at `path` stays.
    OSError as the disk raises.
    """
    path = Path(path)
    if path.is_dir():
        raise VoiceError(f"'{path}' is a folder; give the name of a file")
    if not path.parent.is_dir():
        raise VoiceError(f"there is no folder '{path.parent}' to write '{path.name}' in")
    beside = path.with_name(f".{path.name[:200]}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def tags_of(speech: Speech) -> Tags:
    """The provenance of `speech` as it goes into a file; the title is the beginning of its text."""
    title = "".join(c if c.isprintable() else " " for c in speech.text[: 4 * _TITLE])
    title = " ".join(title.split())
    if len(title) > _TITLE:
        title = title[:_TITLE].rsplit(" ", 1)[0] + "…"
    return Tags(voice=speech.voice, style=speech.style, model=speech.model, title=title)


class AudioFile:
    """A sound file that grows piece by piece; a context manager.

        with AudioFile("out.mp3", sample_rate=24000, tags=tags) as file:
            for piece in voice.stream(text):
                file.write(piece.audio)

    The file appears at `path` when the block ends well. Raises VoiceError for an unknown suffix, before
    anything is written, and OSError as the disk raises.
    """

    def __init__(
        self, path: str | Path, *, sample_rate: int, tags: Tags | None = None, samples: int | None = None
    ) -> None:
        self.path = Path(path)
        self._encoder = encoder(format_of(self.path).name, sample_rate, tags, samples)
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> AudioFile:
        self._file = self._stack.enter_context(replacing(self.path))
        return self

    def write(self, audio: Audio) -> None:
        """Add audio (S,) float32 in [-1, 1]."""
        self._file.write(self._encoder.feed(audio))

    def __exit__(self, *exc: object) -> None:
        try:
            if exc[0] is None:
                self._file.write(self._encoder.finish())
                for offset, data in self._encoder.patches:
                    self._file.seek(offset)
                    self._file.write(data)
        except BaseException as error:
            self._stack.__exit__(type(error), error, error.__traceback__)
            raise
        self._stack.__exit__(*exc)  # type: ignore[arg-type]


def write_audio(path: str | Path, speech: Speech) -> Path:
    """Write `speech` to `path` in the format of its suffix, marked as AI-generated; returns the path.

    Raises VoiceError for an unknown suffix, a missing folder or audio that is not finite; OSError as the
    disk does.
    """
    with AudioFile(
        path, sample_rate=speech.sample_rate, tags=tags_of(speech), samples=len(speech.audio)
    ) as file:
        file.write(speech.audio)
    return Path(path)
