"""What the commands say of a finished episode: where it is, how long, how many turns, what it cost."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.studio.produce import Produced

__all__ = ["announce"]


def announce(made: Produced) -> None:
    """Notices and figures to standard error, the folder to standard output."""
    for notice in made.notices:
        print(f"notice: {notice}", file=sys.stderr)
    money = sum(step.money for step in made.episode.cost)
    print(
        f"{made.folder}: {made.episode.seconds or 0:.0f} s, {len(made.episode.turns)} turns "
        f"({made.made} spoken, {made.cached} from the cache) in {made.seconds:.1f} s; cost {money:g}",
        file=sys.stderr,
    )
    print(made.folder)
