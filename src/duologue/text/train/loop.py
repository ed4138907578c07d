"""The loop of pretraining, mid-training and finetuning: one stage differs from the next by its data and its rate.

Design choices
- The rate rises over `warmup` steps, stays, and falls to zero in a straight line over the last `warmdown` of
  the budget (warm-up, stable, decay): a run that stays can be gone on with for ever, and what ships is a decay
  that branches off it.
- The budget is minutes or tokens, whichever ends first: minutes for a machine that is lent, tokens for a
  comparison between models.
- Checkpoints hold everything a run needs to go on and are written beside and renamed.
- Muon on the matrices (per expert), AdamW on embedding, norms and router; `--adamw` for all.
- Parallelism is someone else's: `parallel.py` hands in a model that is already laid over the processes.
"""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from duologue.text.model import Model, ModelConfig
from duologue.text.train import journal
from duologue.text.train.loss import balance, linear_cross_entropy, load
from duologue.text.train.muon import Muon
from duologue.text.train.windows import Mixture

__all__ = ["LoopConfig", "load_model", "optimisers", "rate", "save_model", "train"]


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopConfig:
    """minutes and tokens: the budget, 0 for none. batch: rows a step. micro: rows at once."""

    out: Path
    minutes: float = 0.0
    tokens: int = 0
    batch: int = 16
    micro: int = 8
    length: int = 512
    lr: float = 4e-3
    adam_lr: float = 3e-3
    warmup: int = 40
    warmdown: float = 0.5
    weight_decay: float = 0.05
    clip: float = 1.0
    balance: float = 0.01
    z: float = 1e-3
    muon: bool = True
    checkpoint_minutes: float = 5.0
    seed: int = 0


def rate(config: LoopConfig, step: int, done: float) -> float:
    """The share of the peak rate at `step`, with `done` of the budget spent."""
    down = (1 - done) / config.warmdown if config.warmdown else 1.0
    return max(0.0, min(1.0, (step + 1) / config.warmup, down))


def optimisers(model: nn.Module, config: LoopConfig) -> list[torch.optim.Optimizer]:
    """Muon for matrices and stacks of them, AdamW for the rest; weight decay not on norms."""
    named = dict(model.named_parameters())
    hidden = {
        n: p
        for n, p in named.items()
        if config.muon and p.ndim >= 2 and "embedding" not in n and "router" not in n
    }
    rest = {n: p for n, p in named.items() if n not in hidden}
    found: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(
            [
                {"params": [p for p in rest.values() if p.ndim >= 2], "weight_decay": config.weight_decay},
                {"params": [p for p in rest.values() if p.ndim < 2], "weight_decay": 0.0},
            ],
            lr=config.adam_lr, betas=(0.9, 0.95), fused=True,
        )
    ]  # fmt: skip
    if hidden:
        parts = {n: 3 if "qkv" in n else 2 if "gate_up" in n else 1 for n in hidden}
        groups = [{"params": [p for n, p in hidden.items() if parts[n] == k], "parts": k} for k in (1, 2, 3)]
        found.append(Muon(groups, lr=config.lr, weight_decay=config.weight_decay))
    for optimiser in found:
        for g in optimiser.param_groups:
            g["peak"] = g["lr"]
    return found


