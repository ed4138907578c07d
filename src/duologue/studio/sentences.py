"""Sentences of a text, with their places in it.

Design choices
- A mark that ends (. ! ? …, and what closes after it), white space, and something that can begin a
  sentence. A line break always ends one.
- A full stop after an abbreviation or an initial doesn't ("Dr. Rao", "J. S. Bach"), nor one inside a
  quotation whose closing mark is still to come: an extracted sentence must not leave a quotation open.
- Offsets are of the text as given: `text[s.start:s.end] == s.text`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Sentence", "sentences", "words"]

_END = re.compile(r"[.!?…][\"”’)\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9À-ÖØ-Þ£$€])")
_LAST = re.compile(r"([^\s(\[\"“‘']+)\.$")
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr st sr jr prof gen col capt lt sgt maj rev hon gov sen rep pres messrs mme mlle mt ft no"
    " nos vol pp ed fig ch sec art ca cf e.g i.e viz vs v etc al approx est inc ltd co corp bros dept univ"
    " ave blvd rd jan feb mar apr jun jul aug sept sep oct nov dec u.s u.k u.n d.c a.m p.m ph.d m.d b.a"
    " m.a b.sc m.sc esq".split()
)
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_LONGEST_QUOTE = 600


@dataclass(frozen=True, slots=True)
class Sentence:
    """Characters [start, end) of a text. paragraph counts from 0."""

    text: str
    start: int
    end: int
    paragraph: int = 0


def _ends(before: str, after: str) -> bool:
    """Whether the text before the gap, which ends in a mark, ends a sentence."""
    match = _LAST.search(before[-24:])
    if match is None:
        return True
    word = match[1].lower()
    if word == "no":
        return not after[:1].isdigit()
    if word in ("a.m", "p.m", "u.s", "u.k", "u.n", "inc", "ltd", "co", "corp", "etc"):
        # These do end sentences: believe it where a common opener follows.
        return re.match(r"(The|A|An|It|He|She|They|We|In|On|At|But|And|This|That)\b", after) is not None
    return word not in _ABBREVIATIONS and not (len(word) == 1 and word.isalpha() and match[1] != "I")


def _open_quote(piece: str) -> bool:
    if piece.count("“") > piece.count("”"):
        return True
    return piece.count('"') % 2 == 1


def sentences(text: str) -> list[Sentence]:
    """The sentences of `text` in order, none empty."""
    found: list[Sentence] = []
    offset = paragraph = 0
    for line in text.split("\n"):
        start = 0
        for match in [*_END.finditer(line), None]:
            end = match.end() if match else len(line)
            piece = line[start:end]
            if match and not _ends(piece.rstrip(), line[end : end + 12]):
                continue
            if match and _open_quote(piece) and len(piece) < _LONGEST_QUOTE and _closes(line[end:]):
                continue
            left = start + len(piece) - len(piece.lstrip())
            right = start + len(piece.rstrip())
            if left < right:
                found.append(Sentence(line[left:right], offset + left, offset + right, paragraph))
            start = end
        if line.strip():
            paragraph += 1
        offset += len(line) + 1
    return found


def _closes(rest: str) -> bool:
    """Whether a quotation that is open is closed within reach."""
    reach = rest[:_LONGEST_QUOTE]
    return "”" in reach or '"' in reach


def words(text: str) -> list[str]:
    """The words and numbers of `text`; hyphens, apostrophes, inner points and commas stay inside."""
    return _WORD.findall(text)
