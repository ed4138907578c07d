"""Bradley-Terry by maximum likelihood: P(i beats j) = 1 / (1 + exp(theta_j - theta_i)).

Design choices
- One solver for pair counts and for single votes with covariates: rows (i, j, score of i, weight) and a
  matrix of differences Z, so that logit P = theta_i - theta_j + Z beta. Ties enter as a score of a half.
- Newton's method with step halving. The Hessian is a graph Laplacian bordered by the covariates, put together
  by counting, never from a matrix of V rows and K columns; six to eight rounds reach the last digit.
- Strengths are fixed by their mean (zero). The coefficients have a normal prior of standard deviation 10 in
  standardised units, which is of no consequence unless a covariate separates the votes, and then keeps them
  finite.
- `prior` adds to a contestant half a win and half a loss against strength 0, for those whom the votes alone
  would put at infinity (see separation.py); `free` holds the others where they are.

Source: R. A. Bradley and M. E. Terry, Rank analysis of incomplete block designs, Biometrika 39 (1952).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fit", "Rows", "curvature", "fit", "slope"]

Floats = NDArray[np.float64]
PRIOR_DEVIATION = 10.0
_ROUNDS, _CLOSE = 100, 1e-10


@dataclass(frozen=True, slots=True)
class Rows:
    """What is fitted: `first, second: (M,)` codes below `size`, `score: (M,)` of first in 0 to 1, `weight:
    (M,)` at least 0, `covariates: (M, P)` differences first minus second, `offset: (M,)` added to the logit.
    """

    size: int
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    score: Floats
    weight: Floats
    covariates: Floats
    offset: Floats | None = None

    def logit(self, theta: Floats, beta: Floats) -> Floats:
        """(M,) log odds that first wins."""
        eta = theta[self.first] - theta[self.second]
        if beta.size:
            eta += self.covariates @ beta
        return eta if self.offset is None else eta + self.offset

    def chance(self, theta: Floats, beta: Floats) -> Floats:
        """(M,) chance that first wins."""
        return _sigmoid(self.logit(theta, beta))

    def spread(self, values: Floats) -> Floats:
        """(K,) sums of (M,) values, with their sign: plus for first, minus for second."""
        return np.asarray(
            np.bincount(self.first, values, self.size) - np.bincount(self.second, values, self.size),
            np.float64,
        )


@dataclass(frozen=True, slots=True)
class Fit:
    """`theta: (K,)` strengths in natural units, `beta: (P,)`; rounds that Newton's method took."""

    theta: Floats
    beta: Floats
    rounds: int


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))


def _value(rows: Rows, theta: Floats, beta: Floats, prior: Floats) -> float:
    """The penalised log likelihood."""
    eta = rows.logit(theta, beta)
    inner = rows.weight * (rows.score * eta - np.logaddexp(0.0, eta))
    held = prior * (0.5 * theta - np.logaddexp(0.0, theta))
    return float(inner.sum() + held.sum() - 0.5 * (beta @ beta) / PRIOR_DEVIATION**2)


def slope(rows: Rows, theta: Floats, beta: Floats, prior: Floats) -> Floats:
    """(K + P,) gradient of the penalised log likelihood."""
    residual = rows.weight * (rows.score - rows.chance(theta, beta))
    held = prior * (0.5 - _sigmoid(theta))
    return np.concatenate(
        [rows.spread(residual) + held, rows.covariates.T @ residual - beta / PRIOR_DEVIATION**2]
    )


def curvature(
    rows: Rows, variance: Floats, prior: Floats | None = None, theta: Floats | None = None
) -> Floats:
    """(K + P, K + P) sum of `variance` x x' over the rows, x = (e_first - e_second, z), plus the priors if
    given.
    """
    size, extra = rows.size, rows.covariates.shape[1]
    out = np.zeros((size + extra, size + extra))
    pairs = np.bincount(rows.first * size + rows.second, variance, size * size).reshape(size, size)
    pairs = pairs + pairs.T
    out[:size, :size] = np.diag(pairs.sum(1)) - pairs
    if extra:
        weighted = rows.covariates * variance[:, None]
        for column in range(extra):
            out[:size, size + column] = rows.spread(weighted[:, column])
        out[size:, :size] = out[:size, size:].T
        out[size:, size:] = rows.covariates.T @ weighted
    if prior is not None and theta is not None:
        chance = _sigmoid(theta)
        out[np.arange(size), np.arange(size)] += prior * chance * (1 - chance)
        out[np.arange(size, size + extra), np.arange(size, size + extra)] += PRIOR_DEVIATION**-2
    return out


def fit(
    rows: Rows,
    *,
    start: Fit | None = None,
    prior: Floats | None = None,
    free: NDArray[np.bool_] | None = None,
) -> Fit:
    """The strengths of greatest likelihood, their mean at zero unless a prior or a held contestant fixes
    them.

    The votes must determine every free strength (separation.py says which do) or it must have a prior.
    """
    size, extra = rows.size, rows.covariates.shape[1]
    theta = np.zeros(size) if start is None else start.theta.copy()
    beta = np.zeros(extra) if start is None or start.beta.size != extra else start.beta.copy()
    held = np.zeros(size) if prior is None else prior
    loose = np.ones(size, bool) if free is None else free
    floating = bool(loose.all() and not held.any())
    if floating:
        theta -= theta.mean()
    moving = np.flatnonzero(np.concatenate([loose, np.ones(extra, bool)]))
    if not moving.size or not rows.first.size:
        return Fit(theta, beta, 0)
    value = _value(rows, theta, beta, held)
    rounds = 0
    while rounds < _ROUNDS:
        rounds += 1
        chance = rows.chance(theta, beta)
        rise = slope(rows, theta, beta, held)[moving]
        bend = curvature(rows, rows.weight * chance * (1 - chance), held, theta)[np.ix_(moving, moving)]
        if floating:  # the mean is free: give it a curvature, its slope is zero
            bend[:size, :size] += bend[:size, :size].trace() / size**2 + 1e-300
        bend[np.diag_indices_from(bend)] *= 1 + 1e-12
        step = np.zeros(size + extra)
        step[moving] = np.linalg.solve(bend, rise)
        longest = np.abs(step).max()
        scale = min(1.0, 5.0 / longest) if longest > 0 else 1.0
        for _ in range(40):
            tried = _value(rows, theta + scale * step[:size], beta + scale * step[size:], held)
            if tried >= value - 1e-12 * abs(value):
                break
            scale /= 2
        theta, beta, value = theta + scale * step[:size], beta + scale * step[size:], tried
        if scale * longest < _CLOSE or longest < _CLOSE:
            break
    if floating:
        theta -= theta.mean()
    return Fit(theta, beta, rounds)
