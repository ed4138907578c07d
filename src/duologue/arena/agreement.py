"""How far a judge agrees with the votes of people.

Design choices
- Share agreed, with Wilson's interval: honest for few votes, and never outside 0 to 1.
- Cohen's kappa, what is left of the agreement after that of chance, with the large-sample interval of Fleiss,
  Cohen and Everitt. Three outcomes: left, right, neither; people's tie and both bad are one, since no two
  judges draw the line between them alike.
- `decided` leaves out what either called neither: a judge that never decides agrees with nobody, and one that
  always decides is judged where people decided too.
- Two people on one battle count twice: each is an opinion to agree with.

Cohen, A coefficient of agreement for nominal scales (1960); Fleiss, Cohen and Everitt, Large sample standard
errors of kappa and weighted kappa (1969); Wilson, Probable inference (1927).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from duologue.arena.errors import ArenaError
from duologue.arena.votes import OUTCOMES

__all__ = ["Agreement", "agreement", "wilson"]

_SIDES = {"model_a": 0, "model_b": 1, "tie": 2, "both_bad": 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """battles: compared. share: agreed, in (lower, upper). kappa: in (kappa_lower, kappa_upper), NaN where it
    isn't defined (both always say the same). decided: battles that both decided, decided_share: agreed of
    them."""

    battles: int
    share: float
    lower: float
    upper: float
    kappa: float
    kappa_lower: float
    kappa_upper: float
    decided: int
    decided_share: float
    decided_lower: float
    decided_upper: float


def wilson(hits: float, total: float, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's interval of a share; (0, 1) where nothing was counted."""
    if total <= 0:
        return 0.0, 1.0
    p, w = hits / total, z * z / total
    middle = (p + w / 2) / (1 + w)
    half = z / (1 + w) * math.sqrt(p * (1 - p) / total + w / (4 * total))
    return max(0.0, middle - half), min(1.0, middle + half)


def agreement(pairs: Iterable[tuple[str, str]]) -> Agreement:
    """Of (a person's, the judge's) winners of the same battles. Raises ArenaError for another word."""
    table = [[0.0] * 3 for _ in range(3)]
    for person, program in pairs:
        for word in (person, program):
            if word not in _SIDES:
                raise ArenaError(f"'{word}' is no outcome; give {', '.join(OUTCOMES)}")
        table[_SIDES[person]][_SIDES[program]] += 1
    total = sum(map(sum, table))
    hits = sum(table[k][k] for k in range(3))
    decided = sum(table[i][j] for i in range(2) for j in range(2))
    right = table[0][0] + table[1][1]
    kappa, half = _kappa(table, total)
    share, sides = wilson(hits, total), wilson(right, decided)
    return Agreement(
        battles=int(total),
        share=hits / total if total else math.nan,
        lower=share[0],
        upper=share[1],
        kappa=kappa,
        kappa_lower=max(-1.0, kappa - half),
        kappa_upper=min(1.0, kappa + half),
        decided=int(decided),
        decided_share=right / decided if decided else math.nan,
        decided_lower=sides[0],
        decided_upper=sides[1],
    )


def _kappa(table: list[list[float]], total: float, z: float = 1.959964) -> tuple[float, float]:
    """Kappa and half the width of its interval; NaN where it isn't defined."""
    if not total:
        return math.nan, math.nan
    p = [[cell / total for cell in row] for row in table]
    rows = [sum(row) for row in p]
    columns = [sum(row[j] for row in p) for j in range(3)]
    seen = sum(p[k][k] for k in range(3))
    chance = sum(rows[k] * columns[k] for k in range(3))
    if 1 - chance < 1e-12:
        return math.nan, math.nan
    kappa = (seen - chance) / (1 - chance)
    a = sum(p[k][k] * (1 - (rows[k] + columns[k]) * (1 - kappa)) ** 2 for k in range(3))
    b = (1 - kappa) ** 2 * sum(
        p[i][j] * (columns[i] + rows[j]) ** 2 for i in range(3) for j in range(3) if i != j
    )
    c = (kappa - chance * (1 - kappa)) ** 2
    return kappa, z * math.sqrt(max(a + b - c, 0.0) / total) / (1 - chance)
