"""Checkpoints that several processes write, each its own share, and any number of processes can go on from.

    python -m duologue.text.train.distributed_checkpoint RUN      writes RUN/model.safetensors from it

Design choices
- `torch.distributed.checkpoint` stores every tensor under its name with the place of each piece in the whole,
  so those that read need not be as many, or laid out as, those that wrote; one without torchrun will do.
- The names are those of the model: `model.NAME`, and `optimiser.NAME.KEY` for what an optimiser keeps.
- Written into `checkpoint-STEP.part` and renamed by the first process when all are done; older ones go after.
- The folder must be one that all processes see: on several machines, a shared file system.
"""

from __future__ import annotations

import argparse
import json
import shutil
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.checkpoint import state_dict_loader, state_dict_saver
from torch.distributed.checkpoint.filesystem import FileSystemReader

from duologue.text.errors import TextError
from duologue.text.model import Model, ModelConfig
from duologue.text.train.checkpoints import Progress, newest
from duologue.text.train.muon import Muon
from duologue.text.train.processes import Processes
from duologue.text.train.windows import Mixture

__all__ = ["load", "main", "read_model", "save", "spread"]

Tuners = list[torch.optim.Optimizer]


def _state(model: nn.Module, tuners: Tuners) -> dict[str, Tensor]:
    """All tensors of a run by name, not copied; what the optimisers don't have yet begins at zero."""
    names = {p: n for n, p in model.named_parameters()}
    found: dict[str, Tensor] = {f"model.{n}": t for n, t in model.state_dict().items()}
    for tuner in tuners:
        for group in tuner.param_groups:
            for p in group["params"]:
                state = tuner.state[p]
                if not state and isinstance(tuner, Muon):
                    state["momentum"] = torch.zeros_like(p.detach())
                elif not state:
                    state["step"] = torch.zeros((), device=p.device if group["fused"] else "cpu")
                    state["exp_avg"], state["exp_avg_sq"] = (torch.zeros_like(p.detach()) for _ in range(2))
                found |= {f"optimiser.{names[p]}.{key}": t for key, t in state.items()}
    return found


def _finish(part: Path, progress: Progress, mixture: dict[str, Any]) -> Path:
    """Add what is no tensor, give the folder its name, remove the older ones."""
    (part / "progress.json").write_text(json.dumps(asdict(progress) | {"mixture": mixture}) + "\n")
    done = part.with_suffix("")
    part.rename(done)
    for old in done.parent.glob("checkpoint-*"):
        if old != done:
            shutil.rmtree(old)
    return done


def save(
    out: Path, model: nn.Module, tuners: Tuners, mixture: Mixture, progress: Progress, processes: Processes
) -> None:
    """Write `out`/checkpoint-STEP; every process calls it."""
    part = out / f"checkpoint-{progress.step}.part"
    if processes.first(float(part.with_suffix("").exists())):
        return
    if processes.rank == 0:
        shutil.rmtree(part, ignore_errors=True)
    processes.wait()
    state_dict_saver.save(_state(model, tuners), checkpoint_id=part)
    if processes.rank == 0:
        _finish(part, progress, mixture.state_dict())
    processes.wait()


def load(folder: Path, model: nn.Module, tuners: Tuners, mixture: Mixture) -> Progress:
    """Put the state in `folder` into model, optimisers and mixture; every process calls it.

    Raises TextError where it lacks something or has it in another shape.
    """
    _read(folder, _state(model, tuners))
    progress = json.loads((folder / "progress.json").read_text("utf-8"))
    mixture.load_state_dict(progress.pop("mixture"))
    return Progress(**progress)


def _read(folder: Path, state: dict[str, Tensor]) -> None:
    held = FileSystemReader(folder).read_metadata().state_dict_metadata
    for name, tensor in state.items():
        size = getattr(held.get(name), "size", None)
        if size != tensor.shape:
            said = "lacks it" if size is None else f"has {tuple(size)}"
            raise TextError(
                f"the run needs {name} {tuple(tensor.shape)}; '{folder}' {said}: another model or optimiser"
            )
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "torch.distributed is disabled"
        )  # a single process is what is meant
        state_dict_loader.load(dict(state), checkpoint_id=folder, no_dist=not dist.is_initialized())


def spread(out: Path, whole: dict[str, Any], model: nn.Module, tuners: Tuners, processes: Processes) -> Path:
    """Make a folder for several processes of the one file of a single process; every process calls it."""
    folder = out / f"checkpoint-{whole['step']}"
    if processes.rank == 0:
        names = {p: n for n, p in model.named_parameters()}
        state = {f"model.{n}": t for n, t in whole["model"].items()}
        for tuner, saved in zip(tuners, whole["optimisers"], strict=True):
            order = [names[p] for g in tuner.param_groups for p in g["params"]]
            state |= {
                f"optimiser.{order[i]}.{k}": t for i, kept in saved["state"].items() for k, t in kept.items()
            }
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "torch.distributed is disabled")
            state_dict_saver.save(state, checkpoint_id=part, no_dist=True)
        _finish(part, Progress(**{k: whole[k] for k in ("step", "tokens", "seconds")}), whole["mixture"])
    processes.wait()
    return folder


def read_model(out: Path) -> Model:
    """The model of the latest checkpoint in `out`, whole, on the CPU.

    Raises TextError where there is none.
    """
    folder = newest(out)
    if folder is None or not (out / "config.json").is_file():
        raise TextError(
            f"no config.json and checkpoint-STEP/ in '{out}': it isn't the run of several processes"
        )
    model = Model(ModelConfig(**json.loads((out / "config.json").read_text("utf-8"))))
    _read(folder, {f"model.{n}": t for n, t in model.state_dict().items()})
    return model


def main() -> None:
    """Write the `model.safetensors` of one process from the checkpoint of several."""
    from duologue.text.train.loop import save_model

    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--out", type=Path, help="another folder")
    args = parser.parse_args()
    save_model(read_model(args.run), args.out or args.run)
    print(f"{(args.out or args.run) / 'model.safetensors'}: the model of {newest(args.run)}")


if __name__ == "__main__":
    main()
