"""What adaptive norms make of a voice, as one linear map per graph.

Design choices
- Gain g (1 + w v) and offset o (1 + w v) + u v of layer norm are linear in the voice vector v once its
  constant is set aside: all norms of a graph are one matrix and one vector, applied once per voice.
- The map ships beside the graphs in single precision, so the runtime needs no operator for it, and a blend
  of vectors is what it was.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

__all__ = ["Weights", "count", "norm_map", "norm_names"]

Weights = Mapping[str, NDArray[np.float32]]
_NORMED = {
    "encoder": ("local", "norm"),
    "contour": ("contour", "contour_norm"),
    "decoder": ("text", "blocks", "norm"),
}
"""Stacks of blocks in each graph, and the norm after them."""


def count(weights: Weights, name: str) -> int:
    """How many layers of that name there are."""
    return len({key.split(".")[1] for key in weights if key.startswith(f"{name}.")})


def norm_names(weights: Weights, graph: str) -> list[str]:
    """Adaptive norms of a graph in the order in which they are used."""
    *stacks, last = _NORMED[graph]
    return [f"{part}.{i}.norm" for part in stacks for i in range(count(weights, part))] + [last]


def norm_map(weights: Weights, graph: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """matrix (V, n) and base (n,): base + v @ matrix is gain and offset of each norm in turn."""
    matrices, bases = [], []
    for name in norm_names(weights, graph):
        of_gain, of_offset = np.split(weights[f"{name}.voice.weight"], 2)  # each (C, V)
        gain, offset = weights[f"{name}.gain"], weights[f"{name}.offset"]
        matrices += [gain[:, None] * of_gain, offset[:, None] * of_gain + of_offset]
        bases += [gain, offset]
    return np.ascontiguousarray(np.concatenate(matrices).T), np.concatenate(bases)
