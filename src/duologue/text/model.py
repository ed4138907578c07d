"""The text model: a Qwen3 mixture-of-experts transformer in plain PyTorch.

Design choices
- The arithmetic is that of transformers' `Qwen3MoeForCausalLM`, held to it by a test, so every runtime
  loads it.
- One dial, the depth: width, heads, experts and their width follow from it (`of_depth`); `mini` is 4,
  `tiny` 8, `base` 12.
- No shared expert and no bias; q and k are normalised per head; embedding and head are tied.
- The router computes in float32, and what it did is returned beside the features, not kept on the module:
  the training loop makes its losses and its load table of it.
- Projections that write into the residual stream begin at zero: every block is the identity at first.
- The model knows nothing of training or parallelism.

Qwen3: https://arxiv.org/abs/2505.09388; mixture of experts: https://arxiv.org/abs/2101.03961.
Letters: docs/shapes.md.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from duologue.text.errors import TextError
from duologue.text.experts import MULTIPLE, Order, group, grouped_linear

__all__ = ["Model", "ModelConfig", "Routing", "base", "dense", "mini", "of_depth", "tiny"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelConfig:
    """`experts` 0 means a dense model: one SwiGLU of `active * expert_width`."""

    vocabulary: int = 16_384
    width: int = 320
    layers: int = 8
    heads: int = 5
    kv_heads: int = 5
    head_width: int = 64
    experts: int = 16
    active: int = 2
    expert_width: int = 256
    context: int = 1024
    rope_theta: float = 100_000.0
    epsilon: float = 1e-6

    def __post_init__(self) -> None:
        if self.heads % self.kv_heads or self.head_width % 2:
            raise TextError("heads must be a multiple of kv_heads and head_width even")
        if self.experts and not 1 <= self.active <= self.experts:
            raise TextError(f"active experts must be 1 to {self.experts}, not {self.active}")

    def as_dict(self) -> dict[str, Any]:
        """For `config.json`."""
        return asdict(self)

    @property
    def active_parameters(self) -> int:
        """Parameters that touch one token, the tied embedding counted once."""
        attention = self.width * self.head_width * 2 * (self.heads + self.kv_heads)
        experts = 3 * self.width * self.active * self.expert_width + self.width * self.experts
        return self.vocabulary * self.width + self.layers * (attention + experts)

    @property
    def total_parameters(self) -> int:
        """All matrices; norms left out."""
        idle = max(self.experts - self.active, 0) * 3 * self.width * self.expert_width
        return self.active_parameters + self.layers * idle

    def flops_per_token(self, length: int) -> float:
        """Forward and backward, for sequences of `length`: 6 per active parameter, and causal attention."""
        attention = 12 * self.layers * self.heads * self.head_width * length / 2
        return 6 * self.active_parameters + attention


def of_depth(depth: int, **changes: Any) -> ModelConfig:
    """The family: everything from the number of layers. Below 8 experts are few, so that each sees more."""
    heads = max(1, round(depth * 2 / 3))
    experts = 8 if depth < 8 else 16 if depth < 12 else 32
    config = ModelConfig(
        layers=depth, heads=heads, kv_heads=heads if heads % 2 else heads // 2, width=64 * heads,
        experts=experts, active=max(2, experts // 8), expert_width=32 * depth,
    )  # fmt: skip
    return replace(config, **changes)


def mini() -> ModelConfig:
    """4.5 M parameters, 2.8 M active: what a CPU can train in two hours."""
    return of_depth(4, vocabulary=8192)


def tiny() -> ModelConfig:
    """40 M parameters, 12.5 M active: what a CPU can train in some days."""
    return of_depth(8)


def base() -> ModelConfig:
    """244 M parameters, 46 M active: what a GPU can."""
    return of_depth(12)


def dense(config: ModelConfig) -> ModelConfig:
    """The twin of equal active size without experts."""
    return replace(config, experts=0)


class Routing(NamedTuple):
    """What one layer's router did. logits: (N, E) float32. chosen: (N, k) int64."""

    logits: Tensor
    chosen: Tensor


def _rotations(
    config: ModelConfig, length: int, device: torch.device, start: int = 0
) -> tuple[Tensor, Tensor]:
    """cos and sin: (T, head_width)."""
    half = torch.arange(0, config.head_width, 2, device=device, dtype=torch.float32) / config.head_width
    angles = torch.outer(torch.arange(start, start + length, device=device).float(), config.rope_theta**-half)
    angles = torch.cat([angles, angles], -1)
    return angles.cos(), angles.sin()


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """x: (B, H, T, head_width); the halves are the pairs, as in transformers."""
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat([-b, a], -1) * sin


