"""Hand the arena's ratings to the gateway: which deployment is how good at which task.

The server does this by itself after votes; this is for imported votes and for looking.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
A task's ratings are handed over when it has --least votes and every deployment that competes has a rating;
"*" stands for all tasks without ratings of their own. `duologue plan` shows what the policy makes of it.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue arena apply`."""
    parser.add_argument("--config", default="", metavar="FILE", help="deployments and [arena] (TOML)")
    parser.add_argument("--database", default="", metavar="URL", help="where the votes are")
    parser.add_argument("--least", type=int, default=0, metavar="N", help="votes a task needs (50)")
    parser.add_argument("--dry-run", action="store_true", help="show it, hand nothing over")


def run(args: argparse.Namespace) -> int:
    """Apply and print; returns the exit code."""
    from collections.abc import Mapping

    from duologue.arena.applying import LEAST, apply
    from duologue.arena.ballot import Ballot
    from duologue.arena.board import Boards
    from duologue.gateway import Gateway
    from duologue.server.hall import roster_of
    from duologue.store import Store

    class Nothing:
        """Takes ratings and keeps none."""

        def rate(self, task: str, ratings: Mapping[str, float]) -> None:
            """Nothing."""

    with (
        Store.open(args.database or None) as store,
        Gateway.open(Path(args.config) if args.config else None, store) as gateway,
    ):
        table = gateway.config.arena
        least = args.least or int(table.get("least_votes", LEAST))
        roster = roster_of(gateway, table)
        made = apply(Boards(Ballot(store)), roster, Nothing() if args.dry_run else gateway, least)
    given = 0
    for found in made:
        if found.ratings:
            given += 1
            ratings = ", ".join(f"{name} {rating:.0f}" for name, rating in found.ratings.items())
            print(f"{found.task:<12} {found.votes:>7} votes  {ratings}")
        elif found.votes:
            print(f"{found.task:<12} {found.votes:>7} votes  not handed over: {found.why_not}")
    verb = "would be handed over" if args.dry_run else "were handed over"
    print(f"ratings of {given} tasks {verb}", file=sys.stderr)
    return 0
