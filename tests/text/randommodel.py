"""A small text model with random weights and our tokenizer, for tests."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from duologue.text.tokenizer import VOCABULARY

if TYPE_CHECKING:
    from duologue.text.checkpoint import Checkpoint

CONFIG = {
    "vocabulary": VOCABULARY, "width": 64, "layers": 2, "heads": 2, "kv_heads": 2, "head_width": 32,
    "experts": 4, "active": 2, "expert_width": 32, "context": 512, "rope_theta": 10_000.0, "epsilon": 1e-6,
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

    arrays = {"embedding.weight": matrix(VOCABULARY, 64) * 3, "norm.weight": scale(64)}
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
