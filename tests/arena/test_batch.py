"""Battles over a file of prompts, judged by programs, on the command line too; ratings in a real gateway."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from duologue.arena.applying import apply
from duologue.arena.ballot import Ballot, Cast
from duologue.arena.batch import Batch, run_batch
from duologue.arena.board import Boards
from duologue.arena.checkjudge import CheckJudge
from duologue.arena.contestants import Contestant, Kind, Roster
from duologue.arena.errors import ArenaError
from duologue.arena.export import import_votes
from duologue.arena.judging import Exhibit, Score
from duologue.arena.prompts import Prompt, offered, read_prompts
from duologue.arena.reading import read_votes
from duologue.cli import main
from duologue.gateway import Gateway
from duologue.store import Store


def contestant(name: str, kind: Kind = "text") -> Contestant:
    return Contestant(name=name, kind=kind, deployment=name)


class Players:
    """Three writers: one sound, one that loops, one that fails or tells its name; two voices."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def write(
        self, contestant: Contestant, messages: Sequence[Mapping[str, Any]], *, seed: int, task: str
    ) -> tuple[Iterator[str], Callable[[], None]]:
        self.asked.append(contestant.name)
        prompt = messages[-1]["content"]
        if contestant.name == "third-3":
            if "bread" in prompt:
                raise ValueError("no flour")
            return iter(["I am third-3."]), lambda: None
        sound = f"Much can be said about {prompt.split()[-1].strip('.')}, and most of it is true."
        return iter([sound if contestant.name == "sound" else "so so so so so so"]), lambda: None

    def speak(self, contestant: Contestant, text: str, *, seed: int) -> tuple[np.ndarray, int]:
        t = np.arange(24_000) / 24_000
        return (0.3 * np.sin(2 * np.pi * (300 if contestant.name == "low" else 600) * t)).astype(
            np.float32
        ), 24_000


PROMPTS = [Prompt(prompt=f"Say something about {x}.", task="chat") for x in ("bread", "ships", "clocks")]


def test_all_pairs_of_all_prompts_are_judged() -> None:
    players, batch = Players(), Batch()
    chosen = [contestant(n) for n in ("sound", "loops", "third-3")]
    bouts = list(run_batch(PROMPTS, chosen, [CheckJudge()], players, batch=batch, seed=4))
    assert len(players.asked) == 9  # once a prompt, however many pairs
    assert batch.failed == {"third-3": 1}
    assert batch.leaked == {"third-3": 2}
    assert batch.why["third-3"] == "no flour"
    assert len(bouts) == batch.bouts == 3
    for bout in bouts:
        won = bout.left if bout.judgement.winner == "model_a" else bout.right
        assert won == "sound"
        row = bout.row()
        assert row["judge"] == "checks"
        assert {row["answer_a"], row["answer_b"]} >= {"so so so so so so"}


def test_the_rows_of_a_batch_can_be_ranked(tmp_path: Path) -> None:
    chosen = [contestant(n) for n in ("sound", "loops")]
    rows = [b.row() for b in run_batch(PROMPTS * 4, chosen, [CheckJudge()], Players())]
    path = tmp_path / "votes.jsonl"
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    votes = read_votes(path)
    assert len(votes) == 12
    assert {rows[k]["model_a"] for k in range(12)} == {"sound", "loops"}  # sides are tossed
    with Store.open(f"sqlite:///{tmp_path}/a.db") as store:
        with pytest.raises(ArenaError, match="verdicts of a program \\('checks'\\)"):
            import_votes(Ballot(store), votes, "a file")
        assert Ballot(store).head().number == 0


class Pitch:
    """Likes high voices."""

    name = "pitch"
    kind: Kind = "speech"
    margin = 1.0
    floor = 0.0

    def score(self, exhibit: Exhibit) -> Score:
        assert exhibit.audio is not None
        return Score(float(np.abs(np.diff(np.sign(exhibit.audio))).sum()))


def test_speech_is_judged_equally_loud() -> None:
    chosen = [contestant(n, "speech") for n in ("low", "high")]
    bouts = list(run_batch(PROMPTS[:2], chosen, [Pitch()], Players()))
    for bout in bouts:
        assert (bout.left if bout.judgement.winner == "model_a" else bout.right) == "high"
        row = bout.row()
        assert row["kind"] == "speech"
        assert row["duration_a"] == pytest.approx(1.0, abs=0.3)
        assert row["loudness_a"] < 0


def test_batches_that_cant_be() -> None:
    with pytest.raises(ArenaError, match="two contestants"):
        list(run_batch(PROMPTS, [contestant("a")], [CheckJudge()], Players()))
    with pytest.raises(ArenaError, match="one kind"):
        list(run_batch(PROMPTS, [contestant("a"), contestant("b")], [Pitch()], Players()))


