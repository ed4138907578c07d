"""The beginning from which a model can copy."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from duologue.text.errors import TextError
from duologue.text.model import Model, dense, mini, of_depth
from duologue.text.train.induction import begin


@pytest.mark.parametrize("config", [mini(), dense(mini())], ids=["experts", "dense"])
def test_a_model_that_has_seen_nothing_continues_repeated_random_tokens(config) -> None:
    torch.manual_seed(1)
    model = Model(config)
    once = torch.randint(3, config.vocabulary, (2, 80))
    twice = torch.cat([once, once], 1)
    with torch.no_grad():
        before = (model(twice)[:, 80:-1].argmax(-1) == once[:, 1:]).float().mean()
        begin(model)
        after = (model(twice)[:, 80:-1].argmax(-1) == once[:, 1:]).float().mean()
    assert before < 0.05
    assert after > 0.8


def test_what_was_not_seen_before_is_predicted_evenly() -> None:
    torch.manual_seed(2)
    model = Model(mini())
    begin(model)
    tokens = torch.randint(3, 8192, (2, 64))
    with torch.no_grad():
        logits = model(tokens)[:, :-1]
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())
    assert abs(float(loss) - 9.01) < 0.3  # log 8192


def test_a_model_without_room_for_it_is_refused() -> None:
    with pytest.raises(TextError, match="two layers"):
        begin(Model(of_depth(1, width=192, vocabulary=64)))
    with pytest.raises(TextError, match="a width of 192"):
        begin(Model(of_depth(3, vocabulary=64)))
