"""A crude stem of a word: enough to see that "bridges" and "bridge" are one.

Design choices
- Endings only, never below four letters; two words that stem alike are taken for one word, which is wrong now
  and then ("universal", "universe") and harmless where it only ranks sentences.
"""

from __future__ import annotations

__all__ = ["stem"]

_ENDINGS = ("'s", "’s", "ings", "ing", "ies", "es", "ed", "s", "e", "y")


def stem(word: str) -> str:
    """The stem of a word in lower case."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word
