"""How often each pair of contestants met and how it ended: all that Bradley-Terry needs of the votes.

Design choices
- Exact: adding votes up loses nothing, neither for the likelihood nor for the sandwich, since both depend on
  a vote only through pair and outcome. A million votes over 150 contestants become at most 11,175 rows of
  four.
- Pairs are kept once, the smaller code first; the outcome is turned with them.
- Tallies add up, so that new votes need no second look at the old ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duologue.arena.errors import ArenaError
from duologue.arena.votes import Outcome, Votes

__all__ = ["MOST_CONTESTANTS", "Tally"]

MOST_CONTESTANTS = 5_000
"""Beyond this the covariance, one number per pair of contestants, no longer fits."""

_DENSE = 1 << 22  # up to so many cells it is quicker to count them all than to sort the votes
_TURNED = np.array([Outcome.MODEL_B, Outcome.MODEL_A, Outcome.TIE, Outcome.BOTH_BAD])


@dataclass(frozen=True, slots=True)
class Tally:
    """`first, second: (M,)` codes into `names`, first < second; `counts: (M, 4)` by `Outcome`, seen from
    first.
    """

    names: tuple[str, ...]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    counts: NDArray[np.int64]

    @classmethod
    def of(cls, votes: Votes) -> Tally:
        """Add votes up; rows with a count of zero leave no trace, their contestants do."""
        size = len(votes.names)
        if size > MOST_CONTESTANTS:
            raise ArenaError(
                f"{size} contestants are more than the {MOST_CONTESTANTS} that can be rated at once"
            )
        first = np.minimum(votes.a, votes.b).astype(np.int64)
        second = np.maximum(votes.a, votes.b)
        outcome = np.where(votes.a < votes.b, votes.outcome, _TURNED[votes.outcome])
        cells = (first * size + second) * 4 + outcome
        if size * size * 4 <= _DENSE:
            sums = np.bincount(cells, votes.count, minlength=size * size * 4)
            used = np.flatnonzero(sums)
            sums = sums[used]
        else:
            used, place = np.unique(cells, return_inverse=True)
            sums = np.bincount(place, votes.count)
        pairs, row = np.unique(used // 4, return_inverse=True)
        counts = np.zeros((len(pairs), 4), np.int64)
        counts[row, used % 4] = np.rint(sums).astype(np.int64)
        kept = counts.sum(1) > 0
        return cls(votes.names, pairs[kept] // size, pairs[kept] % size, counts[kept])

    def __add__(self, other: Tally) -> Tally:
        """Both together; contestants of `other` that are new here come after the known ones."""
        index = {name: code for code, name in enumerate(self.names)}
        for name in other.names:
            index.setdefault(name, len(index))
        place = np.array([index[name] for name in other.names], np.int64)
        rows = [
            (self.first, self.second, self.counts),
            (place[other.first], place[other.second], other.counts),
        ]
        a = np.concatenate([np.repeat(first, 4) for first, _, _ in rows])
        b = np.concatenate([np.repeat(second, 4) for _, second, _ in rows])
        counts = np.concatenate([counts.ravel() for _, _, counts in rows])
        return Tally.of(
            Votes(
                names=tuple(index),
                a=a.astype(np.int32),
                b=b.astype(np.int32),
                outcome=np.tile(np.arange(4, dtype=np.int8), len(counts) // 4),
                count=counts,
            )
        )

    def battles(self) -> NDArray[np.int64]:
        """(K,) votes that each contestant was in."""
        met = self.counts.sum(1)
        size = len(self.names)
        return np.rint(np.bincount(self.first, met, size) + np.bincount(self.second, met, size)).astype(
            np.int64
        )

    def results(self) -> NDArray[np.int64]:
        """(K, 4): won, lost, tied and both bad, of each contestant."""
        size = len(self.names)
        sums = np.zeros((size, 4))
        for column in range(4):
            sums[:, column] += np.bincount(self.first, self.counts[:, column], size)
            sums[:, column] += np.bincount(self.second, self.counts[:, _TURNED[column]], size)
        return np.rint(sums).astype(np.int64)

    def matrices(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """(K, K) share of row against column, ties as half, NaN where they never met; and (K, K) battles."""
        size = len(self.names)
        met = np.zeros((size, size), np.int64)
        score = np.zeros((size, size))
        met[self.first, self.second] = self.counts.sum(1)
        score[self.first, self.second] = self.counts @ np.array([1.0, 0.0, 0.5, 0.5])
        score += np.where(met > 0, met - score, 0.0).T
        met = met + met.T
        with np.errstate(invalid="ignore"):
            return np.where(met > 0, score / np.where(met > 0, met, 1), np.nan), met
