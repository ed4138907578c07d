"""Preference tuning: the loss, the likelihoods it is made of, and a short run."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("tokenizers")
pytest.importorskip("safetensors")

from duologue.text.model import Model, of_depth
from duologue.text.train import prefer
from duologue.text.train.loop import load_model, save_model
from duologue.text.train.pairs import choose

SMALL = of_depth(
    2, width=32, heads=2, kv_heads=2, head_width=16, experts=4, active=2, expert_width=16, context=128
)


def test_the_loss_falls_when_the_chosen_answer_gains() -> None:
    zero = torch.zeros(2)
    even, margin = prefer.preference_loss(zero, zero, zero, zero, 0.1)
    torch.testing.assert_close(even, torch.full((2,), 0.6931), rtol=1e-3, atol=0)
    assert margin.tolist() == [0, 0]
    better, margin = prefer.preference_loss(zero + 5, zero - 5, zero, zero, 0.1)
    assert (better < even).all()
    torch.testing.assert_close(margin, torch.ones(2))


def test_likelihoods_count_the_masked_tokens_only() -> None:
    torch.manual_seed(0)
    model = Model(SMALL)
    ids = np.array([1, 5, 9, 7, 2], np.uint16)
    mask = np.array([0, 0, 1, 1, 0], np.uint8)
    short = (ids[:4], mask[:4])
    with torch.no_grad():
        sums, counts = prefer.log_likelihoods(model, [(ids, mask), short])
        table = model(torch.tensor([[1, 5, 9, 7, 2]])).log_softmax(-1)[0]
    expected = table[1, 9] + table[2, 7]
    torch.testing.assert_close(sums, torch.stack([expected, expected]), rtol=1e-4, atol=1e-4)
    assert counts.tolist() == [2, 2]


def test_a_pair_needs_an_answer_that_fails() -> None:
    row = {"task": "rewrite", "source": {"text": "The ferry left at noon.", "way": "case",
                                         "constraints": {"upper": True, "min_words": 3}},
           "messages": [{"role": "user", "content": "In capitals."},
                        {"role": "assistant", "content": "THE FERRY LEFT AT NOON."}]}  # fmt: skip
    good, bad = "THE FERRY LEFT AT NOON.", "The ferry left at noon."
    assert choose(row, [good, good]) is None
    assert choose(row, [bad, good]) == (good, bad, "own")
    assert choose(row, [bad, bad]) == (good, bad, "given")


def test_a_run_prefers_what_was_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    save_model(Model(SMALL), tmp_path / "from")
    with (tmp_path / "pairs.jsonl").open("w") as file:
        for i in range(8):
            pair = {
                "messages": [{"role": "user", "content": f"Say {i}."}],
                "chosen": "yes",
                "rejected": "no no",
            }
            file.write(json.dumps(pair) + "\n")
    options = f"{tmp_path / 'pairs.jsonl'} --init {tmp_path / 'from'} --out {tmp_path / 'to'} --device cpu"
    options += " --batch 4 --passes 8 --lr 3e-3"
    monkeypatch.setattr(sys, "argv", ["prefer", *options.split()])
    prefer.main()
    pair = prefer.read(tmp_path / "pairs.jsonl", 128)[0]
    with torch.no_grad():
        gains = []
        for answer in (pair.chosen, pair.rejected):
            before, after = (
                prefer.log_likelihoods(load_model(tmp_path / f), [answer])[0] for f in ("from", "to")
            )
            gains.append((after - before).item())
    assert gains[0] > gains[1] + 0.5
