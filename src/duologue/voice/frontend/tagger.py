"""Parts of speech: a window network in plain numpy, one pass per sentence.

Design choices
- Each word is the sum of three small vectors (the word if frequent, its last letters, its shape); a
  hidden layer looks at the word and three neighbours on each side (Collobert et al. 2011). No chain
  of decisions, so a sentence is two matrix products.
- A word can be read blind: by its neighbours and its inflection only. Homographs are asked that way,
  so "read" is judged like "wrote" or "write" in its place; the network is trained to answer so.
- Tags are Penn Treebank's. Weights are int8 rows with one scale each, made by
  `duologue.voice.train.tagger`.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from duologue.voice.frontend.lexicon import DATA
from duologue.voice.frontend.tensors import read

__all__ = ["BLIND", "ENDINGS", "REACH", "SHAPES", "Tagger", "blind_id", "ending_id", "shape_id"]

REACH = 3
"""Neighbours looked at on each side."""

BLIND = ("", "s", "ed", "ing", "er", "ly")
"""Inflections a blind word still shows; word ids 2 and on, after padding and the rare word."""

ENDINGS = 2048
"""Buckets of last letters; 0 is none."""

SHAPES = ("pad", "x", "Xx first", "Xx", "XX", "mixed", "digit", "mark")


def blind_id(word: str) -> int:
    """The word id that stands for any word with this inflection."""
    low = word.lower()
    for i in range(len(BLIND) - 1, 0, -1):
        if low.endswith(BLIND[i]) and len(low) > len(BLIND[i]) + 2 and not low.endswith("ss"):
            return 2 + i
    return 2


def ending_id(word: str) -> int:
    """The bucket of the last three letters."""
    return 1 + zlib.crc32(word[-3:].lower().encode()) % (ENDINGS - 1)


def shape_id(word: str, first: bool) -> int:
    """Which of `SHAPES` a word has; first: it opens a sentence or a quotation."""
    letters = word.replace("'", "").replace("’", "")
    if letters.isalpha():
        if letters.islower():
            return 1
        if letters[0].isupper() and (len(letters) == 1 or letters[1:].islower()):
            return 2 if first else 3
        return 4 if letters.isupper() else 5
    return 6 if any(c.isdigit() for c in word) else 7


class Tagger:
    """Tags sentences. Instances hold no state but weights and a bounded cache of word features."""

    def __init__(self, path: Path = DATA / "tagger.safetensors"):
        arrays, metadata = read(path)
        scaled = {
            name: arrays[name].astype(np.float32) * arrays[name + ".scale"].astype(np.float32)[:, None]
            for name in ("words", "endings", "shapes", "hidden", "out")
        }
        self._words, self._endings, self._shapes = scaled["words"], scaled["endings"], scaled["shapes"]
        self._hidden, self._out = scaled["hidden"], scaled["out"]
        self._hidden_bias = arrays["hidden.bias"].astype(np.float32)
        self._out_bias = arrays["out.bias"].astype(np.float32)
        self.tags: tuple[str, ...] = tuple(metadata["tags"].split(" "))
        first = 2 + len(BLIND)
        self._ids = {word: first + i for i, word in enumerate(metadata["words"].split(" "))}
        self._vector = lru_cache(maxsize=8_192)(self._embed)
        self._start = self._words[0] + self._endings[0] + self._shapes[0]

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> Tagger:
        """The shipped tagger, loaded once per process."""
        return cls()

    def _embed(self, word: str, first: bool) -> npt.NDArray[np.float32]:
        vector: npt.NDArray[np.float32] = (
            self._words[self._ids.get(word.lower(), 1)]
            + self._endings[ending_id(word)]
            + self._shapes[shape_id(word, first)]
        )
        return vector

    def scores(
        self, words: Sequence[str], blind: Sequence[int] = ()
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Unnormalised log-probabilities of the tags: (len(words), T) with every word seen, and
        (len(blind), T) for the places in `blind` as if their word were hidden."""
        count, width = len(words), len(self._start)
        x = np.empty((count + 2 * REACH, width), np.float32)
        x[:REACH] = x[REACH + count :] = self._start
        first = True
        for i, word in enumerate(words):
            x[REACH + i] = self._vector(word, first)
            first = not word[-1:].isalpha() and word not in (",", ";", ")")
        windows = np.ndarray((count, (2 * REACH + 1) * width), np.float32, x, strides=x.strides)
        hidden = windows @ self._hidden
        if blind:
            places = list(blind)
            hidden_here = self._hidden[REACH * width : (REACH + 1) * width]
            shown = np.array([self._hint(words[i], i == 0) for i in places])
            unseen = hidden[places] + (shown - x[REACH:][places]) @ hidden_here
            hidden = np.concatenate((hidden, unseen))
        np.maximum(hidden + self._hidden_bias, 0, out=hidden)
        result: npt.NDArray[np.float32] = hidden @ self._out + self._out_bias
        return result[:count], result[count:]

    def _hint(self, word: str, first: bool) -> npt.NDArray[np.float32]:
        hint: npt.NDArray[np.float32] = (
            self._words[blind_id(word)] + self._endings[0] + self._shapes[shape_id(word, first)]
        )
        return hint

    def __call__(self, words: Sequence[str]) -> list[str]:
        """The likeliest tag of each word."""
        if not words:
            return []
        return [self.tags[i] for i in self.scores(words)[0].argmax(1)]
