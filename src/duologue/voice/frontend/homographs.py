"""Words written alike and said differently, told apart by the sentence they stand in.

Design choices
- Most differ by part of speech ("to record", "a record"): the lexicon has a sense for each, and the
  tagger's scores of all tags of a sense are added up, half of them from reading the word blind.
- "read", and "used" before "to", are questions of tense and voice: auxiliaries and the tenses of the
  sentence decide.
- Where the part of speech says nothing (lead, bass, bow, axes ...) words near by do: sets of cues,
  written by hand, the commoner sense standing where no cue is found.
- Names (Polish, Nice, Reading, Job) need their capital in mid-sentence, or a cue.
- The result is a tag for the lexicon or, where it lacks the form, phonemes for both accents.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from duologue.voice.frontend.cues import CUES, FORMS
from duologue.voice.frontend.lexicon import Entry, Lang
from duologue.voice.frontend.place import AUXILIARIES, DETERMINERS, Place
from duologue.voice.frontend.readings import RULES
from duologue.voice.frontend.tagger import Tagger

__all__ = ["Homographs", "sense_of"]

_PARENT_OF = {"V": "VERB", "M": "VERB", "N": "NOUN", "J": "ADJ", "R": "ADV"}
_LEAN, _INSIST = 1.2, 2.0
"""How much the grammar around a word weighs against the tagger's two probabilities."""


def sense_of(tag: str, senses: Mapping[str, object]) -> str:
    """The key of an entry's senses that a tag selects, "DEFAULT" if none."""
    if tag in senses:
        return tag
    parent = _PARENT_OF.get(tag[:1], "") if tag != "RP" else ""
    return parent if parent in senses else "DEFAULT"


class Homographs:
    """Chooses the reading of homographs. `tagger` gives scores; no state of its own."""

    def __init__(self, lang: Lang, tagger: Tagger):
        self._accent = int(lang == "en-gb")
        self._tagger = tagger
        self._shares = lru_cache(maxsize=64)(self._shares_of)

    def by_tag(
        self, entry: Entry, place: Place, seen: npt.NDArray[np.float32], blind: npt.NDArray[np.float32]
    ) -> str:
        """The sense with the most probability; seen, blind: (T,) tag scores of the place."""
        senses, share = self._shares(tuple(entry.senses))
        total = (_softmax(seen) + _softmax(blind)) @ share
        leaning, weight = _leaning(place)
        if leaning:
            total[senses.index(sense_of(leaning, entry.senses))] += weight
        return senses[int(total.argmax())]

    def _shares_of(self, keys: tuple[str, ...]) -> tuple[tuple[str, ...], npt.NDArray[np.float32]]:
        """The senses of an entry, and (T, senses) with a one where a tag selects a sense."""
        senses = (*keys, "DEFAULT")
        share = np.zeros((len(self._tagger.tags), len(senses)), np.float32)
        for row, tag in enumerate(self._tagger.tags):
            share[row, senses.index(sense_of(tag, dict.fromkeys(keys)))] = 1
        return senses, share

    def __contains__(self, word: str) -> bool:
        return word in RULES or word in CUES

    def resolve(self, place: Place) -> tuple[str, str]:
        """("tag", a tag or sense), ("say", phonemes) or ("", "") where nothing is decided."""
        word = place.words[place.index]
        rule = RULES.get(word)
        answer = rule(place) if rule else None
        if answer is None and word in CUES:
            answer = _by_cue(word, place)
        if answer is None:
            return "", ""
        form = FORMS.get((word, answer))
        return ("say", form[self._accent]) if form else ("tag", answer)


def _softmax(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    e = np.exp(scores - scores.max())
    result: npt.NDArray[np.float32] = e / e.sum()
    return result


def _leaning(p: Place) -> tuple[str, float]:
    """The tag that the grammar around a word asks for and how much, "" where it asks for none."""
    if p.tag(0).startswith("NNP") and p.inside:
        return "", 0.0
    before = p.before()
    if before in AUXILIARIES and p.tag(1) not in ("VB", "MD"):
        return "VB", _LEAN
    if not p.inside and (p.tag(1) in ("DT", "PRP", "PRP$") or p.word(1) in DETERMINERS):
        return "VB", _INSIST
    if p.word(-1) == "and" and p.tag(-2) == "JJ" and p.tag(1) not in ("NN", "NNS"):
        return "JJ", _INSIST
    plural = p.tag(-1) in ("NNS", "NNPS") or before in ("we", "they", "who", "you", "people")
    plural = plural or (p.index == 1 and p.word(-1).endswith("s") and not p.word(-1).endswith("ss"))
    finite = [t for i, t in enumerate(p.tags) if i != p.index and t in ("VBD", "VBZ", "VBP", "MD")]
    if plural and (not finite or before == "who") and p.words[-1] == ".":
        return "VB", _LEAN
    return "", 0.0


def _by_cue(word: str, place: Place) -> str | None:
    for reach, sense, cues in CUES[word]:
        if not cues or place.near(reach) & cues:
            return sense
    return None
