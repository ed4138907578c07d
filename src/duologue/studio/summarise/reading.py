"""A text, read for telling: its sentences with salience, and the summary of a given size.

    reading = read(title, text)
    reading.summary(seconds=40, cost=pace)      # indices of sentences in order

Design choices
- `text` begins with its title on a line of its own, as sources of an episode do; the title is never told as a
  sentence unless there is nothing else.
- Sentences come in with all they need (`standing.py`) and are judged by salience per second; what says again
  what is already told is worth little (maximal marginal relevance).
- The first tellable sentence is always first: a news story without its lead isn't one.

Carbonell & Goldstein, SIGIR (1998) 335.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duologue.studio.sentences import Sentence, sentences
from duologue.studio.summarise.salience import MOST, salience, similarity
from duologue.studio.summarise.standing import closure, is_tellable, leans_on

__all__ = ["Reading", "read"]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """sentences: of the text behind the title; weight, likeness (N, N): of them; needs: what each leans on;
    tellable: which may be told; title: the title as a sentence, for a text that has nothing else."""

    title: Sentence
    sentences: tuple[Sentence, ...]
    weight: NDArray[np.float64]
    likeness: NDArray[np.float64]
    needs: tuple[set[int], ...]
    tellable: frozenset[int]

    def lead(self) -> set[int]:
        """The beginning of the story: the first tellable sentence with what it needs; empty for none."""
        return next((u for i in sorted(self.tellable) if (u := self.unit(i))), set())

    def unit(self, index: int) -> set[int]:
        """Sentence `index` with what it needs, or nothing if one of them can't be told."""
        whole = closure(index, self.needs)
        return whole if whole <= self.tellable else set()

    def value(self, new: Iterable[int], told: set[int]) -> float:
        """What telling `new` adds to having told `told`."""
        total = 0.0
        for i in new:
            again = max((float(self.likeness[i, j]) for j in told if j != i), default=0.0)
            total += float(self.weight[i]) * (1.0 - min(1.0, 1.3 * again))
        return total

    def best(self, told: set[int], cost: Callable[[set[int]], float], room: float) -> set[int]:
        """The sentences most worth adding to `told` within `room`; empty where there are none."""
        best, most = set[int](), 0.0
        for i in sorted(self.tellable - told):
            new = self.unit(i) - told
            if not new:
                continue
            price = cost(new)
            worth = self.value(new, told) / (price + 2.0)
            if price <= room and worth > most:
                best, most = new, worth
        return best

    def summary(self, seconds: float, cost: Callable[[set[int]], float]) -> list[int]:
        """Indices, in order, of the sentences that tell the text in at most `seconds` by `cost`."""
        told = self.lead()
        while told:
            new = self.best(told, cost, seconds - cost(told))
            if not new:
                break
            told = told | new
        return sorted(told)


def read(title: str, text: str) -> Reading:
    """Read `text`, which may begin with `title` on a line of its own."""
    found = sentences(text)[: MOST + 1]
    head = [s for s in found if s.paragraph == 0] if title and text.startswith(title) else []
    body = found[len(head) :]
    spoken = Sentence(title, 0, len(title)) if head else Sentence("", 0, 0)
    texts = [s.text for s in body]
    return Reading(
        title=spoken,
        sentences=tuple(body),
        weight=salience(texts, title),
        likeness=similarity(texts) if texts else np.zeros((0, 0)),
        needs=tuple(leans_on(texts, [s.paragraph for s in body])),
        tellable=frozenset(i for i, t in enumerate(texts) if is_tellable(t)),
    )
