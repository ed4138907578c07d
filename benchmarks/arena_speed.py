"""How long a million votes over 150 contestants take: as pair counts and as single rows, command and
function.

    python benchmarks/arena_speed.py [--repeats 3]

The whole command (`duologue arena rank FILE --json FILE`), interpreter start, reading and intervals included,
each in a process of its own: wall and processor seconds, best and median. Beside it, in the same minutes,
evalica's Bradley-Terry on the same votes (its own command has no intervals and reads no counts), and
functions by themselves: fit with sandwich, a warm start, style control on rows. The table goes to
benchmarks/results/arena_speed.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from arena_simulation import popularity, simulate, strengths
from duologue.arena import Rating, Votes, rate, read_votes
from duologue.arena.tally import Tally
from duologue.arena.votes import OUTCOMES
from report import machine, write
from stopwatch import Times

SIZE, VOTES = 150, 1_000_000


def write_files(votes: Votes, folder: Path) -> tuple[Path, Path]:
    """The votes as single rows and as counts of (a, b, winner)."""
    rows, counts = folder / "rows.csv", folder / "counts.csv"
    lines = [
        (votes.names[a], votes.names[b], OUTCOMES[o])
        for a, b, o in zip(votes.a.tolist(), votes.b.tolist(), votes.outcome.tolist(), strict=True)
    ]
    with rows.open("w", newline="") as file:
        csv.writer(file).writerows([("model_a", "model_b", "winner"), *lines])
    with counts.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("model_a", "model_b", "winner", "count"))
        writer.writerows((*line, count) for line, count in Counter(lines).items())
    return rows, counts


def command(path: Path, *more: str) -> Callable[[], object]:
    """Runs the whole command."""
    full = [sys.executable, "-m", "duologue.cli", "arena", "rank", str(path), *more]
    full += ["--json", str(path.with_suffix(".json"))]
    return lambda: subprocess.run(full, check=True, capture_output=True)


def evalica_on(rows: Path) -> Callable[[], object]:
    """The same by evalica in a process of its own: read with the csv module, rate."""
    code = (
        "import csv, evalica\n"
        f"rows = list(csv.reader(open({str(rows)!r})))[1:]\n"
        "words = {'model_a': evalica.Winner.X, 'model_b': evalica.Winner.Y}\n"
        "a, b, w = zip(*rows)\n"
        "winners = [words.get(x, evalica.Winner.Draw) for x in w]\n"
        "print(evalica.bradley_terry(a, b, winners, tolerance=1e-8, limit=10000).scores)"
    )
    return lambda: subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True
    )


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    votes = simulate(np.random.default_rng(0), strengths(SIZE), VOTES, shares=popularity(SIZE))
    random = np.random.default_rng(1)
    styled = replace(
        votes,
        covariates={
            name: random.lognormal(3, 1, (2, VOTES)) for name in ("length", "headings", "bold", "lists")
        },
    )
    with tempfile.TemporaryDirectory() as folder:
        rows, counts = write_files(votes, Path(folder))
        before = rate(votes.select(np.arange(VOTES - 10_000)))
        tally = Tally.of(votes)
        tasks: list[tuple[str, Callable[[], object]]] = [
            ("the command on pair counts", command(counts)),
            ("the command on single rows", command(rows)),
            ("evalica on single rows, without intervals", evalica_on(rows)),
            ("reading single rows", lambda: read_votes(rows, covariates=(), context=("count",))),
            ("adding up a million rows", lambda: Tally.of(votes)),
            ("fit, sandwich and ranks of the counts", lambda: rate(tally)),
            (
                "the same, started from the ratings before the last 10,000 votes",
                lambda: rate(tally, start=before),
            ),
            ("pairs of equal weight", lambda: rate(tally, Rating(reweight=True))),
            ("bootstrap of 100 rounds", lambda: rate(tally, Rating(bootstrap=100))),
            ("style control on a million rows", lambda: rate(styled, Rating(style=tuple(styled.covariates)))),
        ]
        table = []
        for name, task in tasks:
            times = Times()
            for _ in range(args.repeats):
                times.time(task)
            table.append(
                {
                    "what": name,
                    "best (s)": f"{min(times.clock):.2f}",
                    "median (s)": f"{statistics.median(times.clock):.2f}",
                    "processor, best (s)": f"{min(times.processor):.2f}",
                }
            )
            print(table[-1], flush=True)
        by_rows, by_counts = (json.loads(p.with_suffix(".json").read_text()) for p in (rows, counts))
        furthest = max(
            abs(x["rating"] - y["rating"])
            for x, y in zip(
                *(sorted(b["contestants"], key=lambda c: c["name"]) for b in (by_rows, by_counts)),
                strict=True,
            )
        )
    about = (
        f"{VOTES:,} votes, {SIZE} contestants, {args.repeats} repeats. Rows and counts give ratings that "
        f"differ by {furthest:.0e} points at most."
    )
    write("arena_speed", "The arena's speed", about, [("", table)], machine(("numpy", "scipy", "evalica")))


if __name__ == "__main__":
    main()