def save_model(model: Model, folder: Path) -> None:
    """Write `model.safetensors` and `config.json`, each beside and renamed."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    part = folder / "model.part"
    save_file({k: v.detach().float().contiguous().cpu() for k, v in model.state_dict().items()}, part)
    (folder / "config.part").write_text(json.dumps(model.config.as_dict(), indent=2) + "\n")
    part.replace(folder / "model.safetensors")
    (folder / "config.part").replace(folder / "config.json")


def load_model(folder: Path, **changes: Any) -> Model:
    """The model in `folder`; `changes` go to its config (a longer context, say)."""
    from safetensors.torch import load_file

    config = json.loads((folder / "config.json").read_text()) | changes
    model = Model(ModelConfig(**config))
    model.load_state_dict(load_file(folder / "model.safetensors"))
    return model


def train(
    model: Model,
    mixture: Mixture,
    config: LoopConfig,
    *,
    evaluate: Callable[[Model], dict[str, float]] | None = None,
) -> None:
    """Train until the budget is spent; go on from `config.out` if a run stopped there.

    Raises FloatingPointError when a gradient is not finite; the last checkpoint is kept.
    """
    from tqdm import tqdm

    out = config.out
    out.mkdir(parents=True, exist_ok=True)
    device = next(model.parameters()).device
    torch.manual_seed(config.seed)
    tuners = optimisers(model, config)
    step = tokens = 0
    before = 0.0
    path = out / "checkpoint.pt"
    if path.exists():
        state = torch.load(path, map_location="cpu", weights_only=True)
        model.load_state_dict(state["model"])
        for optimiser, saved in zip(tuners, state["optimisers"], strict=True):
            peaks = [g["peak"] for g in optimiser.param_groups]  # this call's, not the earlier one's
            optimiser.load_state_dict(saved)
            for g, peak in zip(optimiser.param_groups, peaks, strict=True):
                g["peak"] = peak
        mixture.load_state_dict(state["mixture"])
        step, tokens, before = state["step"], state["tokens"], state["seconds"]
    recent: dict[str, deque[float]] = {}
    loads: Tensor | None = None
    begun = reported = checkpointed = time.monotonic()
    seconds, since = before, tokens

    def done() -> float:
        shares = [seconds / 60 / config.minutes] if config.minutes else []
        shares += [tokens / config.tokens] if config.tokens else []
        return max(shares, default=0.0)

    def report() -> None:
        nonlocal reported, since
        now = time.monotonic()
        row = {k: sum(v) / len(v) for k, v in recent.items()}
        speed = (tokens - since) / max(now - reported, 1e-9)
        journal.append(out / "log.csv", {
            "step": step, "tokens": tokens, "seconds": round(seconds, 1), "tokens_per_second": speed,
            "lr": tuners[-1].param_groups[0]["lr"], **row,
        })  # fmt: skip
        bar.set_postfix(step=step, loss=f"{row['loss']:.3f}", speed=f"{speed:.0f}/s")
        reported, since = now, tokens
        for values in recent.values():
            values.clear()

    def checkpoint() -> None:
        state = {"model": model.state_dict(), "optimisers": [o.state_dict() for o in tuners],
                 "mixture": mixture.state_dict(), "step": step, "tokens": tokens, "seconds": seconds}  # fmt: skip
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)
        save_model(model, out)
        if evaluate:
            model.eval()
            with torch.no_grad():
                row = {f"eval_{k}": v for k, v in evaluate(model).items()}
            model.train()
            journal.append(
                out / "log.csv", {"step": step, "tokens": tokens, "seconds": round(seconds, 1)} | row
            )
        journal.plot(out, None if loads is None else loads.double().numpy())

    micros = max(1, config.batch // config.micro)
    total = config.tokens if config.tokens else round(config.minutes * 60)
    with tqdm(total=total, initial=tokens if config.tokens else round(before), desc=out.name, unit="") as bar:
        while done() < 1:
            now_rate = rate(config, step, done())
            for optimiser in tuners:
                for g in optimiser.param_groups:
                    g["lr"] = g["peak"] * now_rate
                optimiser.zero_grad(set_to_none=True)
            inputs, targets = (t.to(device) for t in mixture.batch(config.batch))
            figures: dict[str, float] = {}
            for x, y in zip(inputs.chunk(micros), targets.chunk(micros), strict=True):
                with torch.autocast("cuda", torch.bfloat16, enabled=device.type == "cuda"):
                    features, routings = model.features(x)
                loss = linear_cross_entropy(features.flatten(0, 1), model.embedding.weight, y.flatten())
                whole = loss
                if routings:
                    even, z = balance(routings)
                    whole = loss + config.balance * even + config.z * z
                    figures["balance"] = figures.get("balance", 0.0) + float(even.detach()) / micros
                    figures["z"] = figures.get("z", 0.0) + float(z.detach()) / micros
                    table = torch.stack([load(r.chosen, r.logits.shape[1]) for r in routings]).cpu()
                    loads = table if loads is None else loads.lerp(table, 0.05)
                (whole / micros).backward()
                figures["loss"] = figures.get("loss", 0.0) + float(loss.detach()) / micros
            norm = nn.utils.clip_grad_norm_(model.parameters(), config.clip)
            if not torch.isfinite(norm):
                raise FloatingPointError(f"gradient is not finite at step {step}; last checkpoint: {path}")
            for optimiser in tuners:
                optimiser.step()
            step += 1
            tokens += inputs.numel()
            figures["norm"] = float(norm)
            if loads is not None:
                figures["load_max"] = float(loads.max() * loads.shape[1])
                figures["load_min"] = float(loads.min() * loads.shape[1])
            for name, number in figures.items():
                recent.setdefault(name, deque(maxlen=200)).append(number)
            seconds = before + time.monotonic() - begun
            bar.n = min(tokens if config.tokens else round(seconds), total)
            if time.monotonic() - reported > 10 or done() >= 1:
                report()
            if time.monotonic() - checkpointed > config.checkpoint_minutes * 60:
                checkpoint()
                checkpointed = time.monotonic()
        checkpoint()
