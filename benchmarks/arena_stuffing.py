"""Vote stuffing: a campaign of 5 % hostile votes for one contestant, with the integrity checks and without.

    python benchmarks/arena_stuffing.py [--repeats 5] [--votes 50000]

Honest votes: 20 contestants 15 points apart, voters with a taste of their own (standard deviation 0.2 in log
odds per contestant), most with few votes and some with hundreds, in sessions over thirty days, 10 % ties. A
campaign adds hostile votes, 5 % of all votes: it always knows the contestant it is for (the worst case: in a
blind arena it has to find out) and votes for it whatever it meets. It uses few identities with many votes or
many with few, each from an address of its own, all month or in three days; `only` votes on nothing else,
`half` hides each hostile vote behind an honest one (`a fifth` behind four), `two thirds` lets the contestant
lose a third of the time. The contestant is the 12th of 20.

Places are by rating, ranks by intervals, both beside those of the honest votes alone. The table goes to
benchmarks/results/arena_stuffing.md.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from dataclasses import dataclass

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from duologue.arena import Leaderboard, Votes, rate
from duologue.arena.integrity import examine, kept
from duologue.arena.ratings import SCALE
from duologue.arena.votes import Category
from report import machine, write

SIZE, TARGET, DAYS = 20, 11, 30
GAP, TASTE, TIES, SHARE = 15.0, 0.2, 0.1, 0.05
KEYS = ("place", "rank", "points", "place on", "rank on", "points on", "held", "lost")
BEGIN = 1_795_600_000.0 // 86_400 * 86_400


@dataclass(frozen=True)
class Campaign:
    """Identities that cast `each` hostile votes, over `days` days; `honest` votes hidden behind per hostile
    one; `wins`: share of hostile votes that are for the contestant.
    """

    name: str
    each: int
    days: int = DAYS
    honest: float = 0.0
    wins: float = 1.0


CAMPAIGNS = (
    Campaign("100 votes each, only", 100),
    Campaign("20 votes each, only", 20),
    Campaign("5 votes each, only", 5),
    Campaign("1 vote each, only", 1),
    Campaign("1 vote each, only, in three days", 1, days=3),
    Campaign("100 votes each, half", 100, honest=1.0),
    Campaign("20 votes each, half", 20, honest=1.0),
    Campaign("100 votes each, half, two thirds", 100, honest=1.0, wins=0.67),
    Campaign("5 votes each, half, two thirds", 5, honest=1.0, wins=0.67),
    Campaign("100 votes each, a fifth", 100, honest=4.0),
    Campaign("10 votes each, a fifth", 10, honest=4.0),
    Campaign("100 votes each, against it", 100, wins=0.0),
    Campaign("1 vote each, against it", 1, wins=0.0),
)


@dataclass
class Columns:
    """Votes as they are made: codes, outcomes, voters, times."""

    a: np.ndarray
    b: np.ndarray
    outcome: np.ndarray
    voter: np.ndarray
    time: np.ndarray

    def votes(self) -> Votes:
        """As the arena keeps them."""
        names = tuple(f"model-{k:02d}" for k in range(SIZE))
        labels = tuple(f"voter-{k}" for k in range(int(self.voter.max()) + 1))
        who = Category(labels, self.voter.astype(np.int32))
        return Votes(
            names=names,
            a=self.a.astype(np.int32),
            b=self.b.astype(np.int32),
            outcome=self.outcome.astype(np.int8),
            count=np.ones(len(self.a), np.int64),
            voter=who,
            address=who,
            time=self.time,
        )


def sessions(random: np.random.Generator, voter: np.ndarray, days: int) -> np.ndarray:
    """Times of votes: each voter has a few sessions, in which votes are about 40 s apart."""
    time = np.empty(len(voter))
    order = np.argsort(voter, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(voter[order])) + 1):
        parts = np.array_split(rows, max(1, -(-len(rows) // 40)))
        for part in parts:
            start = BEGIN + random.integers(days) * 86_400 + random.uniform(0, 60_000)
            time[part] = start + np.cumsum(10 + random.exponential(30, len(part)))
    return time


def honest(
    random: np.random.Generator,
    theta: np.ndarray,
    count: int,
    first: int,
    voter: np.ndarray | None = None,
    days: int = DAYS,
) -> Columns:
    """Votes of honest voters, numbered from `first`, or of the voters given."""
    if voter is None:
        sizes = np.minimum(np.ceil(random.pareto(1.1, count) * 4).astype(int), 800)
        voter = first + np.repeat(np.arange(len(sizes)), sizes)[:count]
    popularity = random.dirichlet(np.full(SIZE, 8.0))
    a = random.choice(SIZE, count, p=popularity)
    b = random.choice(SIZE, count, p=popularity)
    while (same := a == b).any():
        b[same] = random.choice(SIZE, int(same.sum()), p=popularity)
    taste = random.normal(0, TASTE, (int(voter.max()) + 1, SIZE))
    lead = theta[a] + taste[voter, a] - theta[b] - taste[voter, b]
    outcome = np.where(random.random(count) < 1 / (1 + np.exp(-lead)), 0, 1)
    outcome[random.random(count) < TIES] = 2
    return Columns(a, b, outcome, voter, sessions(random, voter, days))


def hostile(
    random: np.random.Generator, theta: np.ndarray, campaign: Campaign, count: int, first: int
) -> Columns:
    """The campaign's votes, those that hide it included."""
    other = random.choice([k for k in range(SIZE) if k != TARGET], count)
    left = random.random(count) < 0.5
    a, b = np.where(left, TARGET, other), np.where(left, other, TARGET)
    wins = random.random(count) < campaign.wins
    outcome = np.where(wins == left, 0, 1)
    voter = first + np.arange(count) // campaign.each
    parts = [Columns(a, b, outcome, voter, np.zeros(count))]
    if campaign.honest:
        hiding = np.sort(random.choice(voter, round(count * campaign.honest)))
        parts.append(honest(random, theta, len(hiding), first, hiding, campaign.days))
    joined = joined_columns(parts)
    joined.time = sessions(random, joined.voter, campaign.days)
    return joined


