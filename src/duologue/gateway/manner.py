"""Free words on how to speak ("warm and cheerful, like a friend"), mapped to a style of the voice.

Design choices
- A table of stems to style; the style with the most different stems in the text wins, the first of the table
  on a tie; none means neutral. "Not sad" doesn't count as sad.
- No model: the same words give the same style, at no cost, and a person can read why.
"""

from __future__ import annotations

import re

__all__ = ["style_of"]

_STEMS: dict[str, tuple[str, ...]] = {
    "whisper": ("whisper", "hush", "under your breath", "asmr", "secretive"),
    "news": ("news", "anchor", "broadcast", "journalis", "report", "announcer"),
    "story": ("story", "narrat", "storytell", "fairy tale", "audiobook", "bedtime", "novel"),
    "excited": ("excit", "thrill", "energetic", "enthusias", "hype", "ecstatic", "sports"),
    "cheerful": ("cheer", "happy", "joy", "bright", "upbeat", "smil", "playful", "friendly", "fun", "sunny"),
    "angry": ("angr", "anger", "furious", "rage", "irritat", "shout", "annoyed"),
    "urgent": ("urgent", "hurr", "emergency", "pressing", "alarm", "fast-paced"),
    "sad": ("sad", "sorrow", "griev", "melanchol", "mourn", "tearful", "gloomy", "depress"),
    "serious": ("serious", "grave", "formal", "stern", "solemn", "authoritative", "professional"),
    "gentle": ("gentl", "tender", "warm", "kind", "sympath", "empath", "caring", "compassion", "loving"),
    "calm": ("calm", "sooth", "relax", "peaceful", "slow", "meditat", "serene", "quiet", "soft"),
}
_NEGATED = re.compile(r"\b(?:not|never|don't|do not|without|no|less|isn't|avoid)\s+(?:\w+\s+)?$")


def style_of(instructions: str) -> str:
    """The style that free words ask for; "neutral" where they ask for none."""
    text = instructions.lower()[:4000].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    best, most = "neutral", 0
    for style, stems in _STEMS.items():
        hits = sum(
            any(not _NEGATED.search(text[: m.start()]) for m in re.finditer(rf"\b{re.escape(stem)}", text))
            for stem in stems
        )
        if hits > most:
            best, most = style, hits
    return best
