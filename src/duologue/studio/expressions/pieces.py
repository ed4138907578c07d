"""A text cut into pieces that can be spoken, without losing a character.

Design choices
- Pieces are spans of the source; what is said is the span as it stands, its line breaks read as spaces. Put
  together the pieces are the text, but for the white space between them: verbatim means verbatim.
- A piece is at most `LONGEST` characters, cut at sentences, so that an edit renders little and a book of any
  length is read as it comes.
- What has nothing to say (a row of stars, a lone mark) goes with its neighbour.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from duologue.voice.frontend.sentences import sentences

__all__ = ["LONGEST", "Piece", "cut", "spoken"]

LONGEST = 500
_BLOCK = re.compile(r"(?:(?!\n[ \t]*\n).)+", re.S)
_SPOKEN = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters [start, end) of the text; ends: a paragraph ends here."""

    start: int
    end: int
    ends: bool


def spoken(text: str) -> str:
    """A piece as it is said: one line."""
    return " ".join(text.split())


def cut(text: str, start: int = 0, end: int | None = None, *, longest: int = LONGEST) -> Iterator[Piece]:
    """Pieces of text[start:end], whole sentences each; longest: characters of several sentences together, 0
    for one sentence each."""
    stop = len(text) if end is None else end
    for block in _BLOCK.finditer(text, start, stop):
        found = [(s.start, s.end) for s in sentences(text, block.start(), block.end())]
        pieces = [p for p in (_trimmed(text, a, b) for a, b in found) if p[0] < p[1]]
        joined: list[tuple[int, int]] = []
        for a, b in pieces:
            silent = not _SPOKEN.search(text, a, b)
            if joined and (silent or b - joined[-1][0] <= longest or not _SPOKEN.search(text, *joined[-1])):
                joined[-1] = (joined[-1][0], b)
            else:
                joined.append((a, b))
        joined = [p for p in joined if _SPOKEN.search(text, *p)]
        for at, (a, b) in enumerate(joined):
            yield Piece(a, b, at == len(joined) - 1)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
