"""A leaderboard of some votes: one kind, and within it a task, a language, a length, with or without style.

Design choices
- Made from the ballot's votes of people, without those that are held; automatic judges have no place in it.
- A board is kept while neither a vote nor a finding has come, by the chain's head and the number of held
  votes, so that a page costs nothing; a new one starts from the last one of the same kind.
- Retired contestants stay: they are marked, and stand in the full list.
- `standing` is what pairing needs of it: how each pair fared, and the ratings.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from duologue.arena.contestants import Kind
from duologue.arena.covariates import SPEECH_STYLE, TEXT_STYLE
from duologue.arena.errors import ArenaError
from duologue.arena.matchmaking import Met
from duologue.arena.ratings import Leaderboard, Rating, rate
from duologue.arena.tally import Tally

if TYPE_CHECKING:
    from duologue.arena.ballot import Ballot
    from duologue.arena.votes import Votes

__all__ = ["Board", "Boards", "View"]

MOST_KEPT = 64
"""Boards that are kept at once."""


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """Which votes, and how they are rated. "" is all. style: with style control."""

    kind: Kind = "text"
    task: str = ""
    language: str = ""
    length: str = ""
    style: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """A leaderboard and the counts behind it."""

    view: View
    leaderboard: Leaderboard
    tally: Tally

    def pairs(self) -> dict[tuple[str, str], Met]:
        """How each pair fared, seen from the first."""
        shares, met = self.tally.matrices()
        names = self.tally.names
        return {
            (names[i], names[j]): Met(int(met[i, j]), float(shares[i, j]))
            for i in range(len(names))
            for j in range(i + 1, len(names))
            if met[i, j]
        }

    def ratings(self) -> dict[str, float]:
        """Of those who have a rank."""
        return {s.name: s.rating for s in self.leaderboard.contestants if s.rank is not None}


class Boards:
    """The leaderboards of a ballot. One serves many threads."""

    def __init__(self, ballot: Ballot, anchor: tuple[str, float] | None = None) -> None:
        self._ballot, self._anchor = ballot, anchor
        self._lock = threading.Lock()
        self._kept: dict[View, tuple[tuple[int, int], Board | None]] = {}

    def state(self) -> tuple[int, int]:
        """Changes when a vote is cast, held or released."""
        return self._ballot.head().number, self._ballot.held()

    def of(self, view: View) -> Board | None:
        """The board of a view; None where there are no votes. Raises StoreError where the store can't."""
        state = self.state()
        with self._lock:
            kept = self._kept.get(view)
        if kept is not None and kept[0] == state:
            return kept[1]
        made = self._make(view, kept[1] if kept else None)
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[view] = (state, made)
        return made

    def latest(self, view: View) -> Board | None:
        """What was made last, made now only if there is none: for pairing, which may be a few votes
        behind."""
        with self._lock:
            kept = self._kept.get(view)
        return kept[1] if kept is not None else self.of(view)

    def standing(self, kind: Kind) -> tuple[Mapping[tuple[str, str], Met], Mapping[str, float]]:
        """What pairing goes by."""
        board = self.latest(View(kind=kind))
        return ({}, {}) if board is None else (board.pairs(), board.ratings())

    def _make(self, view: View, last: Board | None) -> Board | None:
        try:
            votes = self._ballot.votes(
                kind=view.kind, task=view.task, language=view.language, length=view.length
            )
        except ArenaError:
            return None  # there are no votes of this view
        if not len(votes):
            return None
        tally = Tally.of(votes)
        anchor = self._anchor if self._anchor and self._anchor[0] in votes.names else None
        start = last.leaderboard if last is not None else None
        made = rate(votes if view.style else tally, _rating(view, votes, anchor), start)
        return Board(view=view, leaderboard=made, tally=tally)


def _rating(view: View, votes: Votes, anchor: tuple[str, float] | None) -> Rating:
    """How this view is rated; style covariates that no vote has are left out."""
    wanted = TEXT_STYLE if view.kind == "text" else SPEECH_STYLE
    style = tuple(n for n in wanted if n in votes.covariates) if view.style else ()
    return Rating(style=style, anchor=anchor)
