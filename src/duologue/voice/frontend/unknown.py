"""The network for unknown words: letters in, phonemes out, in one pass and plain numpy.

Design choices
- Every letter emits up to two sounds; connectionist temporal classification (Graves et al. 2006)
  finds the alignment in training, so nothing is generated step by step and time is linear in the
  word, 2,000 letters included.
- A sound is a class with its stress and length ("ˈɑː" is one), so stress is decided where the vowel
  is; the sum of both accents is one set of classes, and the accent is an input.
- Residual convolutions over letters (width 5), layer norm, no recurrence: six small matrix products.
- A word gets exactly one main stress: where the network gave none or several, the likeliest stays.
- Trained on the lexicons alone by `duologue.voice.train.unknown`; weights are float16 safetensors.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from duologue.voice.frontend.alphabet import STRESS
from duologue.voice.frontend.lexicon import DATA, Lang
from duologue.voice.frontend.stress import VOWELS
from duologue.voice.frontend.tensors import read

__all__ = ["LETTERS", "SLOTS", "UnknownWords", "letters_of"]

LETTERS = "abcdefghijklmnopqrstuvwxyz'"
"""Letter i has row i + 1 of the embedding; row 0 pads."""

SLOTS = 2
"""Sounds a letter can emit."""

_LETTER_ID = {letter: i + 1 for i, letter in enumerate(LETTERS)}
_UNFOLDED = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "đ": "d", "’": "'"}
)


def letters_of(word: str) -> str:
    """The word in the network's letters: lower case, accents off, everything else left out."""
    plain = unicodedata.normalize("NFKD", word.lower().translate(_UNFOLDED))
    return "".join(letter for letter in plain if letter in _LETTER_ID)


class UnknownWords:
    """Reads words no lexicon has. Instances hold no state but weights."""

    def __init__(self, path: Path = DATA / "unknown.safetensors"):
        arrays, metadata = read(path)
        w = {name: array.astype(np.float32) for name, array in arrays.items()}
        self._sounds = metadata["sounds"].split(" ")
        self._letters = w["letters"]
        self._accents = w["accents"]
        self._blocks = [
            (w[f"{i}.gain"], w[f"{i}.shift"], w[f"{i}.weight"], w[f"{i}.bias"])
            for i in range(sum(name.endswith(".gain") for name in w) - 1)
        ]
        self._last = (w["head.gain"], w["head.shift"], w["head.weight"], w["head.bias"])
        at = {sound: i for i, sound in enumerate(self._sounds)}
        bare = [sound.lstrip(STRESS) for sound in self._sounds]
        self._with_secondary = [at.get("ˌ" + sound, i) for i, sound in enumerate(bare)]
        self._is_vowel = [sound[:1] in VOWELS for sound in bare]
        self._primary = np.array([i for i, sound in enumerate(self._sounds) if sound.startswith("ˈ")])

    @classmethod
    @lru_cache(maxsize=1)
    def load(cls) -> UnknownWords:
        """The shipped network, loaded once per process."""
        return cls()

    def logits(self, letters: str, lang: Lang) -> npt.NDArray[np.float32]:
        """Scores (SLOTS·L, classes) of the L letters of a word; class 0 is no sound."""
        ids = [_LETTER_ID[letter] for letter in letters]
        x = self._letters[ids] + self._accents[int(lang == "en-gb")]
        length, width = x.shape
        for gain, shift, weight, bias in self._blocks:
            h = np.zeros((length + 4, width), np.float32)
            np.maximum(_normalized(x, gain, shift), 0, out=h[2:-2])
            windows = np.lib.stride_tricks.as_strided(h, (length, 5 * width), h.strides)
            x = x + windows @ weight + bias
        gain, shift, weight, bias = self._last
        scores: npt.NDArray[np.float32] = _normalized(x, gain, shift) @ weight + bias
        return scores.reshape(length * SLOTS, -1)

    def __call__(self, word: str, lang: Lang) -> str:
        """Phonemes of a word; "" if it has no letter of ours."""
        letters = letters_of(word)
        if not letters:
            return ""
        scores = self.logits(letters, lang)
        best = scores.argmax(1)
        kept = [t for t in range(len(best)) if best[t] and (t == 0 or best[t] != best[t - 1])]
        sounds = [int(best[t]) for t in kept]
        self._one_main_stress(sounds, scores[kept] if kept else scores[:0])
        return "".join(self._sounds[s] for s in sounds)

    def _one_main_stress(self, sounds: list[int], scores: npt.NDArray[np.float32]) -> None:
        """Raise the likeliest vowel where no sound has main stress, lower all but one where several do."""
        main = [i for i, sound in enumerate(sounds) if self._sounds[sound].startswith("ˈ")]
        candidates = main or [i for i, sound in enumerate(sounds) if self._is_vowel[sound]]
        if not candidates or len(main) == 1:
            return
        likely = scores[candidates][:, self._primary]
        row, column = divmod(int(likely.argmax()), likely.shape[1])
        for i in main:
            sounds[i] = self._with_secondary[sounds[i]]
        sounds[candidates[row]] = int(self._primary[column])


def _normalized(
    x: npt.NDArray[np.float32], gain: npt.NDArray[np.float32], shift: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    centred = x - x.mean(1, keepdims=True)
    scale = np.sqrt(np.einsum("ld,ld->l", centred, centred) / x.shape[1] + 1e-5)
    return centred / scale[:, None] * gain + shift
