"""Pairs are drawn where a vote teaches most, newcomers first, sides by a fair coin."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations

import pytest

from duologue.arena.errors import ArenaError
from duologue.arena.matchmaking import Met, Pairing, chances, draw

NAMES = ["a", "b", "c", "d"]


def settled(battles: int = 500, share: float = 0.5) -> dict[tuple[str, str], Met]:
    return {pair: Met(battles, share) for pair in combinations(NAMES, 2)}


def test_chances_add_up_and_every_pair_has_one() -> None:
    found = chances(NAMES, settled() | {("a", "b"): Met(100_000, 1.0)})
    assert sum(found.values()) == pytest.approx(1)
    assert len(found) == 6
    assert min(found.values()) >= Pairing().even / 6


def test_seldom_met_and_even_pairs_come_first() -> None:
    met = settled() | {("a", "b"): Met(5_000, 0.5), ("c", "d"): Met(500, 0.98)}
    found = chances(NAMES, met)
    assert found["a", "c"] > 3 * found["a", "b"]
    assert found["a", "c"] > 1.5 * found["c", "d"]


def test_a_pair_may_be_told_either_way_round() -> None:
    turned = {("b", "a"): Met(500, 0.9), ("a", "c"): Met(500, 0.5)}
    straight = {("a", "b"): Met(500, 0.1), ("a", "c"): Met(500, 0.5)}
    assert chances(["a", "b", "c"], turned) == pytest.approx(chances(["a", "b", "c"], straight))


def test_ratings_stand_in_where_nobody_has_met() -> None:
    found = chances(["a", "b", "c"], {}, {"a": 1000, "b": 1000, "c": 2200})
    assert found["a", "b"] > found["a", "c"]


def test_a_newcomer_is_in_most_battles_until_it_is_settled() -> None:
    met = settled()
    source = random.Random(1)
    counts: Counter[str] = Counter()
    for _ in range(400):
        counts.update(draw([*NAMES, "new"], met, source=source))
    assert counts["new"] > 300
    later = met | {(n, "new"): Met(500, 0.5) for n in NAMES}
    found = chances([*NAMES, "new"], later)
    assert sum(p for pair, p in found.items() if "new" in pair) == pytest.approx(0.4, abs=0.01)


def test_sides_are_tossed() -> None:
    source = random.Random(2)
    drawn = Counter(draw(["a", "b"], {}, source=source) for _ in range(2_000))
    assert 900 < drawn["a", "b"] < 1_100


def test_drawing_this_way_narrows_the_widest_intervals_sooner_than_at_random() -> None:
    """Twelve contestants, a new one among them: standard errors of pair shares after 600 votes, both ways."""
    truth = {f"m{k:02}": 1000 + 60 * k for k in range(12)}

    def worst(even: float) -> float:
        source = random.Random(3)
        met: dict[tuple[str, str], Met] = {p: Met(40, 0.5) for p in combinations(sorted(truth)[:-1], 2)}
        pairing = Pairing(even=even, newcomers=8 if even < 1 else 1)
        for _ in range(600):
            left, right = draw(sorted(truth), met, truth, pairing, source)
            pair = (left, right) if left < right else (right, left)
            seen = met.get(pair, Met())
            won = source.random() < 1 / (1 + 10 ** ((truth[pair[1]] - truth[pair[0]]) / 400))
            met[pair] = Met(seen.battles + 1, (seen.share * seen.battles + won) / (seen.battles + 1))
        fewest = Counter(dict.fromkeys(truth, 0))
        for pair, seen in met.items():
            for name in pair:
                fewest[name] += seen.battles
        return min(fewest.values())

    assert worst(0.1) > 2 * worst(1.0)


def test_one_contestant_is_no_battle() -> None:
    with pytest.raises(ArenaError, match="needs two contestants"):
        draw(["a", "a"], {})
    with pytest.raises(ArenaError, match="even above 0"):
        Pairing(even=0)
