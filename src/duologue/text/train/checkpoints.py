"""Where a run stopped, and going on from there: `checkpoint.pt` of one process, or the folder of several.

Design choices
- A checkpoint holds everything: weights, optimisers, how far each source has been read, budget spent.
- One process writes one file, beside and renamed. Several write `checkpoint-STEP/`, each its own share
  (`distributed_checkpoint.py`). Whoever resumes, in whatever number of processes, takes the later of the two.
- The rates of the call that resumes hold, not those of the earlier call.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from duologue.text.train.processes import Processes
from duologue.text.train.windows import Mixture

__all__ = ["Progress", "load", "newest", "save"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """What a run has spent: steps, tokens over all processes, seconds."""

    step: int = 0
    tokens: int = 0
    seconds: float = 0.0


def save(
    out: Path,
    model: nn.Module,
    tuners: list[torch.optim.Optimizer],
    mixture: Mixture,
    progress: Progress,
    processes: Processes,
) -> None:
    """Write the run's state into `out`; every process calls it."""
    if processes.world > 1:
        from duologue.text.train import distributed_checkpoint

        distributed_checkpoint.save(out, model, tuners, mixture, progress, processes)
        return
    state: dict[str, Any] = {
        "model": model.state_dict(),
        "optimisers": [o.state_dict() for o in tuners],
        "mixture": mixture.state_dict(),
    }
    part = out / "checkpoint.part"
    torch.save(state | asdict(progress), part)
    part.replace(out / "checkpoint.pt")


def newest(out: Path) -> Path | None:
    """The latest finished checkpoint of several processes in `out`."""
    found = [p for p in out.glob("checkpoint-*") if p.name[11:].isdigit()]
    return max(found, key=lambda p: int(p.name[11:]), default=None)


def load(
    out: Path, model: nn.Module, tuners: list[torch.optim.Optimizer], mixture: Mixture, processes: Processes
) -> Progress:
    """Put the state in `out`, if there is one, into model, optimisers and mixture; every process calls it.

    Raises TextError where a folder was written by another model or optimiser.
    """
    whole = out / "checkpoint.pt"
    state: dict[str, Any] = {}
    if whole.exists():
        state = torch.load(whole, map_location="cpu", weights_only=True, mmap=processes.world > 1)
    latest = newest(out)
    if latest or processes.world > 1:
        from duologue.text.train import distributed_checkpoint

        step = -1 if latest is None else int(latest.name[11:])
        if state and state["step"] > step and processes.world > 1:
            latest = distributed_checkpoint.spread(out, state, model, tuners, processes)
            step = state["step"]
        if latest is not None and step >= state.get("step", 0):
            return distributed_checkpoint.load(latest, model, tuners, mixture)
    if not state:
        return Progress()
    model.load_state_dict(state["model"])
    for optimiser, saved in zip(tuners, state["optimisers"], strict=True):
        peaks = [g["peak"] for g in optimiser.param_groups]  # this call's, not the earlier one's
        optimiser.load_state_dict(saved)
        for g, peak in zip(optimiser.param_groups, peaks, strict=True):
            g["peak"] = peak
    mixture.load_state_dict(state["mixture"])
    return Progress(step=state["step"], tokens=state["tokens"], seconds=state["seconds"])
