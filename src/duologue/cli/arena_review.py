"""Run the integrity checks and review what they found: uphold it, release the votes, or hold them again."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.arena.quarantine import Case

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
examples:
  duologue arena review --check                 run the checks, hold what they find
  duologue arena review                         list what is held
  duologue arena review 01K... --release --note "a class of pupils"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue arena review`."""
    parser.add_argument(
        "finding", metavar="ID", nargs="?", default="", help="a finding to look at or decide on"
    )
    parser.add_argument("--check", action="store_true", help="run the checks first")
    parser.add_argument(
        "--kind", default="", choices=["", "text", "speech"], help="check these votes (each kind)"
    )
    decision = parser.add_mutually_exclusive_group()
    for name, help_ in (
        ("uphold", "the votes stay out"),
        ("release", "the votes count again"),
        ("hold", "hold them once more"),
    ):
        decision.add_argument(f"--{name}", dest="decision", action="store_const", const=name, help=help_)
    parser.add_argument("--note", default="", help="why")
    parser.add_argument("--reviewer", default="", help="who decides (you)")
    parser.add_argument("--state", default="", help="list only held, upheld or released")
    parser.add_argument("--json", action="store_true", help="machine readable")
    parser.add_argument("--database", metavar="URL", help="the database (DUOLOGUE_DATABASE)")


def run(args: argparse.Namespace) -> int:
    """Check, decide, list; returns the exit code."""
    from duologue.arena.ballot import Ballot
    from duologue.arena.errors import ArenaError
    from duologue.arena.quarantine import Quarantine
    from duologue.store.store import Store

    if args.decision and not args.finding:
        raise ArenaError(f"--{args.decision} needs the ID of a finding; `duologue arena review` lists them")
    with Store.open(args.database) as store:
        quarantine, ballot = Quarantine(store), Ballot(store)
        if args.check:
            made = quarantine.examine(kind=args.kind or None)
            votes = sum(case.votes for case in made)
            print(f"{len(made)} new findings about {votes} votes", file=sys.stderr)
        if args.decision:
            quarantine.review(args.finding, args.decision, reviewer=args.reviewer or _user(), note=args.note)
        cases = [c for c in quarantine.cases(args.state) if not args.finding or c.id == args.finding]
        if args.finding and not cases:
            raise ArenaError(f"there is no finding '{args.finding[:40]}'")
        numbers = quarantine.numbers(args.finding) if args.finding else []
        held = ballot.held()
    if args.json:
        print(json.dumps([asdict(case) for case in cases], indent=2, ensure_ascii=False, default=str))
        return 0
    for case in cases:
        print(_line(case))
    if args.finding:
        print("votes: " + ", ".join(map(str, numbers)))
    print(f"{len(cases)} findings; {held} votes are held", file=sys.stderr)
    return 0


def _line(case: Case) -> str:
    reviewed = f" by {case.reviewer}" if case.reviewer else ""
    note = f" ({case.note})" if case.note else ""
    subject = "".join(c if c.isprintable() else "�" for c in case.subject)
    return (
        f"{case.id}  {case.state}{reviewed}{note}  {case.check}  {subject}  {case.votes} votes: {case.reason}"
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no name for this user id
        return "the command line"
