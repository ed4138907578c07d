"""How a prompt is worded: which of many phrasings, and where the passage stands in it.

Design choices
- A model of this size learns phrasings by heart if there are few: every task brings a dozen or more, and
  the passage stands before or after the instruction, bare, labelled, quoted or fenced.
- Every sixth phrasing is kept for prompts of the held-out split: these also hold wordings never trained on.
- All chance comes from one generator that the caller seeds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

__all__ = ["Wording"]

_LAYOUTS = (
    "{ask}\n\n{text}",
    "{text}\n\n{ask}",
    "{ask}\n\nText: {text}",
    "Text: {text}\n\n{ask}",
    '{ask}\n\n"{text}"',
    "{ask}\n\nPassage:\n{text}",
    "Read this:\n\n{text}\n\n{ask}",
    "Passage:\n{text}\n\nTask: {ask}",
    "{ask}\n---\n{text}\n---",
    "{text}\n---\n{ask}",
    "Here is a text.\n\n{text}\n\n{ask}",
    "{ask}\n\nHere is the text:\n{text}",
)
_SYSTEMS = (
    "You are a helpful assistant.",
    "You are a careful writer. Use only what the text says.",
    "You are Duologue, a small and friendly assistant.",
    "You are a news editor. Keep to the facts of the text.",
    "Answer briefly and only with what you are given.",
    "You help with short writing tasks.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Phrasings drawn at random; `unseen` lets in those kept for the held-out split."""

    rng: Random
    unseen: bool = False

    def pick(self, phrasings: Sequence[str], **slots: object) -> str:
        """One of the phrasings with its slots filled; of six or more, every sixth only where `unseen`."""
        known = [p for i, p in enumerate(phrasings) if self.unseen or len(phrasings) < 6 or i % 6 != 5]
        return self.rng.choice(known).format(**slots)

    def place(self, ask: str, text: str) -> str:
        """The instruction and its passage as one message."""
        return self.pick(_LAYOUTS, ask=ask, text=text)

    def messages(self, prompt: str, answer: str) -> tuple[tuple[str, str], ...]:
        """One question and its answer, now and then after a system message."""
        asked = (("user", prompt), ("assistant", answer))
        return (("system", self.pick(_SYSTEMS)), *asked) if self.rng.random() < 0.08 else asked
