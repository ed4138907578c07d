"""Battles from their beginning to the vote, with contestants of a few lines and a real store."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from duologue.arena import battle as rules
from duologue.arena.applying import apply, deployment_ratings
from duologue.arena.ballot import Ballot, Cast
from duologue.arena.battle import Battle, may_have_heard, obstacle
from duologue.arena.battles import Battles, new_battle, now
from duologue.arena.board import Boards, View
from duologue.arena.clips import Shelf
from duologue.arena.contestants import Contestant, Kind, Roster
from duologue.arena.errors import ArenaError
from duologue.arena.jury import Jury
from duologue.arena.refreshing import Refresher
from duologue.store import Store

OWNER = "0" * 64


def contestant(name: str, kind: Kind = "text", **more: Any) -> Contestant:
    return Contestant(name=name, kind=kind, deployment=more.pop("deployment", name), **more)


ROSTER = Roster(
    contestants={
        c.name: c
        for c in (
            contestant("amber-1", system="Be kind."),
            contestant("beryl-2"),
            contestant("cobalt-3", tasks=("code",)),
            contestant("retiree"),
            contestant("low", "speech", deployment="mill"),
            contestant("high", "speech", deployment="mill"),
        )
    },
    retired=frozenset({"retiree"}),
)


class Players:
    """Writes what it is told to; speaks tones."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.asked: list[tuple[str, list[Mapping[str, Any]]]] = []

    def write(
        self, contestant: Contestant, messages: Sequence[Mapping[str, Any]], *, seed: int, task: str
    ) -> tuple[Iterator[str], Callable[[], None]]:
        self.asked.append((contestant.name, list(messages)))
        answer = self.answers.get(contestant.name.split("-")[0], "A plain answer.")
        if answer == "fault":
            raise ValueError("amber-1 is down")
        return iter(answer.split(" ") and [w + " " for w in answer.split(" ")]), lambda: None

    def speak(self, contestant: Contestant, text: str, *, seed: int) -> tuple[np.ndarray, int]:
        t = np.arange(12_000) / 24_000
        level = 0.05 if contestant.name == "low" else 0.4
        return (level * np.sin(2 * np.pi * 440 * t)).astype(np.float32), 24_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/arena.db") as opened:
        yield opened


@pytest.fixture
def battles(store: Store, tmp_path: Path) -> Battles:
    return Battles(store, ROSTER, Shelf(tmp_path / "clips"), source=random.Random(1))


def answered(battles: Battles, players: Players | None = None, prompt: str = "Hello there.") -> Battle:
    battle = battles.begin("text", prompt, owner=OWNER)
    for _ in battles.answer(battle, players or Players()):
        pass
    found = battles.get(battle.id, OWNER)
    assert found is not None
    return found


def test_a_battle_from_prompt_to_vote(battles: Battles, store: Store) -> None:
    players = Players(amber="One **bold** answer.", beryl="Two words.")
    battle = answered(battles, players)
    assert {battle.left, battle.right} == {"amber-1", "beryl-2"}
    assert obstacle(battle, now()) == ""
    told = battles.vote(battle, "left", address="a" * 64, consent=True)
    assert told.winner == "model_a"
    (row,) = Ballot(store).rows()
    assert (row["model_a"], row["model_b"], row["winner"]) == (battle.left, battle.right, "model_a")
    assert (row["kind"], row["task"], row["language"], row["length"]) == ("text", "chat", "en", "short")
    assert row["consent"] is True
    assert row["voter"] == OWNER
    assert row["seconds"] >= 0
    bold = {battle.left: row["style"]["bold"][0], battle.right: row["style"]["bold"][1]}
    assert bold == {"amber-1": 1, "beryl-2": 0}
    assert Ballot(store).audit().broken is None


def test_one_vote_per_battle(battles: Battles, store: Store) -> None:
    battle = answered(battles)
    battles.vote(battle, "tie")
    with pytest.raises(ArenaError, match="has been voted on"):
        battles.vote(battle, "left")
    again = battles.get(battle.id, OWNER)
    assert again is not None
    with pytest.raises(ArenaError, match="has been voted on"):
        battles.vote(again, "left")
    with pytest.raises(ArenaError, match="has been voted on"):
        battles.answer(again, Players())
    assert Ballot(store).head().number == 1


