"""Automatic judges, and how their agreement with people is measured."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from duologue.arena import listening
from duologue.arena.agreement import agreement, wilson
from duologue.arena.checkjudge import CheckJudge
from duologue.arena.errors import ArenaError
from duologue.arena.judging import JUDGES, Exhibit, judge, judge_named, judges_of

if TYPE_CHECKING:
    from duologue.voice import Voice

PASSAGE = (
    "The Harlow Bridge reopened on Saturday after 14 months of repairs that cost 38 million euros. Mayor "
    "Ingrid Solheim cut the ribbon at noon and then walked across with about 2,000 residents."
)


def exhibit(answer: str, task: str = "summary", **more: Any) -> Exhibit:
    return Exhibit(prompt="Summarise this in one sentence.", task=task, answer=answer, **more)


def test_the_grounded_answer_wins() -> None:
    source = {"text": PASSAGE, "constraints": {"sentences": 1}}
    good = exhibit("The Harlow Bridge reopened after 14 months of repairs.", source=source)
    bad = exhibit("The Harlow Bridge reopened after 15 months, said Peter Olsen. It was", source=source)
    assert judge(CheckJudge(), good, bad).winner == "model_a"
    made = judge(CheckJudge(), bad, good)
    assert made.winner == "model_b"
    assert any("15" in r for r in made.left.reasons)
    assert judge(CheckJudge(), good, good).winner == "tie"
    assert judge(CheckJudge(), bad, bad).winner == "both_bad"


def test_a_prompt_that_brings_its_text_is_its_own_source() -> None:
    prompt = f"Summarise this in one sentence: {PASSAGE}"
    good = Exhibit(
        prompt=prompt, task="summary", answer="The Harlow Bridge reopened after 14 months of repairs."
    )
    wrong = Exhibit(
        prompt=prompt, task="summary", answer="The Harlow Bridge reopened after 99 months of repairs."
    )
    assert judge(CheckJudge(), good, wrong).winner == "model_a"


def test_constraints_alone_are_an_instruction() -> None:
    source = {"constraints": {"equals": "cold"}}
    right = Exhibit(prompt="Opposite of hot?", task="question", answer="Cold", source=source)
    wrong = Exhibit(prompt="Opposite of hot?", task="question", answer="Hot", source=source)
    assert judge(CheckJudge(), right, wrong).winner == "model_a"


def test_loops_lose_a_chat() -> None:
    def said(answer: str) -> Exhibit:
        return Exhibit(prompt="Tell me about bread.", task="chat", answer=answer)

    assert (
        judge(CheckJudge(), said("Bread is baked from flour."), said("bread bread bread bread")).winner
        == "model_a"
    )


def test_checks_of_a_teams_own_can_be_put_in() -> None:
    @dataclass
    class Found:
        reasons: Sequence[str]

    def check(task: str, source: Mapping[str, Any], answer: str) -> Found:
        return Found(["shouts"] if answer.isupper() else [])

    assert judge(CheckJudge(check), exhibit("calm"), exhibit("LOUD")).winner == "model_a"


def test_an_unknown_task_and_judge_are_named() -> None:
    with pytest.raises(ArenaError, match="can't judge"):
        CheckJudge().score(exhibit("x", task="juggling", source={"text": "y"}))
    with pytest.raises(ArenaError, match="no judge 'oracle'; there are checks, distillmos, wer"):
        judge_named("oracle")
    assert judges_of("speech") == ["distillmos", "wer"]
    assert set(JUDGES) == {"checks", "distillmos", "wer"}


def test_a_judge_without_its_packages_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("distillmos", "faster_whisper"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(listening.importlib.util, "find_spec", lambda name: None)
    for name in ("distillmos", "wer"):
        with pytest.raises(ArenaError, match=r"not installed: pip install 'duologue\[judges\]'"):
            judge_named(name)


@pytest.mark.skipif(bool(listening.missing("wer")), reason="the packages of the judge aren't installed")
@pytest.mark.filterwarnings("ignore")
def test_speech_that_is_understood_wins(voice: Voice) -> None:
    text = "Please call me back before noon."
    clear = voice.speak(text, voice="heart").audio
    buried = clear + np.random.default_rng(0).standard_normal(len(clear)).astype(np.float32) * 0.2
    by = judge_named("wer")
    heard = judge(
        by,
        Exhibit(prompt=text, task="plain", audio=buried),
        Exhibit(prompt=text, task="plain", audio=clear),
    )
    assert heard.winner == "model_b"
    assert heard.right.value == 0
    with pytest.raises(ArenaError, match="has none"):
        by.score(Exhibit(prompt=text, task="plain"))


def test_kappa_of_a_worked_example() -> None:
    """90 of 120 agreed; by hand: chance 0.3536, kappa 0.6132."""
    table = {("model_a", "model_a"): 40, ("model_b", "model_b"): 30, ("tie", "tie"): 20,
             ("model_a", "model_b"): 10, ("model_b", "model_a"): 12, ("tie", "model_a"): 8}  # fmt: skip
    found = agreement([pair for pair, n in table.items() for _ in range(n)])
    assert (found.battles, found.decided) == (120, 92)
    assert found.share == pytest.approx(0.75)
    chance = (50 * 60 + 42 * 40 + 28 * 20) / 120**2
    assert found.kappa == pytest.approx((0.75 - chance) / (1 - chance))
    assert found.decided_share == pytest.approx(70 / 92)
    assert found.kappa_lower < found.kappa < found.kappa_upper


def test_the_interval_of_kappa_covers_the_truth() -> None:
    generator = np.random.default_rng(5)
    words = np.array(["model_a", "model_b", "tie"])
    joint = np.array([[0.3, 0.05, 0.05], [0.1, 0.25, 0.05], [0.05, 0.05, 0.1]])
    rows, columns, seen = joint.sum(1), joint.sum(0), np.trace(joint)
    truth = (seen - rows @ columns) / (1 - rows @ columns)
    covered = 0
    for _ in range(400):
        cells = generator.choice(9, 300, p=joint.ravel())
        found = agreement(list(zip(words[cells // 3], words[cells % 3], strict=True)))
        covered += found.kappa_lower <= truth <= found.kappa_upper
    assert 0.92 <= covered / 400 <= 0.98


def test_ties_and_both_bad_are_one_and_nothing_is_nan() -> None:
    assert agreement([("tie", "both_bad")]).share == 1
    nothing = agreement([])
    assert math.isnan(nothing.share)
    assert (nothing.lower, nothing.upper) == (0, 1)
    assert math.isnan(agreement([("tie", "tie")] * 5).kappa)
    with pytest.raises(ArenaError, match="'draw' is no outcome"):
        agreement([("draw", "tie")])


def test_wilson_by_a_known_value() -> None:
    low, high = wilson(8, 10)
    assert (low, high) == (pytest.approx(0.4902, abs=1e-3), pytest.approx(0.9433, abs=1e-3))
