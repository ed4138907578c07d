"""Distillation keeps sound answers, says why it refuses others, resumes, and ends by the clock."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from duologue.text.train.distill import Tally, distil, mended, refusals
from duologue.text.train.tasks.prompts import Prompt, prompts

TREE = Prompt(text="What is a tree?", topic="a tree", least=6)
GOOD = "A tree is a tall plant with a trunk of wood. It has leaves or needles."


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (f"Sure! Here is an explanation: {GOOD}", GOOD),
        (f"{GOOD} It lives for", GOOD),
        ("One.\n\nTwo.", "One. Two."),
        (
            "It is one. It is two. Is it three? It is four. It is five.",
            "It is one. It is two. Is it three? It is four.",
        ),
        ("", ""),
    ],
)
def test_answers_are_mended(answer: str, text: str) -> None:
    assert mended(answer) == text


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (GOOD, None),
        ("I like soup with noodles in the evening.", "off the topic"),
        ("A tree.", "too short"),
        ("As an AI language model, I can tell you that a tree is tall.", "not our voice"),
        ("A tree is tall. A tree is tall. A tree is tall. A tree is tall.", "repeats itself"),
        ("", "empty"),
    ],
)
def test_refusals_name_the_reason(answer: str, reason: str | None) -> None:
    reasons = refusals(TREE, answer)
    assert reasons == [] if reason is None else reason in reasons


def test_there_are_thousands_of_prompts_all_different_and_mixed() -> None:
    texts = [p.text for p in prompts(0)]
    assert len(texts) == len(set(texts)) > 4_000
    assert texts == [p.text for p in prompts(0)] != [p.text for p in prompts(1)]
    assert sum("story" in t or "tale" in t for t in texts[:100]) >= 8


def test_a_run_keeps_the_sound_answers_and_resumes(tmp_path: Path) -> None:
    asked: list[str] = []
    lock = threading.Lock()

    def answer(prompt: str) -> str:
        with lock:
            asked.append(prompt)
        return (
            f"{prompt.rstrip('?')}, you say, and that is a fine thing to ask about."
            if len(prompt) % 2
            else "Hm"
        )

    path = tmp_path / "rows.jsonl"
    some = list(prompts(0))[:40]
    tally = Tally()
    distil(iter(some[:25]), answer, path, seconds=30, slots=4, tally=tally)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert tally.asked == 25
    assert tally.kept == len(rows) > 3
    assert all(row["task"] == "chat" and row["messages"][1]["role"] == "assistant" for row in rows)
    assert f"{tally.kept} of 25 answers kept" in tally.line()
    kept = {row["messages"][0]["content"] for row in rows}
    asked.clear()
    distil(iter(some), answer, path, seconds=30, slots=4, tally=tally)
    assert not kept & set(asked)
    assert {p.text for p in some[25:]} <= set(asked)


def test_the_clock_ends_a_run(tmp_path: Path) -> None:
    tally = Tally()
    distil(prompts(0), lambda prompt: GOOD, tmp_path / "rows.jsonl", seconds=0.0, slots=2, tally=tally)
    assert tally.asked == 0
    assert (tmp_path / "rows.jsonl").read_text("utf-8") == ""
