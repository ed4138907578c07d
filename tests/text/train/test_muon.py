"""The optimiser where queries have more heads than keys and values, as in `base`."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from duologue.text.model import Model, base, of_depth
from duologue.text.train.muon import Muon, orthogonal
from duologue.text.train.optimisers import optimisers


def test_queries_keys_and_values_are_matrices_of_their_own() -> None:
    torch.manual_seed(0)
    config = of_depth(
        1, vocabulary=32, width=32, heads=4, kv_heads=2, head_width=8, experts=2, active=1, expert_width=8
    )
    model = Model(config)
    qkv = model.blocks[0].attention.qkv.weight
    before, grad = qkv.detach().clone(), torch.randn_like(qkv)
    for p in model.parameters():
        p.grad = torch.zeros_like(p)
    qkv.grad = grad.clone()
    muon = optimisers(model, lr=0.1, weight_decay=0.0)[1]
    assert isinstance(muon, Muon)
    muon.step()
    apart = torch.cat([orthogonal(m, 3) * (0.2 * 32**0.5) for m in grad.split([32, 16, 16])])
    torch.testing.assert_close(qkv.detach(), before - 0.1 * apart, rtol=1e-3, atol=1e-5)


def test_the_rows_of_base_add_up() -> None:
    config = base()
    assert config.kv_heads < config.heads
    with torch.device("meta"):
        model = Model(config)
    groups = optimisers(model)[1].param_groups
    for group in groups:
        for p in group["params"]:
            parts = group["parts"]
            assert p.shape[-2] == sum(parts) if isinstance(parts, tuple) else p.shape[-2] % parts == 0
