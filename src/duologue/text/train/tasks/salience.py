"""Which sentences of a passage matter: by how often their words recur in it, by the subject, by place.

Design choices
- A sentence scores the mean weight of its content words, weights being their counts in the passage: the
  oldest extractive summary there is (Luhn, 1958), with a bonus for the subject's words and for coming early.
- A sentence that points back ("He", "This") can't open a summary; it can follow the one before it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from duologue.text.facts import content
from duologue.text.sentences import words
from duologue.text.train.tasks.passages import standalone

__all__ = ["best", "ranked"]


def ranked(sentences: Sequence[str], subject: str = "") -> list[int]:
    """The indices of the sentences, the most salient first."""
    bags = [content(s) for s in sentences]
    weight = Counter(w for bag in bags for w in set(bag))
    about = set(content(subject))

    def score(i: int) -> float:
        bag = bags[i]
        if not bag:
            return 0.0
        mean = sum(weight[w] for w in bag) / len(bag)
        named = 0.5 * any(w in about for w in bag)
        size = len(words(sentences[i]))
        return mean + named + 0.6 / (1 + i) - 0.02 * max(0, size - 25) - 0.3 * (size < 8)

    return sorted(range(len(sentences)), key=lambda i: (-score(i), i))


def best(sentences: Sequence[str], count: int, subject: str = "") -> list[int]:
    """`count` indices in the order of the text: salient, the first of them one that stands alone."""
    order = ranked(sentences, subject)
    first = next((i for i in order if standalone(sentences[i])), 0)
    rest = [i for i in order if i > first and (standalone(sentences[i]) or i == first + 1)]
    return sorted([first, *rest[: count - 1]])
