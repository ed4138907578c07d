"""What the tests of the text room share: a small model with random weights and our tokenizer, as a GGUF."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from duologue.text import Text
    from duologue.text.checkpoint import Checkpoint

CONFIG = {
    "vocabulary": 16_384, "width": 64, "layers": 2, "heads": 2, "kv_heads": 2, "head_width": 32, "experts": 4,
    "active": 2, "expert_width": 32, "context": 512, "rope_theta": 10_000.0, "epsilon": 1e-6,
}  # fmt: skip


def random_checkpoint(experts: int = 4) -> Checkpoint:
    """Normal numbers in the shapes of model.py; experts 0 is the dense twin."""
    from duologue.text.checkpoint import Checkpoint, Vocabulary
    from duologue.text.tokenizer import FOLDER

    dice = np.random.default_rng(7)
    c = CONFIG | {"experts": experts}

    def matrix(*shape: int) -> np.ndarray:
        return (dice.normal(size=shape) * shape[-1] ** -0.5).astype(np.float32)

    def scale(size: int) -> np.ndarray:
        return dice.uniform(0.5, 1.5, size).astype(np.float32)

    arrays = {"embedding.weight": matrix(16_384, 64) * 3, "norm.weight": scale(64)}
    for i in range(2):
        b = f"blocks.{i}."
        arrays |= {
            b + "attention_norm.weight": scale(64),
            b + "attention.qkv.weight": matrix(192, 64),
            b + "attention.q_norm.weight": scale(32),
            b + "attention.k_norm.weight": scale(32),
            b + "attention.out.weight": matrix(64, 64),
            b + "mlp_norm.weight": scale(64),
        }
        if experts:
            arrays[b + "mlp.router.weight"] = matrix(experts, 64) * 3
            arrays[b + "mlp.gate_up"] = matrix(experts, 64, 64)
            arrays[b + "mlp.down"] = matrix(experts, 64, 32)
        else:
            arrays[b + "mlp.gate_up.weight"] = matrix(128, 64)
            arrays[b + "mlp.down.weight"] = matrix(64, 64)
    return Checkpoint(c, arrays, Vocabulary.read(FOLDER / "tokenizer.json"))._checked(Path("random"))


@pytest.fixture(scope="session")
def checkpoint() -> Checkpoint:
    return random_checkpoint()


@pytest.fixture(scope="session")
def dense_checkpoint() -> Checkpoint:
    return random_checkpoint(0)


@pytest.fixture(scope="session")
def weights(checkpoint: Checkpoint, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The random model as a q8_0 GGUF."""
    from duologue.text.export import write_gguf

    path = tmp_path_factory.mktemp("weights") / "random-q8_0.gguf"
    write_gguf(checkpoint, path, "q8_0", "Random")
    return path


@pytest.fixture(scope="session")
def text(weights: Path) -> Iterator[Text]:
    """The random model, loaded once."""
    from duologue.text import Text

    with Text.load(weights, threads=1, slots=2) as loaded:
        yield loaded
