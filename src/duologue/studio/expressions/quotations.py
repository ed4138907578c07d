"""Where somebody speaks: quotations in running prose, in any of the usual marks.

Design choices
- One kind of mark is taken for a text: curly or straight doubles, else guillemets, else singles (the British
  way), the kind that opens most paragraphs of speech winning. Marks inside are somebody quoting.
- A paragraph that opens a quotation and doesn't close it goes on in the next one, if that opens with a mark.
- A word in marks that isn't said (the so-called "experts") is narration: short, small letter, no stop.
- The apostrophe of "don't" and "boys'" is no mark: a single one closes only after a stop or before a space,
  and opens only after a space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Paragraph", "Quotation", "paragraphs"]


@dataclass(frozen=True, slots=True)
class Quotation:
    """Characters [start, end) of the text, marks included; inner: what stands between them."""

    start: int
    end: int
    inner: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Characters [start, end) and the quotations in it. goes_on: its first quotation carries on the last
    one of the paragraph before."""

    start: int
    end: int
    quotations: tuple[Quotation, ...]
    goes_on: bool

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """What lies before, between and after the quotations, each [start, end), some of them empty."""
        gaps, at = [], self.start
        for quotation in self.quotations:
            gaps.append((at, quotation.start))
            at = quotation.end
        return [*gaps, (at, self.end)]


_KINDS: tuple[tuple[str, str], ...] = (("“", "”"), ('"', '"'), ("«", "»"), ("‘", "’"), ("'", "'"))
_BLOCK = re.compile(r"(?:(?!\n[ \t]*\n).)+", re.S)


def paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of `text` that aren't empty, with their quotations."""
    blank = re.search(r"\n[ \t]*\n", text) is not None
    blocks = [
        (m.start() + len(m[0]) - len(m[0].lstrip()), m.start() + len(m[0].rstrip()))
        for m in (_BLOCK if blank else re.compile(r"[^\n]+")).finditer(text)
        if m[0].strip()
    ]
    mark = _kind(text)
    made: list[Paragraph] = []
    open_before = False
    for start, end in blocks:
        found, still_open = _quotations(text, start, end, mark)
        goes_on = open_before and bool(found) and found[0].start == start
        made.append(Paragraph(start, end, tuple(found), goes_on))
        open_before = still_open
    return made


def _kind(text: str) -> tuple[str, str]:
    """The pair of marks this text speaks in."""
    counts = []
    for opens, closes in _KINDS:
        if opens in "‘'":
            count = len(re.findall(rf"(?:(?<=\s)|^|(?<=[—(])){opens}(?=\w)", text))
            count = count if re.search(rf"[,.!?—]{closes}(?=\s|$|—)", text) else 0
            count = count // 2 if opens == "'" else count
        else:
            count = text.count(opens) // (2 if opens == closes else 1)
        counts.append(count)
    best = max(range(len(_KINDS)), key=lambda i: (counts[i], -i))
    return _KINDS[best]


def _quotations(text: str, start: int, end: int, mark: tuple[str, str]) -> tuple[list[Quotation], bool]:
    """The quotations in text[start:end], and whether the last one is still open at the end."""
    opens, closes = mark
    found: list[Quotation] = []
    at = start
    while True:
        begin = _find_opening(text, at, end, opens)
        if begin < 0:
            return found, False
        close = _find_closing(text, begin + 1, end, closes)
        if close < 0:
            inner = text[begin + 1 : end]
            if len(inner.split()) > 1:
                found.append(Quotation(begin, end, inner))
                return found, True
            return found, False
        inner = text[begin + 1 : close]
        if _is_said(text, begin, close, inner, end):
            found.append(Quotation(begin, close + 1, inner))
        at = close + 1


def _find_opening(text: str, at: int, end: int, opens: str) -> int:
    while True:
        found = text.find(opens, at, end)
        if found < 0 or opens not in "‘'":
            return found
        before = text[found - 1 : found] if found else " "
        after = text[found + 1 : found + 2]
        if (before.isspace() or before in "—–-(" or not before) and (after.isalnum() or after in '—“"…'):
            return found
        at = found + 1


def _find_closing(text: str, at: int, end: int, closes: str) -> int:
    while True:
        found = text.find(closes, at, end)
        if found < 0 or closes not in "’'":
            return found
        before, after = text[found - 1], text[found + 1 : found + 2]
        if not after.isalnum() and (
            before in '.,!?—–-…;:)”"' or (not after.isalnum() and before != "s" and after != " ")
        ):
            return found
        at = found + 1


def _is_said(text: str, begin: int, close: int, inner: str, end: int) -> bool:
    """Whether the quotation is speech and no title, word or so-called thing."""
    stripped = inner.strip()
    if not stripped:
        return False
    if stripped.rstrip("’'\"”")[-1:] in tuple(".,!?—–-…;:") or len(stripped.split()) > 6:
        return True
    before = text[max(0, begin - 2) : begin].strip()
    after = text[close + 1 : end].lstrip()
    return before in (",", ":") or not after or (stripped[0].isupper() and after[:1] in ",—")
