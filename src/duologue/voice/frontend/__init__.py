"""The front end of the voice room: text or SSML to phonemes that keep their place in the text.

Names are imported when they are first used: reading the alphabet compiles no rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.voice.frontend.errors import FrontendError
    from duologue.voice.frontend.frontend import MAX_PHONEMES, Frontend, normalize, phonemize
    from duologue.voice.frontend.userlexicon import UserLexicon, UserLexiconError
    from duologue.voice.frontend.utterance import Mark, Notice, Phoneme, Prosody, Script, Utterance, WordSpan

_HOMES = {
    "FrontendError": "errors",
    "Frontend": "frontend",
    "MAX_PHONEMES": "frontend",
    "normalize": "frontend",
    "phonemize": "frontend",
    "UserLexicon": "userlexicon",
    "UserLexiconError": "userlexicon",
    "Mark": "utterance",
    "Notice": "utterance",
    "Phoneme": "utterance",
    "Prosody": "utterance",
    "Script": "utterance",
    "Utterance": "utterance",
    "WordSpan": "utterance",
}

__all__ = [
    "MAX_PHONEMES",
    "Frontend",
    "FrontendError",
    "Mark",
    "Notice",
    "Phoneme",
    "Prosody",
    "Script",
    "UserLexicon",
    "UserLexiconError",
    "Utterance",
    "WordSpan",
    "normalize",
    "phonemize",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'duologue.voice.frontend' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"duologue.voice.frontend.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
