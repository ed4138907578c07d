"""Check the chain of votes, from the first one to the last, and the log of reviews.

Design choices
- Exit code 1 where a record doesn't fit, and its number: the database was changed by other means than
  Duologue's.
- `--noted NUMBER:HASH` asks for a head that an earlier audit or export printed: only so is a chain that was
  made anew from its beginning, or cut off at its end, told from the true one.
"""

from __future__ import annotations

import argparse
import json
import re

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
examples:
  duologue arena audit
  duologue arena audit --noted 1234:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue arena audit`."""
    parser.add_argument(
        "--noted", metavar="NUMBER:HASH", default="", help="a head that must still be in the chain"
    )
    parser.add_argument("--json", action="store_true", help="machine readable")
    parser.add_argument("--database", metavar="URL", help="the database (DUOLOGUE_DATABASE)")


def run(args: argparse.Namespace) -> int:
    """Audit; returns 0, or 1 where a record doesn't fit."""
    from duologue.arena.ballot import Ballot, Receipt
    from duologue.arena.errors import ArenaError
    from duologue.gateway import audit as reviews
    from duologue.store.store import Store

    noted = None
    if args.noted:
        match = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", args.noted.strip().lower())
        if not match:
            raise ArenaError(
                f"--noted '{args.noted[:80]}' is no head; give NUMBER:HASH as an audit prints it"
            )
        noted = Receipt(int(match[1]), match[2])
    with Store.open(args.database) as store:
        ballot = Ballot(store)
        found, log, held = ballot.audit(noted), reviews.verify(store), ballot.held()
    if args.json:
        said = {
            "records": found.records, "head": found.head, "broken": found.broken, "why": found.why,
            "held": held, "log_broken": log,
        }  # fmt: skip
        print(json.dumps(said, indent=2))
    elif found.broken is not None:
        print(f"record {found.broken} is broken: {found.why}; {found.records} before it fit")
    else:
        print(f"{found.records} records fit; the head is {found.records}:{found.head}; {held} votes are held")
    if log is not None and not args.json:
        print(f"record {log} of the log of reviews and keys is broken")
    return int(found.broken is not None or log is not None)
