"""Take votes of a file into the arena's store: all of them or none."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
VOTES is what `duologue arena rank` reads, and what `arena export` writes. Votes on battles that have a vote
already are skipped, so an import can be repeated. The database is that of DUOLOGUE_DATABASE, or duologue.db
in DUOLOGUE_HOME.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue arena import`."""
    parser.add_argument("votes", metavar="VOTES", help="a file, or - for standard input")
    parser.add_argument(
        "--format", default="", help="csv, json, jsonl or parquet (by suffix, or as it looks)"
    )
    parser.add_argument(
        "--kind", default="", choices=["", "text", "speech"], help="text or speech (the file's)"
    )
    parser.add_argument("--source", default="", help="kept with each vote (the file's name)")
    parser.add_argument("--database", metavar="URL", help="the database (DUOLOGUE_DATABASE)")


def run(args: argparse.Namespace) -> int:
    """Read, check, cast; returns the exit code."""
    begun = time.perf_counter()
    from duologue.arena.ballot import Ballot
    from duologue.arena.export import import_votes
    from duologue.arena.reading import read_votes
    from duologue.store.store import Store

    votes = read_votes(args.votes, args.format)
    with Store.open(args.database) as store:
        ballot = Ballot(store)
        source = args.source or ("standard input" if args.votes == "-" else Path(args.votes).name)
        cast, skipped = import_votes(ballot, votes, source, args.kind)
        head = ballot.head()
        print(
            f"{cast} rows of votes imported, {skipped} skipped; the chain's head is {head.number}:{head.hash}"
        )
        print(f"{store.place} in {time.perf_counter() - begun:.1f} s", file=sys.stderr)
    return 0