def joined_columns(parts: list[Columns]) -> Columns:
    """All of them, one after the other."""
    fields = ("a", "b", "outcome", "voter", "time")
    return Columns(*(np.concatenate([getattr(part, name) for part in parts]) for name in fields))


def places(board: Leaderboard) -> tuple[int, int, float]:
    """Place by rating, rank by intervals, rating of the contestant."""
    name = f"model-{TARGET:02d}"
    standing = board[name]
    return 1 + [s.name for s in board.contestants].index(name), standing.rank or 0, standing.rating


def main() -> None:
    """Simulate, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--votes", type=int, default=50_000, help="honest votes")
    parser.add_argument(
        "--only", default="", help="campaigns with this in their name, printed and not written"
    )
    args = parser.parse_args()
    theta = (np.arange(SIZE)[::-1] - (SIZE - 1) / 2) * GAP / SCALE
    rows = []
    clean: list[float] = []
    checks: Counter[str] = Counter()
    chosen = [campaign for campaign in CAMPAIGNS if args.only in campaign.name]
    for campaign in chosen:
        seen: dict[str, list[float]] = {key: [] for key in KEYS}
        for seed in range(args.repeats):
            random = np.random.default_rng(seed)
            good = honest(random, theta, args.votes, 0)
            first = int(good.voter.max()) + 1
            count = round(args.votes * SHARE / (1 - SHARE * (1 + campaign.honest)))
            bad = hostile(random, theta, campaign, count, first)
            before = places(rate(good.votes()))
            if campaign is chosen[0]:
                nothing = examine(good.votes())
                clean.append(sum(len(f.rows) for f in nothing) / args.votes)
                checks.update({f.check: len(f.rows) for f in nothing})
            votes = joined_columns([good, bad]).votes()
            off = places(rate(votes))
            found = examine(votes)
            on = places(rate(kept(votes, found)))
            held = np.zeros(len(votes), bool)
            for finding in found:
                held[finding.rows] = True
            stuffed = slice(args.votes, args.votes + count)
            moved = [x - y for x, y in zip(before, off, strict=True)]
            still = [x - y for x, y in zip(before, on, strict=True)]
            shares = [held[stuffed].mean(), held[: args.votes].mean()]
            for key, value in zip(KEYS, [*moved, *still, *shares], strict=True):
                seen[key].append(float(value))
        rows.append(
            {
                "campaign": campaign.name,
                "without: places up": f"{min(seen['place']):.0f} to {max(seen['place']):.0f}",
                "ranks up": f"{min(seen['rank']):.0f} to {max(seen['rank']):.0f}",
                "points": f"{-np.mean(seen['points']):+.0f}",
                "with checks: places up": f"{min(seen['place on']):.0f} to {max(seen['place on']):.0f}",
                "ranks up ": f"{min(seen['rank on']):.0f} to {max(seen['rank on']):.0f}",
                "points ": f"{-np.mean(seen['points on']):+.1f}",
                "hostile votes held": f"{np.mean(seen['held']):.0%}",
                "honest votes held": f"{np.mean(seen['lost']):.1%}",
            }
        )
        print(rows[-1], flush=True)
    if args.only:
        return
    usual = ", ".join(
        f"{name} {count / args.repeats / args.votes:.2%}" for name, count in checks.most_common()
    )
    about = (
        f"{args.repeats} arenas for each campaign, {args.votes:,} honest votes, hostile ones {SHARE:.0%} of "
        f"all; the least and the most that it moved. Without a campaign the checks hold {np.mean(clean):.2%} "
        f"of honest votes ({usual or 'none'})."
    )
    write("arena_stuffing", "Vote stuffing", about, [("", rows)], machine(("numpy", "scipy")))


if __name__ == "__main__":
    main()
