"""Grouped expert matmul: rows sorted by expert, each group times its own matrix.

Design choices
- Tokens are sorted by expert once per layer; every expert then reads one contiguous slice, so no token is
  dropped. Nothing is padded either, save in bfloat16 on a CPU: there every new shape is compiled anew (2.5 ms
  for a matmul of 0.14), so slices are rounded up to a `MULTIPLE` of rows whose share is zero.
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

__all__ = ["MULTIPLE", "Order", "group", "grouped_linear"]

MULTIPLE = 64  # rows of an expert in bfloat16 on a CPU


class Order:
    """Which row goes where: made once per layer by `group`, used on the way in and on the way out.

    M = N k, or more with padding, whose place is N k and whose row is 0.
    rows: (M,) the token of each sorted row. place: (M,) its index in (token, choice) order.
    counts: (E,) int64, rows of each expert. ends: (E,) int32, where each expert's rows end.
    """

    __slots__ = ("_bounds", "counts", "ends", "place", "rows")

    def __init__(self, chosen: Tensor, experts: int, multiple: int = 1) -> None:
        flat = chosen.reshape(-1)
        self.place = torch.argsort(flat, stable=True)
        self.rows = self.place // chosen.shape[1]
        self.counts = torch.bincount(flat, minlength=experts)
        if multiple > 1:
            exact, self.counts = self.counts, (self.counts + multiple - 1) // multiple * multiple
            shift = (self.counts - exact).cumsum(0) - (self.counts - exact)  # padding before each expert
            at = torch.arange(len(flat), device=flat.device) + shift.repeat_interleave(exact)
            total = int(self.counts.sum())
            self.place = self.place.new_full((total,), len(flat)).index_copy_(0, at, self.place)
            self.rows = self.rows.new_zeros(total).index_copy_(0, at, self.rows)
        self.ends = self.counts.cumsum(0).to(torch.int32)
        self._bounds: list[int] | None = None

    @property
    def bounds(self) -> list[int]:
        """0 and the end of each expert's rows, as numbers; asks the device once."""
        if self._bounds is None:
            self._bounds = [0, *self.ends.tolist()]
        return self._bounds


def group(chosen: Tensor, experts: int, multiple: int = 1) -> Order:
    """chosen: (N, k) int64, the experts of each token -> the order by expert, each padded to a `multiple`."""
    return Order(chosen, experts, multiple)


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
    if torch.is_autocast_enabled("cpu"):
        x, weight = (t.to(torch.get_autocast_dtype("cpu")) for t in (x, weight))
    if torch.is_grad_enabled() and (x.requires_grad or weight.requires_grad):
        return _Loop.apply(x, weight, order.bounds)
    y = x.new_empty(len(x), weight.shape[1])
    for i, (s, e) in enumerate(zip(order.bounds, order.bounds[1:], strict=False)):
        if e > s:
            torch.mm(x[s:e], weight[i].t(), out=y[s:e])
    return y
