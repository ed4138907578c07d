"""What `Voice.speak` hands back: audio, the times of its words, and what has to be reported.

Design choices
- `Speech` is a plain frozen record; it owns no model and no file, so it can be cached, sliced and sent.
- Words carry both clocks: seconds in the audio and character offsets in the *original* text, so captions
  and highlighting need nothing else.
- A piece of a stream is a `Speech` too; `Speech.join` of the pieces is the batch result, sample for sample.
- Saving lives in `audio.py`; `save` is only the door to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from duologue.voice.errors import VoiceError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from duologue.voice.frontend.utterance import Notice

__all__ = ["SAMPLE_RATE", "Speech", "Word"]

SAMPLE_RATE = 24_000


@dataclass(frozen=True, slots=True)
class Word:
    """A spoken word: `text == original[char_start:char_end]`, heard in [start, end) seconds."""

    text: str
    start: float
    end: float
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Spoken text.

    audio: (S,) float32 in [-1, 1]; sample_rate in Hz; words in order of time; notices are the markup
    that could not be honoured. `text`, `voice`, `style` and `model` are provenance, written into files.
    """

    audio: NDArray[np.float32]
    sample_rate: int = SAMPLE_RATE
    words: tuple[Word, ...] = ()
    notices: tuple[Notice, ...] = field(default=())
    text: str = ""
    voice: str = ""
    style: str = "neutral"
    model: str = ""

    @property
    def duration(self) -> float:
        """Seconds of audio."""
        return len(self.audio) / self.sample_rate

    def save(self, path: str | Path, *, captions: str | Path | None = None) -> Path:
        """Write the audio in the format of the suffix (wav, flac, mp3, opus, ogg), marked as AI-generated.

        captions: also write the words as WebVTT or SRT, by that path's suffix.
        The file is written beside its final name and renamed, so it is whole or absent.
        Returns the path written. Raises VoiceError for a suffix that is not known, OSError as the disk does.
        """
        from duologue.voice.audio import write_audio
        from duologue.voice.captions import write_captions

        written = write_audio(path, self)
        if captions is not None:
            write_captions(captions, self.words, self.text)
        return written

    @staticmethod
    def join(pieces: Iterable[Speech]) -> Speech:
        """Put the pieces of one stream together; word times move to the joined clock.

        Raises VoiceError when there is no piece, or when sample rates differ.
        """
        import numpy as np

        parts = list(pieces)
        if not parts:
            raise VoiceError("there are no pieces to join; a stream has at least one")
        rate = parts[0].sample_rate
        words: list[Word] = []
        samples = 0
        for part in parts:
            if part.sample_rate != rate:
                raise VoiceError(f"pieces have sample rates {rate} and {part.sample_rate}; join equal ones")
            offset = samples / rate
            words.extend(replace(w, start=w.start + offset, end=w.end + offset) for w in part.words)
            samples += len(part.audio)
        notices = tuple(dict.fromkeys(n for part in parts for n in part.notices))
        audio = np.concatenate([part.audio for part in parts])
        return replace(parts[0], audio=audio, words=tuple(words), notices=notices)
