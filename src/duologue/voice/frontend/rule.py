"""A rule of the normaliser: a pattern tried where it may begin, and what it says.

Design choices
- A rule's pattern is matched at a position, never searched for, and begins with what its kind of
  writing begins with; the normaliser tries rules only where digits, symbols, capitals or listed
  abbreviations stand, so plain words pay nothing.
- A rule answers with parts that cover its match in order, each with the characters it was read from,
  or None to let the next rule try. Text never leaves its place: a part's span is the written one.
- In a part's words a run of capitals ("FBI", "U", "PCs") is read letter by letter, all else is a word;
  `kind` overrides that for a part. Commas in the words are short pauses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from duologue.voice.frontend.token import Kind

__all__ = ["Part", "Rule", "Site", "next_word", "previous_word"]


class Part(NamedTuple):
    """Written characters [start, end) of the text and the words they are read as."""

    start: int
    end: int
    words: str
    kind: Kind | None = None


@dataclass(slots=True)
class Site:
    """What a rule may know of where it stands.

    text: the sentence, apostrophes and spaces already folded. british: dates day-first, "and" in numbers.
    shouting: the sentence is in capitals, so capitals tell nothing. known: is a word in the lexicon?
    """

    text: str
    british: bool = False
    shouting: bool = False
    known: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled pattern and its reading. `speak` gets the match and the site."""

    name: str
    pattern: re.Pattern[str]
    speak: Callable[[re.Match[str], Site], list[Part] | None]


_PREVIOUS = re.compile(r"([^\W_]+(?:['.&-][^\W_]+)*)\.?[,:(\"“ ]*$")
_NEXT = re.compile(r"[\s,]*([^\W_]+(?:'[a-z]+)?)")


def previous_word(text: str, position: int) -> str:
    """The word that ends just before `position` ("" if none), case kept; looks back 40 characters."""
    found = _PREVIOUS.search(text[max(0, position - 40) : position])
    return found.group(1) if found else ""


def next_word(text: str, position: int) -> str:
    """The word that begins at or after `position` past spaces and commas, case kept."""
    found = _NEXT.match(text, position)
    return found.group(1) if found else ""