def _attend(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """q: (B, H, T, d), k and v: (B, KV, T, d) -> (B, H, T, d), causal.

    In bfloat16 on a CPU plain matmuls take three fifths of the fused kernel's time, backward included.
    """
    B, H, T, d = q.shape
    KV = k.shape[1]
    if not torch.is_autocast_enabled("cpu"):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=H != KV)
    with torch.autocast("cpu", enabled=False):  # which would make the softmax float32
        q, k, v = ((x if x.is_contiguous() else x.contiguous()).to(torch.bfloat16) for x in (q, k, v))
        rows = (q * d**-0.5).view(B * KV, -1, d)  # heads that share their keys, below one another
        future = q.new_full((T, T), float("-inf")).triu(1).repeat(H // KV, 1)
        scores = torch.baddbmm(future, rows, k.view(B * KV, T, d).mT)
        return (scores.softmax(-1) @ v.view(B * KV, T, d)).view(B, H, T, d)


class Attention(nn.Module):
    """Causal attention with normalised queries and keys and rotary positions."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        width = config.head_width * (config.heads + 2 * config.kv_heads)
        self.qkv = nn.Linear(config.width, width, bias=False)
        self.out = nn.Linear(config.heads * config.head_width, config.width, bias=False)
        self.q_norm = nn.RMSNorm(config.head_width, eps=config.epsilon)
        self.k_norm = nn.RMSNorm(config.head_width, eps=config.epsilon)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """x: (B, T, D) -> (B, T, D)."""
        c = self.config
        B, T, _ = x.shape
        q, k, v = self.qkv(x).split([c.head_width * n for n in (c.heads, c.kv_heads, c.kv_heads)], -1)
        q, k = q.to(self.q_norm.weight.dtype), k.to(self.k_norm.weight.dtype)  # float32, under autocast too
        q = _rotate(self.q_norm(q.view(B, T, c.heads, -1)).transpose(1, 2), cos, sin)
        k = _rotate(self.k_norm(k.view(B, T, c.kv_heads, -1)).transpose(1, 2), cos, sin)
        v = v.view(B, T, c.kv_heads, -1).transpose(1, 2)
        y = _attend(q, k, v)
        return self.out(y.transpose(1, 2).reshape(B, T, -1))


class Router(nn.Linear):
    """A linear layer in float32, whatever the rest computes in."""

    def forward(self, x: Tensor) -> Tensor:
        """x: (N, D) -> logits (N, E) float32."""
        with torch.autocast(x.device.type, enabled=False):
            return F.linear(x.float(), self.weight.float())


class Experts(nn.Module):
    """A router and its SwiGLU experts. gate_up: (E, 2 F, D), gate first. down: (E, D, F)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.active = config.active
        self.router = Router(config.width, config.experts, bias=False)
        self.gate_up = nn.Parameter(torch.empty(config.experts, 2 * config.expert_width, config.width))
        self.down = nn.Parameter(torch.empty(config.experts, config.width, config.expert_width))

    def forward(self, x: Tensor) -> tuple[Tensor, Routing]:
        """x: (N, D) -> (N, D) and what the router did."""
        logits = self.router(x)
        shares, chosen = logits.softmax(-1).topk(self.active, -1)
        shares = shares / shares.sum(-1, keepdim=True)
        padded = torch.is_autocast_enabled("cpu")
        order = group(chosen, logits.shape[1], MULTIPLE if padded else 1)
        y = self.compute(x[order.rows], order)
        shares = shares.reshape(-1)
        if padded:
            shares = F.pad(shares, (0, 1))  # of a padding row: none
        y = y * shares[order.place, None].to(y.dtype)
        return torch.zeros_like(x).index_add(0, order.rows, y.to(x.dtype)), Routing(logits, chosen)

    def compute(self, x: Tensor, order: Order) -> Tensor:
        """x: (N k, D) sorted by expert -> each row through its expert, (N k, D)."""
        gate, up = grouped_linear(x, self.gate_up, order).chunk(2, -1)
        return grouped_linear(F.silu(gate) * up, self.down, order)


class Dense(nn.Module):
    """One SwiGLU for every token. gate_up: (2 F, D), gate first."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        width = config.active * config.expert_width
        self.gate_up = nn.Linear(config.width, 2 * width, bias=False)
        self.down = nn.Linear(width, config.width, bias=False)

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        """x: (N, D) -> (N, D)."""
        gate, up = self.gate_up(x).chunk(2, -1)
        return self.down(F.silu(gate) * up), None


class Block(nn.Module):
    """Attention, then experts, each on a normalised copy and added back."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(config.width, eps=config.epsilon)
        self.attention = Attention(config)
        self.mlp_norm = nn.RMSNorm(config.width, eps=config.epsilon)
        self.mlp: Experts | Dense = Experts(config) if config.experts else Dense(config)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> tuple[Tensor, Routing | None]:
        """x: (B, T, D) -> (B, T, D) and what the router did."""
        x = x + self.attention(self.attention_norm(x), cos, sin)
        y, routing = self.mlp(self.mlp_norm(x).flatten(0, 1))
        return x + y.view_as(x), routing


class Model(nn.Module):
    """Tokens in, logits out."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))
        self.norm = nn.RMSNorm(config.width, eps=config.epsilon)
        self.reset()

    def reset(self) -> None:
        """Begin anew: matrices at 1/sqrt(width), what writes into the residual stream at zero."""
        for name, p in self.named_parameters():
            if p.ndim == 1:
                nn.init.ones_(p)
            elif name.endswith(("out.weight", "down", "down.weight")):
                nn.init.zeros_(p)
            else:
                nn.init.normal_(p, std=0.02 if name == "embedding.weight" else self.config.width**-0.5)

    def features(self, tokens: Tensor) -> tuple[Tensor, list[Routing]]:
        """tokens: (B, T) int64 -> what the head reads, (B, T, D), and what each router did.

        Raises TextError where T is past the context.
        """
        if tokens.shape[1] > self.config.context:
            raise TextError(f"{tokens.shape[1]} tokens are past the context of {self.config.context}")
        cos, sin = _rotations(self.config, tokens.shape[1], tokens.device)
        x = self.embedding(tokens)
        routings = []
        for block in self.blocks:
            x, routing = block(x, cos.to(x.dtype), sin.to(x.dtype))
            if routing is not None:
                routings.append(routing)
        return self.norm(x), routings

    def forward(self, tokens: Tensor) -> Tensor:
        """tokens: (B, T) int64 -> logits (B, T, V)."""
        return F.linear(self.features(tokens)[0], self.embedding.weight)
