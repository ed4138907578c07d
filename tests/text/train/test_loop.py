"""Losses, batches, optimiser and loop of the text model's training."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("safetensors")

from duologue.text import weights
from duologue.text.errors import TextError
from duologue.text.model import Model, Routing, of_depth
from duologue.text.tokenizer import load
from duologue.text.train import journal
from duologue.text.train.loop import LoopConfig, load_model, rate, train
from duologue.text.train.loss import IGNORED, balance, linear_cross_entropy
from duologue.text.train.muon import Muon, orthogonal
from duologue.text.train.windows import Mixture

SMALL = of_depth(2, vocabulary=32, width=32, heads=2, kv_heads=2, head_width=16, experts=4, active=2,
                 expert_width=16, context=32)  # fmt: skip


def tokens(path: Path, n: int = 4000, seed: int = 0, mask: bool = False) -> Path:
    """A file in which every second token is the one before it plus one."""
    generator = np.random.default_rng(seed)
    first = generator.integers(0, 31, n // 2)
    np.stack([first, first + 1], 1).astype(np.uint16).tofile(path)
    if mask:
        np.tile(np.array([0, 1], np.uint8), n // 2).tofile(path.with_suffix(".mask"))
    return path


def test_cross_entropy_in_blocks_equals_the_plain_one() -> None:
    torch.manual_seed(0)
    x = torch.randn(50, 8, requires_grad=True)
    weight = torch.randn(32, 8, requires_grad=True)
    targets = torch.randint(0, 32, (50,))
    targets[::3] = IGNORED
    loss = linear_cross_entropy(x, weight, targets, rows=7)
    loss.backward()
    a, b = x.grad.clone(), weight.grad.clone()
    x.grad = weight.grad = None
    plain = torch.nn.functional.cross_entropy(x @ weight.t(), targets, ignore_index=IGNORED)
    plain.backward()
    torch.testing.assert_close(loss, plain)
    torch.testing.assert_close(a, x.grad)
    torch.testing.assert_close(b, weight.grad)


def test_balance_is_one_when_even_and_grows_when_not() -> None:
    even = Routing(torch.zeros(8, 4), torch.arange(16).view(8, 2) % 4)
    assert float(balance([even])[0]) == pytest.approx(1)
    lone = Routing(torch.tensor([9.0, 9, 0, 0]).repeat(8, 1), torch.tensor([0, 1]).repeat(8, 1))
    assert float(balance([lone])[0]) == pytest.approx(2, rel=1e-2)


def test_muon_makes_singular_values_even_for_every_expert() -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonal(torch.randn(3, 40, 16), steps=5))
    assert values.shape == (3, 16)
    assert values.min() > 0.6
    assert values.max() < 1.3
    together = torch.randn(2, 12, 8)
    p, q = (torch.nn.Parameter(torch.zeros(2, 12, 8)) for _ in range(2))
    p.grad, q.grad = together.clone(), together.clone()
    Muon([{"params": [p], "parts": 2}], lr=0.1, steps=5).step()
    Muon([{"params": [q], "parts": 1}], lr=0.1, steps=5).step()
    apart = torch.stack([torch.cat([orthogonal(m[:6]), orthogonal(m[6:])]) for m in together])
    torch.testing.assert_close(p.detach(), -0.1 * 0.2 * 8**0.5 * apart, rtol=1e-3, atol=1e-5)
    assert not torch.allclose(p, q)


def test_windows_come_once_each_and_in_the_same_order_after_a_stop(tmp_path: Path) -> None:
    a, b = tokens(tmp_path / "a.bin"), tokens(tmp_path / "b.bin", seed=1, mask=True)
    mixture = Mixture({a: 3, b: 1}, length=16, seed=5)
    first = [mixture.batch(4) for _ in range(5)]
    state = mixture.state_dict()
    then = mixture.batch(4)
    again = Mixture({a: 3, b: 1}, length=16, seed=5)
    again.load_state_dict(state)
    assert torch.equal(again.batch(4)[0], then[0])
    assert sum(state["drawn"].values()) == 20
    assert state["drawn"]["a"] > state["drawn"]["b"]
    whole = Mixture({a: 1}, length=16)
    epoch = torch.cat([whole.batch(1)[0] for _ in range(whole.sources[0].windows)])
    assert len(torch.unique(epoch, dim=0)) == whole.sources[0].windows
    inputs, targets = Mixture({b: 1}, length=16).batch(2)
    assert (targets == IGNORED).sum() == 16  # the mask's half
    assert torch.equal(targets[:, 0], inputs[:, 0] + 1)
    assert len(first) == 5


def test_processes_share_one_batch(tmp_path: Path) -> None:
    path = tokens(tmp_path / "a.bin")
    whole = Mixture({path: 1}, length=16).batch(4)[0]
    parts = [Mixture({path: 1}, length=16).batch(4, rank=r, world=2)[0] for r in range(2)]
    assert torch.equal(torch.stack(parts, 1).flatten(0, 1), whole)


def test_bad_sources_are_named(tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"no tokens at .*none\.bin"):
        Mixture({tmp_path / "none.bin": 1}, length=16)
    np.zeros(5, np.uint16).tofile(tmp_path / "short.bin")
    with pytest.raises(TextError, match="fewer than one window"):
        Mixture({tmp_path / "short.bin": 1}, length=16)


def test_the_rate_rises_stays_and_falls() -> None:
    config = LoopConfig(out=Path(), warmup=10, warmdown=0.5)
    assert rate(config, 0, 0) == pytest.approx(0.1)
    assert rate(config, 50, 0.4) == 1
    assert rate(config, 90, 0.75) == pytest.approx(0.5)
    assert rate(config, 100, 1) == 0
    assert rate(LoopConfig(out=Path(), warmdown=0), 500, 0.999) == 1


@pytest.mark.parametrize("muon", [True, False])
def test_a_run_learns_and_goes_on_where_it_stopped(tmp_path: Path, muon: bool) -> None:
    path = tokens(tmp_path / "a.bin")

    def run(out: str, budget: int, warmdown: float = 0.0) -> Model:
        torch.manual_seed(0)
        model = Model(SMALL)
        config = LoopConfig(
            out=tmp_path / out, tokens=budget, batch=8, micro=4, length=16, lr=1e-2, adam_lr=1e-2, warmup=5,
            warmdown=warmdown, muon=muon,
        )  # fmt: skip
        train(model, Mixture({path: 1}, length=16), config)
        return model

    run("a", 8 * 16 * 20)
    resumed = run("a", 8 * 16 * 40)
    straight = run("b", 8 * 16 * 40)
    for p, q in zip(resumed.parameters(), straight.parameters(), strict=True):
        torch.testing.assert_close(p, q, rtol=1e-3, atol=1e-4)
    log = journal.read(tmp_path / "b" / "log.csv")
    assert log["tokens"][-1] == 8 * 16 * 40
    assert log["loss"][-1] < 3.2  # ln 32 is 3.47; the floor of the file is half of it
    assert (tmp_path / "b" / "curve.png").stat().st_size > 5000
    loaded = load_model(tmp_path / "b", context=64)
    assert loaded.config.context == 64
    x = torch.randint(0, 32, (1, 8))
    torch.testing.assert_close(loaded(x), straight(x))


def test_training_can_begin_from_the_file_that_ships() -> None:
    path = weights.find().path
    model, vocabulary = load_model(path), load().get_vocab_size()
    assert model.config.vocabulary == vocabulary
    text = "The river rises in the mountains and flows to the sea. It is the longest river in the country."
    ids = torch.tensor([load().encode(text).ids])
    with torch.no_grad():
        loss = torch.nn.functional.cross_entropy(model(ids)[0, :-1], ids[0, 1:])
    assert loss < 0.6 * math.log(vocabulary)  # weights that were read wrongly say less than nothing
    with pytest.raises(TextError, match="GGUF"):
        load_model(path.with_name("sha256sums"))
