"""Integrity: what each check finds, that honest voters are left alone, and that a campaign moves nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from arena_stuffing import SIZE, TARGET, Campaign, honest, hostile, joined_columns, places
from duologue.arena import ArenaError, Votes, rate
from duologue.arena.integrity import Checks, Limits, examine, kept, wait
from duologue.arena.integrity.bets import Shares, factors, most_wealth
from duologue.arena.integrity.crowd import Crowd, contrary_voters, evidence
from duologue.arena.integrity.finding import Finding, groups
from duologue.arena.integrity.limits import excess
from duologue.arena.integrity.pace import hasty_votes
from duologue.arena.integrity.repeats import flooding_prompts, repeated_battles, repeated_opinions
from duologue.arena.integrity.sidebias import side_evidence, side_voters
from duologue.arena.ratings import SCALE
from duologue.arena.votes import Category

THETA = (np.arange(SIZE)[::-1] - (SIZE - 1) / 2) * 15 / SCALE


def votes(size: int, **known: object) -> Votes:
    random = np.random.default_rng(0)
    a = random.integers(0, 4, size)
    base = Votes(
        names=("A", "B", "C", "D"),
        a=a.astype(np.int32),
        b=((a + random.integers(1, 4, size)) % 4).astype(np.int32),
        outcome=random.integers(0, 4, size).astype(np.int8),
        count=np.ones(size, np.int64),
    )
    return replace(base, **known)  # type: ignore[arg-type]


def rows(findings: list[Finding], subject: str = "") -> list[int]:
    return sorted(int(row) for f in findings if subject in ("", f.subject) for row in f.rows)


def test_groups_keep_order_and_leave_the_unknown_out() -> None:
    found = groups(np.array([1, -1, 0, 1, 0], np.int32))
    assert [(code, part.tolist()) for code, part in found] == [(0, [2, 4]), (1, [0, 3])]
    assert groups(np.array([-1, -1], np.int32)) == []
    assert groups(np.zeros(0, np.int32)) == []


def test_a_battle_and_an_opinion_count_once() -> None:
    some = votes(
        5,
        battle=Category.of(["x", "y", "x", None, None]),
        time=np.array([9.0, 2, 3, 4, 5]),
        voter=Category.of(["u", "u", "v", "u", "u"]),
        prompt=Category.of(["p", "q", "p", "q", "p"]),
        a=np.array([0, 1, 0, 2, 0], np.int32),
        b=np.array([1, 2, 1, 1, 2], np.int32),
    )
    assert rows(repeated_battles(some)) == [0]  # the later one in time
    assert rows(repeated_opinions(some)) == [3]  # the same pair turned round, the same prompt and voter
    assert repeated_battles(votes(5)) == repeated_opinions(votes(5)) == []


def test_one_prompt_cannot_flood() -> None:
    prompts = [f"p{k % 100}" for k in range(1_000)] + ["flood"] * 500
    some = votes(1_500, prompt=Category.of(prompts), time=np.arange(1_500.0))
    found = flooding_prompts(some)
    assert len(rows(found, "flood")) == len(rows(found)) == 400  # ten times the median of 10 stay
    left = np.setdiff1d(np.arange(1_000, 1_500), rows(found))
    assert left[0] == 1_000
    assert left[-1] == 1_499
    assert flooding_prompts(votes(1_000, prompt=Category.of(prompts[:1_000]))) == []


def test_limits_are_the_same_at_the_door_and_afterwards() -> None:
    """Votes let in one by one by `wait` are never in excess; those it would have refused are."""
    limits = Limits(voter_day=20, voter_window=3, window=10)
    random = np.random.default_rng(1)
    times = np.sort(random.uniform(0, 300, 60)) + 86_400 * random.integers(0, 2, 60)
    times = np.sort(times)
    allowed: list[float] = []
    refused = []
    for k, t in enumerate(times):
        if wait(allowed, t, limits) > 0:
            refused.append(k)
        else:
            allowed.append(float(t))
    some = votes(60, time=times, voter=Category.of(["u"] * 60))
    window = [f for f in excess(some, limits) if f.check == "voter-rate"]
    assert window
    assert set(rows(window)) <= set(refused)
    clean = votes(len(allowed), time=np.array(allowed), voter=Category.of(["u"] * len(allowed)))
    assert excess(clean, limits) == []
    assert wait([0.0, 1.0, 2.0], 5.0, limits) == pytest.approx(5)
    assert wait([float(k) for k in range(0, 400, 20)], 500.0, limits) == 86_400 - 500


def test_a_daily_cap_counts_utc_days_and_addresses() -> None:
    times = np.arange(50.0) * 100 + 86_400 - 2_500  # half before midnight
    some = votes(50, time=times, address=Category.of(["h"] * 50))
    found = excess(some, Limits(address_day=20))
    assert [f.check for f in found] == ["address-day"]
    assert rows(found) == [*range(20, 25), *range(45, 50)]
    with pytest.raises(ArenaError, match="give 1 or more"):
        Limits(voter_day=0)


def test_haste_is_measured_by_what_there_was_to_hear() -> None:
    seconds = np.array([0.2, 5, 5, np.nan, 0.5] * 4)
    some = votes(20, seconds=seconds, voter=Category.of(["u", "v", "v", "v", "w"] * 4))
    assert rows(hasty_votes(some)) == sorted([*range(0, 20, 5), *range(4, 20, 5)])
    spoken = replace(some, covariates={"duration": np.full((2, 20), 6.0)})
    assert set(rows(hasty_votes(spoken))) > set(rows(hasty_votes(some)))
    bot = votes(12, seconds=np.array([0.1] * 7 + [9.0] * 5), voter=Category.of(["bot"] * 12))
    assert rows(hasty_votes(bot)) == list(range(12))  # who is hasty in half of his votes is held whole
    assert rows(hasty_votes(votes(2, seconds=np.array([0.1, 9.0])))) == [0]


def test_a_voter_for_a_side_is_found_and_a_habit_is_not() -> None:
    random = np.random.default_rng(2)
    lefty = (random.random(200) >= 0.95).astype(np.int8)
    habit = (random.random(200) >= 0.58).astype(np.int8)
    some = votes(
        400,
        outcome=np.concatenate([lefty, habit]),
        voter=Category.of(["lefty"] * 200 + ["habit"] * 200),
    )
    found = side_voters(some)
    assert [f.subject for f in found] == ["lefty"]
    assert "for the left side" in found[0].reason


def test_the_side_test_keeps_its_promise() -> None:
    """Looked at after every vote, an honest share at the edge reaches 1 / alpha in at most alpha of cases."""
    random = np.random.default_rng(3)
    alpha = 0.05
    over = sum(side_evidence(random.random(400) < 0.65) >= np.log(1 / alpha) for _ in range(400))
    assert over / 400 <= alpha


def test_bets_keep_their_promise() -> None:
    """The same for the bets: events come with the most that honesty allows, wealth is looked at always."""
    random = np.random.default_rng(4)
    alpha, stakes = 0.1, np.array([0.1, 0.5, 0.9])
    over = 0
    for _ in range(400):
        most = random.uniform(0.2, 0.8, 300)
        steps = factors(random.random(300) < most, most, stakes)
        over += most_wealth(steps, np.full(3, 1 / 3))[0] >= np.log(1 / alpha)
    assert over / 400 <= alpha
    certain = factors(np.ones(5, bool), np.ones(5), stakes)
    assert not certain.any()  # nothing is won on what is certain


def test_wealth_is_the_mixture_of_its_bets() -> None:
    random = np.random.default_rng(5)
    steps = random.normal(0, 1, (30, 4))
    weights = np.array([0.1, 0.2, 0.3, 0.1])
    paths = weights @ np.exp(np.cumsum(steps, axis=0)).T + 0.3
    wealth, after, _ = most_wealth(steps, weights)
    assert wealth == pytest.approx(max(np.log(paths.max()), 0))
    assert after == int(np.argmax(paths)) + 1


def test_shares_are_those_of_the_time() -> None:
    """Who is new is drawn more often for a while, which must not tell against its voters."""
    a = np.array([0] * 1_000 + [1] * 1_000 + [0] * 1_000, np.int32)
    b = np.full(3_000, 2, np.int32)
    some = votes(3_000, a=a, b=b, outcome=np.zeros(3_000, np.int8), time=np.arange(3_000.0))
    shares = Shares.of(some)
    most = shares.most(np.array([200, 1_500, 2_900]), np.array([0, 1]))
    assert most[0].tolist() == [1.0, 1e-3]
    assert most[1, 1] == 1.0
    assert most[2].tolist() == [1.0, 1e-3]


@pytest.mark.parametrize("way", ["for", "underdog"])
def test_a_contrary_voter_is_found_and_described(way: str) -> None:
    random = np.random.default_rng(6)
    crowd = Crowd(np.array([1.5, 0.5, -0.5, -1.5]))
    a = random.integers(0, 4, 120)
    b = (a + random.integers(1, 4, 120)) % 4
    if way == "for":  # D, the weakest, in its battles; otherwise honest
        chance = 1 / (1 + np.exp(crowd.theta[b] - crowd.theta[a]))
        a_wins = np.where((a == 3) | (b == 3), a == 3, random.random(120) < chance)
        result = np.where(a_wins, 0, 1)
    else:
        result = np.where(a < b, 1, 0)
    some = votes(
        120,
        a=a.astype(np.int32),
        b=b.astype(np.int32),
        outcome=result.astype(np.int8),
        voter=Category.of(["u"] * 120),
    )
    (found,) = contrary_voters(some, crowd)
    assert ("'D'" in found.reason) == (way == "for")
    assert ("underdog" in evidence(some, found.rows, crowd, Shares.of(some)).way) == (way == "underdog")
    assert len(found.rows) == 120


def test_honest_voters_are_left_alone() -> None:
    """Tastes of their own, hundreds of votes some of them: next to nothing is held."""
    good = honest(np.random.default_rng(0), THETA, 15_000, 0).votes()
    found = examine(good)
    assert sum(len(f.rows) for f in found) < 0.005 * len(good)


@pytest.mark.parametrize(
    "campaign",
    [
        Campaign("few, many votes each", 100),
        Campaign("many, hidden", 20, honest=1.0),
        Campaign("one vote each", 1),
    ],
    ids=lambda c: c.name,
)
def test_a_campaign_of_five_percent_moves_nothing(campaign: Campaign) -> None:
    """A smaller copy of benchmarks/arena_stuffing.py."""
    random = np.random.default_rng(7)
    good = honest(random, THETA, 20_000, 0)
    bad = hostile(random, THETA, campaign, 1_100, int(good.voter.max()) + 1)
    before = places(rate(good.votes()))
    stuffed = joined_columns([good, bad]).votes()
    off = places(rate(stuffed))
    on = places(rate(kept(stuffed, examine(stuffed))))
    assert before[0] - off[0] >= 4  # it would have worked
    assert abs(before[0] - on[0]) <= 1
    assert abs(before[1] - on[1]) <= 1
    assert stuffed.names[TARGET] == "model-11"


def test_findings_do_not_overlap_and_leave_counts_alone() -> None:
    random = np.random.default_rng(8)
    good = honest(random, THETA, 5_000, 0)
    bad = hostile(random, THETA, Campaign("", 100), 500, int(good.voter.max()) + 1)
    some = joined_columns([good, bad]).votes()
    found = examine(some, Checks(limits=Limits(voter_day=50)))
    held = [row for f in found for row in f.rows]
    assert len(held) == len(set(held)) > 400
    assert len(kept(some, found)) == len(some) - len(held)
    with pytest.raises(ArenaError, match="single votes"):
        examine(replace(some, count=some.count * 2))


def test_nothing_and_almost_nothing_can_be_examined() -> None:
    assert examine(Votes.of([], [], [])) == []
    one = Votes.of(["A"], ["B"], ["tie"])
    assert examine(one) == []
    assert examine(replace(one, voter=Category.of(["u"]), time=np.array([np.nan]))) == []
    with pytest.raises(ArenaError, match="between 0 and 1"):
        Checks(alpha=0)
