"""A word in its sentence, as the rules for homographs look at it.

Design choices
- Rules ask for neighbours by offset and get "" outside the sentence, so none checks bounds.
- The word classes the rules share stand here, as plain words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

__all__ = [
    "AUXILIARIES",
    "BE",
    "DETERMINERS",
    "HAVE",
    "MODALS",
    "PAST_WORDS",
    "PLACES",
    "SKIPPED",
    "THIRD",
    "Place",
    "any_of",
]


@lru_cache(maxsize=256)
def any_of(text: str) -> frozenset[str]:
    """The words of a string as a set."""
    return frozenset(text.split())


DETERMINERS = any_of(
    "a an the this that these those my your his her its our their no any some each every another one"
)
"""Words a noun phrase begins with."""

BE = any_of("be is are was were been being am isn't aren't wasn't weren't i'm you're he's she's it's we're")
"""Forms of "be", contracted ones too."""

HAVE = any_of(
    "have has had having haven't hasn't hadn't i've you've we've they've he'd she'd i'd they'd we'd "
    "who'd who've"
)
"""Forms of "have" as an auxiliary."""

MODALS = any_of(
    "to can could will would shall should may might must do does did don't doesn't didn't can't "
    "couldn't won't wouldn't shouldn't i'll you'll he'll she'll we'll they'll let's please cannot"
)
"""What a bare verb follows, "to" included."""

AUXILIARIES = any_of(
    "can could will would shall should may might must do does did don't doesn't didn't can't couldn't "
    "won't wouldn't shouldn't i'll you'll he'll she'll we'll they'll let's please cannot"
)
"""The same without "to"."""

PAST_WORDS = any_of("yesterday ago once last then after when earlier before twice morning night")
"""Words that speak for the past tense."""

SKIPPED = any_of(
    "not never already just also often always ever only even still yet quite carefully really all both"
)
"""Adverbs between an auxiliary and its verb."""

THIRD = any_of("he she it everyone somebody someone nobody")
"""Subjects a present tense would give an -s."""

PLACES = any_of("to in from near at via of around outside through visit visited toward towards leave left")
"""Prepositions and verbs before the name of a place."""


@dataclass(frozen=True, slots=True)
class Place:
    """A word in its sentence. words: lower case; written: as in the text; tags: Penn tags."""

    index: int
    words: Sequence[str]
    written: Sequence[str]
    tags: Sequence[str]

    def word(self, offset: int) -> str:
        """The word `offset` places on, "" outside the sentence."""
        i = self.index + offset
        return self.words[i] if 0 <= i < len(self.words) else ""

    def tag(self, offset: int) -> str:
        """Its tag, "" outside the sentence."""
        i = self.index + offset
        return self.tags[i] if 0 <= i < len(self.tags) else ""

    def near(self, reach: int) -> frozenset[str]:
        """The words up to `reach` places away, and their singulars."""
        around = [
            *self.words[max(0, self.index - reach) : self.index],
            *self.words[self.index + 1 : self.index + 1 + reach],
        ]
        return frozenset(around) | {w[:-1] for w in around if w.endswith("s")}

    def before(self) -> str:
        """The nearest word before that is not an adverb."""
        offset = -1
        while self.word(offset) in SKIPPED or self.tag(offset) == "RB":
            offset -= 1
        return self.word(offset)

    @property
    def here(self) -> str:
        return self.written[self.index]

    @property
    def inside(self) -> bool:
        """Whether a word of the sentence stands before it."""
        return self.index > 0 and any(w[:1].isalpha() for w in self.words[: self.index])
