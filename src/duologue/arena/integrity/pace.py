"""Votes that came too fast for anybody to have read or heard what was voted on.

Design choices
- `fastest` seconds are the floor for any vote; where the lengths or durations of the answers are known, the
  floor is what skimming takes: a word in a twentieth of a second, half the time of both clips.
- Single hasty votes are held alone, everybody misclicks. Who is hasty in half of ten votes or more is held
  whole.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from duologue.arena.integrity.finding import Finding, groups
from duologue.arena.votes import Votes

__all__ = ["hasty_votes", "shortest"]

WORDS_A_SECOND, HEARD = 20.0, 0.5
_SKIMMED = 3.0  # seconds of reading that a long answer may have been skipped to


def shortest(votes: Votes, fastest: float = 1.0) -> NDArray[np.float64]:
    """(V,) seconds that a vote must have taken at the very least."""
    floor = np.full(len(votes), fastest)
    if "length" in votes.covariates:
        words = np.nan_to_num(votes.covariates["length"]).sum(0)
        floor = np.maximum(floor, np.minimum(words / WORDS_A_SECOND, _SKIMMED))
    if "duration" in votes.covariates:
        floor = np.maximum(floor, HEARD * np.nan_to_num(votes.covariates["duration"]).sum(0))
    return floor


def hasty_votes(votes: Votes, fastest: float = 1.0) -> list[Finding]:
    """One finding per hasty voter, one for all single votes of unknown voters."""
    if votes.seconds is None:
        return []
    hasty = votes.seconds < shortest(votes, fastest)  # NaN is not
    if not hasty.any():
        return []
    if votes.voter is None:
        return [
            Finding(
                "pace", "unknown voters", f"{int(hasty.sum())} votes came too fast", np.flatnonzero(hasty)
            )
        ]
    out = []
    for code, rows in groups(votes.voter.codes):
        count = int(hasty[rows].sum())
        if not count:
            continue
        whole = len(rows) >= 10 and count >= len(rows) / 2
        reason = f"{count} of {len(rows)} votes came too fast to have read or heard both answers"
        out.append(Finding("pace", votes.voter.names[code], reason, rows if whole else rows[hasty[rows]]))
    unknown = np.flatnonzero(hasty & (votes.voter.codes < 0))
    if unknown.size:
        out.append(Finding("pace", "unknown voters", f"{unknown.size} votes came too fast", unknown))
    return out
