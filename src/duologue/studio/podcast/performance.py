"""Performance: the style of every turn, from what it does and what it is about.

Design choices
- A persona's own style is kept unless it is neutral; who asks for a calm guest gets one.
- Sizes are small: most turns stay neutral, trouble is told seriously, a surprise or a good turn brightly,
  greetings are warm. Styles that would be theatre in a conversation (angry, whisper, sad) are left to
  scripts.
"""

from __future__ import annotations

from duologue.studio.podcast.personas import Persona
from duologue.studio.podcast.talk import Line

__all__ = ["style_of"]

_SERIOUS_REACTIONS = ("That's hard to hear.", "Oh dear.", "Ouch.", "That sounds serious.", "That hurts.")


def style_of(line: Line, persona: Persona) -> str:
    """The style for a line of this persona."""
    if persona.style not in ("", "neutral"):
        return persona.style
    if line.kind == "greet":
        return "cheerful"
    if line.text in _SERIOUS_REACTIONS:
        return "serious"
    if line.kind == "tell":
        if "grave" in line.cues and line.polarity < 0:
            return "serious"
        if "glad" in line.cues and line.polarity > 0.3:
            return "cheerful"
    return "neutral"
