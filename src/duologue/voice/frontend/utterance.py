"""What the front end hands to the engine: utterances of phonemes that know their place in the text.

Design choices
- One `Utterance` is what the model sees at once: a sentence, or a clause of one that is too long.
- Every `Phoneme` keeps the character span of the *original* input it came from, so that word times,
  captions and highlighting point into the text the user wrote, not into its normalised form.
- Prosody asked for by markup is carried per phoneme; voice, style and language per utterance, so a
  change of voice or an explicit pause ends an utterance.
- Nothing is dropped in silence: what markup asked for and could not be given is a `Notice`.

The phoneme alphabet is the one the teacher reads (misaki's: IPA with A I O W Y for the diphthongs,
stress marks before the vowel, punctuation kept as symbols); see docs/shapes.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["NEUTRAL", "Mark", "Notice", "Phoneme", "Prosody", "Script", "Utterance", "WordSpan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prosody:
    """Relative prosody: `rate` a factor on speed, `pitch` in semitones, `pitch_range` a factor on the
    excursion of F0 around its mean, `volume` in dB."""

    rate: float = 1.0
    pitch: float = 0.0
    pitch_range: float = 1.0
    volume: float = 0.0


NEUTRAL = Prosody()


@dataclass(frozen=True, slots=True)
class Phoneme:
    """One symbol of the model's alphabet and the original characters [start, end) it was read from."""

    symbol: str
    start: int
    end: int
    prosody: Prosody = NEUTRAL


@dataclass(frozen=True, slots=True)
class WordSpan:
    """A word of the original text, `text == original[start:end]`, and its phonemes [first, last).

    A token that is read as several spoken words ("$5") is one `WordSpan`.
    """

    text: str
    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Mark:
    """An SSML <mark>: its name and the index of the phoneme it stands before."""

    name: str
    phoneme: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """A sentence (or clause) ready to be spoken.

    start, end: span in the original text. `pause_after` in seconds is silence added to what the
    model itself leaves at the end; None means the default pause for this kind of boundary.
    `pause_before` is silence asked for ahead of the first utterance (later pauses are the
    `pause_after` of the one before).
    `paragraph` is True when a paragraph ends here.
    """

    phonemes: tuple[Phoneme, ...]
    words: tuple[WordSpan, ...]
    start: int
    end: int
    lang: str = "en-us"
    voice: str | None = None
    style: str | None = None
    pause_after: float | None = None
    pause_before: float = 0.0
    paragraph: bool = False
    marks: tuple[Mark, ...] = ()

    def __str__(self) -> str:
        return "".join(p.symbol for p in self.phonemes)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the markup asked for that is not supported or was not understood, and where."""

    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Script:
    """All that is to be said for one input, in order, with what has to be reported to the user."""

    text: str
    utterances: tuple[Utterance, ...]
    notices: tuple[Notice, ...] = field(default=())
