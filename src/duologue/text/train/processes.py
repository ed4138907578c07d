"""The processes of a run, as the loop sees them: how many, and what they must agree on.

Design choices
- One process is the plain case, written here without torch.distributed; `parallel.py` has the other one.
- The loop asks for sums and for the first process' clock and nothing else, so that all processes take every
  decision (to stop, to write, to give up) in the same step.
"""

from __future__ import annotations

import os

import torch
from torch import Tensor, nn

from duologue.text.errors import TextError
from duologue.text.model import Model

__all__ = ["Processes", "start"]


class Processes:
    """One process. rank: which one this is; world: how many there are; device: where its model lies."""

    rank = 0
    world = 1

    def __init__(self, device: torch.device | str = "cpu") -> None:
        self.device = torch.device(device)

    def spread(self, model: Model) -> Model:
        """Lay `model` over all processes; returns it."""
        return model

    def sum(self, x: Tensor) -> Tensor:
        """x of every process, added up."""
        return x

    def first(self, number: float) -> float:
        """The number that the first process has."""
        return number

    def wait(self) -> None:
        """Until all are here."""

    def micro(self, model: nn.Module, *, last: bool) -> None:
        """Told before each part of a batch: gradients are exchanged with the last one only."""

    def end(self) -> None:
        """After the run."""


def start(device: str, expert_parallel: int = 1) -> Processes:
    """This process alone, or those that torchrun started.

    Raises TextError where `expert_parallel` doesn't divide them.
    """
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if expert_parallel < 1 or world % expert_parallel:
        raise TextError(
            f"{world} process(es) can't be divided into groups of {expert_parallel}; torchrun starts several"
        )
    if world == 1:
        return Processes(device)
    from duologue.text.train.parallel import Cluster, connect

    return Cluster(connect(device), expert_parallel)
