"""Training with several processes under torchrun: FSDP2, and experts in parallel.

    torchrun --nproc-per-node 8 -m duologue.text.train.pretrain ... --expert-parallel 8

Design choices
- Every process has its own rows of the batch, whatever holds the weights: `world = shard * expert` processes.
- All that is no expert is split by FSDP2 over all processes. With `--expert-parallel P` the experts belong to
  groups of P neighbours (keep P within one machine: tokens travel twice a layer), and FSDP2 splits each
  owner's experts over the `shard` dimension. Always by whole experts, which is what Muon needs.
- Gradients are summed, not averaged: the loop has divided by the tokens of the whole batch already.
- Weights stay gathered from forward to backward and while a batch is added up: the models of this house fit,
  and gathering twice costs more than the memory is worth. Optimiser and master weights stay split.
- The router is a unit of its own, because it belongs to all processes and its experts don't.
- On CPUs all of this runs on gloo: FSDP2, all-to-all, distributed checkpoints, everything in float32.

FSDP2: https://docs.pytorch.org/docs/stable/distributed.fsdp.fully_shard.html
"""

from __future__ import annotations

import os

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard, register_fsdp_forward_method

from duologue.text.errors import TextError
from duologue.text.model import Block, Experts, Model
from duologue.text.train.expert_parallel import SpreadExperts
from duologue.text.train.processes import Processes

__all__ = ["Cluster", "connect"]


class Cluster(Processes):
    """Several processes and their meshes: `world` (all), and `shard` by `expert` where experts are spread."""

    def __init__(self, device: torch.device, expert_parallel: int = 1) -> None:
        super().__init__(device)
        self.rank, self.world = dist.get_rank(), dist.get_world_size()
        self.everyone = init_device_mesh(device.type, (self.world,), mesh_dim_names=("world",))
        self.experts = None
        if expert_parallel > 1:
            shape = (self.world // expert_parallel, expert_parallel)
            self.experts = init_device_mesh(device.type, shape, mesh_dim_names=("shard", "expert"))

    def spread(self, model: Model) -> Model:
        """Lay `model`, the same in every process, over all of them; returns it.

        Raises TextError where the experts can't be shared out evenly.
        """
        units: list[nn.Module] = []
        for block in model.blocks:
            assert isinstance(block, Block)
            if self.experts is not None and isinstance(block.mlp, Experts):
                owners = self.experts["expert"].size()
                if model.config.experts % owners:
                    raise TextError(
                        f"{model.config.experts} experts can't be shared by {owners} processes evenly"
                    )
                block.mlp = SpreadExperts(block.mlp, self.experts["expert"])
                fully_shard(block.mlp.router, mesh=self.everyone, reshard_after_forward=False)
                fully_shard(block.mlp, mesh=self.experts["shard"], reshard_after_forward=False)
                units += [block.mlp.router, block.mlp]
            fully_shard(block, mesh=self.everyone, reshard_after_forward=False)
            units.append(block)
        fully_shard(model, mesh=self.everyone, reshard_after_forward=False)
        for unit in [*units, model]:
            assert isinstance(unit, FSDPModule)
            unit.set_gradient_divide_factor(1.0)
            unit.set_force_sum_reduction_for_comms(True)
        register_fsdp_forward_method(model, "features")  # the loop calls it in forward's place
        return model

    def sum(self, x: Tensor) -> Tensor:
        """x of every process, added up."""
        x = x.to(self.device, copy=True)
        dist.all_reduce(x)
        return x

    def first(self, number: float) -> float:
        """The number that the first process has."""
        return float(self.sum(torch.tensor(number if self.rank == 0 else 0.0, dtype=torch.float64)))

    def wait(self) -> None:
        """Until all are here."""
        self.first(0.0)

    def micro(self, model: nn.Module, *, last: bool) -> None:
        """Exchange gradients and let go of gathered weights with the last part of a batch only."""
        assert isinstance(model, FSDPModule)
        model.set_requires_gradient_sync(last)
        model.set_reshard_after_backward(last)

    def end(self) -> None:
        """Part from the others."""
        dist.destroy_process_group()


def connect(device: str) -> torch.device:
    """Join the processes that torchrun started, by NCCL or gloo -> this process' device."""
    if torch.device(device).type == "cuda":
        own = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(own)
        dist.init_process_group("nccl", device_id=own)
        return own
    dist.init_process_group("gloo")
    return torch.device("cpu")
