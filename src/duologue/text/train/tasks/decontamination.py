"""Keeping evaluation out of training: no prompt may share thirteen words in a row with an evaluation prompt.

Design choices
- Words are compared folded, without marks; 13 is the length that the literature on contamination settled on.
- Short prompts (chat, instructions) are compared whole, since they have no thirteen words to share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from duologue.text.facts import fold
from duologue.text.sentences import words

__all__ = ["Overlap"]

SIZE = 13


def _grams(text: str) -> Iterator[tuple[str, ...]]:
    tokens = [fold(w) for w in words(text)]
    for i in range(len(tokens) - SIZE + 1):
        yield tuple(tokens[i : i + SIZE])


def _plain(text: str) -> str:
    return " ".join(fold(w) for w in words(text))


class Overlap:
    """The 13-grams of a set of texts, and whether another text shares one, or is one of `whole`."""

    def __init__(self, texts: Iterable[str], whole: Iterable[str] = ()) -> None:
        self._grams = {hash(gram) for text in texts for gram in _grams(text)}
        self._whole = {_plain(text) for text in whole}

    def __contains__(self, text: object) -> bool:
        if not isinstance(text, str):
            return False
        return _plain(text) in self._whole or any(hash(gram) in self._grams for gram in _grams(text))
