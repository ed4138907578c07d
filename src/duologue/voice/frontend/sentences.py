"""Where sentences end.

Design choices
- Candidates (stops with what closes after them, line ends) come from one pattern; each is decided by the
  few characters around it, so time is linear and the generator never looks further than it has to.
- A stop does not end a sentence after a title or an initial, inside a number or a dotted word, before a
  small letter, or after an abbreviation that the next word continues.
- A blank line ends a paragraph. A single line end ends a sentence only if the line was short (a heading,
  a list, verse) and the next line does not go on with it; text wrapped at a fixed width is joined.
- What is longer than a breath can take is cut at a clause, then at a space, then anywhere: later stages
  never see more than `LONGEST` characters at once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from duologue.voice.frontend.abbreviations import ABBREVIATIONS, BEFORE_FIGURES, TITLES
from duologue.voice.frontend.dates import DAYS, MONTHS

__all__ = ["LONGEST", "Sentence", "sentences"]

LONGEST = 1_200
"""Characters of the longest stretch handled as one sentence."""


class Sentence(NamedTuple):
    """Characters [start, end) of the text. paragraph: a paragraph ends here; cut: it goes on after the
    end, for it was too long."""

    start: int
    end: int
    paragraph: bool
    cut: bool


_CANDIDATE = re.compile(
    r"(?:[.!?…]+|[。！？])(?P<close>[\"'”’»)\]*_]*)(?=\s|$|[。！？\u3040-\u9fff])"
    r"|(?<=[.!?])(?=[A-Z\u201c][a-z]{2}[a-z]* )|(?P<line>\n\s*)"
)
_GAP = re.compile(r"\s*")
_BEFORE = re.compile(r"([^\W_]+(?:[.'&][^\W_]+)*)$")
_AFTER = re.compile(r"\s*(?P<open>[\"'“‘(\[«*_]*)(?P<word>[^\W_]*)")
_ITEM = re.compile(r"\s*(?:[-*•‣◦–—+]\s|\(?\d{1,3}[.)]\s|\(?[a-zA-Z][.)]\s|#{1,6}\s)")
_ENUMERATOR = re.compile(r"(?:^|\n)\s*\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})$")
_GOES_ON = re.compile(
    r"(?:[,;\-–—(]|\b(?:the|a|an|of|and|or|to|in|on|at|for|with|by|from|as|is|was|that|which))\s*$"
)
_STARTERS = frozenset(
    """the a an it he she they we you i this that these those there here in on at as if when while after
    before
    since then so but and or yet his her their our its my your not no what who where why how for from
    with by to
    all some many most each every one two three meanwhile however although though because once until today now
    please let do does did is are was were will can could would should may might""".split()
)
_CONTINUED = frozenset({*ABBREVIATIONS, *BEFORE_FIGURES, *MONTHS, *DAYS, "eg", "ie", "rs"})
_CLAUSE = re.compile(r"[,;:—–)]\s")


def sentences(
    text: str, start: int = 0, end: int | None = None, *, fixed: Sequence[tuple[int, int]] = ()
) -> Iterator[Sentence]:
    """Sentences of text[start:end] in order; together they cover all that is not white space.

    fixed: stretches (sorted, disjoint) in which no boundary may fall.
    """
    stop = len(text) if end is None else end
    firsts = [first for first, _ in fixed]
    begin = start
    for match in _CANDIDATE.finditer(text, start, stop):
        at = match.end()
        if at <= begin:
            continue
        if firsts:
            place = bisect_right(firsts, match.start()) - 1
            if place >= 0 and match.start() < fixed[place][1]:
                continue
        if match.group("line") is not None:
            paragraph = match.group("line").count("\n") > 1
            if not paragraph and not _breaks(text, begin, match.start(), at, stop):
                continue
            at = match.start()
        else:
            if not _ends(text, begin, match, stop):
                continue
            gap = _GAP.match(text, at, stop)
            paragraph = gap is not None and gap.group().count("\n") > 1
        yield from _cut(text, begin, at, paragraph)
        begin = match.end()
    yield from _cut(text, begin, stop, False)


def _ends(text: str, begin: int, match: re.Match[str], stop: int) -> bool:
    """Whether the stop matched ends a sentence."""
    mark = match.group()
    if not mark:
        return _BEFORE.search(text[max(begin, match.start() - 25) : match.start() - 1]) is not None
    after = _AFTER.match(text, match.end(), min(stop, match.end() + 60))
    word = after.group("word") if after else ""
    if not word and not (after and after.group("open")):
        gap = text[match.end() : min(stop, match.end() + 8)].lstrip()
        if gap[:1] in ("–", "—", "-", ",", ";", ":", "…", "&", "/", "%"):
            return gap[:2] == "- "
        return True
    if word[:1].islower():
        if match.group("close") or mark[0] == "…" or mark.startswith(".."):
            return False
        if mark[0] in "!?":
            return True
        found = _BEFORE.search(text[max(begin, match.start() - 30) : match.start()])
        last = found.group(1) if found else ""
        return len(last) > 2 and last.islower() and last.isalpha() and last not in _CONTINUED
    if mark[0] != "." or len(mark.rstrip("\"'”’»)]*_")) > 1:
        return True
    head = text[max(begin, match.start() - 30) : match.start()]
    found = _BEFORE.search(head)
    if found is None:
        return True
    last = found.group(1)
    low = last.lower()
    if match.group("close") and low not in TITLES:
        return True
    if len(last) == 1 and last.isalpha():
        if _ENUMERATOR.search(text[max(begin - 1, 0) : match.start()]) and match.start() - begin < 12:
            return False
        return word.lower() in _STARTERS and (last == "I" or not _initial(head))
    if (
        last.isdigit()
        and match.start() - begin < 6
        and not text[begin : match.start()].strip(" \n(").rstrip(last).strip()
    ):
        return False
    if low in TITLES:
        return (
            low in ("st", "mt", "ft", "pt", "col", "rev", "gen", "rep", "gov", "sen")
            and word.lower() in _STARTERS
            and word.lower() not in ("a", "i", "will", "may")
        )
    if low == "no":
        return not word[:1].isdigit()
    if low in BEFORE_FIGURES and (word[:1].isdigit() or low in ("vol", "fig", "figs", "pp")):
        return False
    if low in MONTHS or low in DAYS:
        return not word[:1].isdigit() and (word.lower() in _STARTERS or low not in _CONTINUED)
    if "." in last:
        return word.lower() in _STARTERS
    if low in _CONTINUED:
        return (
            low in ("etc", "co", "inc", "ltd", "corp", "jr", "sr", "ave", "rd", "blvd")
            and (word[:1].isupper() and (low == "etc" or word.lower() in _STARTERS))
        ) or (word.lower() in _STARTERS and low not in ("vs", "v", "cf", "approx", "e.g", "i.e", "c", "ca"))
    return True


def _initial(head: str) -> bool:
    """Whether the single letter at the end follows a name or another initial ("J. R", "John F")."""
    return bool(re.search(r"(?:^|\s|\.)(?:[A-Z]\.\s?|[A-Z][a-z]+\s)[A-Z]$", head))


def _breaks(text: str, begin: int, line_end: int, next_line: int, stop: int) -> bool:
    """Whether a single line end separates what stands before and after it."""
    line = text[max(begin, text.rfind("\n", begin, line_end) + 1) : line_end]
    following = text[next_line : min(stop, next_line + 12)]
    if _ITEM.match(following) or (_ITEM.match(line) and not following[:1].islower()):
        return True
    if not following[:1].isupper() and not following[:1].isdigit() and following[:1] not in "\"“'(":
        return False
    return len(line) < 52 and _GOES_ON.search(line[-12:]) is None


def _cut(text: str, begin: int, end: int, paragraph: bool) -> Iterator[Sentence]:
    """The stretch, trimmed, in pieces of at most `LONGEST` characters."""
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    while end - begin > LONGEST:
        here = begin + LONGEST
        low = begin + LONGEST // 2
        clauses = [clause.end() for clause in _CLAUSE.finditer(text, low, here)]
        if clauses:
            here = clauses[-1]
        elif (space := max(text.rfind(" ", low, here), text.rfind("\n", low, here))) > 0:
            here = space + 1
        yield Sentence(begin, here, False, True)
        begin = here
    if end > begin:
        yield Sentence(begin, end, paragraph, False)
