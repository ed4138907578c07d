"""A token: one spoken word, or one punctuation mark, on its way from text to phonemes.

Design choices
- The text half of the front end (normalisation, markup, sentences) makes tokens; the pronunciation
  half turns each into phonemes and needs nothing else, so the two meet in this file only.
- `text` is what is looked up: one spoken word without spaces, original casing kept where it matters
  (proper names, "US" against "us"); `start`, `end` point into the ORIGINAL text of the user.
- A written word read as several spoken ones ("$5": "five", "dollars") gives several tokens that share
  `source` and the span of the written word.
- Tokens of one call to the pronouncer are one sentence in order, so context is at hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from duologue.voice.frontend.utterance import NEUTRAL, Prosody

__all__ = ["PUNCTUATION", "Kind", "Pronounced", "Token"]

Kind = Literal["word", "punct", "ipa", "spell"]

PUNCTUATION = frozenset(';:,.!?—…"()“”')
"""The punctuation the model's alphabet holds; a token of kind "punct" is exactly one of these."""


@dataclass(frozen=True, slots=True)
class Token:
    """One spoken word or punctuation mark.

    text: the normalised spoken word. Letters with possible inner apostrophe, hyphen or full stop
        (never spaces or digits) for "word"; one of `PUNCTUATION` for "punct"; phonemes of the
        model's alphabet for "ipa"; the letters to name one by one for "spell" ("FBI", "PCs").
    start, end: characters [start, end) of the original text.
    space_before: False when it stands without a space after the token before it ("(" + "word").
    source: index of the original word this token came from; punctuation has the index of the word
        before it.
    emphasis: "strong", "moderate", "reduced" or "none" where markup asks for it.
    """

    text: str
    start: int
    end: int
    kind: Kind = "word"
    space_before: bool = True
    source: int = 0
    prosody: Prosody = NEUTRAL
    emphasis: str | None = None


@dataclass(frozen=True, slots=True)
class Pronounced:
    """A token and its phonemes (symbols of the model's alphabet, stress marks included, no spaces
    except inside the letters of a "spell" token; punctuation maps to itself). Never longer than the
    token needs and never dropped: a token nothing is known of is at least spelled."""

    token: Token
    phonemes: str
