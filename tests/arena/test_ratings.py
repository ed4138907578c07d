"""Ratings: the same as an independent package's, the right intervals, and sense where votes say little."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest

from arena_simulation import popularity, simulate, strengths
from duologue.arena import ArenaError, Rating, Votes, rate
from duologue.arena.ratings import SCALE
from duologue.arena.tally import Tally
from duologue.arena.votes import OUTCOMES, Category


@pytest.fixture(scope="module")
def votes() -> Votes:
    return simulate(np.random.default_rng(5), strengths(20), 20_000, shares=popularity(20))


def words(votes: Votes) -> tuple[list[str], list[str], list[str]]:
    names = votes.names
    return [names[k] for k in votes.a], [names[k] for k in votes.b], [OUTCOMES[o] for o in votes.outcome]


def test_ratings_agree_with_evalica(votes: Votes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the packages it imports
        import evalica
    a, b, winner = words(votes)
    left = {
        "model_a": evalica.Winner.X,
        "model_b": evalica.Winner.Y,
        "tie": evalica.Winner.Draw,
        "both_bad": evalica.Winner.Draw,
    }
    theirs = evalica.bradley_terry(a, b, [left[w] for w in winner], tolerance=1e-12, limit=10_000).scores
    strength = SCALE * np.log(theirs)
    strength += 1000 - strength.mean()
    board = rate(votes)
    assert len(board.contestants) == 20
    assert max(abs(s.rating - strength[s.name]) for s in board.contestants) < 0.1


def test_the_likelihood_is_at_its_top(votes: Votes) -> None:
    """Nudging any strength makes the votes less likely: checked with the votes alone."""
    board = rate(votes)
    theta = np.array([board[name].rating / SCALE for name in votes.names])

    def likelihood(theta: np.ndarray) -> float:
        eta = theta[votes.a] - theta[votes.b]
        return float(np.sum(votes.score * eta - np.logaddexp(0, eta)))

    top = likelihood(theta)
    for k in range(20):
        for nudge in (-1e-3, 1e-3):
            moved = theta.copy()
            moved[k] += nudge
            assert likelihood(moved) < top


def test_counts_rows_and_order_make_no_difference(votes: Votes) -> None:
    random = np.random.default_rng(0)
    board = rate(votes)
    assert rate(Tally.of(votes)).contestants == board.contestants
    shuffled = votes.select(random.permutation(len(votes)))
    turned = Votes(
        names=votes.names,
        a=votes.b,
        b=votes.a,
        outcome=np.array([1, 0, 2, 3], np.int8)[votes.outcome],
        count=votes.count,
    )
    tally = Tally.of(votes.select(np.arange(7_000))) + Tally.of(votes.select(np.arange(7_000, len(votes))))
    for other in (shuffled, turned, tally):
        for one, two in zip(board.contestants, rate(other).contestants, strict=True):
            assert (one.name, one.rank, one.battles) == (two.name, two.rank, two.battles)
            assert two.rating == pytest.approx(one.rating, abs=1e-6)
            assert two.upper == pytest.approx(one.upper, abs=1e-6)


def test_tallies_with_other_names_add_up() -> None:
    one = Votes.of(["A", "B"], ["B", "A"], ["model_a", "tie"])
    two = Votes.of(["C", "B"], ["B", "A"], ["both_bad", "model_a"])
    both = Votes.of(["A", "B", "C", "B"], ["B", "A", "B", "A"], ["model_a", "tie", "both_bad", "model_a"])
    assert rate(Tally.of(one) + Tally.of(two)).contestants == rate(both).contestants


def test_the_sandwich_is_the_textbooks(votes: Votes) -> None:
    """H^-1 B H^-1 from a dense matrix of all votes, the first contestant left out."""
    rows = votes.select(np.arange(4_000))
    board = rate(rows)
    size = len(rows.names)
    theta = np.array([board[name].rating / SCALE for name in rows.names])
    x = np.zeros((len(rows), size))
    x[np.arange(len(rows)), rows.a] += 1
    x[np.arange(len(rows)), rows.b] -= 1
    p = 1 / (1 + np.exp(-x @ theta))
    inverse = np.linalg.inv((x.T * (p * (1 - p))) @ x + np.ones((size, size)))
    raw = inverse @ ((x.T * (rows.score - p) ** 2) @ x) @ inverse
    for k, name in enumerate(rows.names):
        half = (board[name].upper - board[name].lower) / 2
        expected = 1.959964 * SCALE * math.sqrt(raw[k, k])
        # One more vote's variance for each contestant: a per cent or two here.
        assert expected <= half <= expected * 1.02


def test_intervals_cover_the_truth() -> None:
    """Sixty simulations here, five hundred in benchmarks/arena_coverage.py."""
    theta, shares = strengths(8), popularity(8)
    hits, tried = 0, 0
    for seed in range(60):
        board = rate(simulate(np.random.default_rng(seed), theta, 3_000, shares=shares))
        for k in range(8):
            standing = board[f"model-{k:02d}"]
            hits += standing.lower <= 1000 + SCALE * theta[k] <= standing.upper
            tried += 1
    assert 0.92 < hits / tried < 0.98


def test_the_bootstrap_says_what_the_sandwich_says(votes: Votes) -> None:
    board, again = rate(votes), rate(votes, Rating(bootstrap=300, seed=3))
    for one, two in zip(board.contestants, again.contestants, strict=True):
        assert two.rating == one.rating
        assert two.upper - two.lower == pytest.approx(one.upper - one.lower, rel=0.25)
    assert again.contestants == rate(votes, Rating(bootstrap=300, seed=3)).contestants


def test_ranks_are_what_intervals_allow(votes: Votes) -> None:
    board = rate(votes)
    for one in board.contestants:
        assert one.rank == 1 + sum(two.lower > one.upper for two in board.contestants)
    assert board.contestants[0].rank == 1
    assert len({s.rank for s in board.contestants}) < len(board.contestants)  # some share a place


def test_the_mean_is_at_1000_and_an_anchor_moves_all_alike(votes: Votes) -> None:
    board = rate(votes)
    assert np.mean([s.rating for s in board.contestants]) == pytest.approx(1000)
    moved = rate(votes, Rating(anchor=("model-07", 1234.5)))
    assert moved["model-07"].rating == pytest.approx(1234.5)
    shift = moved["model-00"].rating - board["model-00"].rating
    for one, two in zip(board.contestants, moved.contestants, strict=True):
        assert (one.name, one.rank) == (two.name, two.rank)
        assert two.lower - one.lower == pytest.approx(shift)
    with pytest.raises(ArenaError, match=r"'model-7' is no contestant; did you mean 'model-"):
        rate(votes, Rating(anchor=("model-7", 1000)))


def test_a_warm_start_ends_in_the_same_place(votes: Votes) -> None:
    before = rate(votes.select(np.arange(15_000)))
    cold, warm = rate(votes), rate(votes, start=before)
    for one, two in zip(cold.contestants, warm.contestants, strict=True):
        assert two.rating == pytest.approx(one.rating, abs=1e-6)


def test_reweighting_frees_ratings_from_who_met_whom() -> None:
    """Where Bradley-Terry doesn't hold, how often pairs met must not matter when all weigh the same."""
    wins = {("A", "B"): 80, ("B", "C"): 50, ("A", "C"): 50}
    few = [(a, b, w, n) for (a, b), k in wins.items() for w, n in (("model_a", k), ("model_b", 100 - k))]
    many = [(a, b, w, n * (30 if (a, b) == ("A", "B") else 1)) for a, b, w, n in few]
    boards = []
    for table in (few, many):
        a, b, w, n = zip(*table, strict=True)
        tallied = Votes.of(a, b, w, n)
        boards.append((rate(tallied), rate(tallied, Rating(reweight=True))))
    (plain, even), (plain_many, even_many) = boards
    for name in "ABC":
        assert even[name].rating == pytest.approx(plain[name].rating, abs=1e-6)  # each met a hundred times
        assert even_many[name].rating == pytest.approx(plain[name].rating, abs=1e-6)
    assert abs(plain_many["A"].rating - plain["A"].rating) > 10


