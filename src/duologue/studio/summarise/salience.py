"""How much each sentence matters to its text: LexRank with a lean towards title and lead.

Design choices
- Sentences are nodes, the cosine of their tf-idf vectors the edges; the stationary share of a random walk
  is the salience. The walk restarts not anywhere but near the title and the beginning, because news puts
  what matters first (biased LexRank).
- Everything is dense numpy: a text of 2,000 sentences is 32 MB and a second; longer ones are read that far.

Erkan & Radev, JAIR 22 (2004) 457; Otterbacher, Erkan & Radev, IP&M 45 (2009) 42.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from duologue.studio.claims import content

__all__ = ["MOST", "salience", "similarity", "vectors"]

MOST = 2000
"""Sentences of a text that are looked at."""
_RESTART = 0.3
_LEAD = 0.6  # how fast the lean towards the beginning decays, per paragraph of ten sentences


def vectors(texts: Sequence[str], counts: Counter[str] | None = None, total: int = 0) -> NDArray[np.float64]:
    """Unit tf-idf vectors of `texts`: (N, V). counts: in how many of `total` texts a stem is, else these."""
    bags = [Counter(content(text)) for text in texts]
    if counts is None:
        counts, total = Counter(stem for bag in bags for stem in bag), len(bags)
    index = {stem: i for i, stem in enumerate(sorted({s for bag in bags for s in bag}))}
    made = np.zeros((len(bags), max(len(index), 1)))
    for row, bag in enumerate(bags):
        for stem, times in bag.items():
            made[row, index[stem]] = (1 + np.log(times)) * np.log((total + 1) / (counts[stem] + 0.5))
    return np.asarray(made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-12))


def similarity(texts: Sequence[str]) -> NDArray[np.float64]:
    """Cosines of the tf-idf vectors of `texts`: (N, N)."""
    made = vectors(texts)
    return np.asarray(np.clip(made @ made.T, 0.0, 1.0))


def salience(texts: Sequence[str], title: str = "") -> NDArray[np.float64]:
    """The salience of each sentence of a text, the highest 1: (N,)."""
    texts = list(texts)[:MOST]
    if not texts:
        return np.zeros(0)
    close = similarity([*texts, title])
    edges, to_title = close[:-1, :-1], close[:-1, -1]
    walk = edges / np.maximum(edges.sum(1, keepdims=True), 1e-12)
    home = 0.05 + to_title + np.exp(-_LEAD * np.arange(len(texts)) / max(2.0, len(texts) / 10))
    home /= home.sum()
    share = home.copy()
    for _ in range(60):
        share = _RESTART * home + (1 - _RESTART) * (walk.T @ share)
    return np.asarray(share / share.max())
