"""Which optimiser tends which parameters.

Design choices
- Muon on the matrices of attention and experts (each expert a matrix of its own), AdamW on embedding, norms
  and router; weight decay on all but the norms.
- Matrices that are stacked in one parameter (q, k, v; gate and up) are told to Muon as parts.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from duologue.text.model import ModelConfig
from duologue.text.train.muon import Muon

__all__ = ["optimisers"]


def optimisers(
    model: nn.Module,
    *,
    lr: float = 4e-3,
    adam_lr: float = 3e-3,
    weight_decay: float = 0.05,
    muon: bool = True,
    bf16: bool = False,
) -> list[torch.optim.Optimizer]:
    """Muon for matrices and stacks of them, AdamW for the rest; `muon` False: AdamW for all.

    bf16: Muon's own matmuls, on a CPU too. Each group carries its full rate as "peak".
    """
    named = dict(model.named_parameters())
    hidden = {
        n: p for n, p in named.items() if muon and p.ndim >= 2 and "embedding" not in n and "router" not in n
    }
    rest = {n: p for n, p in named.items() if n not in hidden}
    meshes = {
        getattr(p, "device_mesh", None) for p in rest.values()
    }  # the fused update takes one mesh at a time
    found: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(
            [
                {"params": [p for p in rest.values() if p.ndim >= 2], "weight_decay": weight_decay},
                {"params": [p for p in rest.values() if p.ndim < 2], "weight_decay": 0.0},
            ],
            lr=adam_lr, betas=(0.9, 0.95), fused=len(meshes) == 1, foreach=False,
        )
    ]  # fmt: skip
    if hidden:
        parts = {n: 3 if "qkv" in n else 2 if "gate_up" in n else 1 for n in hidden}
        groups: list[dict[str, Any]]
        groups = [{"params": [p for n, p in hidden.items() if parts[n] == k], "parts": k} for k in (1, 2, 3)]
        c: ModelConfig | None = getattr(model, "config", None)
        if c is not None and c.kv_heads != c.heads:
            groups[2]["parts"] = tuple(c.head_width * n for n in (c.heads, c.kv_heads, c.kv_heads))
        found.append(Muon(groups, lr=lr, weight_decay=weight_decay, bf16=bf16))
    for optimiser in found:
        for g in optimiser.param_groups:
            g["peak"] = g["lr"]
    return found
