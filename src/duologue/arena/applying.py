"""From ratings to the gateway: which deployment it should trust at which task.

Design choices
- A deployment's rating is that of the contestant that is the deployment as it stands (its own name); where
  only variants or voices of it compete, the mean of theirs, weighted by their battles.
- A task's ratings are handed over from `least` votes on, those over all tasks as "*", speech as "speech".
  Below that a task goes by "*".
- All or nothing: a list is handed over when every deployment that competes for it has a place in it. A rating
  near 1000 beside a configured quality of 50 would decide by the scale and not by what is better.
- The gateway is a protocol here: `rate(task, {deployment: rating})`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from duologue.arena.board import Board, Boards, View
from duologue.arena.categories import TEXT_TASKS
from duologue.arena.contestants import KINDS, Kind, Roster

__all__ = ["LEAST", "Applied", "Rates", "apply", "deployment_ratings"]

LEAST = 50
"""Votes on a task before its ratings are handed over."""


class Rates(Protocol):
    """What takes ratings: the gateway."""

    def rate(self, task: str, ratings: Mapping[str, float]) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """What was handed over for a task, or why nothing was."""

    kind: Kind
    task: str
    votes: int
    ratings: Mapping[str, float]
    why_not: str = ""


def deployment_ratings(board: Board, roster: Roster) -> dict[str, float]:
    """Rating by deployment, of those that any ranked contestant stands for."""
    sums: dict[str, list[tuple[float, int]]] = {}
    own: dict[str, float] = {}
    for standing in board.leaderboard.contestants:
        contestant = roster.contestants.get(standing.name)
        if contestant is None or contestant.kind != board.view.kind or standing.rank is None:
            continue
        if contestant.name == contestant.deployment:
            own[contestant.deployment] = standing.rating
        sums.setdefault(contestant.deployment, []).append((standing.rating, standing.battles))
    means = {
        name: sum(r * max(n, 1) for r, n in found) / sum(max(n, 1) for _, n in found)
        for name, found in sums.items()
    }
    return means | own


def _one(boards: Boards, roster: Roster, kind: Kind, task: str, named: str, least: int) -> Applied:
    """The ratings of one task, not handed over yet."""
    board = boards.of(View(kind=kind, task=task))
    votes = board.leaderboard.votes if board is not None else 0
    none: Mapping[str, float] = {}
    if board is None or votes < least:
        return Applied(kind=kind, task=named, votes=votes, ratings=none, why_not=f"{votes} of {least} votes")
    found = deployment_ratings(board, roster)
    active = {c.deployment for c in roster.active(kind, task)}
    missing = sorted(active - set(found))
    if missing:
        why = f"no rating yet for {', '.join(missing)}"
        return Applied(kind=kind, task=named, votes=votes, ratings=none, why_not=why)
    ratings = {name: round(r, 1) for name, r in found.items() if name in active}
    if not ratings:
        return Applied(kind=kind, task=named, votes=votes, ratings=none, why_not="nobody competes")
    return Applied(kind=kind, task=named, votes=votes, ratings=ratings)


def apply(boards: Boards, roster: Roster, gateway: Rates, least: int = LEAST) -> list[Applied]:
    """Hand the ratings over, by task. Raises what the gateway does for a deployment that it doesn't know."""
    out = []
    for kind in KINDS:
        tasks = [("", "*" if kind == "text" else "speech")]
        tasks += [(task, task) for task in TEXT_TASKS] if kind == "text" else []
        for task, named in tasks:
            made = _one(boards, roster, kind, task, named, least)
            if made.ratings:
                gateway.rate(named, made.ratings)
            out.append(made)
    return out
