"""OpenAI's names for voices, and who speaks for them here.

Design choices
- A name of our own always wins; a blend ("heart(2)+emma(1)") passes as it is.
- OpenAI describes its voices by sound, not by sex or accent, so each is given the nearest of ours by what
  listeners say of it: sex first, accent second. Where the bank lacks that accent the sex alone decides.
- Only in-house and local voices are renamed; a partner is sent the caller's own word.

platform.openai.com/docs/guides/text-to-speech#voice-options.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

__all__ = ["OPENAI", "voice_named"]

OPENAI: dict[str, tuple[str, str]] = {
    "alloy": ("female", "en-us"),
    "ash": ("male", "en-us"),
    "ballad": ("male", "en-gb"),
    "cedar": ("male", "en-us"),
    "coral": ("female", "en-us"),
    "echo": ("male", "en-us"),
    "fable": ("male", "en-gb"),
    "marin": ("female", "en-us"),
    "nova": ("female", "en-us"),
    "onyx": ("male", "en-us"),
    "sage": ("female", "en-gb"),
    "shimmer": ("female", "en-gb"),
    "verse": ("male", "en-gb"),
}
"""OpenAI's voices: sex and accent of the one that stands in for each."""


class _Named(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def sex(self) -> str: ...


def voice_named(name: str, voices: Sequence[_Named]) -> str:
    wanted = name.strip().lower()
    if not wanted or wanted not in OPENAI or any(voice.name == wanted for voice in voices):
        return name.strip()
    sex, accent = OPENAI[wanted]
    alike = [voice for voice in voices if voice.sex == sex]
    best = next((voice for voice in alike if voice.language == accent), alike[0] if alike else None)
    return best.name if best else name.strip()
