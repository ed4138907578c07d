"""Function words in context: "the" before vowels, "to", "a", "in", "used to" and their kind.

Design choices
- The forms are those of the teacher's phonemizer (misaki), because its voice, and so ours, learned
  to speak from strings with these very forms.
- What follows decides: the sound class of the next word ("vowel", "consonant") or a "pause".
- Everything with a plain pair of forms (can, have, these ...) is data, the lexicon's "None" sense,
  not code.
"""

from __future__ import annotations

from typing import Literal

__all__ = ["Next", "weak_form"]

Next = Literal["vowel", "consonant", "pause"]

_ADVERBS = ("RB", "RBR", "RBS")


def weak_form(word: str, tag: str, following: Next, next_word: str, long_vowel: str) -> str | None:
    """The contextual form of `word` (as written), or None where the lexicon decides.

    tag: Penn tag; next_word: lower case, "" at the end; long_vowel: "ː" in British, "" in American.
    """
    low = word.lower()
    capitals = len(word) > 1 and word.isupper()
    match low:
        case "a":
            return "ɐ" if tag == "DT" else "ˈA"
        case "an" if not capitals or tag == "DT":
            return "ɐn"
        case "the" if not capitals or tag == "DT":
            return "ði" if following == "vowel" else "ðə"
        case "to" if not capitals or tag in ("TO", "IN"):
            return {"vowel": "tʊ", "consonant": "tə", "pause": "tu" + long_vowel}[following]
        case "in" if not capitals or not tag.startswith("NN"):
            return "ɪn" if following != "pause" and tag == "IN" else "ˈɪn"
        case "am" if word == "am" and following != "pause":
            return "ɐm"
        case "by" if tag in _ADVERBS:
            return "bˈI"
        case "i" if word == "I" and tag == "PRP":
            return "ˌI"
        case "used" if next_word == "to" and tag in ("VBD", "JJ"):
            return "jˈ" + "u" + long_vowel + "st"
    return None
