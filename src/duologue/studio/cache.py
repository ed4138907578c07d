"""Rendered turns, kept by what they were made of.

Design choices
- Content-addressed: the key is a hash of text, voice, style, speed, seed and model, so an edit misses for the
  edited turn alone, the same sentence is spoken once in a lifetime, and nothing ever has to be invalidated.
- What is stored is 16-bit PCM behind one line of JSON (rate, words, hash of the samples). A fresh take is
  rounded in the same way before it is used: a second run equals the first, bit for bit.
- One file per take, whole or absent; a file that doesn't match its own hash is as good as absent. So a run
  that is killed loses the turn it was speaking, and the next run carries on.
- Shared by all episodes of the user, and kept below a size by dropping what was not used for longest.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from duologue.studio.files import sweep, write_whole
from duologue.studio.protocols import Spoken

__all__ = ["Take", "TakeWord", "TurnCache", "key_of"]

_FORM = "take 1"
LARGEST = 2 << 30
"""Bytes that the default cache may hold."""


@dataclass(frozen=True, slots=True)
class TakeWord:
    """A word in a take: seconds of the take, offsets in the text of the turn."""

    text: str
    start: float
    end: float
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """One turn as it was spoken. pcm: (S,) int16 at `sample_rate` Hz."""

    pcm: NDArray[np.int16]
    sample_rate: int
    words: tuple[TakeWord, ...]

    @property
    def audio(self) -> NDArray[np.float32]:
        """(S,) float32 in [-1, 1]."""
        return self.pcm.astype(np.float32) / np.float32(32767)

    @staticmethod
    def of(spoken: Spoken) -> Take:
        """What a model said, rounded to 16 bits."""
        pcm = np.rint(np.clip(spoken.audio, -1.0, 1.0) * 32767).astype("<i2")
        words = tuple(
            TakeWord(w.text, float(w.start), float(w.end), int(w.char_start), int(w.char_end))
            for w in spoken.words
        )
        return Take(pcm, int(spoken.sample_rate), words)


def key_of(text: str, *, voice: str, style: str, speed: float, model: str, seed: int = 0) -> str:
    """The name of a take: sha256 in hexadecimal of everything the sound depends on."""
    made_of = [_FORM, text, voice, style, repr(float(speed)), model, seed]
    return hashlib.sha256(json.dumps(made_of, ensure_ascii=True).encode()).hexdigest()


class TurnCache:
    """Takes by key in the folder `path`; by default the user's, `~/.cache/duologue/turns`.

    The environment's DUOLOGUE_CACHE names another place than ~/.cache/duologue.
    """

    def __init__(self, path: str | Path | None = None, *, largest: int = LARGEST) -> None:
        self.path = Path(path) if path is not None else _home() / "turns"
        self._largest = largest

    def _file(self, key: str) -> Path:
        return self.path / key[:2] / f"{key}.take"

    def get(self, key: str) -> Take | None:
        """The take of that key; None where there is none, or where it is damaged."""
        file = self._file(key)
        try:
            head, _, data = file.read_bytes().partition(b"\n")
        except OSError:
            return None
        try:
            facts = json.loads(head)
            if facts["form"] != _FORM or hashlib.sha256(data).hexdigest() != facts["sha256"]:
                return None
            words = tuple(TakeWord(*word) for word in facts["words"])
            take = Take(np.frombuffer(data, "<i2"), int(facts["sample_rate"]), words)
        except (ValueError, KeyError, TypeError):
            return None
        with contextlib.suppress(OSError):  # a cache that may only be read still serves
            os.utime(file)  # used today
        return take

    def put(self, key: str, take: Take) -> None:
        """Keep `take`. OSError as the disk does."""
        data = take.pcm.astype("<i2").tobytes()
        facts = {
            "form": _FORM,
            "sample_rate": take.sample_rate,
            "sha256": hashlib.sha256(data).hexdigest(),
            "words": [[w.text, w.start, w.end, w.char_start, w.char_end] for w in take.words],
        }
        write_whole(self._file(key), json.dumps(facts, ensure_ascii=True).encode() + b"\n" + data)

    def prune(self) -> int:
        """Drop what was not used for longest until the cache fits its size; returns how many takes went."""
        if not self.path.is_dir():
            return 0
        sweep(self.path)
        takes = sorted((p.stat().st_mtime, p.stat().st_size, p) for p in self.path.rglob("*.take"))
        size, gone = sum(t[1] for t in takes), 0
        for _, bytes_, path in takes:
            if size <= self._largest:
                break
            path.unlink(missing_ok=True)
            size -= bytes_
            gone += 1
        return gone


def _home() -> Path:
    if place := os.environ.get("DUOLOGUE_CACHE"):
        return Path(place)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "duologue"
