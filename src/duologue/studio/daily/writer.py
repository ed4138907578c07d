"""Writing with a text model: the chosen sentences of a story, told anew for the ear.

Design choices
- The model sees only the sentences that were chosen and is asked to keep every fact; what it writes passes
  the grounding or is replaced by the source's own words, so a weak model costs style, never truth.
- An answer that is empty, far too long or far too short is as if there were none.
- Answers are kept by what was asked, so fitting the length asks nothing twice.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from duologue.studio.episode import Step
from duologue.studio.protocols import Write
from duologue.studio.sources.cleaning import squeeze

__all__ = ["Rewriter"]

_MANNERS = {
    "crisp": "Be brief and plain, like a radio news bulletin.",
    "warm": "Be friendly and clear, like a good radio host.",
    "in depth": "Be calm and thorough, like a radio correspondent.",
}
_ASK = (
    "Rewrite the notes as spoken news. {manner} Use only what the notes say: keep every name, number, date"
    " and quotation exactly, add nothing, give no opinion. Answer with the text alone, about {words} words."
)
_MARKUP = re.compile(
    r"[*_#`>]+|^\s*[-•]\s+|^(here('s| is)[^.:]*:|sure[,!.][^.:]*[:.])", re.IGNORECASE | re.MULTILINE
)

_ECHO = re.compile(r"\b(headline:.{0,300}?notes:|headline:|notes:)", re.IGNORECASE | re.DOTALL)


@dataclass(slots=True)
class Rewriter:
    """Tells sentences anew through `write`, in the manner of a style."""

    write: Write
    style: str
    seed: int = 0
    seconds: float = 0.0
    asked: int = 0
    _kept: dict[str, str] = field(default_factory=dict)

    def tell(self, title: str, sentences: Sequence[str]) -> str:
        """The sentences told anew; empty where the model has no use."""
        notes = "\n".join(f"- {s}" for s in sentences)
        key = f"{title}\n{notes}"
        if key in self._kept:
            return self._kept[key]
        count = sum(len(s.split()) for s in sentences)
        ask = _ASK.format(manner=_MANNERS[self.style], words=count)
        begun = time.perf_counter()
        try:
            answer = self.write.write(
                [
                    {"role": "system", "content": ask},
                    {"role": "user", "content": f"Headline: {title}\nNotes:\n{notes}"},
                ],
                max_tokens=60 + 3 * count,
                temperature=0.3,
                seed=self.seed,
            )
        except (ValueError, OSError):  # a backend in trouble is no reason for silence
            answer = ""
        self.seconds += time.perf_counter() - begun
        self.asked += 1
        text = squeeze(_ECHO.sub(" ", _MARKUP.sub(" ", answer)))
        if not 0.4 * count <= len(text.split()) <= 1.6 * count:
            text = ""
        self._kept[key] = text
        return text

    def step(self) -> Step:
        """What it cost."""
        return Step(step="write", backend=self.write.model, seconds=round(self.seconds, 3))
