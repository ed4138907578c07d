"""Whether a text reads as English that ends: not empty, no noise, no loop."""

from __future__ import annotations

import re
from collections import Counter

from duologue.text.facts import STOP, fold
from duologue.text.sentences import split, words

__all__ = ["disfluent", "loops"]

_MARKUP = re.compile(r"<\|?[a-z_]+\|?>|\[\[|\]\]|https?:|\ufffd")
_CLOSED = re.compile(r"[.!?…][\"”’')\]*]*$")


def loops(text: str) -> bool:
    """Whether `text` repeats itself.

    That is: a sentence of four words or more twice, ten words in a row twice, four in a row three times, one
    word four times in a row, or a character twelve times.
    """
    if re.search(r"([^\s\d.=_-])\1{11}", text):
        return True
    units = [u for line in text.split("\n") for u in split(line)]
    plain = Counter(" ".join(map(fold, words(u))) for u in units if len(words(u)) >= 4)
    if plain and max(plain.values()) > 1:
        return True
    tokens = [fold(w) for w in words(text)]
    if any(len(set(tokens[i : i + 4])) == 1 for i in range(len(tokens) - 3)):
        return True
    for size, most in ((10, 1), (4, 2)):
        grams = Counter(tuple(tokens[i : i + size]) for i in range(len(tokens) - size + 1))
        if grams and max(grams.values()) > most:
            return True
    return False


def _english(text: str) -> bool:
    """Whether `text` looks like English prose rather than noise, another script or markup."""
    letters = [c for c in text if c.isalpha()]
    if not letters:
        return bool(re.search(r"\d", text))
    if sum(c.isascii() for c in letters) < 0.85 * len(letters) or _MARKUP.search(text):
        return False
    tokens = [fold(w) for w in words(text)]
    alphabetic = [t for t in tokens if t.isalpha()]
    if len(alphabetic) >= 4 and sum(any(v in t for v in "aeiouy") for t in alphabetic) < 0.8 * len(
        alphabetic
    ):
        return False
    if max((len(t) for t in alphabetic), default=1) > 30:
        return False
    return len(tokens) < 20 or sum(t in STOP for t in tokens) >= 0.15 * len(tokens)


def disfluent(answer: str, *, closed: bool = True) -> list[str]:
    """Why `answer` isn't fluent; `closed`: it must end as a sentence does."""
    answer = answer.strip()
    if not answer:
        return ["empty"]
    reasons = []
    if not _english(answer):
        reasons.append("not like English")
    if loops(answer):
        reasons.append("repeats itself")
    if closed and not _CLOSED.search(answer):
        reasons.append("doesn't end")
    return reasons
