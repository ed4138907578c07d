"""Batches of packed tokens from files of uint16, mixed by weight.

Design choices
- A window is `length + 1` tokens: inputs and the targets shifted by one. Windows don't overlap, and none
  comes twice before all have come once; each pass has an order of its own.
- The order follows from the seed, and how far each source has been read is the whole state, so a run that
  is resumed, and a twin that trains beside it, see the same batches.
- A file of bytes beside the tokens (`.mask`) says which tokens are to be predicted; without one, all are.
- Under torchrun each process takes its rows of the same batch.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from duologue.text.errors import TextError
from duologue.text.train.loss import IGNORED

__all__ = ["Mixture", "Source"]


class Source:
    """One file of tokens, read window by window."""

    def __init__(self, path: Path, length: int, seed: int) -> None:
        if not path.is_file():
            raise TextError(f"no tokens at {path}; make them with `duologue train text corpus`")
        self.name, self.length, self.seed = path.stem, length, seed
        self.tokens: NDArray[np.uint16] = np.memmap(path, np.uint16, "r")
        mask = path.with_suffix(".mask")
        self.mask = np.memmap(mask, np.uint8, "r") if mask.is_file() else None
        self.windows = (len(self.tokens) - 1) // length
        if self.windows < 1:
            raise TextError(f"{path} holds {len(self.tokens)} tokens, fewer than one window of {length + 1}")
        self._epoch, self._order = -1, np.zeros(0, np.int64)

    def window(self, drawn: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The window that comes after `drawn` others: inputs and targets, (length,) each."""
        epoch, place = divmod(drawn, self.windows)
        if epoch != self._epoch:
            self._epoch = epoch
            self._order = np.random.default_rng([self.seed, epoch]).permutation(self.windows)
        s = int(self._order[place]) * self.length
        piece = np.asarray(self.tokens[s : s + self.length + 1]).astype(np.int64)
        targets = piece[1:].copy()
        if self.mask is not None:
            targets[self.mask[s + 1 : s + self.length + 1] == 0] = IGNORED
        return piece[:-1], targets


class Mixture:
    """`sources` by weight. State: how many windows of each source were drawn, and how many rows in all."""

    def __init__(self, sources: dict[Path, float], *, length: int, seed: int = 0) -> None:
        if not sources or min(sources.values()) <= 0:
            raise TextError("a mixture needs sources with weights above zero")
        self.sources = [Source(path, length, seed + i) for i, path in enumerate(sources)]
        total = sum(sources.values())
        self.shares = [w / total for w in sources.values()]
        self.seed, self.drawn, self.rows = seed, [0] * len(sources), 0

    def batch(self, size: int, *, rank: int = 0, world: int = 1) -> tuple[Tensor, Tensor]:
        """Inputs and targets of the next `size` rows over all processes: (size / world, T) int64 each."""
        rows = []
        for i in range(size):
            choice = int(
                np.random.default_rng([self.seed, self.rows]).choice(len(self.shares), p=self.shares)
            )
            if i % world == rank:
                rows.append(self.sources[choice].window(self.drawn[choice]))
            self.drawn[choice] += 1
            self.rows += 1
        inputs, targets = (np.stack(part) for part in zip(*rows, strict=True))
        return torch.from_numpy(inputs), torch.from_numpy(targets)

    def state_dict(self) -> dict[str, Any]:
        """By name of the source: another stage, with others, then begins anew."""
        return {
            "drawn": {s.name: n for s, n in zip(self.sources, self.drawn, strict=True)},
            "rows": self.rows,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken."""
        self.drawn = [int(state["drawn"].get(s.name, 0)) for s in self.sources]
        self.rows = int(state["rows"])
