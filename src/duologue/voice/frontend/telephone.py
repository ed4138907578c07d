"""Telephone numbers and other strings of figures that are read one by one.

Design choices
- Figures are read singly, grouped as they are written, with a short pause between groups: each group
  is a part of its own, so a highlighter can follow it.
- Known shapes only (international, North American, toll-free, leading zero, cards, social security,
  ISBN); what the shapes do not cover is left to the plain number rule.
"""

from __future__ import annotations

import re

from duologue.voice.frontend.numbers import digits
from duologue.voice.frontend.rule import Part, Rule, Site, previous_word

__all__ = ["TELEPHONE_RULES", "figure_groups"]

_GROUP = re.compile(r"\d+")
_LONG = 4
"""Figures read in one breath; longer groups are cut."""


def figure_groups(text: str, start: int, end: int, lead: str = "") -> list[Part]:
    """The figures of text[start:end], group by group, short pauses between groups."""
    parts: list[Part] = []
    here = start
    for group in _GROUP.finditer(text, start, end):
        written = group.group()
        if written == "800" and parts and len(parts) == 1:
            words = "eight hundred"
        elif len(written) <= _LONG:
            words = digits(written)
        else:
            size = 3 if len(written) % 4 in (1, 2) and len(written) % 3 != 1 else 4
            words = " , ".join(digits(written[i : i + size]) for i in range(0, len(written), size))
        parts.append(Part(here, group.end(), f"{lead}{words}"))
        lead = ", "
        here = group.end()
    if parts and here < end:
        parts[-1] = Part(parts[-1].start, end, parts[-1].words)
    return [Part(*_trim(text, p.start, p.end), p.words) for p in parts]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in " -.()/":
        start += 1
    while end > start and text[end - 1] in " -.(":
        end -= 1
    return start, end


def _telephone(match: re.Match[str], site: Site) -> list[Part] | None:
    if match.group()[0] == "+":
        return figure_groups(site.text, match.start(), match.end(), "plus ")
    return figure_groups(site.text, match.start(), match.end())


def _local(match: re.Match[str], site: Site) -> list[Part] | None:
    """555-1234, but not a range of years or pages."""
    if previous_word(site.text, match.start()).lower() in ("pp", "pages", "years", "from", "p"):
        return None
    return _telephone(match, site)


def _emergency(match: re.Match[str], site: Site) -> list[Part] | None:
    if previous_word(site.text, match.start()).lower() not in (
        "call",
        "dial",
        "ring",
        "phone",
        "called",
        "dialed",
        "calling",
        "text",
    ):
        return None
    return _telephone(match, site)


_END = r"(?![\w]|[-.,:/]\d)"
TELEPHONE_RULES = [
    Rule("international", re.compile(r"\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,6}" + _END), _telephone),
    Rule("north american", re.compile(r"(?:1[ .-])?\(\d{3}\) ?\d{3}[ .-]\d{4}" + _END), _telephone),
    Rule("north american", re.compile(r"(?:1[ .-])?\d{3}([ .-])\d{3}\1\d{4}" + _END), _telephone),
    Rule("leading zero", re.compile(r"\(?0\d{2,4}\)?(?: \d{3,4}){1,2}" + _END), _telephone),
    Rule("local", re.compile(r"[2-9]\d{2}-\d{4}" + _END), _local),
    Rule("card", re.compile(r"\d{4}(?:[ -]\d{4}){2,3}" + _END), _telephone),
    Rule("social security", re.compile(r"\d{3}-\d{2}-\d{4}" + _END), _telephone),
    Rule("isbn", re.compile(r"97[89]-\d{1,5}-\d{1,7}-\d{1,7}-[\dX](?!\w)"), _telephone),
    Rule("emergency", re.compile(r"(?:911|999|112|101|111|411|311|988)" + _END), _emergency),
]
