"""When each character is heard, from when each word is: ElevenLabs' alignment.

Design choices
- A word's time is shared evenly by its characters; what stands between two words takes the time between them.
  So characters follow one another without gaps and the last ends with the sound.
- Times count from the beginning of the whole, in a stream too, so that its parts can simply be joined.
- The normalised text ("twenty-two dollars" for "$22") is matched word by word with the original; where they
  differ the differing words share the time of those they stand for.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from duologue.gateway.requests import SpeechPiece, SpokenWord

__all__ = ["Aligner", "Alignment"]

_WORD = re.compile(r"\S+")


@dataclass(slots=True)
class Alignment:
    """Characters with the seconds in which each is heard."""

    characters: list[str]
    starts: list[float]
    ends: list[float]

    def shape(self) -> dict[str, Any]:
        """As ElevenLabs sends it."""
        return {
            "characters": self.characters,
            "character_start_times_seconds": [round(x, 4) for x in self.starts],
            "character_end_times_seconds": [round(x, 4) for x in self.ends],
        }

    def add(self, text: str, start: float, end: float) -> None:
        """`text`, evenly in [start, end)."""
        step = (end - start) / max(len(text), 1)
        for n, character in enumerate(text):
            self.characters.append(character)
            self.starts.append(start + n * step)
            self.ends.append(start + (n + 1) * step)

    def join(self, other: Alignment) -> None:
        """What follows."""
        self.characters += other.characters
        self.starts += other.starts
        self.ends += other.ends


class Aligner:
    """Takes the pieces of one text in order; gives the alignment of each, of the text and of its normal form.

    begun: seconds at which the first piece starts. normal: whether the normal form is wanted.
    """

    def __init__(self, text: str, *, begun: float = 0.0, normal: bool = True) -> None:
        self._text, self._normal = text, normal
        self._at, self.seconds = 0, begun

    def piece(self, piece: SpeechPiece) -> tuple[Alignment, Alignment]:
        """Both alignments of the next piece."""
        begun, length = self.seconds, len(piece.audio) / piece.sample_rate
        self.seconds += length
        words = [w for w in piece.words if w.char_start >= self._at]
        until = self._end(words)
        made = self._aligned(words, until, begun, begun + length)
        normal = self._normalised(self._text[self._at : until], words, begun)
        self._at = until
        return made, normal

    def rest(self) -> Alignment:
        """What of the text follows the last word, at the very end."""
        made = Alignment([], [], [])
        made.add(self._text[self._at :], self.seconds, self.seconds)
        self._at = len(self._text)
        return made

    def _end(self, words: Sequence[SpokenWord]) -> int:
        """Where the piece's text ends: behind its last word and the marks that cling to it."""
        if not words:
            return self._at
        end = words[-1].char_end
        while (
            end < len(self._text)
            and not self._text[end].isalnum()
            and self._text[end] not in "([{<“‘\"'$£€#@"
        ):
            end += 1
        return end

    def _aligned(self, words: Sequence[SpokenWord], until: int, begun: float, end: float) -> Alignment:
        made = Alignment([], [], [])
        at, now = self._at, begun
        for word in words:
            start, stop = begun + word.start, begun + word.end
            if at < word.char_start:
                made.add(self._text[at : word.char_start], now, max(start, now))
            start = max(start, now)
            made.add(self._text[word.char_start : word.char_end], start, max(stop, start))
            at, now = word.char_end, max(stop, start)
        made.add(self._text[at:until], now, max(end, now))
        return made

    def _normalised(self, text: str, words: Sequence[SpokenWord], begun: float) -> Alignment:
        made = Alignment([], [], [])
        if not self._normal or not text.strip():
            return made
        spoken = [m[0] for m in _WORD.finditer(_normal_form(text))]
        plain = [w.text.casefold() for w in words]
        bare = [s.strip(".,;:!?…\"'()[]“”‘’").casefold() for s in spoken]
        now = begun
        match = difflib.SequenceMatcher(None, plain, bare, autojunk=False)
        for _, i1, i2, j1, j2 in match.get_opcodes():
            if j1 == j2:
                continue
            start = max(begun + words[i1].start if i1 < len(words) else now, now)
            stop = max(begun + words[i2 - 1].end if i2 > i1 else start, start)
            step = (stop - start) / sum(len(s) for s in spoken[j1:j2])
            if i2 - i1 == j2 - j1:
                times = [(begun + w.start, begun + w.end) for w in words[i1:i2]]
            else:
                times, at = [], start
                for said in spoken[j1:j2]:
                    times.append((at, at + step * len(said)))
                    at = times[-1][1]
            for said, (first, second) in zip(spoken[j1:j2], times, strict=True):
                if made.characters:
                    made.add(" ", now, max(first, now))
                made.add(said, max(first, now), max(second, first, now))
                now = max(second, first, now)
        return made


def _normal_form(text: str) -> str:
    from duologue.voice.frontend import normalize

    try:
        return normalize(text)
    except ValueError:
        return text
