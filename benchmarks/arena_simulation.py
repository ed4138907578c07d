"""Votes from known strengths, for the arena's benchmarks and tests.

Design choices
- A strength is what the score of a battle is about: P(win) + P(tie) / 2 = 1 / (1 + exp(theta_b - theta_a)),
  as ratings define it. `even` ties come alike from would-be wins and losses and keep that exactly; `coin`
  ties happen whoever plays and pull every score towards a half, so that Bradley-Terry is then only the best
  fit, and `best_fit` says what it should find.
- Pairing is uneven: each contestant has a popularity (Dirichlet), and pairs meet as these are drawn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from duologue.arena.bradley_terry import Rows, fit
from duologue.arena.votes import Outcome, Votes

__all__ = ["best_fit", "chances", "popularity", "simulate", "strengths"]

Floats = NDArray[np.float64]


def strengths(size: int, deviation: float = 0.6, seed: int = 0) -> Floats:
    """(K,) strengths in natural units, mean zero, best first; 0.6 is 104 points."""
    drawn = np.sort(np.random.default_rng(seed).normal(0, deviation, size))[::-1]
    return np.asarray(drawn - drawn.mean())


def popularity(size: int, evenness: float = 2.0, seed: int = 0) -> Floats:
    """(K,) how often each is drawn; the rarest of 20 about thirty times less often than the commonest."""
    return np.random.default_rng(seed + 1).dirichlet(np.full(size, evenness))


def chances(theta: Floats, a: NDArray[np.int64], b: NDArray[np.int64], ties: float, coin: bool) -> Floats:
    """(V, 3) chance that a wins, that b wins, that they tie."""
    p = 1 / (1 + np.exp(theta[b] - theta[a]))
    if coin:
        return np.stack([(1 - ties) * p, (1 - ties) * (1 - p), np.full(len(p), ties)], axis=1)
    tie = np.minimum(ties, 2 * np.minimum(p, 1 - p))
    return np.stack([p - tie / 2, 1 - p - tie / 2, tie], axis=1)


def simulate(
    random: np.random.Generator,
    theta: Floats,
    votes: int,
    *,
    ties: float = 0.1,
    coin: bool = False,
    shares: Floats | None = None,
) -> Votes:
    """That many votes; a third of the ties are called both bad."""
    size = len(theta)
    pairs = _pairs(size, shares)
    drawn = random.choice(size * size, votes, p=pairs.ravel())
    a, b = drawn // size, drawn % size
    chance = chances(theta, a, b, ties, coin)
    u = random.random(votes)
    outcome = np.where(u < chance[:, 0], Outcome.MODEL_A, Outcome.MODEL_B)
    tied = np.where(random.random(votes) < 1 / 3, Outcome.BOTH_BAD, Outcome.TIE)
    outcome = np.where(u >= chance[:, 0] + chance[:, 1], tied, outcome)
    return Votes(
        names=tuple(f"model-{k:02d}" for k in range(size)),
        a=a.astype(np.int32),
        b=b.astype(np.int32),
        outcome=outcome.astype(np.int8),
        count=np.ones(votes, np.int64),
    )


def best_fit(
    theta: Floats, *, ties: float, coin: bool, shares: Floats | None = None, even: bool = False
) -> Floats:
    """(K,) the strengths that endless votes would give; `even` where every pair has the same weight."""
    size = len(theta)
    a, b = (np.asarray(x) for x in np.nonzero(~np.eye(size, dtype=bool)))
    chance = chances(theta, a, b, ties, coin)
    weight = np.ones(len(a)) if even else _pairs(size, shares)[a, b]
    rows = Rows(size, a, b, chance[:, 0] + chance[:, 2] / 2, weight, np.zeros((len(a), 0)))
    return fit(rows).theta


def _pairs(size: int, shares: Floats | None) -> Floats:
    """(K, K) chance of each pair in each order."""
    each = np.full(size, 1 / size) if shares is None else shares
    pairs = np.outer(each, each) * (1 - np.eye(size))
    return np.asarray(pairs / pairs.sum())
