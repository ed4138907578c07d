"""Intervals by resampling: the votes are drawn anew, the strengths fitted anew, many times.

Design choices
- N votes drawn with replacement fall into the cells (pair x outcome) as one multinomial draw: a round over a
  million votes is a draw of some ten thousand numbers. With covariates each vote is a cell of its own.
- Every round starts from the fit of all votes and goes on with that fit's curvature (the chord method), so
  that a step costs a gradient; where that doesn't arrive, with few votes, Newton's method does it.
- A round may lose the link of a contestant with few votes; a hundredth of a win and of a loss against the
  mean then keeps it finite. Intervals are percentiles.

Source: B. Efron, Bootstrap methods, Annals of Statistics 7 (1979).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from duologue.arena.bradley_terry import Fit, Rows, curvature, fit, slope

__all__ = ["bootstrap"]

Floats = NDArray[np.float64]
_HOLD = 0.02
_STEPS, _CLOSE = 30, 1e-7


def bootstrap(rows: Rows, fitted: Fit, counts: Floats, each: Floats, rounds: int, seed: int = 0) -> Floats:
    """(rounds, K + P) strengths (mean at zero) and coefficients of votes drawn anew.

    `counts`: (M,) how many votes a row stands for; `each`: (M,) the weight of one of them.
    """
    random = np.random.default_rng(seed)
    total = int(counts.sum())
    share = counts / counts.sum()
    prior = np.full(rows.size, _HOLD)
    cells, index = (rows, None) if rows.covariates.shape[1] else _pairs(rows)
    chance = cells.chance(fitted.theta, fitted.beta)
    bend = curvature(cells, cells.weight * chance * (1 - chance), prior, fitted.theta)
    inverse = np.asarray(np.linalg.inv(bend), np.float64)
    out = np.empty((rounds, rows.size + rows.covariates.shape[1]))
    for number in range(rounds):
        weight = random.multinomial(total, share) * each
        again = _drawn(rows, weight) if index is None else _summed(cells, index, weight, rows.score)
        once = _chord(again, fitted, inverse, prior) or fit(again, start=fitted, prior=prior)
        out[number] = np.concatenate([once.theta - once.theta.mean(), once.beta])
    return out


def _pairs(rows: Rows) -> tuple[Rows, NDArray[np.int64]]:
    """One row per pair, as it stands in `rows`, and each row's place among them."""
    keys, index = np.unique(rows.first * rows.size + rows.second, return_inverse=True)
    first, second = keys // rows.size, keys % rows.size
    weight = np.asarray(np.bincount(index, rows.weight, len(keys)), np.float64)
    return Rows(rows.size, first, second, np.zeros(len(keys)), weight, np.zeros((len(keys), 0))), index


def _summed(cells: Rows, index: NDArray[np.int64], weight: Floats, score: Floats) -> Rows:
    met = np.asarray(np.bincount(index, weight, len(cells.first)), np.float64)
    won = np.bincount(index, weight * score, len(cells.first))
    share = np.divide(won, met, out=np.zeros_like(won), where=met > 0)
    return Rows(cells.size, cells.first, cells.second, share, met, cells.covariates)


def _drawn(rows: Rows, weight: Floats) -> Rows:
    return Rows(rows.size, rows.first, rows.second, rows.score, weight, rows.covariates)


def _chord(rows: Rows, start: Fit, inverse: Floats, prior: Floats) -> Fit | None:
    """Steps with a curvature that stays as it is; None where they don't shrink to nothing."""
    theta, beta = start.theta.copy(), start.beta.copy()
    last = np.inf
    for number in range(_STEPS):
        step = inverse @ slope(rows, theta, beta, prior)
        longest = float(np.abs(step).max())
        if not longest < 2 * last:
            return None
        theta, beta, last = theta + step[: rows.size], beta + step[rows.size :], longest
        if longest < _CLOSE:
            return Fit(theta, beta, number + 1)
    return None
