"""A sequential test per voter for votes against the crowd: for one contestant or against it whatever it
meets, only on battles of one contestant, or for whoever should lose.

Design choices
- The bets of bets.py. The crowd's ratings give c its chance against an opponent; an honest voter's own may
  differ by `tolerance` in log odds (taste, and the ratings' error), so c wins with at most sigma(d +
  tolerance).
- For each contestant: that it wins more than that, that it loses more, that it is in more of the voter's
  battles than of others' at that time, and both at once, each with several stakes; and that the underdog
  wins. One wealth of all.
- The chance that an honest voter's wealth ever reaches 1 / alpha is at most alpha (Ville's inequality, see
  bets.py): among N honest voters at most alpha N are expected to be found, however long they vote.
- Ties are not bet on: how often people call a tie is a habit, not fraud.
- The ratings should not hang on the voter's own votes. In a batch they do a little, which hides fraud and
  doesn't invent it; `examine` therefore fits anew without those who were found, until nobody more is.
- Votes of one kind (text, speech) belong together here: pairs are drawn within a kind.

Source: Chiang et al., Chatbot Arena (2024), section on anomalous users; Huang et al., Exploring and
mitigating adversarial manipulation of voting-based leaderboards (2025). For the test itself see bets.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duologue.arena.integrity.bets import Shares, factors, most_wealth, sigmoid
from duologue.arena.integrity.finding import Finding, groups
from duologue.arena.votes import Outcome, Votes

__all__ = ["TOLERANCE", "Crowd", "Evidence", "contrary_voters", "evidence"]

Floats = NDArray[np.float64]
TOLERANCE = 0.3
_OUTCOME = np.array([0.15, 0.5, 0.9])  # stakes on who wins
_PAIR = np.array([0.3, 0.8])  # stakes on who is in the pair
_UNDERDOG = 0.25  # of the first stake; the rest is spread over the contestants
_KINDS = (1 + 2 * len(_OUTCOME)) * (
    1 + len(_PAIR)
)  # bets per contestant; the one that stakes nothing is kept


@dataclass(frozen=True, slots=True)
class Crowd:
    """What the crowd thinks: `theta: (K,)` strengths in natural units, NaN where it has none."""

    theta: Floats
    tolerance: float = TOLERANCE


@dataclass(frozen=True, slots=True)
class Evidence:
    """`wealth`: the largest log e-value, after `votes` votes, won most with `way` ("for", "against", "on",
    "underdog") and `contestant` (a code, -1 for the underdog).
    """

    wealth: float
    votes: int = 0
    way: str = ""
    contestant: int = -1


def evidence(votes: Votes, rows: NDArray[np.int64], crowd: Crowd, shares: Shares) -> Evidence:
    """Of one voter's votes, `rows` in their order."""
    a, b = votes.a[rows].astype(np.int64), votes.b[rows].astype(np.int64)
    lead = crowd.theta[a] - crowd.theta[b]
    known = ~np.isnan(lead)
    rows, a, b, lead = rows[known], a[known], b[known], lead[known]
    if not len(rows):
        return Evidence(0.0)
    decided = votes.outcome[rows] <= Outcome.MODEL_B
    a_won = votes.outcome[rows] == Outcome.MODEL_A
    met = np.unique(np.concatenate([a, b]))
    row = np.arange(len(rows))
    there = np.zeros((len(rows), len(met)), bool)
    outcome = np.zeros((len(rows), len(met), 1 + 2 * len(_OUTCOME)))
    for side, ahead, won in ((a, lead, a_won), (b, -lead, ~a_won)):
        place = np.searchsorted(met, side)
        there[row, place] = True
        wins = factors(won, sigmoid(ahead + crowd.tolerance), _OUTCOME)
        loses = factors(~won, sigmoid(-ahead + crowd.tolerance), _OUTCOME)
        outcome[row, place, 1:] = np.where(decided[:, None], np.concatenate([wins, loses], axis=1), 0.0)
    pair = np.zeros((len(rows), len(met), 1 + len(_PAIR)))
    pair[..., 1:] = factors(there, shares.most(rows, met), _PAIR)
    steps = (outcome[..., :, None] + pair[..., None, :]).reshape(len(rows), -1)
    behind = np.where(lead > 0, ~a_won, a_won)
    under = factors(behind, sigmoid(-np.abs(lead) + crowd.tolerance), _OUTCOME) * decided[:, None]
    weights = np.full(steps.shape[1] + len(_OUTCOME), (1 - _UNDERDOG) / (_KINDS * len(crowd.theta)))
    weights[-len(_OUTCOME) :] = _UNDERDOG / len(_OUTCOME)
    wealth, after, bet = most_wealth(np.concatenate([steps, under], axis=1), weights)
    if bet >= steps.shape[1]:
        return Evidence(wealth, after, "underdog")
    who, kind = divmod(bet, _KINDS)
    way = kind // (1 + len(_PAIR))
    name = "on" if way == 0 else "for" if way <= len(_OUTCOME) else "against"
    return Evidence(wealth, after, name, int(met[who]))


def contrary_voters(votes: Votes, crowd: Crowd, alpha: float = 1e-3, share: float = 0.0) -> list[Finding]:
    """Voters whose wealth reached 1 / alpha; all of their votes are held.

    share: only those whose log wealth is at least that share of the largest. Hostile votes bend the ratings,
    and against bent ratings honest voters look hostile: who stands out most comes first, the others after a
    new fit.
    """
    if votes.voter is None:
        return []
    shares = Shares.of(votes)
    bar = math.log(1 / alpha)
    seen = []
    for code, rows in groups(votes.voter.codes):
        if votes.time is not None:
            rows = rows[np.argsort(votes.time[rows], kind="stable")]
        found = evidence(votes, rows, crowd, shares)
        if found.wealth >= bar:
            seen.append((found, code, rows))
    bar = max(bar, share * max((found.wealth for found, _, _ in seen), default=0.0))
    return [
        Finding("crowd", votes.voter.names[code], _reason(votes, rows, found), rows)
        for found, code, rows in seen
        if found.wealth >= bar
    ]


def _reason(votes: Votes, rows: NDArray[np.int64], found: Evidence) -> str:
    tail = f"; e-value {math.exp(min(found.wealth, 700)):.2g} after {found.votes} of {len(rows)} votes"
    if found.way == "underdog":
        return "votes for whoever should lose, more than taste or chance explains" + tail
    c, name = found.contestant, votes.names[found.contestant]
    on_a, on_b = votes.a[rows] == c, votes.b[rows] == c
    won = int((on_a & (votes.outcome[rows] == 0)).sum() + (on_b & (votes.outcome[rows] == 1)).sum())
    lost = int((on_a & (votes.outcome[rows] == 1)).sum() + (on_b & (votes.outcome[rows] == 0)).sum())
    on = int((on_a | on_b).sum())
    if found.way == "on":
        return f"votes on battles of '{name}' above all ({on} of {len(rows)})" + tail
    return f"votes {found.way} '{name}' whatever it meets ({won} to {lost}, {on} of {len(rows)} votes)" + tail
