"""A finding: which votes a check would hold, against whom, and why, in words for the person who reviews it.

Design choices
- A finding is a proposal with its evidence. Holding votes, and letting them go again, is the quarantine's.
- One finding per check and subject, so that a reviewer decides about a voter, not about a hundred votes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duologue.arena.votes import Votes

__all__ = ["Finding", "groups", "kept"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`rows: (N,)` indices into the votes; `subject` a voter, an address, a prompt, or a group of voters."""

    check: str
    subject: str
    reason: str
    rows: NDArray[np.int64]


def kept(votes: Votes, findings: Iterable[Finding]) -> Votes:
    """The votes that no finding holds."""
    mask = np.ones(len(votes), bool)
    for finding in findings:
        mask[finding.rows] = False
    return votes.select(mask)


def groups(codes: NDArray[np.int32]) -> list[tuple[int, NDArray[np.int64]]]:
    """(code, rows in their order) of each known code."""
    order = np.argsort(codes, kind="stable")
    order = order[np.searchsorted(codes[order], 0) :]
    if not order.size:
        return []
    cuts = np.flatnonzero(np.diff(codes[order])) + 1
    return [(int(codes[part[0]]), part) for part in np.split(order, cuts)]
