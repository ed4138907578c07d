"""The arena room: blind battles become votes, votes become ratings with honest intervals.

Names are imported when they are first used, so that `import duologue.arena` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.arena.errors import ArenaError
    from duologue.arena.ratings import Leaderboard, Rating, Standing, rate
    from duologue.arena.reading import read_votes
    from duologue.arena.votes import Outcome, Votes

__all__ = ["ArenaError", "Leaderboard", "Outcome", "Rating", "Standing", "Votes", "rate", "read_votes"]

_PLACES = {
    "ArenaError": "errors",
    "Leaderboard": "ratings",
    "Outcome": "votes",
    "Rating": "ratings",
    "Standing": "ratings",
    "Votes": "votes",
    "rate": "ratings",
    "read_votes": "reading",
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'duologue.arena' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"duologue.arena.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
