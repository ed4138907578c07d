"""How long words take to say, before they are said.

Design choices
- Seconds are characters over a rate measured on the shipped voices (15.4 a second in neutral; all of them
  within 3 % of it) times the rate of the style, plus the pause the renderer will make.
- `factor` is learnt: after a rendering, the true length over the estimate goes in, and the next script fits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from duologue.studio.episode import Turn
from duologue.studio.pauses import pause_between

__all__ = ["Pace"]

_RATES = {
    "news": 1.065,
    "story": 0.93,
    "cheerful": 1.05,
    "excited": 1.15,
    "calm": 0.9,
    "sad": 0.84,
    "serious": 0.95,
    "angry": 1.1,
    "gentle": 0.92,
    "urgent": 1.22,
    "whisper": 0.94,
}
_END = re.compile(r"[.!?]+[\"'”’]?\s")


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """characters: said in a second; sentence: seconds of rest in a turn; factor: true over estimated."""

    characters: float = 15.9
    sentence: float = 0.12
    factor: float = 1.0

    def turn(self, turn: Turn) -> float:
        """Seconds of the words of a turn."""
        rate = self.characters * _RATES.get(turn.style, 1.0) * turn.speed
        figures = sum(c.isdigit() for c in turn.text) * 2.2  # digits are longer said than written
        return (len(turn.text) + figures) / rate + self.sentence * len(_END.findall(turn.text))

    def seconds(self, turns: Sequence[Turn]) -> float:
        """Seconds of all turns with the pauses between them."""
        total = 0.0
        for at, turn in enumerate(turns):
            total += self.turn(turn)
            total += pause_between(turn, turns[at + 1] if at + 1 < len(turns) else None)
        return self.factor * total
