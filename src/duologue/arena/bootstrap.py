"""Intervals by resampling: the votes are drawn anew, the strengths fitted anew, many times.

Design choices
- N votes drawn with replacement fall into the cells (pair x outcome) as one multinomial draw: a round over a
  million votes is a draw of some ten thousand numbers. With covariates each vote is a cell of its own.
- Every round starts from the fit of all votes, so Newton's method takes two or three steps.
- A round may lose the link of a contestant with few votes; a hundredth of a win and of a loss against the
  mean then keeps it finite. Intervals are percentiles.

Source: B. Efron, Bootstrap methods, Annals of Statistics 7 (1979).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from duologue.arena.bradley_terry import Fit, Rows, fit

__all__ = ["bootstrap"]

Floats = NDArray[np.float64]
_HOLD = 0.02


def bootstrap(rows: Rows, fitted: Fit, counts: Floats, each: Floats, rounds: int, seed: int = 0) -> Floats:
    """(rounds, K + P) strengths (mean at zero) and coefficients of votes drawn anew.

    `counts`: (M,) how many votes a row stands for; `each`: (M,) the weight of one of them.
    """
    random = np.random.default_rng(seed)
    total = int(counts.sum())
    share = counts / counts.sum()
    prior = np.full(rows.size, _HOLD)
    out = np.empty((rounds, rows.size + rows.covariates.shape[1]))
    for number in range(rounds):
        drawn = random.multinomial(total, share)
        kept = drawn > 0
        again = Rows(
            rows.size,
            rows.first[kept],
            rows.second[kept],
            rows.score[kept],
            drawn[kept] * each[kept],
            rows.covariates[kept],
        )
        once = fit(again, start=fitted, prior=prior)
        out[number] = np.concatenate([once.theta - once.theta.mean(), once.beta])
    return out
