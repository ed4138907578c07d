"""The user's own pronunciations: a file of `word = /ipa/` and `word = respelling`.

Design choices
- One entry a line; `#` begins a comment; empty lines are nothing.
- `/.../` is IPA, mapped to the voice's sounds when the file is read, for both accents, so a mistake
  is found then and not in the middle of a talk. Anything else is a respelling in ordinary letters,
  read as any word is ("Siobhan = shivawn", "SQL = sequel", "Ng = ing").
- Case: a word written in lower case answers however the text writes it; a word with a capital
  answers only as it is written ("Job = jobe" leaves "job" alone).
- "Nguyen's" follows from "Nguyen".
- A mistake is a `UserLexiconError` that names file, line and what would be right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from duologue.voice.errors import VoiceError
from duologue.voice.frontend.ipa import ipa_to_phonemes
from duologue.voice.frontend.lexicon import Lang

__all__ = ["Spoken", "UserLexicon", "UserLexiconError"]

_RESPELLING = re.compile(r"[^\W\d_]+(?:[-'’ ][^\W\d_]+)*")


class UserLexiconError(VoiceError):
    """A line of a user lexicon that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """How a word is said: phonemes for each accent, or a respelling in ordinary letters."""

    phonemes: Mapping[Lang, str] = field(default_factory=dict)
    respelling: str = ""


@dataclass(frozen=True, slots=True)
class UserLexicon:
    """Words and how they are said; `find` applies the case rule."""

    entries: Mapping[str, Spoken]

    @classmethod
    def load(cls, path: str | Path) -> UserLexicon:
        """Read a UTF-8 file. Raises UserLexiconError, also where the file cannot be read."""
        try:
            text = Path(path).read_text("utf-8-sig")
        except OSError as error:
            raise UserLexiconError(f"{path}: cannot be read ({error.strerror}); give a text file") from error
        except UnicodeDecodeError as error:
            raise UserLexiconError(
                f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8 text"
            ) from error
        return cls.parse(text, str(path))

    @classmethod
    def parse(cls, text: str, name: str = "user lexicon") -> UserLexicon:
        """Read the lines of `text`; `name` stands in errors. Raises UserLexiconError."""
        entries: dict[str, Spoken] = {}
        lines: dict[str, int] = {}
        for number, raw in enumerate(text.splitlines(), 1):
            line = raw.split("#", 1)[0].strip()
            if not line:
                continue
            word, equals, value = (part.strip() for part in line.partition("="))
            where = f"{name}, line {number}"
            if not equals or not word or not value:
                raise UserLexiconError(f"{where}: {line!r} should be 'word = /ipa/' or 'word = respelling'")
            if len(word.split()) > 1:
                raise UserLexiconError(
                    f"{where}: {word!r} is more than one word; give each word its own line"
                )
            word = word.replace("’", "'")
            if word in lines:
                raise UserLexiconError(
                    f"{where}: {word!r} is already given in line {lines[word]}; keep one of them"
                )
            entries[word], lines[word] = _spoken(value, where), number
        return cls(entries)

    def find(self, word: str) -> Spoken | None:
        """The entry for a word as the text writes it, or None."""
        return self.entries.get(word) or self.entries.get(word.lower())


def _spoken(value: str, where: str) -> Spoken:
    if value.startswith("/") or value.endswith("/"):
        if len(value) < 3 or not (value.startswith("/") and value.endswith("/")):
            raise UserLexiconError(f"{where}: IPA stands between two slashes, as /həˈloʊ/; got {value!r}")
        try:
            return Spoken(phonemes={lang: ipa_to_phonemes(value, lang) for lang in ("en-us", "en-gb")})
        except ValueError as error:
            raise UserLexiconError(f"{where}: {error}") from error
    if not _RESPELLING.fullmatch(value):
        raise UserLexiconError(
            f"{where}: the respelling {value!r} should be letters only (words apart by spaces or hyphens); "
            "IPA goes between slashes, as /həˈloʊ/"
        )
    return Spoken(respelling=value)