def test_votes_of_one_voter_hang_together(votes: Votes) -> None:
    """Each vote ten times over, by one voter: ten times the votes tell nothing new."""
    small = votes.select(np.arange(2_000))
    rows = np.repeat(np.arange(2_000), 10)
    tenfold = small.select(rows)
    tenfold = Votes(
        names=small.names,
        a=tenfold.a,
        b=tenfold.b,
        outcome=tenfold.outcome,
        count=tenfold.count,
        voter=Category(tuple(map(str, range(2_000))), rows.astype(np.int32)),
    )
    honest, naive, right = rate(small), rate(tenfold), rate(tenfold, Rating(cluster=True))
    for one, two, three in zip(honest.contestants, naive.contestants, right.contestants, strict=True):
        width = one.upper - one.lower
        assert two.upper - two.lower == pytest.approx(width / math.sqrt(10), rel=0.05)
        assert three.upper - three.lower == pytest.approx(width, rel=0.05)


@pytest.mark.parametrize("seed", range(12))
def test_few_votes_never_crash_and_never_boast(seed: int) -> None:
    """Three to forty random votes: bounds around the rating, a width that so few votes can have."""
    random = np.random.default_rng(seed)
    count = int(random.integers(3, 40))
    some = simulate(random, strengths(10, 1.5), count)
    board = rate(some)
    assert sum(s.battles for s in board.contestants) == 2 * count
    for s in board.contestants:
        assert math.isfinite(s.rating)
        assert s.lower <= s.rating <= s.upper
        assert s.upper - s.lower > 100
        assert (s.rank is None) == (math.isinf(s.lower) and math.isinf(s.upper))
    assert 1 in {s.rank for s in board.contestants}


