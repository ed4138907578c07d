"""All checks in their order, over all votes: what a quarantine would hold.

Design choices
- First what needs no ratings: repeats, limits, haste, sides. Then, on what is left, the tests against the
  crowd: those who stand out most are taken out and the ratings fitted anew, until nobody more is found. Last
  the newcomers together.
- The checks see votes, never who is ahead or whom anybody would like to be.
- Pure: findings come back, nothing is changed. `kept` leaves out what they hold, `quarantine.py` keeps them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from duologue.arena.errors import ArenaError
from duologue.arena.integrity.crowd import TOLERANCE, Crowd, contrary_voters
from duologue.arena.integrity.finding import Finding
from duologue.arena.integrity.limits import Limits, excess
from duologue.arena.integrity.newcomers import newcomer_campaigns
from duologue.arena.integrity.pace import hasty_votes
from duologue.arena.integrity.repeats import flooding_prompts, repeated_battles, repeated_opinions
from duologue.arena.integrity.sidebias import side_voters
from duologue.arena.ratings import SCALE, rate
from duologue.arena.votes import Votes

__all__ = ["Checks", "crowd_of", "examine"]

_ROUNDS, _FIRST = 8, 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Checks:
    """alpha: chance to flag an honest voter, per voter and test. campaign: chance to hold honest newcomers'
    votes.

    fastest: seconds that any vote takes at least. tolerance: how far honest taste may be from the crowd, in
    log odds. settled: votes that make a regular.
    """

    limits: Limits = field(default_factory=Limits)
    fastest: float = 1.0
    alpha: float = 1e-3
    campaign: float = 1e-3
    tolerance: float = TOLERANCE
    settled: int = 30

    def __post_init__(self) -> None:
        if not (0 < self.alpha < 1 and 0 < self.campaign < 1):
            raise ArenaError("alpha and campaign are chances; give numbers between 0 and 1")
        if self.tolerance < 0 or self.fastest < 0 or self.settled < 1:
            raise ArenaError("give a tolerance and a fastest time of 0 or more, and 1 settled vote or more")


def crowd_of(votes: Votes, tolerance: float = TOLERANCE) -> Crowd:
    """The crowd's strengths by these votes; NaN for who can't be compared."""
    theta = np.full(len(votes.names), np.nan)
    place = {name: k for k, name in enumerate(votes.names)}
    try:
        board = rate(votes)
    except ArenaError:  # nothing left to rate
        return Crowd(theta, tolerance)
    for standing in board.contestants:
        if standing.rank is not None and math.isfinite(standing.rating):
            theta[place[standing.name]] = standing.rating / SCALE
    return Crowd(theta, tolerance)


def examine(votes: Votes, checks: Checks | None = None) -> list[Finding]:
    """Findings of all checks; each holds only votes that none before it does. Rows stand for single votes.

    Raises ArenaError for rows that stand for several votes: checks are about single ones.
    """
    checks = checks or Checks()
    if np.any(votes.count != 1):
        raise ArenaError("checks are about single votes; give rows without counts")
    free = np.arange(len(votes))
    found: list[Finding] = []

    def take(more: list[Finding]) -> bool:
        """Add findings about the free votes; says whether there was anything."""
        nonlocal free
        held = np.zeros(len(free), bool)
        for finding in more:
            rows = finding.rows[~held[finding.rows]]
            if rows.size:
                held[rows] = True
                found.append(Finding(finding.check, finding.subject, finding.reason, free[rows]))
        free = free[~held]
        return bool(held.any())

    for check in (repeated_battles, repeated_opinions, flooding_prompts):
        take(check(votes.select(free)))
    take(excess(votes.select(free), checks.limits))
    take(hasty_votes(votes.select(free), checks.fastest))
    take(side_voters(votes.select(free), checks.alpha))
    for number in range(_ROUNDS):
        left = votes.select(free)
        share = _FIRST if number < _ROUNDS - 1 else 0.0
        if not take(contrary_voters(left, crowd_of(left, checks.tolerance), checks.alpha, share)):
            break
    take(newcomer_campaigns(votes.select(free), checks.settled, checks.campaign))
    return found
