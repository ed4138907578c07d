"""From the IPA people write to the phonemes the model reads.

Design choices
- One mapping for `[word](/ipa/)`, SSML <phoneme> and user lexicons.
- Symbols of the model's own alphabet pass unchanged, so a string the front end shows can be edited
  and given back.
- What an accent lacks becomes its nearest sound (əʊ is O in American; ː is dropped there; ɒ becomes
  ɑ); sounds of other languages become what an English speaker says for them (ç ʃ, y u).
- A stress mark may stand before the syllable, as IPA has it; it is moved before the vowel.
- What has no sensible English sound is refused, with its place.
"""

from __future__ import annotations

import re
import unicodedata

from duologue.voice.frontend.lexicon import Lang
from duologue.voice.frontend.stress import VOWELS

__all__ = ["ipa_to_phonemes"]

_BOTH = {
    "eɪ": "A", "ɛɪ": "A", "æɪ": "A", "aɪ": "I", "ɑɪ": "I", "ʌɪ": "I", "aʊ": "W", "ɑʊ": "W", "æʊ": "W",
    "ɔɪ": "Y", "ɒɪ": "Y", "oɪ": "Y", "tʃ": "ʧ", "dʒ": "ʤ", "tɕ": "ʧ", "dʑ": "ʤ", "tʂ": "ʧ", "dʐ": "ʤ",
    "g": "ɡ", "r": "ɹ", "ɻ": "ɹ", "ɽ": "ɹ", "ʁ": "ɹ", "ʀ": "ɹ", "ɫ": "l", "ɬ": "l", "ʟ": "l", "ʎ": "lj",
    "ɭ": "l",
    "ʍ": "w", "ɰ": "w", "ɥ": "w", "x": "k", "χ": "k", "q": "k", "c": "k", "ɟ": "ɡ", "ɣ": "ɡ", "ɢ": "ɡ",
    "ħ": "h", "ɦ": "h", "ʕ": "", "ʔ": "t", "ç": "ʃ", "ɕ": "ʃ", "ʂ": "ʃ", "ʑ": "ʒ", "ʐ": "ʒ", "ʝ": "j",
    "β": "v", "ʋ": "v", "ɸ": "f", "ɱ": "m", "ɲ": "nj", "ɳ": "n", "ɴ": "ŋ", "ʈ": "t", "ɖ": "d", "ɓ": "b",
    "ɗ": "d",
    "ʦ": "ts", "ʣ": "dz", "ʨ": "ʧ", "ʥ": "ʤ", "y": "u", "ʏ": "ʊ", "ɨ": "ɪ", "ʉ": "u", "ɯ": "u",
    "ø": "ɜ", "œ": "ɜ",
    "ɤ": "ʌ", "ɘ": "ə", "ɵ": "ə", "ɞ": "ɜ", "ɶ": "a", "e": "ɛ", "ɚ": "əɹ",
}  # fmt: skip
_AMERICAN = {
    "oʊ": "O", "əʊ": "O", "ɔʊ": "O", "ou": "O", "Q": "O", "eə": "ɛɹ", "ɛə": "ɛɹ", "eː": "A", "oː": "O",
    "ɒ": "ɑ",
    "ɝ": "ɜɹ", "ɜː": "ɜɹ", "ɜːɹ": "ɜɹ", "ɜːr": "ɜɹ", "ɜ˞": "ɜɹ", "ə˞": "əɹ", "a": "ɑ", "aː": "ɑ",
    "o": "O", "ɾ": "T",
    "ː": "", "l̩": "ᵊl", "n̩": "ᵊn", "m̩": "ᵊm",
}  # fmt: skip
_BRITISH = {
    "oʊ": "Q", "əʊ": "Q", "ɔʊ": "Q", "ou": "Q", "O": "Q", "eə": "ɛː", "ɛə": "ɛː", "eː": "ɛː",
    "oː": "ɔː", "æ": "a",
    "ɚ": "ə", "ɝ": "ɜː", "ɝː": "ɜː", "ɜ˞": "ɜː", "ə˞": "ə", "o": "ɒ", "ɾ": "t", "T": "t", "ᵻ": "ɪ",
    "ɑɹ": "ɑːɹ",
    "l̩": "ᵊl", "n̩": "ᵊn", "m̩": "ᵊm",
}  # fmt: skip
_DIPHTHONGS_IN_LETTERS = {"ei": "A", "ai": "I", "au": "W", "oi": "Y"}
_KEPT = {
    "en-us": frozenset("AIOWYTbdfhijklmnpstuvwzæðŋɑɐɔəɛɜɡɪɹʃʊʌʒʤʧθᵊᵻˈˌ "),
    "en-gb": frozenset("AIQWYabdfhijklmnpstuvwzðŋɑɐɒɔəɛɜɡɪɹʃʊʌʒʤʧθᵊˈˌː "),
}
_TIES = {0x361: None, 0x35C: None}
_SILENT = frozenset(".|‖‿̯̩̥̬̊̚ˑʰʱʷʲˠˤ˞˥˦˧˨˩̪̺̻̼̟̠̝̞")
_PLAIN_MARKS = str.maketrans({"'": "ˈ", "ʼ": "ˈ", "’": "ˈ", ":": "ː", "ε": "ɛ", "ə": "ə", "∫": "ʃ"})
_MARK_RUN = re.compile(r"([ˈˌ])([^ˈˌ ]*)")


def _table(own: dict[str, str]) -> dict[str, str]:
    return {**_DIPHTHONGS_IN_LETTERS, **_BOTH, **own}


_TABLES = {"en-us": _table(_AMERICAN), "en-gb": _table(_BRITISH)}
_LONGEST = 3


def ipa_to_phonemes(ipa: str, lang: Lang) -> str:
    """`ipa` (with or without slashes or brackets) in the model's alphabet.

    Raises ValueError naming the symbol and its place for what cannot be said in English.
    """
    bare = unicodedata.normalize("NFC", ipa.strip())
    if len(bare) > 1 and (bare[0], bare[-1]) in (("/", "/"), ("[", "]")):
        bare = bare[1:-1]
    bare = (
        unicodedata.normalize("NFD", " ".join(bare.split())).replace("c\u0327", "ç").translate(_PLAIN_MARKS)
    )
    bare = bare.translate(_TIES)
    if not bare.strip("ˈˌ. "):
        raise ValueError(f"{ipa!r} holds no sound: write IPA between slashes, as /həˈloʊ/")
    table, kept = _TABLES[lang], _KEPT[lang]
    said, at = "", 0
    while at < len(bare):
        for size in range(_LONGEST, 0, -1):
            piece = bare[at : at + size]
            if len(piece) == size and piece in table:
                said += table[piece]
                break
        else:
            size, symbol = 1, bare[at]
            if symbol in kept:
                said += symbol
            elif symbol == "\u0303":
                said += "n"
            elif symbol not in _SILENT and unicodedata.combining(symbol) == 0:
                raise ValueError(
                    f"{ipa!r}: {symbol!r} (character {at + 1}) is not a sound this voice has; "
                    "use IPA of English, as /həˈloʊ/"
                )
        at += size
    return _marks_before_vowels(said)


def _marks_before_vowels(said: str) -> str:
    def move(match: re.Match[str]) -> str:
        mark, rest = match.groups()
        for i, symbol in enumerate(rest):
            if symbol in VOWELS or symbol in "ɐᵊ":
                return rest[:i] + mark + rest[i:]
        return str(rest)

    return _MARK_RUN.sub(move, said)
