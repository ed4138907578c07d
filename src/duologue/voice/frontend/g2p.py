"""From the tokens of a sentence to their phonemes.

Design choices
- Sources in order: user lexicon, homographs by context, weak forms, lexicon, endings and beginnings
  of known words, hyphen and capital-letter compounds, initialisms, and last the network for unknown
  words; a word nothing is known of is spelled, so no word is ever silent.
- A sentence is read from right to left, because "the", "to", "in" and the full forms before a pause
  depend on the sound that follows.
- A token is first taken whole, then as parts ("well-known", "YouTube") that are pronounced in context
  and share out their stresses.
- What does not depend on context is kept in a bounded cache.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from duologue.voice.frontend.inflection import Inflector
from duologue.voice.frontend.lexicon import Entry, Lang, Lexicon
from duologue.voice.frontend.stress import CONSONANTS, VOWELS, balance, lowered, raised, unstressed
from duologue.voice.frontend.token import Token
from duologue.voice.frontend.weakforms import Next, weak_form

__all__ = ["Pronouncer"]

_PAUSES = frozenset(";:,.!?—…")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z\W_]+(?:'[^A-Z\W_]+)*'?|[A-Z]")
_INITIALS = re.compile(r"([A-Z]{2,})('?s)")
_PLAIN_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-"})
_PARENTS = {"V": "VERB", "N": "NOUN", "J": "ADJ", "R": "ADV"}


class Pronouncer:
    """Pronounces sentences in one accent. `user` wins over all else but explicit IPA."""

    def __init__(self, lang: Lang = "en-us"):
        self.lang: Lang = lang
        self._long = "ː" if lang == "en-gb" else ""
        self._lexicon = Lexicon.load(lang)
        self._inflector = Inflector(lang)
        self._known = lru_cache(maxsize=20_000)(self._look_up)
        self._read = lru_cache(maxsize=4_096)(self._unknown)

    def pronounce(self, tokens: Sequence[Token]) -> list[str]:
        """One phoneme string for each token of one sentence; punctuation maps to itself."""
        parts: list[tuple[int, str]] = []
        for index, token in enumerate(tokens):
            if token.kind == "word":
                parts += [(index, part) for part in self._parts(token.text.translate(_PLAIN_QUOTES))]
            else:
                parts.append((index, token.text))
        tags = self._tag([text for _, text in parts])
        said: list[list[str]] = [[] for _ in tokens]
        letters = [False] * len(tokens)
        following: Next = "pause"
        for place in range(len(parts) - 1, -1, -1):
            index, text = parts[place]
            token = tokens[index]
            if token.kind == "word":
                next_word = parts[place + 1][1].lower() if place + 1 < len(parts) else ""
                phonemes = self._word(text, tags[place], following, next_word)
                letters[index] = len(text) == 1
            elif token.kind == "spell":
                phonemes = self._spell(text)
            else:
                phonemes = text
            following = _sound(phonemes, following)
            said[index].append(phonemes)
        return [
            _emphasized("".join(balance(pieces[::-1], letters[i])), tokens[i].emphasis)
            for i, pieces in enumerate(said)
        ]

    def _tag(self, words: list[str]) -> list[str]:
        return [
            {"a": "DT", "the": "DT", "in": "IN", "to": "TO", "used": "VBD", "I": "PRP"}.get(word if word == "I" else word.lower(), "")
            for word in words
        ]

    def _parts(self, word: str) -> list[str]:
        """The word whole if it can be said so, else what it is put together from."""
        simple = word.isalpha() and (word[1:].islower() or word.isupper() or len(word) == 1)
        if simple or self._known(word, "") is not None or _INITIALS.fullmatch(word):
            return [word]
        found = _PART.findall(word)
        return found if found and sum(map(len, found)) >= sum(map(str.isalpha, word)) else [word]

    def _word(self, word: str, tag: str, following: Next, next_word: str) -> str:
        weak = weak_form(word, tag, following, next_word, self._long)
        if weak is not None:
            return weak
        said = self._known(word, "None" if following == "pause" else tag)
        if said is None and following == "pause":
            said = self._known(word, tag)
        return said if said is not None else self._read(word)

    def _look_up(self, word: str, tag: str) -> str | None:
        """From the lexicon or a known stem, with the stress its capitals give it."""
        capitals = len(word) > 1 and word.isupper()
        said = self._entry(word, tag)
        if said is None and word != word.lower():
            said = self._entry(word.lower(), tag)
        if said is None:
            said = self._inflector.ending(word, lambda stem: self._entry(stem, tag))
        if said is None and word != word.lower():
            low = word.lower()
            said = self._inflector.ending(low, lambda stem: self._entry(stem, tag))
        if said is None:
            return None
        return said if word == word.lower() else raised(said, capitals=capitals)

    def _entry(self, word: str, tag: str) -> str | None:
        entry = self._lexicon.find(word)
        return None if entry is None else self._sense(word, entry, tag)

    def _sense(self, word: str, entry: Entry, tag: str) -> str:
        if not entry.senses:
            return entry.default
        if tag not in entry.senses:
            tag = _PARENTS.get(tag[:1], "")
        said = entry.senses.get(tag, entry.default)
        return self._spell(word) if said is None else said

    def _spell(self, word: str) -> str:
        """Letter names, the last with the main stress, a final "s" or "'s" as an ending."""
        plural = _INITIALS.fullmatch(word)
        names = []
        for letter in plural.group(1) if plural else word:
            name = self._letter(letter)
            if name:
                names.append(lowered(name))
        if not names:
            return ""
        head, mark, tail = "".join(names).rpartition("ˌ")
        said = head + ("ˈ" if mark else "") + tail
        return self._inflector.plural(said) if plural else said

    def _letter(self, letter: str) -> str | None:
        entry = self._lexicon.find(letter.upper())
        if entry is None:
            base = unicodedata.normalize("NFKD", letter)[:1].upper()
            entry = self._lexicon.find(base) if base.isascii() and base.isalpha() else None
        return entry.default if entry else None

    def _unknown(self, word: str) -> str:
        low = word.lower()
        find = lambda stem: self._entry(stem, "")  # noqa: E731
        if not (word.isupper() and len(word) < 5):
            said = self._inflector.beginning(low, find) or self._inflector.compound(low, find)
            if said:
                return said
        return self._spell(word)


def _sound(phonemes: str, otherwise: Next) -> Next:
    """The class of the first sound: what the word before hears coming."""
    for symbol in phonemes:
        if symbol in VOWELS:
            return "vowel"
        if symbol in CONSONANTS:
            return "consonant"
        if symbol in _PAUSES:
            return "pause"
    return otherwise


def _emphasized(phonemes: str, emphasis: str | None) -> str:
    if emphasis == "strong" or emphasis == "moderate":
        return raised(phonemes, capitals=True)
    return unstressed(phonemes) if emphasis == "reduced" else phonemes
