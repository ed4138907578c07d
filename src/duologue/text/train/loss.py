"""The losses: cross-entropy without the whole table of logits, balance of the experts, size of the logits.

Design choices
- Logits of 4,096 tokens over 16,384 words are 268 MB in float32, and autograd would hold three of them.
  `linear_cross_entropy` walks over blocks of rows, makes the gradients on the way and keeps only those.
- On a GPU the head's matmuls are bf16 like all others, in larger blocks; sums and gradients stay float32.
- The balance loss is Switch's: experts times the share of tokens times the mean probability, 1 when even. The
  shares are those of all processes, so that what each process adds sums to the loss of one.
- The z-loss keeps the router's logits small: the squared log of their sum of exponentials.

Switch: https://arxiv.org/abs/2101.03961; z-loss: https://arxiv.org/abs/2202.08906.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from duologue.text.model import Routing

__all__ = ["IGNORED", "balance", "linear_cross_entropy", "load"]

IGNORED = -1  # the target of a token that no loss is asked for


class _LinearCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, x: Tensor, weight: Tensor, targets: Tensor, rows: int, dtype: torch.dtype
    ) -> Tensor:
        asked = targets != IGNORED
        count = asked.sum().clamp(min=1)
        total = x.new_zeros((), dtype=torch.float32)
        needs = any(ctx.needs_input_grad[:2])
        dx = torch.zeros_like(x) if needs else None
        dw = torch.zeros_like(weight) if needs else None
        if not bool(asked.all()):
            index = asked.nonzero().squeeze(1)
        else:
            index = None
        n = len(targets) if index is None else len(index)
        head = weight.to(dtype)
        for s in range(0, n, rows):
            at = slice(s, s + rows) if index is None else index[s : s + rows]
            xs, ts = x[at].to(dtype), targets[at]
            p = (xs @ head.t()).softmax(-1)  # one pass, in float32 inside; the loss needs no logits
            own = p.gather(1, ts[:, None])
            total -= own.float().clamp(min=1e-37).log().sum()
            if dx is not None and dw is not None:
                p.scatter_(1, ts[:, None], own - 1)
                dx[at] = (p @ head).to(dx.dtype)
                if dtype == dw.dtype:
                    dw.addmm_(p.t(), xs)
                else:
                    dw += p.t() @ xs
        if dx is not None and dw is not None:
            dx.div_(count)
            dw.div_(count)
        ctx.save_for_backward(dx, dw)
        return total / count

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Tensor, Tensor, None, None, None]:
        dx, dw = ctx.saved_tensors
        return dx * grads[0].to(dx.dtype), dw * grads[0].to(dw.dtype), None, None, None


def linear_cross_entropy(
    x: Tensor, weight: Tensor, targets: Tensor, rows: int | None = None, dtype: torch.dtype | None = None
) -> Tensor:
    """x: (N, D), weight: (V, D), targets: (N,) int64, IGNORED where no loss is asked -> the mean, in nats.

    rows at once and the dtype of the matmuls: 256 and that of x; 8,192 and bfloat16 on a GPU.
    """
    rows = rows or (8192 if x.is_cuda else 256)
    dtype = dtype or (torch.bfloat16 if x.is_cuda else x.dtype)
    return _LinearCrossEntropy.apply(x, weight, targets, rows, dtype)  # type: ignore[no-untyped-call]


def balance(routings: list[Routing], loads: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """The balance loss (1 when every expert gets as much) and the z-loss, each a mean over the layers.

    loads: (layers, E), the share of rows of each expert; that of these routings where none is given.
    """
    even = z = routings[0].logits.new_zeros(())
    for i, (logits, chosen) in enumerate(routings):
        share = load(chosen, logits.shape[1]) if loads is None else loads[i]
        even = even + logits.shape[1] * (share.to(logits) * logits.softmax(-1).mean(0)).sum()
        z = z + logits.logsumexp(-1).square().mean()
    return even / len(routings), z / len(routings)


def load(chosen: Tensor, experts: int) -> Tensor:
    """chosen: (N, k) -> the share of rows of each expert, (E,), sum 1."""
    return torch.bincount(chosen.reshape(-1), minlength=experts) / chosen.numel()
