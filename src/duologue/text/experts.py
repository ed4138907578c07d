"""Grouped expert matmul: rows sorted by expert, each group times its own matrix.

Design choices
- Tokens are sorted by expert once per layer; every expert then reads one contiguous slice, so nothing is
  padded and no token is dropped.
- CPU: one matmul per expert straight into the result, with a backward of its own; autograd would otherwise
  keep a node and a copy per expert. GPU: `torch.nn.functional.grouped_mm`, one launch for all experts.
- Both ways give the same numbers within rounding, which a test holds them to.

After MegaBlocks (https://arxiv.org/abs/2211.15841).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["Order", "group", "grouped_linear"]


class Order:
    """Which row goes where: made once per layer by `group`, used on the way in and on the way out.

    rows: (N k,) the token of each sorted row. place: (N k,) its index in (token, choice) order.
    counts: (E,) int64, rows of each expert. ends: (E,) int32, where each expert's rows end.
    """

    __slots__ = ("_bounds", "counts", "ends", "place", "rows")

    def __init__(self, chosen: Tensor, experts: int) -> None:
        flat = chosen.reshape(-1)
        self.place = torch.argsort(flat, stable=True)
        self.rows = self.place // chosen.shape[1]
        self.counts = torch.bincount(flat, minlength=experts)
        self.ends = self.counts.cumsum(0).to(torch.int32)
        self._bounds: list[int] | None = None

    @property
    def bounds(self) -> list[int]:
        """0 and the end of each expert's rows, as numbers; asks the device once."""
        if self._bounds is None:
            self._bounds = [0, *self.ends.tolist()]
        return self._bounds


def group(chosen: Tensor, experts: int) -> Order:
    """chosen: (N, k) int64, the experts of each token -> the order by expert."""
    return Order(chosen, experts)


class _Loop(torch.autograd.Function):
    """y[s:e] = x[s:e] W[i]^T for the i-th expert's rows."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bounds: list[int]) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.bounds = bounds
        y = x.new_empty(len(x), weight.shape[1])
        for i, w in enumerate(weight.unbind(0)):
            s, e = bounds[i], bounds[i + 1]
            if e > s:
                torch.mm(x[s:e], w.t(), out=y[s:e])
        return y

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Tensor, Tensor, None]:
        grad = grads[0].contiguous()
        x, weight = ctx.saved_tensors
        bounds = ctx.bounds
        dx, dw = torch.empty_like(x), torch.zeros_like(weight)
        for i, w in enumerate(weight.unbind(0)):
            s, e = bounds[i], bounds[i + 1]
            if e > s:
                torch.mm(grad[s:e], w, out=dx[s:e])
                torch.mm(grad[s:e].t(), x[s:e], out=dw[i])
        return dx, dw, None


def grouped_linear(x: Tensor, weight: Tensor, order: Order) -> Tensor:
    """x: (N k, D) sorted by expert, weight: (E, F, D) -> (N k, F)."""
    if x.is_cuda:
        return F.grouped_mm(
            x.to(torch.bfloat16), weight.to(torch.bfloat16).transpose(-2, -1), offs=order.ends
        ).to(x.dtype)
    if torch.is_grad_enabled() and (x.requires_grad or weight.requires_grad):
        return _Loop.apply(x, weight, order.bounds)
    y = x.new_empty(len(x), weight.shape[1])
    for i, (s, e) in enumerate(zip(order.bounds, order.bounds[1:], strict=False)):
        if e > s:
            torch.mm(x[s:e], weight[i].t(), out=y[s:e])
    return y
