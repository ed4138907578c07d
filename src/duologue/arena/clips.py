"""Clips of speech that are compared: one format, one loudness, nothing but the voice to tell them apart.

Design choices
- Mono, 16 bits, 24 kHz, WAV without any other chunk: a header says nothing but the length.
- Both clips get the same integrated loudness (BS.1770, the meter of `duologue.voice.loudness`): -20 LUFS, or
  what the one with the higher peaks reaches at -1 dBTP. No limiter: the quieter one is never squeezed to win.
- Silence before the first and after the last sound is cut to 50 ms and 200 ms: leading silence is a
  fingerprint, and it makes one clip seem slow.
- Clips lie in files for a day, since another process may serve them; names are the battle's id and the side.
"""

from __future__ import annotations

import io
import math
import os
import re
import time
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from duologue.arena.errors import ArenaError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["RATE", "Clip", "Shelf", "matched"]

RATE = 24_000
LOUDNESS, PEAK = -20.0, -1.0
"""LUFS aimed at, and the true peak in dB that no clip goes above."""
_LEAD, _TAIL = 0.05, 0.2
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Clip:
    """audio: (S,) float32 in [-1, 1] at RATE. loudness: LUFS before matching, None for silence."""

    audio: NDArray[np.float32]
    loudness: float | None = None

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.audio) / RATE

    def wav(self) -> bytes:
        """A WAV file of it."""
        import numpy as np

        out = io.BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes((np.clip(self.audio, -1, 1) * 32767).round().astype("<i2").tobytes())
        return out.getvalue()


def _trimmed(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    """Without the silence around it, but for a breath; sound is what lies within 50 dB of the peak."""
    import numpy as np

    top = float(np.abs(audio).max(initial=0.0))
    heard = np.flatnonzero(np.abs(audio) > top * 10 ** (-50 / 20)) if top > 0 else np.array([], int)
    if not len(heard):
        return audio
    first = max(int(heard[0]) - int(_LEAD * RATE), 0)
    return audio[first : int(heard[-1]) + 1 + int(_TAIL * RATE)]


def _resampled(audio: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    import numpy as np

    if rate == RATE:
        return np.asarray(audio, np.float32)
    from scipy.signal import resample_poly

    shared = math.gcd(rate, RATE)
    return np.asarray(resample_poly(audio, RATE // shared, rate // shared), np.float32)


def matched(speeches: Sequence[tuple[NDArray[np.float32], int]]) -> list[Clip]:
    """Clips of one loudness from (audio (S,), rate in Hz) each. Raises ArenaError for one without a sound."""
    import numpy as np

    from duologue.voice.loudness import integrated, true_peak

    audios = [_trimmed(_resampled(audio, rate)) for audio, rate in speeches]
    levels = [integrated(audio[:, None], RATE) for audio in audios]
    if any(level is None for level in levels):
        raise ArenaError("one of the clips is silent; there is nothing to compare")
    known = [level for level in levels if level is not None]
    peaks = [true_peak(audio[:, None], RATE) for audio in audios]
    target = min([LOUDNESS, *(level + PEAK - peak for level, peak in zip(known, peaks, strict=True))])
    return [
        Clip(np.asarray(audio * np.float32(10 ** ((target - level) / 20)), np.float32), level)
        for audio, level in zip(audios, known, strict=True)
    ]


class Shelf:
    """The folder where clips lie until they have been judged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, battle: str, side: str) -> Path:
        if not re.fullmatch(r"[0-9A-Za-z]{1,40}", battle) or side not in ("left", "right"):
            raise ArenaError(f"no clip '{side}' of battle '{battle[:40]}'")
        return self.folder / f"{battle}-{side}.wav"

    def put(self, battle: str, side: str, clip: Clip) -> None:
        """Keep a clip; it is there as a whole or not at all."""
        path = self._path(battle, side)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}.part")
        beside.write_bytes(clip.wav())
        beside.replace(path)

    def get(self, battle: str, side: str) -> bytes:
        """A clip as a WAV file. Raises ArenaError if it isn't there (any more)."""
        try:
            return self._path(battle, side).read_bytes()
        except FileNotFoundError:
            raise ArenaError("the clips of this battle are gone; begin another one") from None

    def tidy(self, older: float = _DAY) -> int:
        """Remove clips of more than `older` seconds; returns how many."""
        limit, gone = time.time() - older, 0
        for path in self.folder.glob("*.wav") if self.folder.is_dir() else ():
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)
                gone += 1
        return gone
