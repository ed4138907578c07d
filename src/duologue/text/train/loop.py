"""The loop of pretraining, mid-training and finetuning: stages differ by their data and their rate.

Design choices
- The rate rises over `warmup` steps, stays, and falls to zero in a straight line over the last `warmdown` of
  the budget (warm-up, stable, decay): a run that stays can be gone on with for ever, and what ships is a
  decay that branches off it.
- The budget is minutes or tokens, whichever ends first: minutes for a machine that is lent, tokens for a
  comparison between models.
- Checkpoints hold everything a run needs to go on (`checkpoints.py`).
- The loss is the mean over all tokens of the batch that one is asked for, wherever they are computed.
- Parallelism is someone else's: `parallel.py` hands in a model that is already laid over the processes, and
  the processes, with which the loop agrees on sums and on the time that is left.
"""

from __future__ import annotations

import json
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from duologue.text.checkpoint import Checkpoint
from duologue.text.errors import TextError
from duologue.text.gguf import Gguf
from duologue.text.model import Model, ModelConfig
from duologue.text.train import checkpoints, journal
from duologue.text.train.checkpoints import Progress
from duologue.text.train.loss import IGNORED, balance, linear_cross_entropy, load
from duologue.text.train.muon import local
from duologue.text.train.optimisers import optimisers
from duologue.text.train.processes import Processes
from duologue.text.train.profile import Profile
from duologue.text.train.windows import Mixture

__all__ = ["LoopConfig", "load_model", "rate", "save_model", "train"]

REPORT = 10.0  # seconds between lines of the log


@dataclass(frozen=True, kw_only=True, slots=True)
class LoopConfig:
    """minutes and tokens: the budget, 0 for none. batch: rows a step, over all processes. micro: rows at once
    in one process. bf16: matmuls in bfloat16 on a CPU too, as always on a GPU. profile: so many steps are
    timed stage by stage."""

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
    bf16: bool = False
    checkpoint_minutes: float = 5.0
    seed: int = 0
    profile: int = 0


def rate(config: LoopConfig, step: int, done: float) -> float:
    """The share of the peak rate at `step`, with `done` of the budget spent."""
    down = (1 - done) / config.warmdown if config.warmdown else 1.0
    return max(0.0, min(1.0, (step + 1) / config.warmup, down))


def save_model(model: Model, folder: Path, *, write: bool = True) -> None:
    """Write `model.safetensors` and `config.json`, each beside and renamed.

    Every process of several calls it, to give its share; one of them is to `write`.
    """
    from safetensors.torch import save_file

    state = {}
    for name, tensor in model.state_dict().items():
        whole = tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor
        if write:
            state[name] = whole.detach().float().contiguous().cpu()
    if not write:
        return
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / "model.part"
    save_file(state, part)
    (folder / "config.part").write_text(json.dumps(model.config.as_dict(), indent=2) + "\n")
    part.replace(folder / "model.safetensors")
    (folder / "config.part").replace(folder / "config.json")


def load_model(source: Path, **changes: Any) -> Model:
    """The model in the folder of a run, or in a GGUF of ours with its values as float32; `changes` go to its
    config (a longer context, say). Raises TextError for a file that is neither."""
    if source.is_dir():
        from safetensors.torch import load_file

        config = json.loads((source / "config.json").read_text())
        arrays = load_file(source / "model.safetensors")
    else:
        checkpoint = Checkpoint.from_gguf(Gguf.open(source))
        config = dict(checkpoint.config)
        arrays = {name: torch.tensor(array) for name, array in checkpoint.arrays.items()}
    model = Model(ModelConfig(**(config | changes)))
    model.load_state_dict(arrays)
    return model


def _clip(model: nn.Module, most: float, processes: Processes) -> Tensor:
    """Scale the gradients to a norm over all processes of at most `most`; returns the norm before."""
    grads = [local(p.grad) for p in model.parameters() if p.grad is not None]
    norm = nn.utils.get_total_norm(grads)
    if processes.world > 1:  # no element is held twice, so the squares add up
        norm = processes.sum(norm.square()).sqrt()
    scale = (most / (norm + 1e-6)).clamp(max=1.0)
    for grad in grads:
        grad.mul_(scale)
    return norm


