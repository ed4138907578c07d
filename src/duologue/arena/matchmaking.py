"""Who meets whom next: where a vote teaches most, with newcomers first.

Design choices
- A pair is drawn with a chance in proportion to how much its interval shrinks by one more vote: sqrt(v / n) -
  sqrt(v / (n + 1)), v = p (1 - p) the variance of its outcome, n the votes so far. Pairs that are even and
  seldom met come first; a hundred votes on a foregone result don't.
- p is the pair's own share pulled towards what the ratings say (or a half) by two imagined votes, n counts
  two more, so that a first vote doesn't settle anything.
- A contestant with fewer than `settled` battles is new: pairs with one weigh more the newer it is, up to
  `newcomers` times, so that it gets its place within days.
- A share `even` of all draws ignores all that, so that every pair keeps a chance and the graph stays
  connected.
- Which of the two stands left is the toss of a fair coin, from the system's own randomness.

Chiang et al., Chatbot Arena, arxiv.org/abs/2403.04132, section 5 (active sampling, equation 9).
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from duologue.arena.errors import ArenaError

__all__ = ["Met", "Pairing", "chances", "draw"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pairing:
    """How pairs are drawn. settled: battles after which nobody is new. newcomers: weight of one without any.
    even: share of draws in which all pairs are alike."""

    settled: int = 60
    newcomers: float = 8.0
    even: float = 0.1

    def __post_init__(self) -> None:
        if not (self.settled >= 0 and self.newcomers >= 1 and 0 < self.even <= 1):
            raise ArenaError("pairing needs settled >= 0, newcomers >= 1 and even above 0, at most 1")


@dataclass(frozen=True, slots=True)
class Met:
    """What is known of a pair, seen from the first of its names: `share` won (ties as half) of `battles`
    votes.
    """

    battles: int = 0
    share: float = 0.5


def _gain(met: Met, expected: float) -> float:
    """How much the standard error of the pair's share falls with one more vote."""
    n = met.battles + 2
    p = (met.battles * met.share + 2 * expected) / n
    variance = max(p * (1 - p), 0.01)
    return math.sqrt(variance / n) - math.sqrt(variance / (n + 1))


def chances(
    names: Sequence[str],
    met: Mapping[tuple[str, str], Met],
    ratings: Mapping[str, float] | None = None,
    pairing: Pairing | None = None,
) -> dict[tuple[str, str], float]:
    """The chance of each pair; they add up to one.

    names: contestants, each once. met: by pair, either way round. ratings: on the scale 400 / ln 10, for
    those who have one. Raises ArenaError for fewer than two contestants.
    """
    pairing = pairing or Pairing()
    if len(set(names)) < 2:
        raise ArenaError(f"a battle needs two contestants, there {'is one' if names else 'are none'}")
    known = {pair if pair[0] < pair[1] else pair[::-1]: pair for pair in met}
    ratings = ratings or {}
    counts = dict.fromkeys(names, 0)
    for pair, what in met.items():
        for name in pair:
            if name in counts:
                counts[name] += what.battles
    weights: dict[tuple[str, str], float] = {}
    for pair in combinations(sorted(set(names)), 2):
        first, second = pair
        given = known.get(pair)
        seen = Met() if given is None else met[given]
        if given is not None and given != pair:
            seen = Met(seen.battles, 1 - seen.share)
        expected = 0.5
        if first in ratings and second in ratings:
            expected = 1 / (1 + 10 ** ((ratings[second] - ratings[first]) / 400))
        newest = min(counts[first], counts[second])
        fresh = 1 - newest / pairing.settled if newest < pairing.settled else 0.0
        weights[pair] = _gain(seen, expected) * (1 + (pairing.newcomers - 1) * fresh)
    total = sum(weights.values())
    return {pair: (1 - pairing.even) * w / total + pairing.even / len(weights) for pair, w in weights.items()}


def draw(
    names: Sequence[str],
    met: Mapping[tuple[str, str], Met],
    ratings: Mapping[str, float] | None = None,
    pairing: Pairing | None = None,
    source: random.Random | None = None,
) -> tuple[str, str]:
    """(left, right) of the next battle. source: of randomness, the system's by default. Raises ArenaError."""
    source = source or random.SystemRandom()
    weighed = chances(names, met, ratings, pairing)
    pair = source.choices(list(weighed), weights=list(weighed.values()))[0]
    return pair if source.random() < 0.5 else pair[::-1]