def test_turns_go_on_with_each_sides_own_conversation(battles: Battles) -> None:
    players = Players(amber="First of amber.", beryl="First of beryl.")
    battle = answered(battles, players)
    for _ in battles.answer(battle, players, "And then?"):
        pass
    asked = dict(players.asked[-2:])
    assert asked["amber-1"] == [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hello there."},
        {"role": "assistant", "content": "First of amber."},
        {"role": "user", "content": "And then?"},
    ]
    assert asked["beryl-2"][1]["content"] == "First of beryl."
    again = battles.get(battle.id, OWNER)
    assert again is not None
    assert [t.prompt for t in again.turns] == ["Hello there.", "And then?"]
    # The same turn again, from a page that hasn't seen it: nothing is overwritten.
    with pytest.raises(ArenaError, match="came in between"):
        for _ in battles.answer(battle, players, "And then?"):
            pass


def test_turns_have_a_bound(battles: Battles, monkeypatch: pytest.MonkeyPatch) -> None:
    battle = answered(battles)
    full = Battle(
        **{**{f: getattr(battle, f) for f in Battle.__dataclass_fields__}, "turns": battle.turns * 8}
    )
    assert len(full.turns) == rules.MOST_TURNS
    with pytest.raises(ArenaError, match="at most 8 turns"):
        battles.answer(full, Players(), "more")


def test_a_leak_is_no_vote(battles: Battles, store: Store) -> None:
    battle = answered(battles, Players(amber="Greetings from Amber-1."))
    assert battle.leak.endswith("names itself: amber-1")
    told = battles.vote(battle, "right")
    assert told.winner == "model_b"
    assert list(Ballot(store).rows()) == []


def test_a_fault_ends_the_turn_and_says_no_name(battles: Battles) -> None:
    battle = battles.begin("text", "Hello.", owner=OWNER)
    with pytest.raises(ArenaError, match="one of the two couldn't answer") as caught:
        for _ in battles.answer(battle, Players(amber="fault")):
            pass
    assert "amber" not in str(caught.value)
    found = battles.get(battle.id, OWNER)
    assert found is not None
    assert found.turns == ()
    assert "aren't complete" in obstacle(found, now())


def test_an_empty_answer_is_a_fault(battles: Battles) -> None:
    battle = battles.begin("text", "Hello.", owner=OWNER)
    with pytest.raises(ArenaError, match="couldn't answer"):
        list(battles.answer(battle, Players(beryl=" ")))


def test_tasks_and_retirement_decide_who_may_meet(battles: Battles) -> None:
    drawn = {
        battles.begin("text", "Write a Python function that sorts.", owner=OWNER).left for _ in range(30)
    }
    assert "cobalt-3" in drawn
    assert "retiree" not in drawn
    assert all(battles.begin("text", "Good morning.", owner=OWNER).left != "cobalt-3" for _ in range(15))


def test_a_battle_is_its_owners_alone(battles: Battles) -> None:
    battle = battles.begin("text", "Hello.", owner=OWNER)
    assert battles.get(battle.id, "1" * 64) is None
    assert battles.get("nothing", OWNER) is None


@pytest.mark.parametrize(
    ("kind", "prompt", "message"),
    [
        ("text", "  \x00 ", "nothing to answer"),
        ("text", "x" * 8_001, "8001 characters are too many"),
        ("speech", "?!", "nothing to say"),
        ("speech", "x" * 601, "at most 600"),
    ],
)
def test_prompts_that_cant_be_taken(kind: Kind, prompt: str, message: str) -> None:
    with pytest.raises(ArenaError, match=message):
        new_battle(kind, prompt, "a", "b", owner=OWNER)


