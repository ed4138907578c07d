"""Stress marks: putting them on, raising and lowering them, sharing them out in a compound.

Design choices
- Marks stand directly before the vowel, as in the lexicons.
- Function words have none in the lexicon; a capital letter gives them a secondary one and capitals
  throughout a primary one, which is how the teacher's own phonemizer hears "And" and "NOT".
- In a compound of k parts with many primary stresses the lightest half is lowered.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["CONSONANTS", "VOWELS", "balance", "lowered", "mark_first_vowel", "raised", "unstressed"]

VOWELS = frozenset("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ")
CONSONANTS = frozenset("bdfhjklmnpstvwzðŋɡɹɾTʃʒʤʧθ")

_PRIMARY, _SECONDARY = "ˈ", "ˌ"
_HEAVY = frozenset("AIOQWYʤʧ")


def mark_first_vowel(phonemes: str, mark: str) -> str:
    """`mark` before the first vowel; unchanged where there is no vowel."""
    for i, symbol in enumerate(phonemes):
        if symbol in VOWELS:
            return phonemes[:i] + mark + phonemes[i:]
    return phonemes


def unstressed(phonemes: str) -> str:
    """Without any stress mark."""
    return phonemes.replace(_PRIMARY, "").replace(_SECONDARY, "")


def lowered(phonemes: str) -> str:
    """Primary stress becomes secondary and secondary none; a word without primary is unchanged."""
    if _PRIMARY not in phonemes:
        return phonemes
    return phonemes.replace(_SECONDARY, "").replace(_PRIMARY, _SECONDARY)


def raised(phonemes: str, *, capitals: bool) -> str:
    """With a stress where there was none: secondary, or with `capitals` always a primary one."""
    if _PRIMARY in phonemes:
        return phonemes
    if not capitals:
        return phonemes if _SECONDARY in phonemes else mark_first_vowel(phonemes, _SECONDARY)
    if _SECONDARY in phonemes:
        return phonemes.replace(_SECONDARY, _PRIMARY)
    return mark_first_vowel(phonemes, _PRIMARY)


def _weight(phonemes: str) -> int:
    return len(phonemes) + sum(symbol in _HEAVY for symbol in phonemes)


def balance(parts: Sequence[str], first_is_letter: bool = False) -> list[str]:
    """The parts of a compound word with its stresses shared out.

    first_is_letter: a two-part word like "X-ray", whose second part is lowered.
    """
    said = [i for i, part in enumerate(parts) if part]
    result = list(parts)
    if len(said) == 2 and first_is_letter:
        result[said[1]] = lowered(parts[said[1]])
        return result
    strong = sum(_PRIMARY in parts[i] for i in said)
    if len(said) < 2 or strong <= (len(said) + 1) // 2:
        return result
    by_weight = sorted(said, key=lambda i: (_PRIMARY in parts[i], _weight(parts[i]), i))
    for i in by_weight[: len(said) // 2]:
        result[i] = lowered(parts[i])
    return result
