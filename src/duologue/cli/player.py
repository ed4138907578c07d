"""Play sound through whatever player this machine has.

Design choices
- No audio library: every desktop has a program that plays a WAV stream from its standard input or a file.
- The stream is WAV of unknown length, so playing starts with the first piece.
- afplay reads no standard input; it gets a temporary file when the sound is complete.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from duologue.voice.errors import VoiceError

if TYPE_CHECKING:
    from duologue.voice.encode import Audio

__all__ = ["PLAYERS", "Player"]

# In order of preference: command, and whether it reads a stream.
PLAYERS: tuple[tuple[tuple[str, ...], bool], ...] = (
    (("pw-play", "-"), True),
    (("paplay", "--raw", "--format=s16le", "--channels=1", "--rate={rate}"), True),
    (("aplay", "-q", "-"), True),
    (("afplay", "{file}"), False),
    (("ffplay", "-v", "error", "-nodisp", "-autoexit", "-"), True),
    (("play", "-q", "-t", "wav", "-"), True),
)


class Player:
    """A running player; a context manager that `write`s audio (S,) float32.

    Raises VoiceError when there is no player, or when the player fails.
    """

    def __init__(self, sample_rate: int) -> None:
        from duologue.voice.encode import encoder

        found = [(command, streams) for command, streams in PLAYERS if shutil.which(command[0])]
        if not found:
            names = ", ".join(command[0] for command, _ in PLAYERS)
            raise VoiceError(
                f"no player found to --play with (looked for {names}); write a file with -o instead"
            )
        self._command, self._streams = found[0]
        self._rate = sample_rate
        self._raw = "--raw" in self._command
        self._encoder = encoder("wav", sample_rate)
        self._process: subprocess.Popen[bytes] | None = None

    def _start(self, file: str = "") -> subprocess.Popen[bytes]:
        command = [part.format(rate=self._rate, file=file) for part in self._command]
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    def __enter__(self) -> Player:
        if self._streams:
            self._process = self._start()
        else:
            self._file = tempfile.NamedTemporaryFile(suffix=".wav", delete=False)
        return self

    def write(self, audio: Audio) -> None:
        """Play audio after what was written before; waits while the player's buffer is full."""
        data = self._encoder.feed(audio)
        if self._raw:
            data = data[-2 * len(audio) :] if len(audio) else b""
        if self._process is None:
            self._file.write(data)
            return
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
            self._process.stdin.flush()
        except BrokenPipeError:
            self._finish()

    def _finish(self) -> None:
        assert self._process is not None
        _, complaint = self._process.communicate()
        if self._process.returncode:
            last = (complaint.decode(errors="replace").strip().splitlines() or ["no message"])[-1]
            raise VoiceError(f"{self._command[0]} could not play the sound: {last}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            if kind is not None:
                self._process.kill()
                self._process.communicate()
            elif self._process.poll() is None or self._process.returncode:
                self._finish()
            return
        path = Path(self._file.name)
        try:
            for offset, data in self._encoder.patches:
                self._file.seek(offset)
                self._file.write(data)
            self._file.close()
            if kind is None:
                self._process = self._start(str(path))
                self._finish()
        finally:
            path.unlink(missing_ok=True)
