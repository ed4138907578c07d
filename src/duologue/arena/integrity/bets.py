"""Bets against honesty: what a sequential test is made of.

Design choices
- A bet is on an event that an honest voter brings about with a chance of at most r. The wealth, 1 at the
  beginning, is multiplied by 1 - s + s / r where the event comes and by 1 - s where it doesn't, s the share
  of the wealth that is at stake. Its mean is 1 - s + s p / r, at most 1 for every honest chance p <= r,
  whatever came before.
- So the wealth is a nonnegative supermartingale (an e-process) while the voter is honest, and so is any
  mixture with fixed weights over bets and stakes. Ville's inequality: the chance that it EVER reaches 1 /
  alpha is at most alpha. It may be looked at after every vote, and stopping when one likes costs nothing.
- Two bets on one vote multiply where the second is on what follows the first: which pair is voted on, then
  who wins.
- Which pair is drawn is not the voter's doing: the chance that contestant c is in it is c's share of all
  votes around that time (blocks of 500), times 1.5 for who votes on some tasks only.

Source: J. Ville (1939); G. Shafer, Testing by betting, JRSS A 184 (2021); I. Waudby-Smith and A. Ramdas,
Estimating means of bounded random variables by betting, JRSS B 86 (2024).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duologue.arena.votes import Votes

__all__ = ["Shares", "factors", "most_wealth", "sigmoid"]

Floats = NDArray[np.float64]
BLOCK, SLACK = 500, 1.5


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + exp(-x)), without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))


def factors(came: NDArray[np.bool_], most: Floats, stakes: Floats) -> Floats:
    """(..., S) log factors of stakes on an event that came or not, honest chance at most `most`; a chance of
    1 or more is never bet on.
    """
    r = np.minimum(most, 1.0)[..., None]
    won = np.log1p(stakes * (1.0 / r - 1.0))
    return np.where(r >= 1.0, 0.0, np.where(came[..., None], won, np.log1p(-stakes)))


def most_wealth(steps: Floats, weights: Floats) -> tuple[float, int, int]:
    """Largest log wealth along (N, B) log factors of B bets with these weights (what they leave of 1 is
    kept); after how many votes; which bet had won most by then.
    """
    wealth = np.cumsum(steps, axis=0) + np.log(weights)
    idle = 1.0 - float(weights.sum())
    top = np.maximum(wealth.max(axis=1), 0.0)
    total = top + np.log(np.exp(wealth - top[:, None]).sum(axis=1) + max(idle, 0.0) * np.exp(-top))
    best = int(np.argmax(total))
    return max(float(total[best]), 0.0), best + 1, int(np.argmax(wealth[best]))


@dataclass(frozen=True, slots=True)
class Shares:
    """`block: (V,)` of each vote, `share: (B, K)` of the votes in and beside a block that each contestant is
    in.
    """

    block: NDArray[np.int64]
    share: Floats

    @classmethod
    def of(cls, votes: Votes, known: NDArray[np.bool_] | None = None) -> Shares:
        """Shares by the votes of `known` (all), for every vote."""
        size, counted = len(votes.names), np.ones(len(votes), bool) if known is None else known
        order = np.arange(len(votes)) if votes.time is None else np.argsort(votes.time, kind="stable")
        block = np.empty(len(votes), np.int64)
        block[order] = np.maximum(np.cumsum(counted[order]) - 1, 0) // BLOCK
        many = int(block.max(initial=0)) + 1
        met = np.zeros((many, size))
        for side in (votes.a, votes.b):
            cells = block[counted] * size + side[counted]
            met += np.bincount(cells, minlength=many * size).reshape(many, size)
        total = np.bincount(block[counted], minlength=many).astype(float)
        for array in (met, total):  # with the blocks before and after
            beside = np.zeros_like(array)
            beside[1:] += array[:-1]
            beside[:-1] += array[1:]
            array += beside
        return cls(block, met / np.maximum(total, 1.0)[:, None])

    def most(self, rows: NDArray[np.int64], contestants: NDArray[np.int64]) -> Floats:
        """(N, C) the most that honesty gives these contestants to be in these votes' pairs."""
        share = self.share[np.ix_(self.block[rows], contestants)]
        return np.clip(SLACK * share, 1e-3, 1.0)