def test_who_only_won_has_no_upper_bound() -> None:
    a = ["X"] * 30 + ["A", "B"] * 20
    b = ["A"] * 15 + ["B"] * 15 + ["B", "A"] * 20
    board = rate(Votes.of(a, b, ["model_a"] * 30 + ["model_a"] * 30 + ["tie"] * 10))
    assert (board["X"].rank, board["A"].rank, board["B"].rank) == (1, 2, 2)
    assert math.isinf(board["X"].upper)
    assert 1100 < board["X"].lower < board["X"].rating < 2200
    assert board["A"].rating == pytest.approx(1000)  # the core's mean
    assert any("X: never lost" in notice for notice in board.notices)
    with_losses = rate(Votes.of(b, a, ["model_a"] * 30 + ["model_a"] * 30 + ["tie"] * 10))
    assert with_losses["X"].rank == 3
    assert math.isinf(with_losses["X"].lower)


def test_groups_that_never_met_are_not_compared() -> None:
    a, b = ["A", "B"] * 20 + ["P", "Q"] * 5, ["B", "A"] * 20 + ["Q", "P"] * 5
    board = rate(Votes.of(a, b, ["model_a"] * 50))
    assert [s.rank for s in board.contestants] == [1, 1, None, None]
    assert {s.name for s in board.contestants[2:]} == {"P", "Q"}
    assert any("P, Q: no chain of battles" in notice for notice in board.notices)
    with pytest.raises(ArenaError, match="has no rank"):
        rate(Votes.of(a, b, ["model_a"] * 50), Rating(anchor=("P", 1000)))


def test_a_clean_ladder_is_ranked_as_it_stands() -> None:
    pairs = [(x, y) for k, x in enumerate("ABCDE") for y in "ABCDE"[k + 1 :]] * 40
    board = rate(Votes.of([x for x, _ in pairs], [y for _, y in pairs], ["model_a"] * len(pairs)))
    assert [s.name for s in board.contestants] == list("ABCDE")
    assert math.isinf(board["A"].upper)
    assert math.isinf(board["E"].lower)
    assert board["A"].rank < board["E"].rank


def test_a_first_tie_is_not_certainty() -> None:
    for word in ("tie", "both_bad"):
        board = rate(Votes.of(["A"], ["B"], [word]))
        assert [s.rating for s in board.contestants] == [1000, 1000]
        assert board["A"].upper - board["A"].lower > 600


def test_contestants_without_votes_have_no_rank() -> None:
    votes = Votes.of(["A", "B", "C"], ["B", "A", "A"], ["model_a", "model_a", "tie"], [3, 3, 0])
    board = rate(votes)
    assert board["C"].rank is None
    assert board["C"].battles == 0
    assert board.votes == 6


@pytest.mark.parametrize(
    ("rating", "words"),
    [
        ({"confidence": 95.0}, "give one between 0 and 1"),
        ({"bootstrap": -1}, "give 0 to 100000"),
        ({"anchor": ("A", math.nan)}, "give a number"),
        ({"bootstrap": 10, "cluster": True}, "give either"),
    ],
)
def test_settings_that_make_no_sense_are_refused(rating: dict[str, object], words: str) -> None:
    with pytest.raises(ArenaError, match=words):
        Rating(**rating)  # type: ignore[arg-type]


def test_nothing_to_rate_is_refused() -> None:
    for votes in (Votes.of([], [], []), Votes.of(["A"], ["B"], ["tie"], [0])):
        with pytest.raises(ArenaError, match="no votes to rate"):
            rate(votes)
    with pytest.raises(ArenaError, match="both sides"):
        Votes.of(["A"], ["A"], ["tie"])
    with pytest.raises(ArenaError, match="winner is 'left'"):
        Votes.of(["A"], ["B"], ["left"])