def _gradients(
    model: Model, inputs: Tensor, targets: Tensor, config: LoopConfig, processes: Processes, profile: Profile
) -> tuple[Tensor, Tensor | None]:
    """Add up the gradients of one batch, of which inputs and targets, (rows, T), are this process' part.

    Returns loss, balance and z over all processes, (3,), and the load of the experts, (layers, E).
    """
    micros = max(1, len(inputs) // config.micro)
    asked = processes.sum((targets != IGNORED).sum()).clamp(min=1)
    figures, table = torch.zeros(3, device=inputs.device), None
    parts = list(zip(inputs.chunk(micros), targets.chunk(micros), strict=True))
    for i, (x, y) in enumerate(parts):
        processes.micro(model, last=i == len(parts) - 1)
        narrow = x.is_cuda or config.bf16
        with profile.stage("forward"), torch.autocast(x.device.type, torch.bfloat16, enabled=narrow):
            features, routings = model.features(x)
        with profile.stage("head and losses"):
            loss = linear_cross_entropy(
                features.flatten(0, 1), model.embedding.weight, y.flatten(),
                dtype=torch.bfloat16 if narrow else None,
            )  # fmt: skip
            whole = loss = loss * ((y != IGNORED).sum() / asked)
            figures[0] += loss.detach()
            if routings:
                loads = torch.stack([load(r.chosen, r.logits.shape[1]) for r in routings])
                loads = processes.sum(loads) / processes.world
                even, z = balance(routings, loads)
                share = 1 / len(parts) / processes.world
                whole = loss + (config.balance * even + config.z * z) * share
                figures[1:] += torch.stack([even.detach(), z.detach()]) * share
                table = loads / len(parts) if table is None else table + loads / len(parts)
        with profile.stage("backward"):
            whole.backward()  # type: ignore[no-untyped-call]
    return processes.sum(figures), table


def train(
    model: Model,
    mixture: Mixture,
    config: LoopConfig,
    *,
    evaluate: Callable[[Model], dict[str, float]] | None = None,
    processes: Processes | None = None,
) -> None:
    """Train until the budget is spent; go on from `config.out` if a run stopped there.

    Raises FloatingPointError when a gradient is not finite; the last checkpoint is kept. Raises TextError
    where the batch can't be shared among the processes.
    """
    from tqdm import tqdm

    processes = processes or Processes()
    if config.batch % processes.world:
        raise TextError(
            f"a batch of {config.batch} rows can't be shared by {processes.world} processes evenly"
        )
    out, leads = config.out, processes.rank == 0
    out.mkdir(parents=True, exist_ok=True)
    device = next(model.parameters()).device
    torch.manual_seed(config.seed)
    tuners = optimisers(
        model, lr=config.lr, adam_lr=config.adam_lr, weight_decay=config.weight_decay, muon=config.muon,
        bf16=config.bf16,
    )  # fmt: skip
    progress = checkpoints.load(out, model, tuners, mixture, processes)
    step, tokens, before = progress.step, progress.tokens, progress.seconds
    profile = Profile(
        out,
        steps=config.profile,
        flops=model.config.flops_per_token(config.length),
        device=device,
        processes=processes,
    )
    recent: dict[str, deque[float]] = {}
    loads: Tensor | None = None
    begun = reported = time.monotonic()
    seconds = checkpointed = processes.first(before)
    since = tokens

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
        reached = Progress(step=step, tokens=tokens, seconds=seconds)
        checkpoints.save(out, model, tuners, mixture, reached, processes)
        save_model(model, out, write=leads)
        row = {}
        if evaluate:  # in every process: the model is spread over all of them
            model.eval()
            with torch.no_grad():
                row = {f"eval_{k}": v for k, v in evaluate(model).items()}
            model.train()
        if leads and row:
            journal.append(
                out / "log.csv", {"step": step, "tokens": tokens, "seconds": round(seconds, 1)} | row
            )
        if leads:
            journal.plot(out, None if loads is None else loads.double().numpy())

    total = config.tokens if config.tokens else round(config.minutes * 60)
    initial = tokens if config.tokens else round(before)
    with tqdm(total=total, initial=initial, desc=out.name, unit="", disable=not leads) as bar:
        while done() < 1:
            now_rate = rate(config, step, done())
            for optimiser in tuners:
                for g in optimiser.param_groups:
                    g["lr"] = g["peak"] * now_rate
                optimiser.zero_grad(set_to_none=True)
            with profile.stage("batch"):
                batch = mixture.batch(config.batch, rank=processes.rank, world=processes.world)
                inputs, targets = (t.to(device) for t in batch)
            sums, table = _gradients(model, inputs, targets, config, processes, profile)
            with profile.stage("clipping"):
                norm = float(_clip(model, config.clip, processes))
            if not math.isfinite(norm):
                raise FloatingPointError(f"gradient is not finite at step {step}; last checkpoint: {out}")
            with profile.stage("optimiser"):
                for optimiser in tuners:
                    optimiser.step()
            step += 1
            tokens += config.batch * config.length
            figures = dict(zip(("loss", "balance", "z"), sums.tolist(), strict=True)) | {"norm": norm}
            if table is None:
                figures = {k: figures[k] for k in ("loss", "norm")}
            else:
                table = table.cpu()
                loads = table if loads is None else loads.lerp(table, 0.05)
                figures["load_max"] = float(loads.max() * loads.shape[1])
                figures["load_min"] = float(loads.min() * loads.shape[1])
            for name, number in figures.items():
                recent.setdefault(name, deque(maxlen=200)).append(number)
            seconds = processes.first(before + time.monotonic() - begun)
            profile.step(config.batch * config.length)
            bar.n = min(tokens if config.tokens else round(seconds), total)
            if leads and (time.monotonic() - reported > REPORT or done() >= 1):
                report()
            if seconds - checkpointed > config.checkpoint_minutes * 60:
                checkpoint()
                seconds = checkpointed = processes.first(before + time.monotonic() - begun)
        checkpoint()
