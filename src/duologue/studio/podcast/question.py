"""A question that may be asked before a statement."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Question"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """text: as asked, empty where `pool` names the phrases to choose from; answer: what is said in place of
    the whole statement, None for the statement itself; cites: whether the question has words of the source;
    keep: whether the statement keeps its connective."""

    kind: str
    rank: float
    text: str = ""
    pool: str = ""
    slot: str = ""
    answer: str | None = None
    cites: bool = False
