"""A beginning from which a model can copy: one head that looks at the token before, one that finds it again.

Design choices
- What a small model needs for grounded answers is the induction circuit, and plain training finds it late:
  not within 1.2 M tokens here. So it is written into the weights before the first step: repeated random
  tokens are continued right in 19 of 20 places by a model that has seen no text. Training may change it.
- First layer, first head: query and key are constant (one number of the embedding is the same for every
  token), turned by the fast rotations so that they meet one place back. It writes what that token is into the
  last third of the residual stream, which the embeddings leave empty at first.
- Second layer, first head: the token here is sought among those notes, by the slow rotations only, so that
  distance hardly matters; what stands there is added to the prediction.
- All other heads, the router and the experts begin as ever. Nothing in the architecture changes.

The circuit: Olsson et al. 2022 (https://arxiv.org/abs/2209.11895). Weights that begin as trained ones look:
Trockman and Kolter 2023 (https://arxiv.org/abs/2305.09828). Letters: docs/shapes.md.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from duologue.text.errors import TextError
from duologue.text.model import Attention, Block, Model

__all__ = ["begin"]

CONSTANT = 1.0  # that number of the embedding; so large that the frequencies learned there keep its sign
SPREAD = 0.1  # standard deviation of the others: five times the usual, or the first steps would drown them
HEAD = 0.3  # gain of the last norm, which keeps the first predictions flat all the same
GAIN = 2.0  # of queries and keys, so that the two heads are sure of themselves
SHARE = 2.0  # how much of what was found is added, beside the token's own embedding


def _basis(rows: int, columns: int) -> Tensor:
    """Random orthonormal rows: (rows, columns)."""
    q: Tensor = torch.linalg.qr(torch.randn(columns, columns))[0]
    return q[:rows]


def _attention(model: Model, layer: int) -> tuple[Attention, Tensor, Tensor, Tensor]:
    """A layer's attention with gains raised, and the first head's rows for q, k, v, (head_width, D) each."""
    block = model.blocks[layer]
    if not isinstance(block, Block):
        raise TextError(f"layer {layer} is {type(block).__name__}, not a Block")
    attention, c = block.attention, model.config
    nn.init.constant_(attention.q_norm.weight, GAIN)
    nn.init.constant_(attention.k_norm.weight, GAIN)
    H = c.head_width
    starts = (0, c.heads * H, (c.heads + c.kv_heads) * H)
    q, k, v = (attention.qkv.weight[s : s + H] for s in starts)
    for rows in (q, k, v):
        rows.zero_()
    return attention, q, k, v


@torch.no_grad()
def begin(model: Model) -> None:
    """Write the circuit into the first two layers of a new `model`.

    Raises TextError for a model of one layer, or too narrow to keep a head's notes apart.
    """
    c = model.config
    H, half, known = c.head_width, c.head_width // 2, c.width * 2 // 3
    if c.layers < 2 or c.width - known < H:
        raise TextError(f"copying needs two layers and a width of {3 * H}, not {c.layers} and {c.width}")
    embedding = model.embedding.weight
    embedding.mul_(SPREAD / embedding.std())
    embedding[:, 0] = CONSTANT
    embedding[:, known:] = 0
    nn.init.constant_(model.norm.weight, HEAD)
    for norm in (n for b in model.blocks if isinstance(b, Block) for n in (b.attention_norm, b.mlp_norm)):
        norm.weight[0] = 0.2  # the constant is for the first head, not for everyone
    for block in (b for b in model.blocks if isinstance(b, Block)):
        block.mlp_norm.weight[0] = 0.0  # least of all for the router: it would send every token one way
    what, said = _basis(H, known - 1), _basis(H, known - 1)

    attention, q, k, v = _attention(model, 0)
    theta = c.rope_theta ** (-torch.arange(half) / half)
    fast = theta**0.25 * (torch.arange(half) < half // 3)
    q[:half, 0], q[half:, 0], k[:half, 0] = fast * theta.cos(), -fast * theta.sin(), fast
    v[:, 1:known] = what
    attention.out.weight[known : known + H, :H] = torch.eye(H)

    attention, q, k, v = _attention(model, 1)
    slow = torch.cat([torch.arange(half // 2, half), torch.arange(half // 2, half) + half])
    mixed = _basis(len(slow), H)
    q[slow, 1:known] = mixed @ what
    k[slow, known : known + H] = mixed
    v[:, 1:known] = said
    attention.out.weight[1:known, :H] = SHARE * said.t()
