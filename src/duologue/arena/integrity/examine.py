"""All checks in their order, over all votes: what a quarantine would hold.

Design choices
- First what needs no ratings: repeats, limits, haste, sides. Then, on what is left, the tests against the
  crowd: those who stand out most are taken out and the ratings fitted anew, until nobody more is found. Last
  the newcomers together.
- Hostile newcomers bend the ratings against honest regulars, hostile regulars against honest newcomers. So
  newcomers are tried first too, and of the two orders the one that holds fewer votes is kept.
- The checks see votes, never who is ahead or whom anybody would like to be.
- Pure: findings come back, nothing is changed. `kept` leaves out what they hold, `quarantine.py` keeps them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

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


@dataclass(slots=True)
class _Taken:
    """Findings so far, and the rows that none of them holds."""

    votes: Votes
    found: list[Finding] = field(default_factory=list)
    free: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def __post_init__(self) -> None:
        if not self.found:
            self.free = np.arange(len(self.votes))

    def copy(self) -> _Taken:
        """One that goes its own way from here."""
        return _Taken(self.votes, list(self.found), self.free.copy())

    def left(self) -> Votes:
        """The votes that are free."""
        return self.votes.select(self.free)

    def take(self, more: list[Finding]) -> bool:
        """Add findings about the free votes; says whether there was anything."""
        held = np.zeros(len(self.free), bool)
        for finding in more:
            rows = finding.rows[~held[finding.rows]]
            if rows.size:
                held[rows] = True
                self.found.append(Finding(finding.check, finding.subject, finding.reason, self.free[rows]))
        self.free = self.free[~held]
        return bool(held.any())


def examine(votes: Votes, checks: Checks | None = None) -> list[Finding]:
    """Findings of all checks; each holds only votes that none before it does. Rows stand for single votes.

    Raises ArenaError for rows that stand for several votes: checks are about single ones.
    """
    checks = checks or Checks()
    if np.any(votes.count != 1):
        raise ArenaError("checks are about single votes; give rows without counts")
    taken = _Taken(votes)
    for check in (repeated_battles, repeated_opinions, flooding_prompts):
        taken.take(check(taken.left()))
    taken.take(excess(taken.left(), checks.limits))
    taken.take(hasty_votes(taken.left(), checks.fastest))
    taken.take(side_voters(taken.left(), checks.alpha))
    first = _against_the_crowd(taken.copy(), checks, newcomers_first=False)
    if len(first.free) == len(taken.free):
        return first.found
    second = _against_the_crowd(taken.copy(), checks, newcomers_first=True)
    return max(first, second, key=lambda done: len(done.free)).found


def _against_the_crowd(taken: _Taken, checks: Checks, *, newcomers_first: bool) -> _Taken:
    """The tests that need ratings, in one order or the other."""
    if newcomers_first:
        taken.take(newcomer_campaigns(taken.left(), checks.settled, checks.campaign))
    for number in range(_ROUNDS):
        left = taken.left()
        share = _FIRST if number < _ROUNDS - 1 else 0.0
        if not taken.take(contrary_voters(left, crowd_of(left, checks.tolerance), checks.alpha, share)):
            break
    taken.take(newcomer_campaigns(taken.left(), checks.settled, checks.campaign))
    return taken
