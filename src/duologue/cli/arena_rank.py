"""Ratings, intervals and ranks of a file of votes.

Design choices
- The table goes to standard output, what must be known about it to standard error; `--json -` puts the JSON
  in the table's place.
- JSON has no infinity: an unbounded end is null, and so is the rank of who can't be compared.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duologue.arena.ratings import Leaderboard, Rating
    from duologue.arena.votes import Votes

__all__ = ["EPILOG", "add_arguments", "as_json", "as_table", "run"]

EPILOG = """\
VOTES has the columns model_a, model_b and winner (model_a, model_b, tie, both_bad), optionally
count, voter, and pairs of columns such as length_a and length_b: CSV, JSON (a list of objects or
{"votes": [...]}), JSON lines, or Parquet. Style control uses length, headings, bold, lists,
duration and loudness, or measures the texts answer_a and answer_b.
docs/arena.md says how ratings and intervals are made and how to read them.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue arena rank`."""
    parser.add_argument("votes", metavar="VOTES", help="a file, or - for standard input")
    parser.add_argument(
        "--format", default="", help="csv, json, jsonl or parquet (by suffix, or as it looks)"
    )
    parser.add_argument("--style-control", action="store_true", help="take out what style alone wins")
    parser.add_argument(
        "--covariates", metavar="LIST", default="", help="these instead, by commas; side is the side's own"
    )
    parser.add_argument(
        "--bootstrap", metavar="N", type=int, default=0, help="intervals from N resamples (sandwich)"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the bootstrap (0)")
    parser.add_argument(
        "--reweight", action="store_true", help="give every pair the same weight, however often it met"
    )
    parser.add_argument("--cluster", action="store_true", help="let the votes of one voter hang together")
    parser.add_argument(
        "--checks", action="store_true", help="leave out what the integrity checks would hold"
    )
    parser.add_argument("--confidence", type=float, default=0.95, help="of the intervals (0.95)")
    parser.add_argument(
        "--anchor", metavar="NAME=RATING", default="", help="put this contestant there (mean at 1000)"
    )
    parser.add_argument("--json", metavar="FILE", default="", help="write the ratings as JSON; - prints them")
    parser.add_argument(
        "--plot", metavar="FILE", default="", help="ratings with intervals: .png, .svg or .pdf"
    )
    parser.add_argument("--winrates", metavar="FILE", default="", help="plot who won how often from whom")
    parser.add_argument("--pairs", metavar="FILE", default="", help="plot how often each pair met")


def run(args: argparse.Namespace) -> int:
    """Rate, print and write; returns the exit code."""
    begun = time.perf_counter()
    from duologue.arena.covariates import SIDE
    from duologue.arena.errors import ArenaError
    from duologue.arena.ratings import Rating, rate
    from duologue.arena.reading import read_votes

    plots = {option: _plot_format(option, getattr(args, option)) for option in ("plot", "winrates", "pairs")}
    asked = tuple(name.strip().lower() for name in args.covariates.split(",") if name.strip())
    rating = Rating(
        confidence=args.confidence,
        bootstrap=args.bootstrap,
        seed=args.seed,
        reweight=args.reweight,
        anchor=_anchor(args.anchor),
        cluster=args.cluster,
    )
    context: Sequence[str] = ("count", "voter") if args.cluster else ("count",)
    if args.checks:
        from duologue.arena.columns import CONTEXT

        context = CONTEXT
    wanted = asked or (_style() if args.style_control else ())
    votes = read_votes(args.votes, args.format, covariates=wanted, context=context)
    if args.cluster and votes.voter is None:
        raise ArenaError(f"{args.votes} has no column 'voter', which --cluster needs")
    if args.style_control and not asked:
        wanted = tuple(name for name in wanted if name in votes.covariates)
        if not wanted:
            raise ArenaError(
                f"{args.votes} says nothing about style; give columns such as length_a and length_b, "
                "or the texts answer_a and answer_b"
            )
    missing = [name for name in wanted if name not in votes.covariates and name != SIDE]
    if missing:
        raise ArenaError(f"{args.votes} has no columns '{missing[0]}_a' and '{missing[0]}_b'")
    rating = _with_style(rating, wanted)
    if args.checks:
        votes = _checked(votes)
    board = rate(votes, rating)
    written = _write(args, board, votes, plots)
    if args.json == "-":
        print(json.dumps(as_json(board), ensure_ascii=False, indent=2))
    else:
        print(as_table(board))
    for notice in board.notices:
        print(f"notice: {_printable(notice)}", file=sys.stderr)
    print(
        f"{len(board.contestants)} contestants, {board.votes:,} votes in {time.perf_counter() - begun:.2f} s"
        + "".join(f"; {path}" for path in written),
        file=sys.stderr,
    )
    return 0


def _checked(votes: Votes) -> Votes:
    """The votes without those that the integrity checks would hold, and a word about each check."""
    from duologue.arena.integrity import examine, kept

    found = examine(votes)
    held = Counter({finding.check: 0 for finding in found})
    for finding in found:
        held[finding.check] += len(finding.rows)
    for check, count in held.items():
        cases = [f for f in found if f.check == check]
        more = f" and {len(cases) - 1} more" if len(cases) > 1 else ""
        first = f"{cases[0].subject} {cases[0].reason}"
        print(
            f"notice: {count} votes held by the check '{check}': {_printable(first)}{more}", file=sys.stderr
        )
    return kept(votes, found)


def _style() -> tuple[str, ...]:
    from duologue.arena.covariates import SPEECH_STYLE, TEXT_STYLE

    return (*TEXT_STYLE, *SPEECH_STYLE)


def _with_style(rating: Rating, style: tuple[str, ...]) -> Rating:
    from dataclasses import replace

    return replace(rating, style=style)


def _anchor(words: str) -> tuple[str, float] | None:
    """NAME=RATING, split at the last equals sign, since names may hold one."""
    from duologue.arena.errors import ArenaError

    if not words:
        return None
    name, mark, number = words.rpartition("=")
    try:
        if not mark or not name.strip():
            raise ValueError
        return unicodedata.normalize("NFC", name.strip()), float(number)
    except ValueError:
        raise ArenaError(
            f"--anchor '{words[:80]}' is no anchor; give NAME=RATING, such as base=1000"
        ) from None


def _plot_format(option: str, path: str) -> str:
    """png, svg or pdf by the suffix, checked before there is any work to lose."""
    from duologue.arena.errors import ArenaError

    suffix = Path(path).suffix.lower().lstrip(".")
    if path and suffix not in ("png", "svg", "pdf"):
        raise ArenaError(
            f"--{option} '{path[:200]}' ends in no format of plots; end it in .png, .svg or .pdf"
        )
    return suffix


def _write(args: argparse.Namespace, board: Leaderboard, votes: Votes, plots: dict[str, str]) -> list[str]:
    """The files that were asked for; returns their names."""
    from duologue.studio.files import write_whole

    written = []
    if args.json not in ("", "-"):
        write_whole(args.json, json.dumps(as_json(board), ensure_ascii=False, indent=2) + "\n")
        written.append(args.json)
    if args.plot:
        from duologue.arena.plots import plot_ratings

        write_whole(args.plot, plot_ratings(board, plots["plot"]))
        written.append(args.plot)
    if args.winrates or args.pairs:
        from duologue.arena.plots import plot_battles, plot_winrates
        from duologue.arena.tally import Tally

        tally, order = Tally.of(votes), [s.name for s in board.contestants]
        for option, plot in (("winrates", plot_winrates), ("pairs", plot_battles)):
            path = getattr(args, option)
            if path:
                write_whole(path, plot(tally, order, plots[option]))
                written.append(path)
    return written


def _finite(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None


def as_json(board: Leaderboard) -> dict[str, Any]:
    """The ratings as JSON holds them."""
    return {
        "contestants": [
            {
                "name": s.name,
                "rating": _finite(s.rating),
                "lower": _finite(s.lower),
                "upper": _finite(s.upper),
                "rank": s.rank,
                "battles": s.battles,
            }
            for s in board.contestants
        ],
        "votes": board.votes,
        "confidence": board.confidence,
        "style": [
            {
                "name": e.name,
                "points": _finite(e.points),
                "lower": _finite(e.lower),
                "upper": _finite(e.upper),
            }
            for e in board.effects
        ],
        "notices": list(board.notices),
    }


def as_table(board: Leaderboard) -> str:
    """The ratings, and what style was worth, in columns for a terminal."""
    rows: list[tuple[str, ...]] = [
        ("rank", "name", "rating", f"{board.confidence:.0%} interval".replace("%", " %"), "battles")
    ]
    for s in board.contestants:
        ends = [f"{x:.1f}" if math.isfinite(x) else "open" for x in (s.lower, s.upper)]
        between = " to ".join(ends) if ends != ["open", "open"] else "open"
        rows.append((str(s.rank or "-"), _shown(s.name), f"{s.rating:.1f}", between, f"{s.battles:,}"))
    lines = _aligned(rows, "rlrrr")
    if board.effects:
        rows = [("style", "points", "interval")]
        rows += [(e.name, f"{e.points:+.1f}", f"{e.lower:+.1f} to {e.upper:+.1f}") for e in board.effects]
        lines += ["", *_aligned(rows, "lrr")]
    return "\n".join(lines)


def _aligned(rows: list[Any], sides: str) -> list[str]:
    widths = [max(_width(row[k]) for row in rows) for k in range(len(sides))]
    lines = []
    for row in rows:
        cells = []
        for cell, width, side in zip(row, widths, sides, strict=True):
            space = " " * (width - _width(cell))
            cells.append(space + cell if side == "r" else cell + space)
        lines.append("  ".join(cells).rstrip())
    return lines


def _shown(name: str) -> str:
    """A name for a terminal: no control characters, no longer than sixty columns."""
    name = _printable(name)
    return name if len(name) <= 60 else name[:59] + "…"


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text)


def _width(text: str) -> int:
    """Columns that a terminal gives the text: two for wide characters, none for combining ones."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )
