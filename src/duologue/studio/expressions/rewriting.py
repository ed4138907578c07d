"""A text told anew before it is read: only where rewriting is asked for.

Design choices
- Paragraph by paragraph, by a `Write`, asked to keep every fact; so a small model has a job it can do.
- Grounding is the judge: one sentence with a fault, or one that the paragraph doesn't bear out, and the
  author's words stay. Speech in quotation marks is never rewritten.
- What is made is a text; how it is read (styles, voices) is decided as for any other.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from duologue.studio.episode import Source, Step
from duologue.studio.grounding import Grounding
from duologue.studio.protocols import Write
from duologue.studio.sentences import sentences

__all__ = ["Retold", "retold"]

_ASK = (
    "Rewrite the paragraph so that it sounds alive when it is read aloud. Keep the meaning, every name,"
    " number and date exactly, and the person who speaks. Add nothing. Answer with the paragraph alone."
)
_PATIENCE = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Retold:
    """The text, what it cost, and how many of its paragraphs are new."""

    text: str
    step: Step
    kept: int
    asked: int

    @property
    def note(self) -> str:
        """What the user should know."""
        told = f"{self.step.backend} rewrote {self.kept} of {self.asked} paragraphs"
        return f"{told}; the others stayed as they were"


def retold(source: Source, write: Write, *, seed: int = 0) -> Retold:
    """The text of `source` in the words of `write`, paragraph by paragraph, where these hold."""
    begun = time.perf_counter()
    made: list[str] = []
    kept = asked = failed = tokens = 0
    for number, paragraph in enumerate(re.split(r"(\n\s*\n)", source.text or "")):
        count = len(paragraph.split())
        if number % 2 or count < 8 or re.search(r"[“”\"«»]", paragraph) or failed >= _PATIENCE:
            made.append(paragraph)
            continue
        asked += 1
        try:
            answer = write.write(
                [{"role": "system", "content": _ASK}, {"role": "user", "content": paragraph}],
                max_tokens=40 + 3 * count,
                temperature=0.5,
                seed=seed + number,
            )
            failed = 0
        except (ValueError, OSError):  # a backend in trouble is no reason for silence
            failed += 1
            made.append(paragraph)
            continue
        tokens += len(answer) // 4
        new = " ".join(answer.split())
        if _holds(new, paragraph, count):
            kept += 1
            made.append(new)
        else:
            made.append(paragraph)
    step = Step(step="rewrite", backend=write.model, seconds=time.perf_counter() - begun, tokens=tokens)
    return Retold(text="".join(made), step=step, kept=kept, asked=asked)


def _holds(new: str, paragraph: str, count: int) -> bool:
    """Whether the paragraph bears out every sentence of its new wording, in about as many words."""
    if not 0.6 * count <= len(new.split()) <= 1.5 * count or re.search(r"[*#<>{}\[\]]|https?:", new):
        return False
    grounding = Grounding([Source(id="p", text=paragraph)])
    said = [s.text for s in sentences(new)]
    return bool(said) and new[-1] in ".!?…" and all(grounding.check(s).good for s in said)
