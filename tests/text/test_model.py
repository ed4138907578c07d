"""The model: shapes, causality, what the experts add up to."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from duologue.text.errors import TextError
from duologue.text.experts import _Loop, group, grouped_linear
from duologue.text.model import Model, base, dense, of_depth, tiny

SMALL = of_depth(2, vocabulary=64, width=32, heads=2, kv_heads=1, head_width=16, experts=4, active=2,
                 expert_width=16, context=32)  # fmt: skip


def filled(config=SMALL, seed: int = 0) -> Model:
    torch.manual_seed(seed)
    model = Model(config)
    for p in model.parameters():
        if p.ndim > 1:
            torch.nn.init.normal_(p, std=0.2)
    return model


def test_the_presets_have_the_sizes_of_the_design() -> None:
    assert round(tiny().total_parameters / 1e6) == 40
    assert round(tiny().active_parameters / 1e6, 1) == 12.5
    assert base().total_parameters // 1_000_000 == 244
    assert round(base().active_parameters / 1e6) == 46
    counted = sum(p.numel() for p in Model(SMALL).parameters() if p.ndim > 1)
    assert counted == SMALL.total_parameters


def test_the_twin_is_as_large_as_what_is_active() -> None:
    router = SMALL.layers * SMALL.width * SMALL.experts
    assert dense(SMALL).active_parameters == SMALL.active_parameters - router
    assert (
        sum(p.numel() for p in Model(dense(SMALL)).parameters() if p.ndim > 1)
        == dense(SMALL).total_parameters
    )


@pytest.mark.parametrize("config", [SMALL, dense(SMALL)], ids=["experts", "dense"])
def test_a_later_token_changes_nothing_before_it(config) -> None:
    model = filled(config)
    tokens = torch.randint(0, 64, (2, 12))
    other = tokens.clone()
    other[:, 8] = (other[:, 8] + 1) % 64
    a, b = model(tokens), model(other)
    assert a.shape == (2, 12, 64)
    torch.testing.assert_close(a[:, :8], b[:, :8], rtol=1e-4, atol=1e-5)
    assert (a[:, 8:] - b[:, 8:]).abs().max() > 1e-2


def test_experts_equal_the_sum_written_out() -> None:
    mlp = filled().blocks[0].mlp
    x = torch.randn(10, 32)
    y, routing = mlp(x)
    for n in range(10):
        p = torch.softmax(routing.logits[n], -1)
        whole = 0
        for e in routing.chosen[n]:
            gate, up = (mlp.gate_up[e] @ x[n]).chunk(2)
            whole = whole + p[e] / p[routing.chosen[n]].sum() * (
                mlp.down[e] @ (torch.nn.functional.silu(gate) * up)
            )
        torch.testing.assert_close(y[n], whole, rtol=1e-4, atol=1e-5)


def test_grouped_linear_has_the_gradients_of_autograd() -> None:
    torch.manual_seed(1)
    order = group(torch.tensor([[0, 3], [3, 1], [0, 1], [3, 0]]), 4)  # expert 2 gets nothing
    x = torch.randn(8, 5, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(4, 3, 5, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda a, b: _Loop.apply(a, b, order.bounds), (x, weight))
    with torch.no_grad():
        torch.testing.assert_close(grouped_linear(x, weight, order), _Loop.apply(x, weight, order.bounds))
    assert order.counts.tolist() == [3, 2, 0, 3]


def test_padding_between_experts_changes_nothing() -> None:
    torch.manual_seed(2)
    chosen = torch.tensor([[0, 3], [3, 1], [0, 1], [3, 0]])  # expert 2 gets nothing
    plain, padded = group(chosen, 4), group(chosen, 4, 4)
    assert padded.counts.tolist() == [4, 4, 0, 4]
    assert padded.place.tolist() == [0, 4, 7, 8, 3, 5, 8, 8, 1, 2, 6, 8]  # 8: of nobody
    x, weight = torch.randn(4, 5), torch.randn(4, 3, 5)
    own = padded.place < chosen.numel()
    with torch.no_grad():
        y = grouped_linear(x[padded.rows], weight, padded)
        torch.testing.assert_close(y[own], grouped_linear(x[plain.rows], weight, plain))
    assert torch.equal(padded.place[own], plain.place)


@pytest.mark.parametrize("config", [SMALL, dense(SMALL)], ids=["experts", "dense"])
def test_bfloat16_on_a_cpu_gives_nearly_the_same_gradients(config) -> None:
    tokens, gradients = torch.randint(0, 64, (2, 12)), []
    for narrow in (False, True):
        model = filled(config)
        with torch.autocast("cpu", torch.bfloat16, enabled=narrow):
            features, _ = model.features(tokens)
        features.float().square().sum().backward()
        gradients.append(torch.cat([p.grad.flatten() for p in model.parameters()]))
    exact, narrow = gradients
    assert (exact - narrow).norm() < 0.1 * exact.norm()
    assert not torch.equal(exact, narrow)


def test_a_fresh_model_is_even_over_all_words() -> None:
    """Every block is the identity at first, so nothing is certain."""
    logits = Model(SMALL)(torch.randint(0, 64, (4, 16))).flatten(0, 1)
    loss = torch.nn.functional.cross_entropy(logits, torch.randint(0, 64, (64,)))
    assert abs(loss.item() - 4.16) < 0.2  # ln 64


def test_past_the_context_is_refused() -> None:
    with pytest.raises(TextError, match="33 tokens are past the context of 32"):
        Model(SMALL)(torch.zeros(1, 33, dtype=torch.int64))
    with pytest.raises(TextError, match="active experts"):
        of_depth(2, experts=4, active=5)
