"""The front end: text or SSML in, utterances of phonemes out.

Design choices
- The way is: markup -> passage -> sentences -> tokens -> phonemes -> utterances; this file only joins the
  stations, each of which is a module of its own.
- Everything is lazy: sentences are found, read and pronounced one at a time, so the first utterance of a
  megabyte is there at once. `script` is the same, collected.
- A pause, or a change of voice, style or language ends an utterance; a pause is the `pause_after` of
  the utterance before it.
- One `Frontend` serves many threads: lexicons load once, under a lock, when a language is first used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from threading import Lock

from duologue.voice.frontend.errors import FrontendError
from duologue.voice.frontend.g2p import Pronouncer
from duologue.voice.frontend.lexicon import Lang
from duologue.voice.frontend.markup import parse_inline
from duologue.voice.frontend.reading import Reading
from duologue.voice.frontend.ssml import parse_ssml
from duologue.voice.frontend.tokenwriter import spoken_text
from duologue.voice.frontend.userlexicon import UserLexicon
from duologue.voice.frontend.utterance import Notice, Script, Utterance

__all__ = ["MAX_PHONEMES", "Frontend", "normalize", "phonemize"]

MAX_PHONEMES = 360
"""Phonemes of the longest utterance by default."""


class Frontend:
    """Turns what is to be said into utterances.

    user_lexicon: pronunciations that win over the built-in ones. max_phonemes: longer sentences are
    split at clauses (at least 16). Raises FrontendError for input it can't take.
    """

    def __init__(self, user_lexicon: UserLexicon | None = None, max_phonemes: int = MAX_PHONEMES):
        if max_phonemes < 16:
            raise FrontendError(f"max_phonemes is {max_phonemes}; give 16 or more")
        self.max_phonemes = max_phonemes
        self._user = user_lexicon
        self._lock = Lock()
        self._pronouncers: dict[Lang, Pronouncer] = {}

    def script(
        self,
        text: str,
        *,
        ssml: bool = False,
        lang: str = "en-us",
        lang_of_voice: Callable[[str], str | None] | None = None,
    ) -> Script:
        """All utterances of `text`, and the notices. No utterance if there is nothing to say."""
        notices: list[Notice] = []
        utterances = tuple(
            self.iter_utterances(text, ssml=ssml, lang=lang, lang_of_voice=lang_of_voice, notices=notices)
        )
        return Script(text, utterances, tuple(sorted(notices, key=lambda n: (n.start, n.end))))

    def iter_utterances(
        self,
        text: str,
        *,
        ssml: bool = False,
        lang: str = "en-us",
        lang_of_voice: Callable[[str], str | None] | None = None,
        notices: list[Notice] | None = None,
    ) -> Iterator[Utterance]:
        """Utterances one by one; broken SSML raises FrontendError before the first.

        lang_of_voice: language of a voice named in SSML, None if unknown. notices: filled on the way.
        """
        reading = self._reading(text, ssml, lang, lang_of_voice, [] if notices is None else notices)
        return reading.utterances()

    def normalize(self, text: str, *, ssml: bool = False, lang: str = "en-us") -> str:
        """What will be said, as words: a line for each paragraph."""
        out: list[str] = []
        for sentence, tokens in self._reading(text, ssml, lang, None, []).spoken():
            out += [spoken_text(tokens), "\n" if sentence.paragraph else " "]
        return "".join(out).strip()

    def phonemize(self, text: str, *, ssml: bool = False, lang: str = "en-us") -> str:
        """The phonemes the model will read, utterances separated by a space."""
        return " ".join(str(u) for u in self.iter_utterances(text, ssml=ssml, lang=lang))

    def pronouncer(self, lang: Lang) -> Pronouncer:
        """The pronouncer of a language, loaded when first asked for."""
        found = self._pronouncers.get(lang)
        if found is None:
            with self._lock:
                found = self._pronouncers.get(lang)
                if found is None:
                    found = self._pronouncers[lang] = Pronouncer(lang, self._user)
        return found

    def _reading(
        self,
        text: str,
        ssml: bool,
        lang: str,
        lang_of_voice: Callable[[str], str | None] | None,
        notices: list[Notice],
    ) -> Reading:
        if not isinstance(text, str):
            raise FrontendError(f"text is {type(text).__name__}; give a str")
        passage = parse_ssml(text, lang_of_voice) if ssml else parse_inline(text)
        notices.extend(passage.notices)
        return Reading(self, passage, text, _language(lang), notices)


def _language(lang: str) -> Lang:
    folded = lang.lower().replace("_", "-")
    if folded in ("en", "en-us"):
        return "en-us"
    if folded in ("en-gb", "en-uk"):
        return "en-gb"
    raise FrontendError(f"no language {lang!r} here; use 'en-us' or 'en-gb'")


@lru_cache(maxsize=1)
def _shared() -> Frontend:
    return Frontend()


def normalize(text: str, lang: str = "en-us") -> str:
    """What will be said for `text`, as words."""
    return _shared().normalize(text, lang=lang)


def phonemize(text: str, lang: str = "en-us") -> str:
    """The phonemes the model will read for `text`."""
    return _shared().phonemize(text, lang=lang)
