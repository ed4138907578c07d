"""The covariance of fitted strengths that holds whether or not Bradley-Terry is the whole truth.

Design choices
- Huber and White's sandwich H^-1 B H^-1: H is the curvature of the likelihood, B the spread of the scores as
  the votes show it. Ties as half a win vary less than the model says, reweighted votes more; B knows.
- Both come from pair counts exactly: a vote's share of B is (score - p)^2 x x', the same for all votes of a
  cell. With covariates it is the same sum over single votes.
- Votes of one voter may hang together; with `groups` B adds up each voter's scores first (Liang and Zeger's
  cluster-robust form, times G / (G - 1)).
- Each contestant's votes get one vote more of the model's variance: of no weight among hundreds, but a
  contestant that has only tied once isn't known exactly, as the bare sandwich would have it.
- Strengths are relative to their mean, so the variance of the mean is taken out, for everybody alike. An
  anchor moves the scale and leaves intervals as they are.

Source: H. White, Maximum likelihood estimation of misspecified models, Econometrica 50 (1982); as W.-L.
Chiang et al., Chatbot Arena (2024) use it. K.-Y. Liang and S. L. Zeger, Biometrika 73 (1986).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from duologue.arena.bradley_terry import Fit, Rows, curvature

__all__ = ["bread", "sandwich"]

Floats = NDArray[np.float64]


def bread(rows: Rows, fitted: Fit, outside: NDArray[np.bool_] | None = None) -> Floats:
    """(K + P, K + P) inverse curvature. Those `outside` have a prior; the others' mean strength is held."""
    chance = rows.chance(fitted.theta, fitted.beta)
    out = np.zeros(rows.size, bool) if outside is None else outside
    bend = curvature(rows, rows.weight * chance * (1 - chance), out.astype(float), fitted.theta)
    inside = np.flatnonzero(~out)
    if inside.size:
        bend[np.ix_(inside, inside)] += 100 * bend[: rows.size, : rows.size].trace() / rows.size**2 + 1e-300
    return np.asarray(np.linalg.inv(bend), np.float64)


def sandwich(
    rows: Rows, fitted: Fit, each: Floats | float = 1.0, groups: NDArray[np.int32] | None = None
) -> Floats:
    """(K + P, K + P) covariance of strengths (mean at zero) and coefficients.

    `each`: (M,) weight of one vote of a row, whose `weight` is that times their number. `groups`: (M,) the
    voter of each row, -1 for unknown (then the row stands alone).
    """
    inverse = bread(rows, fitted)
    residual = rows.score - rows.chance(fitted.theta, fitted.beta)
    votes = rows.weight / each
    met = np.maximum(
        np.bincount(rows.first, votes, rows.size) + np.bincount(rows.second, votes, rows.size), 1
    )
    share = 1 / met[rows.first] + 1 / met[rows.second]
    chance = rows.score - residual
    more = rows.weight * each * chance * (1 - chance) * share
    if groups is None:
        meat = curvature(rows, rows.weight * each * residual**2 + more)
    else:
        meat = curvature(rows, more) + _grouped(rows, rows.weight * residual, groups)
    return np.asarray(inverse @ meat @ inverse)


def _grouped(rows: Rows, pull: Floats, groups: NDArray[np.int32]) -> Floats:
    """B of clustered votes: the sum over groups of s s', s the group's sum of score vectors."""
    from scipy.sparse import csr_array

    alone = groups < 0
    _, group = np.unique(
        np.where(alone, groups.max(initial=0) + 1 + np.arange(len(groups)), groups), return_inverse=True
    )
    many = int(group.max(initial=0)) + 1
    size, extra = rows.size, rows.covariates.shape[1]
    line = np.arange(extra)
    place = np.concatenate([group, group, np.repeat(group, extra)])
    column = np.concatenate([rows.first, rows.second, np.tile(size + line, len(group))])
    value = np.concatenate([pull, -pull, (rows.covariates * pull[:, None]).ravel()])
    sums = csr_array((value, (place, column)), shape=(many, size + extra))
    return np.asarray((sums.T @ sums).toarray()) * many / max(many - 1, 1)
