"""Write the arena's votes to a file, or what people preferred as pairs for tuning a text model.

Design choices
- The format is the file's suffix; `-` prints CSV, or JSON lines with --preferences.
- What a finding holds isn't exported unless --held says so: an export ranks like the leaderboard.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
examples:
  duologue arena export votes.csv
  duologue arena export speech.parquet --kind speech --private
  duologue arena export pairs.jsonl --preferences
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue arena export`."""
    parser.add_argument("file", metavar="FILE", help="ends in .csv, .jsonl or .parquet; - prints")
    parser.add_argument("--preferences", action="store_true", help="pairs of answers, of votes with consent")
    parser.add_argument("--kind", default="", choices=["", "text", "speech"], help="text or speech (both)")
    parser.add_argument("--task", default="", help="of this task only")
    parser.add_argument("--language", default="", help="of this language only")
    parser.add_argument(
        "--private", action="store_true", help="hashes of voters, addresses, prompts, battles too"
    )
    parser.add_argument("--held", action="store_true", help="votes in quarantine too")
    parser.add_argument("--database", metavar="URL", help="the database (DUOLOGUE_DATABASE)")


def run(args: argparse.Namespace) -> int:
    """Write; returns the exit code."""
    from duologue.arena.ballot import Ballot
    from duologue.arena.errors import ArenaError
    from duologue.arena.export import EXPORTS, export_votes
    from duologue.arena.preferences import battle_words, preferences
    from duologue.store.store import Store
    from duologue.studio.files import write_whole

    suffix = Path(args.file).suffix.lower().lstrip(".")
    if args.file == "-":
        suffix = "jsonl" if args.preferences else "csv"
    right = ("jsonl",) if args.preferences else EXPORTS
    if suffix not in right:
        raise ArenaError(f"'{args.file[:200]}' ends in no format of exports; end it in .{', .'.join(right)}")
    with Store.open(args.database) as store:
        ballot = Ballot(store)
        rows = ballot.rows(held=args.held, kind=args.kind, task=args.task, language=args.language)
        if args.preferences:
            pairs = [json.dumps(p, ensure_ascii=False) + "\n" for p in preferences(rows, battle_words(store))]
            data, what = "".join(pairs).encode(), f"{len(pairs)} preferences"
        else:
            held = list(rows)
            data, what = export_votes(held, suffix, args.private), f"{len(held)} rows of votes"
        head = ballot.head()
    if args.file == "-":
        sys.stdout.buffer.write(data)
    else:
        write_whole(args.file, data)
    to = "" if args.file == "-" else f" in {args.file}"
    print(f"{what}{to}; the chain's head is {head.number}:{head.hash}", file=sys.stderr)
    return 0
