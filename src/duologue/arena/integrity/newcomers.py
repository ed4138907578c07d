"""Campaigns of many identities with few votes each: newcomers, taken together, against regulars.

Design choices
- No test can tell anything of an identity that votes once. But a campaign for a contestant makes newcomers as
  a group vote on it as regulars don't; `settled` votes make a regular, and regulars have passed the voter's
  test.
- Per contestant the bets of bets.py, on all newcomers' votes in their order: that it wins more often than
  regulars' ratings allow (or loses), that it is in more of newcomers' votes than of regulars' at that time,
  and both. Honest newcomers may differ by `TOLERANCE` in log odds, plus twice the standard error of the
  regulars' ratings.
- By Ville's inequality the chance to hold anything while newcomers are honest is at most alpha, over all
  contestants together.
- What is held is newcomers' votes on that contestant, for and against alike, so that holding them moves
  nothing by itself: of the days (UTC) that show it, or of all days where single days don't. Their other votes
  stay.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duologue.arena.errors import ArenaError
from duologue.arena.integrity.bets import Shares, factors, most_wealth, sigmoid
from duologue.arena.integrity.finding import Finding
from duologue.arena.integrity.limits import DAY
from duologue.arena.ratings import SCALE, rate
from duologue.arena.votes import Outcome, Votes

__all__ = ["newcomer_campaigns"]

Floats = NDArray[np.float64]
TOLERANCE = 0.2
_OUTCOME = np.array([0.0, 0.03, 0.1, 0.3, 0.8])
_PAIR = np.array([0.0, 0.05, 0.2])
_DAY_EVIDENCE = math.log(20)


@dataclass(frozen=True, slots=True)
class _Regulars:
    """What regulars think: strengths and their standard errors in natural units (NaN: nothing), and pairs'
    shares.
    """

    theta: Floats
    error: Floats
    shares: Shares

    def wealth(self, votes: Votes, rows: NDArray[np.int64], c: int, way: int) -> float:
        """The largest log wealth of bets that these votes are for c (way 1) or against it (-1)."""
        if not len(rows):
            return 0.0
        on_a, on_b = votes.a[rows] == c, votes.b[rows] == c
        there = on_a | on_b
        other = np.where(on_a, votes.b[rows], votes.a[rows])
        lead = way * (self.theta[c] - self.theta[other])
        bettable = there & (votes.outcome[rows] <= Outcome.MODEL_B) & ~np.isnan(lead)
        came = ((votes.outcome[rows] == Outcome.MODEL_A) == on_a) == (way > 0)
        slack = TOLERANCE + 2 * np.hypot(self.error[c], np.nan_to_num(self.error[other]))
        most = np.where(bettable, sigmoid(np.nan_to_num(lead) + slack), 1.0)
        outcome = factors(came, most, _OUTCOME)
        pair = factors(there, self.shares.most(rows, np.array([c]))[:, 0], _PAIR)
        steps = (outcome[:, :, None] + pair[:, None, :]).reshape(len(rows), -1)
        return most_wealth(steps, np.full(steps.shape[1], 1 / steps.shape[1]))[0]


def _regulars(votes: Votes, regular: NDArray[np.bool_]) -> _Regulars | None:
    try:
        board = rate(votes.select(regular))
    except ArenaError:
        return None
    theta, error = np.full(len(votes.names), np.nan), np.zeros(len(votes.names))
    place = {name: k for k, name in enumerate(votes.names)}
    for standing in board.contestants:
        if math.isfinite(standing.lower) and math.isfinite(standing.upper):
            theta[place[standing.name]] = standing.rating / SCALE
            error[place[standing.name]] = (standing.upper - standing.lower) / SCALE / 3.92
    return _Regulars(theta, error, Shares.of(votes, regular))


def newcomer_campaigns(votes: Votes, settled: int = 30, alpha: float = 1e-3) -> list[Finding]:
    """Findings per contestant; none where there are no regulars to say what is usual."""
    if votes.voter is None or not len(votes):
        return []
    codes = votes.voter.codes
    cast = np.bincount(codes[codes >= 0], minlength=len(votes.voter.names))
    regular = np.zeros(len(votes), bool)
    regular[codes >= 0] = cast[codes[codes >= 0]] >= settled
    usual = _regulars(votes, regular) if regular.any() and not regular.all() else None
    if usual is None:
        return []
    new = np.flatnonzero(~regular)
    if votes.time is not None:
        new = new[np.argsort(votes.time[new], kind="stable")]
    out = []
    bets = 2 * len(votes.names)
    for c in np.flatnonzero(~np.isnan(usual.theta)):
        for way in (1, -1):
            wealth = usual.wealth(votes, new, int(c), way) - math.log(bets)
            if wealth >= math.log(1 / alpha):
                held, when = _held(votes, new, int(c), way, usual, math.log(bets / alpha))
                word = "for" if way > 0 else "against"
                odds = math.exp(min(wealth, 700))
                reason = (
                    f"newcomers vote {word} '{votes.names[c]}' as regulars do not, {when}; e-value {odds:.2g}"
                )
                out.append(Finding("newcomers", f"{word} {votes.names[c]}", reason, held))
    return out


def _held(
    votes: Votes, new: NDArray[np.int64], c: int, way: int, usual: _Regulars, bar: float
) -> tuple[NDArray[np.int64], str]:
    """Newcomers' votes on c, of the days that show the campaign if these explain it, or of all."""
    on = (votes.a[new] == c) | (votes.b[new] == c)
    if votes.time is None:
        return new[on], "at unknown times"
    days = np.floor(votes.time[new] / DAY)
    shown = [day for day in np.unique(days) if usual.wealth(votes, new[days == day], c, way) >= _DAY_EVIDENCE]
    among = np.isin(days, shown)
    if shown and usual.wealth(votes, new[~among], c, way) < bar:
        return new[on & among], f"on {len(shown)} day{'s' * (len(shown) != 1)}"
    return new[on], "at all times"
