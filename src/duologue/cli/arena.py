"""Rank models by votes, and keep the votes: rank, import, export, audit.

Design choices
- One file per action (`arena_*.py`), each with `add_arguments` and `run` as a command has; this file only
  chooses. None of them imports numpy or a database before it runs.
"""

from __future__ import annotations

import argparse
import importlib

__all__ = ["ACTIONS", "EPILOG", "add_arguments", "run"]

ACTIONS = {
    "serve": "the pages: battles, leaderboard, review",
    "battle": "let models battle over a file of prompts, judged by a program",
    "apply": "hand the ratings to the gateway",
    "rank": "ratings, intervals and ranks of a file of votes",
    "import": "take votes of a file into the store",
    "export": "votes as CSV, JSON lines or Parquet; preferences for tuning",
    "audit": "check the chain of votes",
    "review": "run the integrity checks, and decide on what they found",
}

EPILOG = """\
examples:
  duologue arena rank votes.csv
  duologue arena rank votes.jsonl --style-control --json ratings.json --plot ratings.png
  duologue arena rank counts.csv --anchor base=1000 --bootstrap 500
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions of `duologue arena` and their arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, help_ in ACTIONS.items():
        module = importlib.import_module(f"duologue.cli.arena_{name}")
        action = actions.add_parser(
            name,
            help=help_,
            description=(module.__doc__ or help_).split("\n\n", 1)[0],
            epilog=getattr(module, "EPILOG", None),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(action)


def run(args: argparse.Namespace) -> int:
    """Do the action; returns the exit code."""
    return int(importlib.import_module(f"duologue.cli.arena_{args.action}").run(args))
