"""A sentence of a source as it can be spoken: without what only the eye can use.

Design choices
- Asides in brackets go: a listener can't see where they end, and what they hold (a formula, a spelling, a
  year of birth) is for readers. Only words go, none come; so what is said stays what the source says.
- Editors' brackets inside a quotation are opened ("[i]n time" is "in time"), marks of a wiki are dropped.
- What is left of a torn text is no sentence: one that begins in the middle, or ends in nothing.
"""

from __future__ import annotations

import re

__all__ = ["is_sentence", "without_asides"]

_EDITORS = re.compile(
    r"\[\s*(?:\[[^\]]*\]|update|citation needed|note \d+|\d{1,3}|sic|who\?|when\?)\s*\]", re.I
)
_OPENED = re.compile(r"\[(\w{1,3})\](?=\w)|\[(\w[^\[\]]{0,60})\]")
_INNERMOST = re.compile(r"\s*\([^()]*\)")
_CLOSERS = "\"”’')]"
_GLUED = re.compile(r"\)\s+(?:The|These|This|A|An|In|It|They|There)\b")


def without_asides(text: str) -> str:
    """`text` without its parentheses and editors' marks, the spaces and commas around them put right."""
    made = _EDITORS.sub("", text)
    made = _OPENED.sub(lambda m: m[1] or m[2], made)
    for _ in range(4):
        shorter = _INNERMOST.sub("", made)
        if shorter == made:
            break
        made = shorter
    if "(" in made or ")" in made:  # one that isn't closed
        return text
    made = re.sub(r"\s+([,.;:!?])", r"\1", made)
    made = re.sub(r",(?=[,.;:])", "", made)
    return " ".join(made.split())


def is_sentence(text: str) -> bool:
    """Whether `text` can stand alone: it begins, it ends, and its brackets close."""
    bare = text.rstrip(_CLOSERS)
    ended = bare[-1:] in ".!?…" or (bare != text and text[-1] in ".!?…")
    first = re.search(r"\w", text)
    if (
        not ended
        or first is None
        or (first[0].islower() and not re.match(r"[a-z]+[A-Z]", text[first.start() :]))
    ):
        return False
    torn = re.search(r"[()]", without_asides(text)) or _GLUED.search(text) or "|" in text or "==" in text
    return not torn and not text.lstrip().startswith((")", "]", "*", "•"))
