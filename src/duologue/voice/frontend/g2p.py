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
from functools import lru_cache, partial

from duologue.voice.frontend.homographs import Homographs, sense_of
from duologue.voice.frontend.inflection import Inflector
from duologue.voice.frontend.lexicon import Entry, Lang, Lexicon
from duologue.voice.frontend.place import Place
from duologue.voice.frontend.stress import CONSONANTS, VOWELS, balance, lowered, raised, unstressed
from duologue.voice.frontend.tagger import Tagger
from duologue.voice.frontend.token import Token
from duologue.voice.frontend.unknown import UnknownWords, letters_of
from duologue.voice.frontend.userlexicon import UserLexicon
from duologue.voice.frontend.weakforms import Next, weak_form

__all__ = ["Pronouncer"]

_PAUSES = frozenset(";:,.!?—…")
_PART = re.compile(r"[A-Z]'(?=[A-Z])|[A-Z]+(?![a-z])|[A-Z]?[^A-Z\W_]+(?:'[^A-Z\W_]+)*'?|[A-Z]")
_INITIALS = re.compile(r"([A-Z]{2,})('?s)")
_ENDLESS = re.compile(r"([a-z])\1{17}")
_THREE_ALIKE = re.compile(r"([a-z])\1\1(?=\1)")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1{2,}")
_PLAIN_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-"})


