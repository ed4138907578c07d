"""Experts that live in several processes: every token goes to the owners of its experts and comes back.

Design choices
- Of `E` experts over `P` processes each owns `E / P` neighbours. Rows are sorted by expert already, so what
  goes to one owner is one slice, and one all-to-all carries all of it; a second carries the answers back.
- No capacity and no dropped token: sizes are exchanged first, which costs one wait a layer.
- The gradient of an exchange is the exchange the other way, so experts see the gradients of all tokens they
  served, as they would in one process.
- The owner sorts what came from all processes by expert and runs the same grouped matmul as ever.
- The parameters keep their names and whole shapes, as DTensors split along the experts: checkpoints, and
  whoever shards them further, see one model.

GShard: https://arxiv.org/abs/2006.16668.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.tensor import DTensor, Shard, distribute_tensor
from torch.nn import functional as F

from duologue.text.experts import Order, group, grouped_linear
from duologue.text.model import Experts

__all__ = ["SpreadExperts", "exchange"]


class _Exchange(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, send: list[int], receive: list[int], among: dist.ProcessGroup) -> Tensor:
        ctx.sizes = send, receive
        ctx.among = among
        y = x.new_empty(sum(receive), *x.shape[1:])
        dist.all_to_all_single(y, x.contiguous(), receive, send, group=among)
        return y

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> tuple[Tensor, None, None, None]:
        send, receive = ctx.sizes
        x = grads[0].new_empty(sum(send), *grads[0].shape[1:])
        dist.all_to_all_single(x, grads[0].contiguous(), send, receive, group=ctx.among)
        return x, None, None, None


def exchange(x: Tensor, send: list[int], receive: list[int], among: dist.ProcessGroup) -> Tensor:
    """x: (sum(send), D), rows for process 0 first -> the rows meant for this one, (sum(receive), D)."""
    return _Exchange.apply(x, send, receive, among)  # type: ignore[no-untyped-call]


class SpreadExperts(Experts):
    """The experts of one layer, spread over the processes of `mesh` (one dimension), from whole ones."""

    def __init__(self, experts: Experts, mesh: DeviceMesh) -> None:
        nn.Module.__init__(self)
        self.active, self.router = experts.active, experts.router
        # All processes made the same weights from the same seed or file: each keeps its own, nothing is sent.
        self.gate_up, self.down = (
            nn.Parameter(distribute_tensor(p.detach(), mesh, [Shard(0)], src_data_rank=None))
            for p in (experts.gate_up, experts.down)
        )
        self.among, self.owners = mesh.get_group(), mesh.size()

    def compute(self, x: Tensor, order: Order) -> Tensor:
        """x: (N k, D) sorted by expert -> each row through its expert, wherever that is, (N k, D)."""
        gate_up, down = (p.to_local() if isinstance(p, DTensor) else p for p in (self.gate_up, self.down))
        sent = order.counts.view(self.owners, -1)  # (P, E / P): rows for each owner's experts
        received = torch.empty_like(sent)
        dist.all_to_all_single(received, sent, group=self.among)  # (P, E / P): rows from each process
        send, receive = torch.stack([sent.sum(1), received.sum(1)]).tolist()
        dtype = x.dtype
        x = exchange(x.to(torch.bfloat16) if x.is_cuda else x, send, receive, self.among)
        own = received.shape[1]
        expert = torch.arange(own, device=x.device).repeat(self.owners)
        here = group(expert.repeat_interleave(received.flatten())[:, None], own)
        gate, up = grouped_linear(x[here.rows], gate_up, here).chunk(2, -1)
        y = grouped_linear(F.silu(gate) * up, down, here)
        y = torch.empty_like(y).index_copy(0, here.rows, y)
        return exchange(y, receive, send, self.among).to(dtype)
