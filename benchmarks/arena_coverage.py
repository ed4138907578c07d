"""Do 95 % intervals hold the truth 95 times in a hundred? Simulated votes from known strengths.

    python benchmarks/arena_coverage.py [--simulations 500] [--votes 50000]

20 models, 50,000 votes, 10 % ties, uneven pairing. `even` ties keep a strength's meaning, and the truth is
the strengths; `coin` ties don't depend on who plays, Bradley-Terry is then only the best fit, and the truth
is that fit (or, in the last row, the strengths before the ties were drawn, which a tie as half a win can't
find). Beside the sandwich: the curvature alone (the usual textbook interval), pairs of equal weight, and the
bootstrap on fewer simulations. Also the largest difference to evalica's ratings. The table goes to
benchmarks/results/arena_coverage.md.
"""

from __future__ import annotations

import argparse
import math
import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from arena_simulation import best_fit, popularity, simulate, strengths
from duologue.arena import Leaderboard, Rating, Votes, rate
from duologue.arena.bradley_terry import Fit, Rows
from duologue.arena.ratings import SCALE
from duologue.arena.sandwich import bread
from duologue.arena.tally import Tally
from duologue.arena.votes import OUTCOMES
from report import machine, write

SIZE = 20
Z = 1.959963984540054


def curvature_only(votes: Votes, board: Leaderboard) -> np.ndarray:
    """(K, 2) ends of the interval that takes the model for the whole truth."""
    tally = Tally.of(votes)
    theta = np.array([(board[name].rating - 1000) / SCALE for name in votes.names])
    met, none = tally.counts.sum(1).astype(float), np.zeros((len(tally.first), 0))
    rows = Rows(SIZE, tally.first, tally.second, np.zeros(len(met)), met, none)
    wide = Z * np.sqrt(np.diag(bread(rows, Fit(theta, np.zeros(0), 0))).clip(0))
    return 1000 + SCALE * np.stack([theta - wide, theta + wide], axis=1)


def ends(votes: Votes, board: Leaderboard) -> np.ndarray:
    """(K, 2) ends of the intervals, in the order of the names."""
    return np.array([[board[name].lower, board[name].upper] for name in votes.names])


def evalica_difference(votes: Votes, board: Leaderboard) -> float:
    """The largest difference between our ratings and evalica's, in points."""
    import evalica

    words = {"model_a": evalica.Winner.X, "model_b": evalica.Winner.Y}
    theirs = evalica.bradley_terry(
        [votes.names[k] for k in votes.a],
        [votes.names[k] for k in votes.b],
        [words.get(OUTCOMES[o], evalica.Winner.Draw) for o in votes.outcome],
        tolerance=1e-12,
        limit=100_000,
    ).scores
    points = SCALE * np.log(theirs)
    points += 1000 - points.mean()
    return max(abs(board[name].rating - points[name]) for name in votes.names)


def main() -> None:
    """Simulate, count, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--simulations", type=int, default=500)
    parser.add_argument("--votes", type=int, default=50_000)
    parser.add_argument(
        "--bootstrapped", type=int, default=40, help="simulations that the bootstrap also does"
    )
    args = parser.parse_args()
    theta, shares = strengths(SIZE), popularity(SIZE)
    rows = []
    furthest = 0.0
    for coin in (False, True):
        truth = {
            even: 1000 + SCALE * best_fit(theta, ties=0.1, coin=coin, shares=shares, even=even)
            for even in (False, True)
        }
        held: dict[str, list[np.ndarray]] = {}
        width: dict[str, list[float]] = {}
        for seed in range(args.simulations):
            votes = simulate(np.random.default_rng(seed), theta, args.votes, coin=coin, shares=shares)
            board = rate(votes)
            kinds = {
                "sandwich": ends(votes, board),
                "curvature alone": curvature_only(votes, board),
                "sandwich, pairs of equal weight": ends(votes, rate(votes, Rating(reweight=True))),
            }
            if seed < args.bootstrapped:
                kinds["bootstrap (200 rounds)"] = ends(votes, rate(votes, Rating(bootstrap=200, seed=seed)))
            if seed < 3:
                furthest = max(furthest, evalica_difference(votes, board))
            if coin:
                kinds["sandwich, against the strengths before ties"] = kinds["sandwich"]
            for kind, interval in kinds.items():
                right = 1000 + SCALE * theta if "before" in kind else truth["equal" in kind]
                held.setdefault(kind, []).append((interval[:, 0] <= right) & (right <= interval[:, 1]))
                width.setdefault(kind, []).append(float(np.mean(interval[:, 1] - interval[:, 0])))
        for kind, hits in held.items():
            each = np.array(hits)
            error = math.sqrt(each.mean(1).var() / len(each))
            rows.append(
                {
                    "ties": "coin" if coin else "even",
                    "intervals": kind,
                    "simulations": str(len(each)),
                    "coverage": f"{each.mean():.1%} ± {2 * error:.1%}",
                    "of single models": f"{each.mean(0).min():.1%} to {each.mean(0).max():.1%}",
                    "mean width (points)": f"{np.mean(width[kind]):.1f}",
                }
            )
            print(rows[-1], flush=True)
    span = SCALE * float(np.ptp(theta))
    battles = rate(simulate(np.random.default_rng(0), theta, args.votes, shares=shares)).contestants
    few, most = min(s.battles for s in battles), max(s.battles for s in battles)
    about = (
        f"{SIZE} models over {span:.0f} points, {args.votes:,} votes, 10 % ties, {few:,} to {most:,} battles "
        "per model. How to read it: docs/arena.md.\n\n"
        f"The largest difference to evalica's ratings, over six of the simulations: {furthest:.1e} points."
    )
    write(
        "arena_coverage", "The arena's intervals", about, [("", rows)], machine(("numpy", "scipy", "evalica"))
    )


if __name__ == "__main__":
    main()
