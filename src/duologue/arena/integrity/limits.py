"""How many votes one may cast: per day and in a short time, per voter and per address.

Design choices
- The same numbers at the door and afterwards: `wait` says how long a voter has to wait, `excess` finds what
  came in past the limits all the same (an import, a limit that was lowered).
- What is past a limit is held, not all that its voter ever cast: zeal is no fraud.
- Days are UTC. A short time is a sliding window. An address may be a school or an office, so it gets more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duologue.arena.errors import ArenaError
from duologue.arena.integrity.finding import Finding, groups
from duologue.arena.votes import Category, Votes

__all__ = ["DAY", "Limits", "excess", "wait"]

DAY = 86_400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Votes at most: of a voter and of an address per UTC day, and within `window` seconds."""

    voter_day: int = 200
    voter_window: int = 6
    address_day: int = 600
    address_window: int = 30
    window: float = 60.0

    def __post_init__(self) -> None:
        if (
            min(self.voter_day, self.voter_window, self.address_day, self.address_window) < 1
            or self.window <= 0
        ):
            raise ArenaError(
                "limits below one vote let nobody vote; give 1 or more, and a window above 0 seconds"
            )


def wait(times: Sequence[float], now: float, limits: Limits, *, address: bool = False) -> float:
    """Seconds until one more vote is allowed, 0 if it is now. `times`: of the votes so far, in any order, in
    seconds since 1970; those of the last day are enough.
    """
    day, window = (
        (limits.address_day, limits.address_window) if address else (limits.voter_day, limits.voter_window)
    )
    midnight = now - now % DAY
    if sum(t >= midnight for t in times) >= day:
        return midnight + DAY - now
    recent = sorted(t for t in times if t > now - limits.window)
    return max(0.0, recent[-window] + limits.window - now) if len(recent) >= window else 0.0


def excess(votes: Votes, limits: Limits) -> list[Finding]:
    """Findings for votes past the limits; none where times aren't known."""
    if votes.time is None:
        return []
    out = []
    for what, category, day, window in (
        ("voter", votes.voter, limits.voter_day, limits.voter_window),
        ("address", votes.address, limits.address_day, limits.address_window),
    ):
        if category is not None:
            out += _past(votes.time, category, what, day, window, limits.window)
    return out


def _past(
    time: NDArray[np.float64], category: Category, what: str, day: int, window: int, seconds: float
) -> list[Finding]:
    out = []
    for code, rows in groups(category.codes):
        rows = rows[~np.isnan(time[rows])]
        if len(rows) <= min(day, window):
            continue
        rows = rows[np.argsort(time[rows], kind="stable")]
        when = time[rows]
        days = when // DAY
        nth = np.arange(len(rows)) - np.searchsorted(days, days)
        over_day = nth >= day
        over_window = _crowded(when, window, seconds)
        for name, over, limit in (
            (f"{what}-day", over_day, f"{day} a day"),
            (f"{what}-rate", over_window & ~over_day, f"{window} in {seconds:g} s"),
        ):
            if over.any():
                reason = f"{int(over.sum())} of {len(rows)} votes are past the limit of {limit}"
                out.append(Finding(name, category.names[code], reason, rows[over]))
    return out


def _crowded(when: NDArray[np.float64], most: int, seconds: float) -> NDArray[np.bool_]:
    """Which votes come while `most` allowed ones lie within the seconds before; refused ones don't count."""
    over = np.zeros(len(when), bool)
    if len(when) <= most or (when[most:] - when[:-most]).min() >= seconds:
        return over
    allowed: list[float] = []
    for k, t in enumerate(when):
        if len(allowed) >= most and t - allowed[-most] < seconds:
            over[k] = True
        else:
            allowed.append(t)
    return over