def test_named_battles_take_no_vote(battles: Battles) -> None:
    battle = battles.begin("text", "Hi.", owner=OWNER, mode="named", left="retiree", right="amber-1")
    for _ in battles.answer(battle, Players()):
        pass
    found = battles.get(battle.id, OWNER)
    assert found is not None
    with pytest.raises(ArenaError, match="isn't counted"):
        battles.vote(found, "left")
    for left, right, message in (
        ("low", "amber-1", "doesn't do text"),
        ("amber-1", "amber-1", "meet itself"),
    ):
        with pytest.raises(ArenaError, match=message):
            battles.begin("text", "Hi.", owner=OWNER, mode="named", left=left, right=right)


def test_speech_must_be_heard_before_a_vote(battles: Battles, store: Store) -> None:
    battle = battles.sound(battles.begin("speech", "Two tones.", owner=OWNER), Players())
    assert battle.seconds is not None
    clips = [battles.clip(battle, "left"), battles.clip(battle, "right")]
    assert len(clips[0]) == pytest.approx(len(clips[1]), abs=500)
    fetched = battles.get(battle.id, OWNER)
    assert fetched is not None
    assert set(fetched.fetched) == {"left", "right"}
    first = min(fetched.fetched.values())
    late = first + timedelta(seconds=10)
    assert not may_have_heard(fetched, "left", fetched.fetched["left"] + timedelta(seconds=0.05))
    assert may_have_heard(fetched, "left", late)
    assert "the left and the right clip" in obstacle(fetched, late)
    hurried = Battle(
        **{f: getattr(fetched, f) for f in Battle.__dataclass_fields__ if f not in ("heard", "seconds")},
        heard={"left": first, "right": first},
        seconds=(3.0, 3.0),
    )
    assert "can't have been heard yet" in obstacle(hurried, first + timedelta(seconds=4))
    assert obstacle(hurried, first + timedelta(seconds=6)) == ""
    time.sleep(max(battle.seconds))
    heard = battles.hear(battles.hear(fetched, "left"), "right")
    assert set(heard.heard) == {"left", "right"}
    battles.vote(heard, "both_bad")
    (row,) = Ballot(store).rows()
    assert row["winner"] == "both_bad"
    assert row["style"]["duration"] == pytest.approx(list(battle.seconds))
    loudness = dict(zip((battle.left, battle.right), row["style"]["loudness"], strict=True))
    assert loudness["high"] - loudness["low"] == pytest.approx(18.06, abs=0.1)


def test_a_clip_cant_be_called_heard_at_once(battles: Battles) -> None:
    battle = battles.sound(battles.begin("speech", "Two tones.", owner=OWNER), Players())
    with pytest.raises(ArenaError, match="lasts longer"):
        battles.hear(battle, "left")


def test_judges_hear_and_their_agreement_is_measured(battles: Battles, store: Store, tmp_path: Path) -> None:
    jury = Jury(store, Shelf(tmp_path / "clips"))
    for _ in range(6):
        players = Players(amber="Lighthouses stand at the sea.", beryl="sea sea sea sea sea sea")
        battle = answered(battles, players, "Tell me about lighthouses at the sea.")
        battles.vote(battle, "left" if battle.left == "amber-1" else "right")
    assert len(jury.pending("text")) == 6
    for battle in jury.pending("text"):
        assert jury.hear(battle)
    assert jury.pending("text") == []
    found = jury.agreements(Ballot(store), "text")
    assert (found["checks"].battles, found["checks"].share) == (6, 1.0)
    assert jury.agreements(Ballot(store), "speech") == {}
    assert Ballot(store).head().number == 6  # no judge has voted


def cast(k: int, a: str, b: str, winner: str, **more: Any) -> Cast:
    return Cast(battle=f"b{k}", model_a=a, model_b=b, winner=winner, kind="text", **{"task": "chat", **more})


