"""Bits per byte and sentence scores against what can be counted by hand."""

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="evaluation in training needs the [train] extra")

from duologue.text.train.evaluate import (
    beginning,
    bits_per_byte,
    grammar,
    held_out,
    log_probabilities,
    preferred,
    sample,
    sentence_scores,
    windows,
)
from duologue.text.train.minimal_pairs import pairs

VOCABULARY = 258


def encode(text: str) -> list[int]:
    return [b + 2 for b in text.encode()]


def even(tokens: "torch.Tensor") -> "torch.Tensor":
    """Knows nothing."""
    return torch.zeros(*tokens.shape, VOCABULARY)


class Bigram(torch.nn.Module):
    """Logits by the last token alone, in a table that is random but fixed."""

    def __init__(self) -> None:
        super().__init__()
        self.table = torch.nn.Embedding(VOCABULARY, VOCABULARY)
        self.modes: list[bool] = []

    def forward(self, tokens: "torch.Tensor") -> "torch.Tensor":
        self.modes.append(self.training)
        return self.table(tokens)


def test_knowing_nothing_costs_the_log_of_the_vocabulary() -> None:
    tokens, n_bytes = windows(["grüße", "an old hat"], encode)
    assert n_bytes == 7 + 10
    assert [len(t) for t in tokens] == [8, 11]
    assert bits_per_byte(even, tokens, n_bytes) == pytest.approx(math.log2(VOCABULARY), rel=1e-6)


def test_batches_and_padding_change_nothing() -> None:
    torch.manual_seed(0)
    model = Bigram()
    rng = np.random.default_rng(0)
    sequences = [np.array([0, *rng.integers(2, VOCABULARY, n)]) for n in (5, 1, 17, 9, 0, 17, 3)]
    table = model.table.weight.detach().log_softmax(1).numpy()
    for batch in (1, 3, 64):
        found = log_probabilities(model, sequences, batch)
        for sequence, scores in zip(sequences, found, strict=True):
            np.testing.assert_allclose(scores, table[sequence[:-1], sequence[1:]], rtol=1e-5)


def test_the_model_is_measured_in_evaluation_and_put_back() -> None:
    model = Bigram().train()
    log_probabilities(model, [[0, 5, 6]])
    assert model.modes == [False]
    assert model.training
    assert model.table.weight.grad is None


def test_a_long_window_is_split_into_small_batches() -> None:
    shapes = []

    def watch(tokens: "torch.Tensor") -> "torch.Tensor":
        shapes.append(tuple(tokens.shape))
        return even(tokens)

    log_probabilities(watch, [np.zeros(2000, np.int64)] * 5, batch=8)
    assert shapes == [(2, 2000), (2, 2000), (1, 2000)]


def test_ties_and_nan_are_failures() -> None:
    nan = float("nan")
    good, bad = np.array([-10.0, -10.0, -10.0, nan, -10.0]), np.array([-11.0, -10.0, -10.000001, -11.0, nan])
    assert preferred(good, bad).tolist() == [True, False, False, False, False]
    assert grammar(even, lambda text: [5, 6, 7], 2) == 0.0


def test_a_model_that_knows_the_good_sentences_gets_all() -> None:
    good = {p.good for kind in pairs(2).values() for p in kind}
    ids: dict[str, int] = {}

    def one_token(text: str) -> list[int]:
        ids.setdefault(text, 2 + len(ids))
        return [ids[text]]

    def knowing(tokens: "torch.Tensor") -> "torch.Tensor":
        logits = torch.zeros(*tokens.shape, VOCABULARY)
        for text, i in ids.items():
            logits[..., i] = 3.0 if text in good else 0.0
        return logits

    assert grammar(knowing, one_token, 2) == 1.0


def test_scores_are_sums_over_the_sentence() -> None:
    scores = sentence_scores(even, encode, ["abc", "a"])
    np.testing.assert_allclose(scores, [-3 * math.log(VOCABULARY), -math.log(VOCABULARY)], rtol=1e-6)


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ValueError, match="opening token"):
        log_probabilities(even, [[]])
    with pytest.raises(ValueError, match="0 bytes"):
        bits_per_byte(even, [np.array([0, 5])], 0)


def test_a_beginning_is_cut_at_a_word_and_never_within_a_letter() -> None:
    assert beginning("one two three", 9) == "one two"
    assert beginning("one two", 7) == "one two"
    assert beginning("über die Brücke", 12) == "über die"
    assert len(beginning("é" * 50 + " x", 51).encode()) <= 51


def test_the_held_out_sample_is_spread_and_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    def few(source: str) -> list[str]:
        return [f"{source} {i} " + "word " * 80 for i in range(10)]

    monkeypatch.setattr("duologue.text.train.evaluate._whole", few)
    texts = sample("books", 5, 200)
    assert [t.split()[1] for t in texts] == ["0", "2", "4", "6", "8"]
    assert all(190 < len(t.encode()) <= 200 for t in texts)
    found = held_out(encode, count=2, size=200, per_phenomenon=1)(even)
    # Who knows nothing finds the sentence with fewer bytes likelier.
    shorter = [len(p.good) < len(p.bad) for kind in pairs(1).values() for p in kind]
    assert found == {
        "bpb": pytest.approx(math.log2(VOCABULARY), rel=1e-6),
        "grammar": pytest.approx(np.mean(shorter)),
    }
