"""Ratings: votes in, a leaderboard with intervals and ranks out.

Design choices
- Bradley-Terry by maximum likelihood (bradley_terry.py), ties and both bad as half a win each; intervals from
  the sandwich (sandwich.py), or percentiles of a bootstrap if asked for.
- Scale 400 / ln 10 as in chess: 400 points are odds of ten to one. The mean of the rated contestants is at
  1000 unless an anchor says otherwise; an anchor moves all numbers by the same amount and no rank.
- Rank = 1 + number of contestants whose lower bound lies above one's upper bound, so that several may share a
  place and nobody is above another without evidence.
- Contestants that the votes don't place have an unbounded interval or no rank (separation.py), never a crash.
- `reweight` gives every pair the same total weight, so that ratings don't depend on who was paired how often.
- `start` takes an earlier leaderboard: Newton's method goes on from there.

Source: W.-L. Chiang et al., Chatbot Arena: an open platform for evaluating LLMs by human preference (2024);
A. E. Elo, The rating of chessplayers (1978), for the scale.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from duologue.arena.bootstrap import bootstrap
from duologue.arena.bradley_terry import Fit, Rows, fit
from duologue.arena.covariates import Differences, differences
from duologue.arena.errors import ArenaError
from duologue.arena.sandwich import bread, sandwich
from duologue.arena.separation import Structure, structure
from duologue.arena.tally import Tally
from duologue.arena.votes import Votes

__all__ = ["MEAN", "SCALE", "Effect", "Leaderboard", "Rating", "Standing", "rate"]

Floats = NDArray[np.float64]
SCALE = 400 / math.log(10)
MEAN = 1000.0
_SCORES = np.array([1.0, 0.0, 0.5])


@dataclass(frozen=True, kw_only=True, slots=True)
class Rating:
    """How to rate. `confidence` of the intervals; `bootstrap` rounds, 0 for the sandwich; `anchor` a name and
    its rating; `style` the covariates; `cluster` to let the votes of one voter hang together.
    """

    confidence: float = 0.95
    bootstrap: int = 0
    seed: int = 0
    reweight: bool = False
    anchor: tuple[str, float] | None = None
    style: tuple[str, ...] = ()
    cluster: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.confidence < 1:
            raise ArenaError(
                f"confidence {self.confidence:g} is no share; give one between 0 and 1, such as 0.95"
            )
        if not 0 <= self.bootstrap <= 100_000:
            raise ArenaError(f"{self.bootstrap} bootstrap rounds can't be made; give 0 to 100000")
        if self.anchor is not None and not (math.isfinite(self.anchor[1]) and abs(self.anchor[1]) <= 1e6):
            raise ArenaError(f"an anchor at {self.anchor[1]:g} is no rating; give a number such as 1000")
        if self.bootstrap and self.cluster:
            raise ArenaError("the bootstrap draws single votes; give either bootstrap or cluster")


@dataclass(frozen=True, slots=True)
class Standing:
    """One contestant: `lower` and `upper` are infinite where the votes set no bound; `rank` is None where
    nothing links it to the others.
    """

    name: str
    rating: float
    lower: float
    upper: float
    rank: int | None
    battles: int
    wins: int = 0
    losses: int = 0
    ties: int = 0
    both_bad: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """What a covariate does: points for a difference of one root mean square (`scale`, of the raw
    difference).
    """

    name: str
    points: float
    lower: float
    upper: float
    scale: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaderboard:
    """Contestants by rating, best first. `covariance: (K, K)` in points squared, in their order; NaN where a
    contestant is outside the core.
    """

    contestants: tuple[Standing, ...]
    effects: tuple[Effect, ...] = ()
    notices: tuple[str, ...] = ()
    votes: int = 0
    confidence: float = 0.95
    covariance: Floats = field(default_factory=lambda: np.zeros((0, 0)))

    def __getitem__(self, name: str) -> Standing:
        for standing in self.contestants:
            if standing.name == name:
                return standing
        raise ArenaError(
            f"there is no contestant '{name}'{_nearest(name, [s.name for s in self.contestants])}"
        )


def rate(votes: Votes | Tally, rating: Rating | None = None, start: Leaderboard | None = None) -> Leaderboard:
    """Rate the contestants. A tally is enough unless `style` or `cluster` needs the single votes.

    Raises ArenaError for votes that hold nothing to rate, an unknown anchor or covariate.
    """
    rating = rating or Rating()
    tally = votes if isinstance(votes, Tally) else Tally.of(votes)
    if not len(tally.first):
        raise ArenaError("there are no votes to rate; give at least one between two contestants")
    names, size = tally.names, len(tally.names)
    notices: list[str] = []
    style = Differences((), np.zeros((0, 0)), np.zeros(0))
    if rating.style or rating.cluster:
        if isinstance(votes, Tally):
            raise ArenaError("style control and clusters need single votes; give Votes, not a Tally")
        style = differences(votes, rating.style)
        notices += style.notices
        kept = votes.count > 0
        first, second = votes.a[kept].astype(np.int64), votes.b[kept].astype(np.int64)
        score, counts, values = votes.score[kept], votes.count[kept].astype(float), style.values[kept]
    else:
        first, second = np.repeat(tally.first, 3), np.repeat(tally.second, 3)
        counts = np.concatenate([tally.counts[:, :2], tally.counts[:, 2:].sum(1, keepdims=True)], axis=1)
        score, counts, values = (
            np.tile(_SCORES, len(tally.first)),
            counts.ravel().astype(float),
            np.zeros((0, 0)),
        )
        present = counts > 0
        first, second, score, counts = first[present], second[present], score[present], counts[present]
        values = np.zeros((len(first), 0))
    each = _even(tally, first, second) if rating.reweight else np.ones(len(first))
    whole = Rows(size, first, second, score, counts * each, values)

    placed = structure(tally)
    inside = placed.core[first] & placed.core[second]
    index = np.cumsum(placed.core) - 1
    core = Rows(int(placed.core.sum()), index[first[inside]], index[second[inside]], score[inside],
                whole.weight[inside], values[inside])  # fmt: skip
    begun = _begin(names, placed, start, values.shape[1])
    theta, beta = np.zeros(size), np.zeros(values.shape[1])
    deviation = np.full(size, np.nan)
    z = NormalDist().inv_cdf(0.5 + rating.confidence / 2)
    low, high = np.full(size, -np.inf), np.full(size, np.inf)
    covariance = np.full((size, size), np.nan)
    effects: tuple[Effect, ...] = ()
    if core.size:
        fitted = fit(core, start=begun)
        theta[placed.core], beta = fitted.theta, fitted.beta
        groups = (
            votes.voter.codes[kept][inside]
            if rating.cluster and isinstance(votes, Votes) and votes.voter
            else None
        )
        spread = sandwich(core, fitted, each[inside], groups)
        covariance[np.ix_(placed.core, placed.core)] = spread[: core.size, : core.size]
        deviation[placed.core] = np.sqrt(np.diag(spread)[: core.size].clip(0))
        low, high = theta - z * deviation, theta + z * deviation
        wide = z * np.sqrt(np.diag(spread)[core.size :].clip(0))
        ends = np.stack([beta - wide, beta + wide])
        if rating.bootstrap:
            draws = bootstrap(core, fitted, counts[inside], each[inside], rating.bootstrap, rating.seed)
            edges = np.quantile(draws, [0.5 - rating.confidence / 2, 0.5 + rating.confidence / 2], axis=0)
            low[placed.core], high[placed.core] = edges[:, : core.size]
            ends = edges[:, core.size :]
        effects = tuple(
            Effect(name, SCALE * beta[p], SCALE * ends[0, p], SCALE * ends[1, p], float(style.scale[p]))
            for p, name in enumerate(style.names)
        )
    if not placed.core.all():
        out = ~placed.core
        offset = values @ beta if beta.size else None
        bare = Rows(size, first, second, score, whole.weight, np.zeros((len(first), 0)), offset)
        theta = fit(bare, start=Fit(theta, np.zeros(0), 0), prior=out.astype(float), free=out).theta
        sides = z * np.sqrt(np.diag(bread(bare, Fit(theta, np.zeros(0), 0), out)).clip(0))
        low[out] = np.where(placed.bounded_below & placed.linked, theta - sides, -np.inf)[out]
        high[out] = np.where(placed.bounded_above & placed.linked, theta + sides, np.inf)[out]
        notices += _outsiders(names, placed)
    return _leaderboard(tally, theta, low, high, covariance, placed, effects, notices, rating)


def _even(tally: Tally, first: NDArray[np.int64], second: NDArray[np.int64]) -> Floats:
    """(M,) weights that give every pair the same total and a vote the mean of one."""
    size = len(tally.names)
    met = tally.counts.sum(1)
    order = np.searchsorted(
        tally.first * size + tally.second, np.minimum(first, second) * size + np.maximum(first, second)
    )
    return np.asarray(met.sum() / len(met) / met[order])


def _begin(names: tuple[str, ...], placed: Structure, start: Leaderboard | None, extra: int) -> Fit | None:
    """The strengths of an earlier leaderboard, the mean for newcomers."""
    if start is None:
        return None
    known = {s.name: (s.rating - MEAN) / SCALE for s in start.contestants}
    middle = sum(known.values()) / max(len(known), 1)
    theta = np.array([known.get(name, middle) for name in names])[placed.core]
    beta = np.array([e.points / SCALE for e in start.effects])
    return Fit(
        theta - theta.mean() if theta.size else theta, beta if beta.size == extra else np.zeros(extra), 0
    )


def _outsiders(names: tuple[str, ...], placed: Structure) -> list[str]:
    def listing(mask: NDArray[np.bool_]) -> str:
        found = [names[k] for k in np.flatnonzero(mask)]
        return ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")

    known = placed.linked & ~placed.core
    sides = [
        (known & placed.bounded_below & ~placed.bounded_above, "never lost, no upper bound"),
        (known & placed.bounded_above & ~placed.bounded_below, "never won, no lower bound"),
        (known & ~placed.bounded_above & ~placed.bounded_below, "not comparable: no bounds, no rank"),
        (~placed.linked, "no chain of battles to the others, no rank"),
    ]  # fmt: skip
    return [f"{listing(mask)}: {words}" for mask, words in sides if mask.any()]


def _nearest(name: str, names: list[str]) -> str:
    close = difflib.get_close_matches(name, names, 1, 0.4)
    return f"; did you mean '{close[0]}'?" if close else f"; there are {', '.join(names[:8])}"


def _leaderboard(
    tally: Tally,
    theta: Floats,
    low: Floats,
    high: Floats,
    covariance: Floats,
    placed: Structure,
    effects: tuple[Effect, ...],
    notices: list[str],
    rating: Rating,
) -> Leaderboard:
    """Scale, shift, rank and sort."""
    names = tally.names
    ranked = placed.linked & (np.isfinite(low) | np.isfinite(high))
    centre = placed.core if placed.core.any() else ranked
    shift = MEAN - SCALE * float(theta[centre].mean())
    if rating.anchor is not None:
        name, at = rating.anchor
        if name not in names:
            raise ArenaError(f"the anchor '{name}' is no contestant{_nearest(name, list(names))}")
        code = names.index(name)
        if not ranked[code]:
            raise ArenaError(
                f"the anchor '{name}' has no rank; anchor a contestant that battles link to the others"
            )
        shift = at - SCALE * float(theta[code])
    ends = np.sort(low[ranked])
    better = len(ends) - np.searchsorted(ends, high, side="right")
    battles, results = tally.battles(), tally.results()
    standings = [
        Standing(
            names[k],
            shift + SCALE * float(theta[k]),
            shift + SCALE * float(low[k]),
            shift + SCALE * float(high[k]),
            1 + int(better[k]) if ranked[k] else None,
            int(battles[k]),
            *(int(r) for r in results[k]),
        )
        for k in range(len(names))
    ]
    order = sorted(
        range(len(names)), key=lambda k: (standings[k].rank is None, -standings[k].rating, names[k])
    )
    return Leaderboard(
        contestants=tuple(standings[k] for k in order),
        effects=effects,
        notices=tuple(notices),
        votes=int(tally.counts.sum()),
        confidence=rating.confidence,
        covariance=SCALE**2 * covariance[np.ix_(order, order)],
    )
