"""The measures of a language model that need no generation: bits per byte, and sentences compared.

Design choices
- One primitive, `log_probabilities`: what the model gives each token after the first. The rest is sums of it.
- A model is any callable from tokens (N, T) int64 to logits (N, T, V): ours, its dense twin and
  the strangers of `benchmarks/scorers.py` are measured by the same lines.
- Sequences are sorted by length, so little is padding; padding stands at the end, where causal attention
  can't see it.
- Bits per byte count the bytes of the text, not its tokens: models with other tokenizers compare.
- In a pair the better sentence must be strictly likelier: a tie is a failure, so is NaN.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache

import numpy as np
import torch
from torch import Tensor

from duologue.text.tokenizer import load
from duologue.text.train.documents import Source, documents
from duologue.text.train.minimal_pairs import pairs

__all__ = [
    "Encode",
    "Model",
    "bits_per_byte",
    "grammar",
    "log_probabilities",
    "preferred",
    "sentence_scores",
    "windows",
]

Model = Callable[[Tensor], Tensor]
Encode = Callable[[str], Sequence[int]]

FIRST = 0
"""`<|endoftext|>`, which opens every document: the one context that every sentence is read in."""

TOKENS = 4096
"""At most so many places in one forward pass: logits of 16k entries each are what takes the memory."""


def _batches(lengths: Sequence[int], batch: int) -> Iterator[list[int]]:
    """Indices by falling length, at most `batch` and about `TOKENS` places at once."""
    held: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if held and (len(held) == batch or (len(held) + 1) * lengths[held[0]] > TOKENS):
            yield held
            held = []
        held.append(i)
    if held:
        yield held


def log_probabilities(
    model: Model, sequences: Sequence[Sequence[int] | np.ndarray], batch: int = 8
) -> list[np.ndarray]:
    """Natural log-probabilities (T - 1,) float64 of each sequence's tokens after its first.

    The model is set to evaluation and put back after. Raises ValueError on a sequence without a token.
    """
    lengths = [len(s) for s in sequences]
    if min(lengths, default=1) < 1:
        raise ValueError("every sequence needs its opening token")
    device = torch.device("cpu")
    training = False
    if isinstance(model, torch.nn.Module):
        training = model.training
        model.eval()
        device = next(model.parameters()).device
    found: list[np.ndarray] = [np.zeros(0)] * len(lengths)
    try:
        with torch.no_grad():
            for members in _batches(lengths, batch):
                tokens = np.zeros((len(members), lengths[members[0]]), np.int64)
                for row, i in enumerate(members):
                    tokens[row, : lengths[i]] = sequences[i]
                given = torch.from_numpy(tokens).to(device)
                logits = model(given)
                for row, i in enumerate(members):
                    n = lengths[i] - 1
                    # Row by row: the float32 copy of all logits at once would be the largest tensor here.
                    loss = torch.nn.functional.cross_entropy(
                        logits[row, :n].float(), given[row, 1 : n + 1], reduction="none"
                    )
                    found[i] = -loss.double().cpu().numpy()
    finally:
        if training and isinstance(model, torch.nn.Module):
            model.train()
    return found


def windows(texts: Sequence[str], encode: Encode) -> tuple[list[np.ndarray], int]:
    """What `bits_per_byte` takes: (opening token and tokens of each text, number of bytes of all texts)."""
    tokens = [np.array([FIRST, *encode(text)], np.int64) for text in texts]
    return tokens, sum(len(text.encode()) for text in texts)


def bits_per_byte(model: Model, tokens: Sequence[np.ndarray], n_bytes: int, batch: int = 8) -> float:
    """Bits the model needs per byte of text. tokens: (T,) each, opening token first, which isn't counted;
    n_bytes: bytes that the tokens after the first stand for, in all."""
    if n_bytes < 1:
        raise ValueError(f"{n_bytes} bytes of text; at least 1 is needed")
    nats = -sum(float(x.sum()) for x in log_probabilities(model, tokens, batch))
    return nats / math.log(2) / n_bytes


def sentence_scores(model: Model, encode: Encode, sentences: Sequence[str], batch: int = 64) -> np.ndarray:
    """Log-probability (N,) of each sentence as a whole, after the opening token; no norm by length."""
    sequences = [[FIRST, *encode(sentence)] for sentence in sentences]
    return np.array([x.sum() for x in log_probabilities(model, sequences, batch)])


def preferred(good: np.ndarray, bad: np.ndarray) -> np.ndarray:
    """Where (N,) the good sentence is strictly likelier, in what float32 logits can tell apart.

    Sums taken in different batches differ in the last digits; nearer than a millionth is a tie.
    """
    return good - bad > 1e-6 * np.abs(good)


def grammar(model: Model, encode: Encode, per_phenomenon: int = 10) -> float:
    """Share in [0, 1] of minimal pairs whose right sentence is likelier, the first ones of each kind."""
    chosen = [pair for kind in pairs(per_phenomenon).values() for pair in kind]
    scores = sentence_scores(model, encode, [p.good for p in chosen] + [p.bad for p in chosen])
    return float(preferred(scores[: len(chosen)], scores[len(chosen) :]).mean())


def beginning(text: str, size: int) -> str:
    """What `size` bytes of `text` hold, cut at a word so that no tokenizer meets half of one."""
    cut = text.encode()[:size].decode(errors="ignore")
    return cut if len(cut) == len(text) else cut.rsplit(maxsplit=1)[0]


@cache
def _whole(source: Source) -> tuple[str, ...]:
    return tuple(documents("held-out", source))


def sample(source: Source, count: int = 30, size: int = 2000) -> list[str]:
    """The beginnings of `count` held-out documents, evenly spread, at most `size` bytes of each.

    Raises TextError where the data is not there.
    """
    whole = _whole(source)
    return [beginning(whole[i * len(whole) // count], size) for i in range(min(count, len(whole)))]


def held_out(
    encode: Encode | None = None, count: int = 20, size: int = 1500, per_phenomenon: int = 10
) -> Callable[[Model], dict[str, float]]:
    """What the training loop calls: a model -> {"bpb": ..., "grammar": ...}, on a sample fixed here.

    The sample is `count` documents of each source; the grammar, the first pairs of every phenomenon.
    """
    if encode is None:
        tokenizer = load()

        def encode(text: str) -> list[int]:
            return tokenizer.encode(text).ids

    tokens, n_bytes = windows([*sample("wiki", count, size), *sample("books", count, size)], encode)

    def evaluate(model: Model) -> dict[str, float]:
        return {
            "bpb": bits_per_byte(model, tokens, n_bytes),
            "grammar": grammar(model, encode, per_phenomenon),
        }

    return evaluate
