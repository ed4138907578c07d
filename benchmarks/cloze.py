"""Cloze: which of four words ends a sentence, and which of four continuations belongs to a passage.

Design choices
- The words (text_cloze.tsv) stand in groups of four sentences that share their four words, so each is right
  as often as any other: chance, and knowing only how common words are, both score a quarter.
- The continuations come from held-out documents: the right one is the passage's own, the others follow at
  the same place in other documents of the same source. Nobody wrote them for any model.
- The likeliest ending wins, of the continuations the likeliest per byte, since their lengths differ by a few;
  a tie is a failure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from duologue.text.train.evaluate import beginning, preferred, sample

__all__ = ["Question", "answers", "continuations", "sentences"]

Score = Callable[[list[tuple[str, str]]], np.ndarray]
SENTENCES = Path(__file__).parent / "text_cloze.tsv"


@dataclass(frozen=True, slots=True)
class Question:
    """A beginning and four endings of which `endings[right]` is the one."""

    start: str
    endings: tuple[str, ...]
    right: int


def sentences(path: Path = SENTENCES) -> list[Question]:
    """The sentences whose last word is asked for. Raises ValueError where a group isn't of four words."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    found = []
    for group in "\n".join(lines).strip().split("\n\n"):
        rows = [tuple(line.split("\t")) for line in group.splitlines()]
        endings = tuple(word for _, word in rows)
        if len(set(endings)) != 4:
            raise ValueError(f"not four different words: {group}")
        found += [Question(start, tuple(f" {e}." for e in endings), i) for i, (start, _) in enumerate(rows)]
    return found


def continuations(count: int = 30, before: int = 300, after: int = 100, seed: int = 1) -> list[Question]:
    """`count` questions from each source: `before` bytes of a document, then four times about `after`."""
    random = Random(seed)
    found = []
    for source in ("wiki", "books"):
        texts = [
            t for t in sample(source, 3 * count, before + after) if len(t.encode()) > before + after - 30
        ]
        texts = texts[:count]
        starts = [beginning(t, before) for t in texts]
        tails = [t[len(s) :].rstrip() for t, s in zip(texts, starts, strict=True)]
        for i, start in enumerate(starts):
            others = [j for j in range(len(texts)) if j != i]
            chosen = [others.pop(int(random.random() * len(others))) for _ in range(3)]
            right = int(random.random() * 4)
            chosen.insert(right, i)
            found.append(Question(start, tuple(tails[j] for j in chosen), right))
    return found


def answers(score: Score, questions: list[Question], *, per_byte: bool = False) -> np.ndarray:
    """Whether (N,) the right ending is strictly the likeliest after its start; `per_byte`: of its length.

    score: log-probabilities (M,) of M (start, ending).
    """
    scores = score([(q.start, e) for q in questions for e in q.endings]).reshape(-1, 4)
    if per_byte:
        scores = scores / np.array([[len(e.encode()) for e in q.endings] for q in questions])
    right = (np.arange(len(questions)), [q.right for q in questions])
    best, others = scores[right], scores.copy()
    others[right] = -np.inf
    return preferred(best, others.max(1))
