"""Voters who vote for a side instead of an answer.

Design choices
- Sides are swapped at random, so an honest voter's decided votes fall left and right like a coin, give or
  take a habit: shares from 35 to 65 % left are taken for honest.
- An e-process: the likelihood under a uniform mixture of all shares, divided by the best that an honest share
  reaches. Whatever honest share is true, it is at most a martingale that starts at 1, so by Ville's
  inequality the chance that it EVER reaches 1 / alpha is at most alpha: it may be looked at after every vote.
- All votes of such a voter are held: none of them says anything about the answers.

Source: L. Wasserman, A. Ramdas, S. Balakrishnan, Universal inference, PNAS 117 (2020); J. Ville (1939).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from duologue.arena.integrity.finding import Finding, groups
from duologue.arena.votes import Outcome, Votes

__all__ = ["side_evidence", "side_voters"]

HONEST = (0.35, 0.65)


def side_evidence(left: NDArray[np.bool_]) -> float:
    """The largest log e-value along these decided votes (True: left), in natural units."""
    from scipy.special import betaln

    n = np.arange(1, len(left) + 1)
    k = np.cumsum(left)
    share = np.clip(k / n, *HONEST)
    honest = k * np.log(share) + (n - k) * np.log1p(-share)
    return float(np.max(betaln(k + 1, n - k + 1) - honest, initial=0.0))


def side_voters(votes: Votes, alpha: float = 1e-3) -> list[Finding]:
    """Voters whose side the evidence tells at level `alpha` each."""
    if votes.voter is None:
        return []
    decided = votes.outcome <= Outcome.MODEL_B
    out = []
    for code, rows in groups(votes.voter.codes):
        if votes.time is not None:
            rows = rows[np.argsort(votes.time[rows], kind="stable")]
        left = votes.outcome[rows[decided[rows]]] == Outcome.MODEL_A
        if len(left) >= 10 and (evidence := side_evidence(left)) >= math.log(1 / alpha):
            side, count = ("left", left.sum()) if left.mean() > 0.5 else ("right", (~left).sum())
            odds = math.exp(min(evidence, 700))
            reason = f"{count} of {len(left)} decided votes are for the {side} side (e-value {odds:.2g})"
            out.append(Finding("side", votes.voter.names[code], reason, rows))
    return out
