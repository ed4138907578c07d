"""Muon: momentum whose matrices are made orthogonal, one by one, stacks of experts in one batch.

Design choices
- torch.optim.Muon takes single matrices only; experts come as (E, out, in), and each is a matrix of its own.
- The Newton-Schulz iteration runs on the smaller side, in bf16 on a GPU and where asked for, else in float32.
  Five rounds are the usual; three bring singular values above a hundredth to 0.4 and more, and on a CPU,
  where the rounds cost as much as the step itself, they are the better bargain.
- Spread over processes: experts are split by expert, so every process has whole matrices and talks to nobody.
  A single matrix is split by rows; it is gathered, and every process computes the same update and keeps its
  rows. Only attention's matrices, 5 % of `base`, are repeated so, and a second exchange is saved.
- Updates are scaled to the root mean square that AdamW's have (0.2 sqrt(max side)), so one rate serves both.

Jordan et al. 2024 (https://kellerjordan.github.io/posts/muon); scaling after https://arxiv.org/abs/2502.16982.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

__all__ = ["Muon", "local", "orthogonal"]

_A, _B, _C = 3.4445, -4.7750, 2.0315


def orthogonal(g: Tensor, steps: int = 5, *, bf16: bool = False) -> Tensor:
    """g: (..., m, n) -> the same with singular values near 1. bf16: on a CPU too."""
    x = g.bfloat16() if g.is_cuda or bf16 else g.float()
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        a = x @ x.mT
        x = _A * x + (_B * a + _C * (a @ a)) @ x
    return (x.mT if tall else x).to(g.dtype)


class Muon(torch.optim.Optimizer):
    """For parameters of two dimensions and more; the last two are the matrix. `parts`: how many matrices
    are stacked along the rows of one parameter (gate and up in one), or the rows of each (q, k and v in one,
    where q has more heads)."""

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 4e-3,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
        steps: int | None = None,
        bf16: bool = False,
    ) -> None:
        super().__init__(
            params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "steps": steps, "parts": 1}
        )
        self.bf16 = bf16

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One update."""
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["momentum"] = torch.zeros_like(p)
                grad, momentum, mine = local(p.grad), local(state["momentum"]), local(p)
                momentum.lerp_(grad, 1 - group["momentum"])
                update = grad.lerp(momentum, group["momentum"])
                if split := mine is not p and p.ndim == 2:
                    update = _whole(update, p)
                update = _even(update, group["parts"], group["steps"] or (5 if p.is_cuda else 3), self.bf16)
                if split:
                    update = _share(update, p)
                mine.mul_(1 - group["lr"] * group["weight_decay"])
                mine.add_(update, alpha=-group["lr"])


def local(x: Tensor) -> Tensor:
    """The part of `x` that lies in this process: itself, where it isn't spread over several."""
    return x.to_local() if hasattr(x, "to_local") else x


def _even(update: Tensor, parts: int | tuple[int, ...], rounds: int, bf16: bool) -> Tensor:
    """Each of the matrices that make up `update`, (..., rows, columns), orthogonal and to scale."""
    *stack, rows, columns = update.shape
    if isinstance(parts, int):
        pieces = orthogonal(update.view(*stack, parts, rows // parts, columns), rounds, bf16=bf16)
        return pieces.reshape(update.shape) * (0.2 * max(rows // parts, columns) ** 0.5)
    uneven = [
        orthogonal(piece, rounds, bf16=bf16) * (0.2 * max(piece.shape[-2:]) ** 0.5)
        for piece in torch.split(update, list(parts), -2)
    ]
    return torch.cat(uneven, -2)


def _whole(update: Tensor, p: Any) -> Tensor:
    """This process' rows of a matrix that is split like `p` -> the matrix."""
    from torch.distributed.tensor import DTensor

    split = DTensor.from_local(
        update, p.device_mesh, p.placements, run_check=False, shape=p.shape, stride=p.stride()
    )
    return split.full_tensor()


def _share(update: Tensor, p: Any) -> Tensor:
    """The matrix -> this process' rows of it."""
    from torch.distributed.tensor import DTensor, Replicate

    whole = DTensor.from_local(update, p.device_mesh, [Replicate()] * p.device_mesh.ndim, run_check=False)
    return whole.redistribute(placements=p.placements).to_local()
