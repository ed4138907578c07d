"""Words that are not plain small letters: single letters, compounds with capitals, other scripts.

Design choices
- A single letter is the article, the speaker, an initial with its stop, or the letter's name.
- Compounds ("T-shirt", "CD-ROM") are read piece by piece where a piece is letters.
- Latin letters of any language stay as they are; other scripts are romanised (anyascii, ISC licence),
  East Asian ones sign by sign; a lone Greek letter is called by its name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from duologue.voice.frontend.initialisms import CAPITAL_RULES
from duologue.voice.frontend.rule import Site, next_word, previous_word
from duologue.voice.frontend.symbols import symbol_name
from duologue.voice.frontend.tokenwriter import TokenWriter

__all__ = ["LETTER", "SMALL", "write_letters"]

LETTER = "A-Za-zÀ-ÖØ-öø-ɏ"
"""Latin letters, as the inside of a character class."""

SMALL = "a-zß-öø-ɏ"
"""Those that begin no name."""

_ALPHA = r"[^\W\d_²³¹¼-¾⁰-₟⅐-↏①-⓿]"
_WORD = re.compile(rf"{_ALPHA}+(?:['-]{_ALPHA}+)*'?")
_LATIN = re.compile(rf"[{LETTER}'-]+")
_CAPITALS = next(rule for rule in CAPITAL_RULES if rule.name == "capitals")
_SPEAKER = re.compile(r"I'[a-z]+")
_INITIAL = re.compile(r"\.[ ]?[A-Z]|\.[,']")


def write_letters(sentence: str, position: int, site: Site, writer: TokenWriter) -> int:
    """Write the word that begins at the position; returns where to go on."""
    match = _WORD.match(sentence, position)
    if match is None:
        return position + 1
    written, end = match.group(), match.end()
    if _LATIN.fullmatch(written):
        if len(written) == 1:
            return _letter(sentence, position, site, writer)
        pieces = written.split("-")
        if len(pieces) > 1 and any(piece.isupper() or len(piece) == 1 for piece in pieces):
            _compound(sentence, position, pieces, site, writer)
            return end
        low = written.lower() if written.isupper() else written
        writer.part(position, end, low, "word")
        return end
    if len(written) == 1 and (name := symbol_name(written)):
        writer.part(position, end, name, "word")
        return end
    for piece in _ROMANISED.finditer(written):
        romanised = _romanise(piece.group())
        if romanised:
            writer.part(position + piece.start(), position + piece.end(), romanised, "word")
    return end


def _compound(sentence: str, position: int, pieces: list[str], site: Site, writer: TokenWriter) -> None:
    """The pieces of a hyphenated word, letters where they are letters."""
    for piece in pieces:
        stop = position + len(piece)
        if piece.isupper() and len(piece) > 1:
            match = _CAPITALS.pattern.match(sentence, position, stop)
            for part in (_CAPITALS.speak(match, site) if match else None) or ():
                writer.part(*part)
        elif piece:
            writer.part(
                position,
                stop,
                piece.upper() if len(piece) == 1 else piece,
                "spell" if len(piece) == 1 else "word",
            )
        position = stop + 1


_ROMANISED = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]|[^\u3040-\u9fff\uac00-\ud7af]+")


def _letter(sentence: str, position: int, site: Site, writer: TokenWriter) -> int:
    """A single letter: the article, the speaker, an initial with its stop, or the letter's name."""
    letter = sentence[position]
    end = position + 1
    begins = letter == "A" and not sentence[:position].strip(" \"“'(—")
    if begins and sentence[end : end + 1] == " " and sentence[end + 1 : end + 2].isalpha():
        writer.part(position, end, "a", "word")
        return end
    if letter in "AIO" and (site.shouting or (letter == "A" and _titled(sentence, position))):
        writer.part(position, end, letter.lower() if letter == "A" else letter, "word")
        return end
    if letter == "I" and sentence[end : end + 1] == "'":
        match = _SPEAKER.match(sentence, position)
        if match:
            writer.part(position, match.end(), match.group(), "word")
            return match.end()
    if letter.isupper() and sentence[end : end + 1] == "." and _INITIAL.match(sentence, end):
        end += 1
    spelled = unicodedata.normalize("NFKD", letter)[0].upper()
    if spelled.isascii() and spelled.isalpha():
        writer.part(position, end, spelled, "spell")
    else:
        writer.part(position, end, _romanise(letter), "word")
    return end


def _titled(sentence: str, position: int) -> bool:
    """ "Once Upon A Time", or after a mark that begins a sentence."""
    if sentence[:position].rstrip(" \"“'(")[-1:] in ".!?:":
        return True
    return next_word(sentence, position + 1)[:1].isupper() and previous_word(sentence, position)[:1].isupper()


@lru_cache(maxsize=4096)
def _romanise(written: str) -> str:
    """Letters of another script in Latin ones; "" if nothing is known of them."""
    from anyascii import anyascii

    spoken = re.sub(r"[^A-Za-z' ]+", " ", anyascii(unicodedata.normalize("NFKC", written))).strip()
    return spoken.lower() if written[:1].islower() or not written.isalpha() else spoken
