"""The loop that every stage of the voice's training runs in.

Design choices
- The budget is wall time, and the learning rate follows its share that is used up: a run always ends
  with its warm-down done, on any machine.
- Checkpoints are written beside and renamed, every few minutes and at the end, and hold everything a
  run needs to go on: weights, averaged weights, optimiser, step, seconds.
- What ships is the average of the weights over the last thousand or so steps (EMA).
- Losses go to `log.csv`, one line every few seconds, and to `curve.png` with each checkpoint.
- Several processes (torchrun) average their gradients; one process needs no launcher.
"""

from __future__ import annotations

import csv
import os
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

__all__ = ["LoopConfig", "Stateful", "train"]


class Stateful(Protocol):
    """Anything that can be put into a checkpoint."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state: dict[str, Any], /) -> object: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopConfig:
    """minutes: the budget. lr: peak, reached after `warmup` of the budget, kept until `warmdown` of it
    is left, then falling to zero in a straight line. ema: decay per step at full length."""

    out: Path
    minutes: float
    lr: float = 1.5e-3
    warmup: float = 0.01
    warmdown: float = 0.4
    weight_decay: float = 0.01
    clip: float = 1.0
    ema: float = 0.999
    checkpoint_minutes: float = 4.0
    seed: int = 0
    muon: bool = False


_HIDDEN = ("up.weight", "down.weight", "qkv.weight", "out.weight")


def _rate(config: LoopConfig, done: float) -> float:
    return config.lr * min(1.0, done / config.warmup + 0.02, max(0.0, 1 - done) / config.warmdown)


def _save(path: Path, state: dict[str, Any]) -> None:
    beside = path.with_suffix(".part")
    torch.save(state, beside)
    beside.replace(path)


def _average_gradients(model: nn.Module, world: int) -> None:
    flat = torch.cat([p.grad.reshape(-1) for p in model.parameters() if p.grad is not None])
    torch.distributed.all_reduce(flat)
    offset = 0
    for p in model.parameters():
        if p.grad is not None:
            p.grad.copy_(flat[offset : offset + p.numel()].view_as(p) / world)
            offset += p.numel()


def train(
    model: nn.Module,
    loss: Callable[[int], tuple[Tensor, dict[str, float]]],
    config: LoopConfig,
    *,
    init: Path | None = None,
    evaluate: Callable[[nn.Module], dict[str, float]] | None = None,
    beside: dict[str, Stateful] | None = None,
) -> None:
    """Run `loss(step) -> (scalar, parts to log)` until the budget is spent; resume if `out` has a checkpoint.

    `init` is a checkpoint whose averaged weights a fresh run starts from. `evaluate(averaged model)`
    is called with each checkpoint and its figures are logged as `eval_*`. `beside` is what else belongs
    in a checkpoint: a discriminator and its optimiser, say.
    """
    from tqdm import tqdm

    world = int(os.environ.get("WORLD_SIZE", "1"))
    rank = int(os.environ.get("RANK", "0"))
    if world > 1:
        torch.distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    seed = config.seed + 1000 * rank
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    config.out.mkdir(parents=True, exist_ok=True)
    path = config.out / "checkpoint.pt"
    optimisers = _optimisers(model, config)
    if init and not path.exists():
        model.load_state_dict(
            torch.load(init, map_location="cpu", weights_only=True)["average"], strict=False
        )
    average = {name: p.detach().clone() for name, p in model.state_dict().items()}
    step, before = 0, 0.0
    if path.exists():
        state = torch.load(path, map_location="cpu", weights_only=True)
        model.load_state_dict(state["model"])
        for optimiser, saved in zip(optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(saved)
        average = {k: v.to(average[k].device) for k, v in state["average"].items()}
        for name, other in (beside or {}).items():
            other.load_state_dict(state["beside"][name])
        step, before = state["step"], state["seconds"]
    budget = config.minutes * 60
    recent: dict[str, deque[float]] = {}
    start = logged = checkpointed = time.monotonic()

    def checkpoint(seconds: float) -> None:
        if rank:
            return
        state = {"model": model.state_dict(), "average": average, "step": step,
                 "optimisers": [o.state_dict() for o in optimisers], "seconds": seconds,
                 "beside": {name: other.state_dict() for name, other in (beside or {}).items()}}  # fmt: skip
        _save(path, state)
        row = {k: sum(v) / len(v) for k, v in recent.items() if v}
        if evaluate:
            own = {k: v.clone() for k, v in model.state_dict().items()}
            model.load_state_dict(average)
            model.eval()
            with torch.no_grad():
                row |= {f"eval_{k}": v for k, v in evaluate(model).items()}
            model.train()
            model.load_state_dict(own)
        _log(config.out / "log.csv", {"step": step, "seconds": round(seconds, 1)} | row)
        _plot(config.out)

    with tqdm(
        total=round(budget), initial=round(before), unit="s", desc=config.out.name, disable=rank > 0
    ) as bar:
        seconds = before
        while seconds < budget:
            rate = _rate(config, seconds / budget)
            for optimiser in optimisers:
                for group in optimiser.param_groups:
                    group["lr"] = rate
                optimiser.zero_grad(set_to_none=True)
            value, parts = loss(step)
            value.backward()
            if world > 1:
                _average_gradients(model, world)
            norm = nn.utils.clip_grad_norm_(model.parameters(), config.clip)
            if not torch.isfinite(norm):
                raise FloatingPointError(f"gradient is not finite at step {step}; last checkpoint: {path}")
            for optimiser in optimisers:
                optimiser.step()
            decay = min(config.ema, (step + 1) / (step + 10))
            own = model.state_dict()
            torch._foreach_lerp_(
                [average[k] for k in own if own[k].is_floating_point()],
                [v for v in own.values() if v.is_floating_point()],
                1 - decay,
            )
            step += 1
            for name, number in (parts | {"loss": float(value.detach()), "norm": float(norm)}).items():
                recent.setdefault(name, deque(maxlen=200)).append(number)
            now = time.monotonic()
            if world > 1:  # all processes must agree on the time, or one waits for the other forever
                clock = torch.tensor([now - start])
                torch.distributed.broadcast(clock, 0)
                seconds = before + float(clock)
            else:
                seconds = before + now - start
            if now - logged > 2 and rank == 0:
                bar.n = round(min(seconds, budget))
                bar.set_postfix(step=step, **{k: f"{sum(v) / len(v):.3f}" for k, v in recent.items()})
                logged = now
            if now - checkpointed > config.checkpoint_minutes * 60:
                checkpoint(seconds)
                checkpointed = time.monotonic()
        checkpoint(seconds)
    if world > 1:
        torch.distributed.destroy_process_group()


def _optimisers(model: nn.Module, config: LoopConfig) -> list[torch.optim.Optimizer]:
    """AdamW, with weight decay on matrices only; or Muon on the hidden matrices and AdamW on the rest."""
    hidden = {n for n, p in model.named_parameters() if config.muon and p.ndim == 2 and n.endswith(_HIDDEN)}
    named = dict(model.named_parameters())
    others = [p for n, p in named.items() if n not in hidden]
    groups = [
        {"params": [p for p in others if p.ndim >= 2], "weight_decay": config.weight_decay},
        {"params": [p for p in others if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimisers: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(groups, lr=config.lr, betas=(0.9, 0.98), fused=True)
    ]
    if hidden:
        optimisers.append(torch.optim.Muon(
            [named[n] for n in hidden], lr=config.lr, weight_decay=config.weight_decay,
            adjust_lr_fn="match_rms_adamw",
        ))  # fmt: skip
    return optimisers


def _log(path: Path, row: dict[str, float]) -> None:
    rows = list(csv.DictReader(path.read_text().splitlines())) if path.exists() else []
    rows.append({k: str(v) for k, v in row.items()})
    names = list(dict.fromkeys(name for r in rows for name in r))
    beside = path.with_suffix(".part")
    with beside.open("w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    beside.replace(path)


def _plot(folder: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rows = list(csv.DictReader((folder / "log.csv").read_text().splitlines()))
    names = [n for n in rows[-1] if n not in ("step", "seconds", "norm")]
    figure, axes = plt.subplots(figsize=(8, 5))
    for name in names:
        points = [(float(r["seconds"]) / 60, float(r[name])) for r in rows if r.get(name)]
        axes.plot(*zip(*points, strict=True), label=name, marker=".")
    axes.set_xlabel("minutes")
    axes.set_yscale("log")
    axes.legend(fontsize=8)
    axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(folder / "curve.png", dpi=90)
    plt.close(figure)
