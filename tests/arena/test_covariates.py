"""Style control: what style wins is told from what contestants win."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from arena_simulation import simulate, strengths
from duologue.arena import ArenaError, Leaderboard, Rating, Votes, rate
from duologue.arena.covariates import differences, measure_text
from duologue.arena.ratings import SCALE

MARKDOWN = """# One

A *short* text with **two bold** words and __more__; 2 ** 3 ** 4 is none.

- one
- two
  1. inner
  2) inner

```
# not a heading
- not an item
**not bold**
```

## Two
* three
"""


def test_text_is_measured_in_words_and_marks() -> None:
    measured = measure_text(MARKDOWN)
    assert measured == {"length": len(MARKDOWN.split()), "headings": 2, "bold": 2, "lists": 5}
    assert measure_text("") == {"length": 0, "headings": 0, "bold": 0, "lists": 0}
    assert measure_text("#hashtag and -1 and 3.5 apples")["headings"] == 0


def styled(effect: float, seed: int = 2) -> tuple[np.ndarray, Votes]:
    """Votes that a longer answer wins more often; the weak contestants write longer."""
    random = np.random.default_rng(seed)
    theta = strengths(6, 0.5)
    base = simulate(random, theta, 40_000, ties=0.0)
    wordy = np.linspace(100, 400, 6)
    lengths = np.stack([wordy[side] * random.lognormal(0, 0.4, len(base)) for side in (base.a, base.b)])
    z = (lengths[0] - lengths[1]) / lengths.sum(0)
    z /= np.sqrt(np.mean(z**2))
    p = 1 / (1 + np.exp(-(theta[base.a] - theta[base.b] + effect * z)))
    outcome = (random.random(len(base)) >= p).astype(np.int8)
    return theta, replace(base, outcome=outcome, covariates={"length": lengths})


def test_style_control_finds_strengths_and_the_effect() -> None:
    theta, votes = styled(0.8)
    plain, controlled = rate(votes), rate(votes, Rating(style=("length",)))

    def worst(board: Leaderboard) -> float:
        return max(abs(board[n].rating - 1000 - SCALE * theta[k]) for k, n in enumerate(votes.names))

    assert worst(plain) > 50
    assert worst(controlled) < 12
    (effect,) = controlled.effects
    # A 95 % interval misses one time in twenty; twice its width hardly ever.
    assert abs(effect.points - 0.8 * SCALE) < effect.upper - effect.lower
    assert effect.name == "length"


def test_turning_votes_round_turns_nothing_else() -> None:
    _, votes = styled(0.8)
    votes = votes.select(np.arange(3_000))
    some = np.random.default_rng(0).random(len(votes)) < 0.7
    turned = replace(
        votes,
        a=np.where(some, votes.b, votes.a),
        b=np.where(some, votes.a, votes.b),
        outcome=np.where(some, 1 - votes.outcome, votes.outcome).astype(np.int8),
        covariates={"length": np.where(some, votes.covariates["length"][::-1], votes.covariates["length"])},
    )
    one, two = (rate(v, Rating(style=("length",))) for v in (votes, turned))
    assert one.effects[0].points == pytest.approx(two.effects[0].points)
    for name in votes.names:
        assert one[name].upper == pytest.approx(two[name].upper, abs=1e-6)


def test_a_sides_own_advantage_is_found() -> None:
    random = np.random.default_rng(4)
    theta = strengths(5)
    base = simulate(random, theta, 30_000, ties=0.0)
    p = 1 / (1 + np.exp(-(theta[base.a] - theta[base.b] + 0.3)))
    votes = replace(base, outcome=(random.random(len(base)) >= p).astype(np.int8))
    (effect,) = rate(votes, Rating(style=("side",))).effects
    assert abs(effect.points - 0.3 * SCALE) < effect.upper - effect.lower


def test_separating_constant_and_unknown_covariates_do_no_harm() -> None:
    votes = simulate(np.random.default_rng(1), strengths(5), 2_000, ties=0.0)
    won = np.where(votes.outcome == 0, 1.0, -1.0)
    covariates = {
        "loudness": np.stack([won, np.zeros(len(votes))]),  # the louder side always wins
        "bold": np.full((2, len(votes)), 3.0),
        "length": np.full((2, len(votes)), np.nan),
    }
    board = rate(replace(votes, covariates=covariates), Rating(style=("loudness", "bold", "length")))
    (effect,) = board.effects
    assert effect.name == "loudness"
    assert 500 < effect.points < 1e5
    assert all(np.isfinite([s.rating, s.lower, s.upper]).all() for s in board.contestants)
    assert any("bold is the same" in notice for notice in board.notices)
    assert any("length is unknown in 2000 votes" in notice for notice in board.notices)


def test_style_control_leaves_outsiders_their_place() -> None:
    _, votes = styled(0.8)
    small = votes.select(np.arange(1_000))
    more = replace(
        small,
        names=(*small.names, "new"),
        a=np.append(small.a, [6, 6]).astype(np.int32),
        b=np.append(small.b, [0, 1]).astype(np.int32),
        outcome=np.append(small.outcome, [0, 0]).astype(np.int8),
        count=np.append(small.count, [1, 1]),
        covariates={"length": np.concatenate([small.covariates["length"], [[900, 900], [100, 100]]], axis=1)},
    )
    plain, controlled = rate(more), rate(more, Rating(style=("length",)))
    assert controlled["new"].rank == 1
    # It won with the longest answers, so its wins say less about it.
    assert (
        controlled["new"].rating - controlled["model-00"].rating
        < plain["new"].rating - plain["model-00"].rating
    )


def test_a_covariate_that_is_not_there_is_named() -> None:
    votes = simulate(np.random.default_rng(1), strengths(3), 10)
    with pytest.raises(ArenaError, match="no covariate 'bold'"):
        differences(votes, ["bold"])