class Pronouncer:
    """Pronounces sentences in one accent; `user` wins over all else but tokens of kind "ipa"."""

    def __init__(self, lang: Lang = "en-us", user: UserLexicon | None = None):
        self.lang: Lang = lang
        self._user = user if user and user.entries else None
        self._long = "ː" if lang == "en-gb" else ""
        self._lexicon = Lexicon.load(lang)
        self._inflector = Inflector(lang)
        self._tagger = Tagger.load()
        self._homographs = Homographs(lang, self._tagger)
        self._known = lru_cache(maxsize=20_000)(self._look_up)
        self._read = lru_cache(maxsize=4_096)(self._unknown)
        self._ambiguous = lru_cache(maxsize=20_000)(self._ambiguous_entry)

    def pronounce(self, tokens: Sequence[Token]) -> list[str]:
        """One phoneme string for each token of one sentence; punctuation maps to itself."""
        parts: list[tuple[int, str]] = []
        chosen: dict[int, str] = {}
        for index, token in enumerate(tokens):
            text = token.text.translate(_PLAIN_QUOTES) if token.kind == "word" else token.text
            said_by_user = self._chosen_by_user(text) if token.kind in ("word", "spell") else None
            if said_by_user is not None:
                chosen[len(parts)] = said_by_user
            whole = said_by_user is not None or token.kind != "word"
            parts += [(index, part) for part in ([text] if whole else self._parts(text))]
        written = [text for _, text in parts]
        tags, decided = self._read_in_context(written)
        said: list[list[str]] = [[] for _ in tokens]
        letters = [False] * len(tokens)
        opening = next((i for i, text in enumerate(written) if text[:1].isalpha()), -1)
        following: Next = "pause"
        for place in range(len(parts) - 1, -1, -1):
            index, text = parts[place]
            token = tokens[index]
            if place in chosen:
                phonemes = chosen[place]
            elif token.kind == "word":
                next_word = written[place + 1].lower() if place + 1 < len(parts) else ""
                phonemes = decided.get(place) or self._word(
                    text, tags[place], following, next_word, place == opening
                )
                letters[index] = len(text) == 1
            elif token.kind == "spell":
                phonemes = self._spell(text)
            else:
                phonemes = text
            following = _sound(phonemes, following)
            said[index].append(phonemes)
        for i, pieces in enumerate(said):
            if len(pieces) > 1:
                pieces[:] = balance(pieces[::-1], letters[i])
        return [
            _emphasized("".join(pieces), token.emphasis) for pieces, token in zip(said, tokens, strict=True)
        ]

    def _read_in_context(self, written: list[str]) -> tuple[list[str], dict[int, str]]:
        """The tag or sense of each word, and the phonemes of those that context decides."""
        if not written:
            return [], {}
        words = [word.lower() for word in written]
        entries = {i: entry for i, word in enumerate(words) if (entry := self._ambiguous(word))}
        asked = [i for i, word in enumerate(words) if i in entries or word in self._homographs]
        scores, hidden = self._tagger.scores(written, asked)
        tags = [self._tagger.tags[i] for i in scores.argmax(1).tolist()]
        senses, decided = list(tags), dict[int, str]()
        for row, i in enumerate(asked):
            place = Place(i, words, written, tags)
            if i in entries:
                unseen = scores[i] if "DT" in entries[i].senses else hidden[row]
                senses[i] = self._homographs.by_tag(entries[i], place, scores[i], unseen)
            if words[i] in self._homographs:
                kind, answer = self._homographs.resolve(place)
                if kind == "say":
                    decided[i] = self._with_capitals(written[i], answer)
                elif kind == "tag":
                    senses[i] = answer
        return senses, decided

    def _ambiguous_entry(self, word: str) -> Entry | None:
        entry = self._lexicon.find(word)
        return entry if entry and any(sense != "None" for sense in entry.senses) else None

    def _parts(self, word: str) -> list[str]:
        """The word whole if it can be said so, else what it is put together from."""
        simple = word.isalpha() and (word[1:].islower() or word.isupper() or len(word) == 1)
        if simple or self._known(word, "", False) is not None or _INITIALS.fullmatch(word):
            return [word]
        if "-" in word.strip("-"):
            return [part for piece in word.split("-") if piece for part in self._parts(piece)]
        found = _PART.findall(word)
        return found if found and sum(map(len, found)) >= sum(map(str.isalpha, word)) else [word]

    def _word(self, word: str, tag: str, following: Next, next_word: str, opening: bool = False) -> str:
        weak = weak_form(word, tag, following, next_word, self._long)
        if weak is not None:
            return weak
        said = self._known(word, tag, following == "pause")
        if said is not None:
            return said
        if opening and word == word.capitalize():
            return self._with_capitals(
                word, self._known(word.lower(), tag, False) or self._read(word.lower())
            )
        return self._read(word)

    def _look_up(self, word: str, tag: str, pause: bool) -> str | None:
        """From the lexicon or a known stem, with the stress its capitals give it."""
        low = word.lower()
        said = self._entry(word, tag, pause)
        if said is None and word != low:
            entry = self._lexicon.find(low)
            if entry and (entry.gold or not word.isupper() or len(word) > 4):
                said = self._sense(low, entry, tag)
        if said is None and not word.isascii():
            plain = unicodedata.normalize("NFKD", word)
            said = self._entry("".join(c for c in plain if not unicodedata.combining(c)), tag, pause)
        if said is None:
            name = word[0].isupper() and not word.isupper()
            stem = partial(self._entry, tag=tag)
            said = self._inflector.ending(word, stem, name) or self._inflector.ending(low, stem, name)
        if said is None:
            return None
        return self._with_capitals(word, said)

    @staticmethod
    def _with_capitals(word: str, said: str) -> str:
        return said if word == word.lower() else raised(said, capitals=len(word) > 1 and word.isupper())

    def _entry(self, word: str, tag: str, pause: bool = False) -> str | None:
        entry = self._lexicon.find(word)
        return (
            None
            if entry is None
            else self._sense(word, entry, "None" if pause and "None" in entry.senses else tag)
        )

    def _sense(self, word: str, entry: Entry, tag: str) -> str:
        if not entry.senses:
            return entry.default
        said = entry.senses.get(sense_of(tag, entry.senses), entry.default)
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
        """A word neither the lexicon nor an ending explains."""
        low = word.lower()
        if low.endswith("'s") and len(low) > 3:
            stem = word[:-2]
            return self._inflector.plural(self._known(stem, "", False) or self._read(stem))
        if _must_be_spelled(word):
            return self._spell(word)
        endless = _ENDLESS.search(low) is not None
        for doubled in () if endless else (r"\1\1", r"\1"):
            shorter = _DRAWN_OUT.sub(doubled, low)
            if shorter != low and (said := self._entry(shorter, "")):
                return said
        said = self._inflector.prefix(low)
        if not said and not word[0].isupper():
            known = partial(self._entry, tag="")
            said = self._inflector.beginning(low, known) or self._inflector.compound(low, self._common)
        if not said and (letters := letters_of(low)):
            # A letter drawn out without end is said again and again: one sound would be over too soon.
            pieces = _THREE_ALIKE.sub(r"\g<0> ", letters).split() if endless else [letters]
            said = "".join(balance([UnknownWords.load()(piece, self.lang) for piece in pieces]))
        return self._with_capitals(word, said) if said else self._spell(word)

    def _common(self, word: str) -> str | None:
        """An edited word or its plural: what a compound may be made of."""
        entry = self._lexicon.find(word)
        if entry and entry.gold:
            return entry.default
        return self._inflector.plural(said) if word[-1] == "s" and (said := self._common(word[:-1])) else None

    def _chosen_by_user(self, word: str) -> str | None:
        """Phonemes the user lexicon gives for a word or its possessive."""
        if self._user is None:
            return None
        spoken = self._user.find(word)
        if spoken is None:
            stem = word[:-2] if word.endswith("'s") else word[:-1] if word.endswith("s'") else ""
            said = self._chosen_by_user(stem) if stem else None
            return self._inflector.plural(said) if said else None
        if not spoken.respelling:
            return spoken.phonemes[self.lang]
        pieces = re.split("[- ]", spoken.respelling.translate(_PLAIN_QUOTES))
        return "".join(balance([self._word(piece, "NN", "consonant", "") for piece in pieces]))


def _must_be_spelled(word: str) -> bool:
    """Whether a word nobody knows is an initialism or has no vowel to say it with."""
    vowels = sum(letter in "aeiouy" for letter in letters_of(word))
    if word.isupper() and word.isalpha():
        return 1 < len(word) < 5 or not vowels
    return not vowels and 0 < len(letters_of(word)) < 6 and not _DRAWN_OUT.search(word)


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