def test_boards_follow_votes_and_filters(store: Store) -> None:
    ballot = Ballot(store)
    boards = Boards(ballot)
    assert boards.of(View()) is None
    assert boards.standing("text") == ({}, {})
    words = ["model_a", "model_a", "model_b", "tie"]
    ballot.cast_all([cast(k, "amber-1", "beryl-2", words[k % 4]) for k in range(80)])
    board = boards.of(View())
    assert board is not None
    assert board is boards.of(View())
    met, ratings = boards.standing("text")
    assert (met["amber-1", "beryl-2"].battles, met["amber-1", "beryl-2"].share) == (80, 0.625)
    assert ratings["amber-1"] > ratings["beryl-2"]
    assert boards.of(View(task="summary")) is None
    assert boards.of(View(kind="speech")) is None
    style = {"length": (30, 10)}
    ballot.cast_all(
        [cast(k, "amber-1", "beryl-2", "model_a", task="summary", style=style) for k in range(90, 99)]
    )
    again = boards.of(View(task="summary", style=True))
    assert again is not None
    assert again.leaderboard.votes == 9
    assert boards.of(View()) is not board


class Gateway:
    """Takes ratings."""

    def __init__(self) -> None:
        self.rated: dict[str, dict[str, float]] = {}

    def rate(self, task: str, ratings: Mapping[str, float]) -> None:
        self.rated[task] = dict(ratings)


def test_ratings_reach_the_gateway_by_task(store: Store) -> None:
    ballot, gateway = Ballot(store), Gateway()
    boards = Boards(ballot)
    roster = Roster(
        contestants={
            c.name: c
            for c in (
                contestant("amber"),
                contestant("amber/bold", deployment="amber"),
                contestant("beryl/x", deployment="beryl"),
                contestant("beryl/y", deployment="beryl"),
            )
        }
    )
    pairs = [("amber", "beryl/x"), ("beryl/y", "amber"), ("amber/bold", "beryl/x"), ("beryl/x", "beryl/y")]
    words = ["model_a", "model_b", "model_a", "tie", "model_b", "model_a"]
    ballot.cast_all([cast(k, *pairs[k % 4], words[k % 6]) for k in range(96)])
    made = {a.task: a for a in apply(boards, roster, gateway, least=50)}
    assert set(gateway.rated) == {"*", "chat"}
    assert set(gateway.rated["*"]) == {"amber", "beryl"}
    board = boards.of(View())
    assert board is not None
    ratings = deployment_ratings(board, roster)
    assert ratings["amber"] == board.leaderboard["amber"].rating
    x, y = board.leaderboard["beryl/x"], board.leaderboard["beryl/y"]
    mean = (x.rating * x.battles + y.rating * y.battles) / (x.battles + y.battles)
    assert ratings["beryl"] == pytest.approx(mean)
    assert made["summary"].why_not == "0 of 50 votes"
    # Somebody who has no votes yet competes: then nobody's rating is handed over.
    gateway.rated.clear()
    wider = Roster(contestants={**roster.contestants, "new": contestant("new")})
    made = {a.task: a for a in apply(boards, wider, gateway, least=50)}
    assert gateway.rated == {}
    assert made["*"].why_not == "no rating yet for new"


def test_work_follows_votes_soon_and_once() -> None:
    done: list[float] = []
    refresher = Refresher(lambda: done.append(time.monotonic()), quiet=0.15, longest=0.5)
    for _ in range(5):
        refresher.notify()
        time.sleep(0.02)
    time.sleep(0.5)
    assert len(done) == 1
    begun = time.monotonic()
    while time.monotonic() - begun < 0.8:  # votes that never stop don't put it off for ever
        refresher.notify()
        time.sleep(0.05)
    assert len(done) >= 2
    refresher.close()
    refresher.notify()
    assert refresher.done >= 2


def test_work_that_fails_is_tried_with_the_next_vote(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("duologue"), "propagate", True)  # a server in this process ends it,
    caplog.set_level("INFO", logger="duologue")  # and may quieten it
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        if len(calls) == 1:
            raise ValueError("no")

    refresher = Refresher(work, quiet=0.01, longest=0.1)
    for _ in range(2):
        refresher.notify()
        time.sleep(0.3)
    refresher.close()
    assert len(calls) == 2
    assert "weren't made anew" in caplog.text