def test_prompts_from_files(tmp_path: Path) -> None:
    plain = tmp_path / "p.txt"
    plain.write_text("# a comment\nGood morning.\n\nnews\tThe bridge is open again.\n", "utf-8")
    found = read_prompts(plain, "speech")
    assert [(p.task, p.prompt) for p in found] == [
        ("plain", "Good morning."), ("news", "The bridge is open again."),
    ]  # fmt: skip
    lines = tmp_path / "p.jsonl"
    lines.write_text(
        '{"prompt": "Say cold.", "constraints": {"equals": "cold"}}\n'
        '{"messages": [{"role": "user", "content": "Hi."}], "task": "chat"}\n',
        "utf-8",
    )
    first, second = read_prompts(lines, "text")
    assert first.source == {"constraints": {"equals": "cold"}}
    assert second.prompt == "Hi."
    for text, message in (("{", "line 1: no JSON"), ('{"x": 1}', 'no "prompt"'), ("\n", "holds no prompts")):
        lines.write_text(text, "utf-8")
        with pytest.raises(ArenaError, match=message):
            read_prompts(lines, "text")


def test_the_prompts_that_are_offered_are_fit_for_battle() -> None:
    assert len(offered("speech")) >= 40
    assert len(offered("text")) >= 20
    assert all(len(p.prompt) <= 200 for p in offered("speech"))
    assert len({p.task for p in offered("speech")}) == 8


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DUOLOGUE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("DUOLOGUE_DATABASE", raising=False)
    return tmp_path


def test_ratings_end_in_a_real_gateway(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = home / "gateway.toml"
    deployments = "".join(
        f'[deployments.{n}]\nkind = "openai"\nmodel = "{n}-9b"\nurl = "http://127.0.0.1:9/v1"\n'
        for n in ("ash", "oak")
    )
    config.write_text(deployments + "[arena]\nleast_votes = 30\n", "utf-8")
    with Store.open() as store:
        words = ["model_a", "model_a", "model_b", "tie"]
        Ballot(store).cast_all(
            [
                Cast(
                    model_a="ash",
                    model_b="oak",
                    winner=words[k % 4],
                    battle=f"b{k}",
                    kind="text",
                    task="chat",
                )
                for k in range(40)
            ]
        )
    assert main(["arena", "apply", "--config", str(config), "--dry-run"]) == 0
    assert "would be handed over" in capsys.readouterr().err
    assert main(["arena", "apply", "--config", str(config)]) == 0
    out = capsys.readouterr().out
    assert out.startswith("*                 40 votes  ash 10")
    with Store.open() as store, Gateway.open(config, store) as gateway:
        quality = {d.name: d.quality for d in gateway.deployments(task="chat")}
        assert quality["ash"] is not None
        assert quality["oak"] is not None
        assert quality["ash"] > 1000 > quality["oak"]
        roster = Roster(contestants={n: contestant(n) for n in ("ash", "oak")})
        made = apply(Boards(Ballot(store)), roster, gateway, least=30)
        assert [a.task for a in made if a.ratings] == ["*", "chat"]


def test_batch_battles_on_the_command_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prompts = home / "p.txt"
    prompts.write_text("Say something about the sea.\nWhat is a bridge?\n", "utf-8")
    out = home / "out" / "votes.jsonl"
    config = home / "single.toml"
    config.write_text(
        '[deployments.duologue-tiny]\nkind = "in-house"\nmodel = "duologue-tiny"\nthreads = 1\nslots = 2\n',
        "utf-8",
    )
    command = ["arena", "battle", "--prompts", str(prompts), "--judge", "checks", "--out", str(out)]
    command += ["--limit", "1", "--config", str(config)]
    code = main(command)
    told = capsys.readouterr()
    assert code in (0, 1)  # 1 where the only answer gave its model away
    assert "battles over 1 prompts" in told.err
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert len(rows) == (1 if code == 0 else 0)
    assert all({r["model_a"], r["model_b"]} == {"duologue-tiny", "duologue-tiny/careful"} for r in rows)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--judge", "checks"], "no prompts"),
        (["--prompts", "P", "--judge", "oracle"], "no judge 'oracle'"),
        (["--prompts", "P", "--models", "nobody,else"], "no contestant 'nobody'"),
        (["--prompts", "P", "--models", "duologue-voice/heart,duologue-tiny"], "this judge judges text"),
        (["--prompts", "missing.txt"], "missing.txt"),
    ],
)
def test_what_the_command_line_cant_take(
    home: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (home / "p.txt").write_text("Hello.\n", "utf-8")
    given = [str(home / "p.txt") if a == "P" else a for a in arguments]
    assert main(["arena", "battle", *given]) == 2
    assert message in capsys.readouterr().err
