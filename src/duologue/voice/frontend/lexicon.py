"""The lexicon: written words and how they are said, one file for each accent.

Design choices
- A file is a header, the offsets of blocks, and one compressed text of sorted lines
  "word TAB pronunciation". In memory it stays one block of bytes: a word is found by bisection over
  the first words of the blocks and one search inside a block, so loading makes no table of 180,000
  strings (about 15 ms and 5 MB instead of 250 ms and 60 MB).
- A pronunciation is plain, or depends on the part of speech: "DEFAULT|VERB=...|None=..." as in the
  source, where None is the form before a pause; a sense with "-" is spelled letter by letter.
- Two tiers: entries an editor looked at ("gold"), and those made by machine ("silver", marked "~").
- A word written in lower case answers for its capitalised form and the other way round; anything
  else ("US", "us") is looked up exactly as written.
- The data: misaki's lexicons (Apache-2.0), compiled by `duologue.voice.train.lexicon`.
"""

from __future__ import annotations

import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Literal

__all__ = ["DATA", "Entry", "Lang", "Lexicon", "pack"]

Lang = Literal["en-us", "en-gb"]

DATA = Path(__file__).parent / "data"

_MAGIC = b"DLX1"
_BLOCK_LINES = 48


@dataclass(frozen=True, slots=True)
class Entry:
    """How a word is said. default: phonemes; senses: by tag, None where it is spelled by letters."""

    default: str
    gold: bool
    senses: Mapping[str, str | None] = field(default_factory=dict)


def pack(lines: Iterable[tuple[str, str]]) -> bytes:
    """The file for (word, pronunciation) pairs; pronunciations as the module describes them."""
    offsets: list[int] = []
    body = bytearray(b"\n")
    for number, (word, value) in enumerate(sorted((w.encode(), v.encode()) for w, v in lines)):
        if number % _BLOCK_LINES == 0:
            offsets.append(len(body))
        body += word + b"\t" + value + b"\n"
    head = _MAGIC + struct.pack("<I", len(offsets)) + struct.pack(f"<{len(offsets)}I", *offsets)
    return head + zlib.compress(bytes(body), 9)


class Lexicon:
    """Words of one accent. `find` is exact but for the case of the first letter."""

    def __init__(self, data: bytes):
        if data[:4] != _MAGIC:
            raise ValueError("not a lexicon file: it should start with DLX1")
        (count,) = struct.unpack_from("<I", data, 4)
        self._offsets = struct.unpack_from(f"<{count}I", data, 8)
        self._body = zlib.decompress(data[8 + 4 * count :])
        body = self._body
        self._firsts = [body[o : body.index(b"\t", o)] for o in self._offsets]

    @classmethod
    def load(cls, lang: Lang) -> Lexicon:
        """The shipped lexicon of an accent, loaded once per process. Raises ValueError for others."""
        if lang not in ("en-us", "en-gb"):
            raise ValueError(f"no lexicon for {lang!r}: use 'en-us' or 'en-gb'")
        return _load(lang)

    def find(self, word: str) -> Entry | None:
        """The entry of a word, an edited one of either case before one made by machine."""
        exact = self._value(word)
        if exact is not None and not exact.startswith("~"):
            return _entry(exact)
        swapped = None
        if len(word) > 1:
            if word.islower():
                swapped = self._value(word.capitalize())
            elif word[0].isupper() and word == word.capitalize():
                swapped = self._value(word.lower())
        if swapped is not None and (exact is None or not swapped.startswith("~")):
            return _entry(swapped)
        return _entry(exact) if exact is not None else None

    def __contains__(self, word: str) -> bool:
        return self.find(word) is not None

    def _value(self, word: str) -> str | None:
        key = word.encode()
        block = bisect_right(self._firsts, key) - 1
        if block < 0:
            return None
        start = self._offsets[block] - 1
        end = self._offsets[block + 1] if block + 1 < len(self._offsets) else len(self._body)
        needle = b"\n" + key + b"\t"
        at = self._body.find(needle, start, end)
        if at < 0:
            return None
        at += len(needle)
        return self._body[at : self._body.index(b"\n", at)].decode()

    def items(self) -> Iterable[tuple[str, Entry]]:
        """All words and entries, for training and checks."""
        for line in self._body.decode().splitlines():
            if line:
                word, value = line.split("\t")
                yield word, _entry(value)


@lru_cache(maxsize=2)
def _load(lang: str) -> Lexicon:
    return Lexicon((DATA / f"lexicon_{lang[3:]}.bin").read_bytes())


def _entry(value: str) -> Entry:
    gold = not value.startswith("~")
    if "|" not in value:
        return Entry(value if gold else value[1:], gold)
    default, *rest = value.split("|")
    senses: dict[str, str | None] = {}
    for part in rest:
        tag, _, phonemes = part.partition("=")
        senses[tag] = None if phonemes == "-" else phonemes
    return Entry(default if gold else default[1:], gold, senses)
