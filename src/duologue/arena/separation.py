"""Which contestants the votes place: all of them, or some only from one side, or some not at all.

Design choices
- Maximum likelihood has finite strengths exactly among contestants that are strongly connected by "took at
  least half a point from". The largest such group (of equals the one with most battles) is the core: its
  strengths and intervals come from its own votes and nothing else.
- The others are outsiders. Each gets half a win and half a loss against the core's mean, which makes a
  finite, sensible strength of any record (5 wins in 5 battles: +417 points; 100 in 100: +921), and its
  interval is unbounded where the votes set no bound: above for who never lost to the core, below for who
  never won.
- Outsiders that no chain of battles links to the core can't be compared with it: they are shown, with no
  rank.
- Where nobody is strongly connected to anybody (a first vote, a clean ladder) all are outsiders.

Source: L. R. Ford, Solution of a ranking problem from binary comparisons, Am. Math. Monthly 64 (1957), for
the condition; half a win and half a loss is J. B. S. Haldane's and F. J. Anscombe's correction (1956).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duologue.arena.tally import Tally

__all__ = ["Structure", "structure"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Structure:
    """(K,) masks: `core`; `linked` to the core by some chain of battles; `bounded_above`, `bounded_below`."""

    core: Mask
    linked: Mask
    bounded_above: Mask
    bounded_below: Mask


def structure(tally: Tally) -> Structure:
    """Sort the contestants; those without a vote are neither core nor linked."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    size = len(tally.names)
    points = tally.counts @ np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.5], [0.5, 0.5]])
    i = np.concatenate([tally.first[points[:, 0] > 0], tally.second[points[:, 1] > 0]])
    j = np.concatenate([tally.second[points[:, 0] > 0], tally.first[points[:, 1] > 0]])
    beat = csr_array((np.ones(len(i)), (i, j)), shape=(size, size))
    battles = tally.battles()
    _, strong = connected_components(beat, directed=True, connection="strong")
    _, weak = connected_components(beat, directed=False)
    members = np.bincount(strong, minlength=1)
    votes = np.bincount(strong, battles)
    best = max(range(len(members)), key=lambda g: (members[g], votes[g]))
    if members[best] < 2:
        linked = weak == weak[int(np.argmax(battles))]
        won = np.bincount(i, minlength=size) > 0
        lost = np.bincount(j, minlength=size) > 0
        return Structure(np.zeros(size, bool), linked & (battles > 0), lost & linked, won & linked)
    core = strong == best
    seed = int(np.argmax(core))
    above, below = _reached(beat.T.tocsr(), seed), _reached(beat, seed)  # who has beaten whom, over any chain
    return Structure(core, weak == weak[seed], below, above)


def _reached(graph: Any, seed: int) -> Mask:
    """Who can be reached from `seed` along the edges, itself included."""
    from scipy.sparse.csgraph import breadth_first_order

    out: Mask = np.zeros(graph.shape[0], np.bool_)
    out[breadth_first_order(graph, seed, directed=True, return_predecessors=False)] = True
    return out
