"""Preference tuning: direct preference optimisation on pairs of a passing and a failing answer.

Design choices
- Pairs come from the model itself (`duologue train text pairs`): what it said and a checker passed against
  what it said and the checker refused, so the gradient is about its own mistakes.
- The reference is the model that the run began from; its log-probabilities are computed once, before
  training.
- The likelihood of the chosen answer is held up by a share of plain cross-entropy: without it both fall.
- Only the answers' tokens count; pairs are batched by length.

Rafailov et al. 2023 (https://arxiv.org/abs/2305.18290); the added likelihood after https://arxiv.org/abs/2404.19733.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from duologue.text.errors import TextError
from duologue.text.model import Model
from duologue.text.tokenizer import BOS, load
from duologue.text.train.loop import load_model, save_model
from duologue.text.train.pack import encode

__all__ = ["Pair", "log_likelihoods", "main", "preference_loss", "read"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Tokens and mask of the whole conversation, once with each answer."""

    chosen: tuple[NDArray[np.uint16], NDArray[np.uint8]]
    rejected: tuple[NDArray[np.uint16], NDArray[np.uint8]]


def read(path: Path, longest: int) -> list[Pair]:
    """The pairs of a file of JSON lines (`messages`, `chosen`, `rejected`), those past `longest` left out.

    Raises TextError where none is left.
    """
    tokenizer, pairs = load(), []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        both = [
            encode(tokenizer, [*row["messages"], {"role": "assistant", "content": row[k]}])
            for k in ("chosen", "rejected")
        ]
        if max(len(ids) for ids, _ in both) <= longest:
            pairs.append(Pair(*both))
    if not pairs:
        raise TextError(
            f"{path} holds no pair of at most {longest} tokens; make some with `duologue train text pairs`"
        )
    return sorted(pairs, key=lambda p: max(len(p.chosen[0]), len(p.rejected[0])))


def log_likelihoods(
    model: Model, rows: list[tuple[NDArray[np.uint16], NDArray[np.uint8]]]
) -> tuple[Tensor, Tensor]:
    """Sum of the log-probabilities of each row's masked tokens, (B,), and how many those are, (B,)."""
    length = max(len(ids) for ids, _ in rows)
    tokens = torch.full((len(rows), length), BOS)
    mask = torch.zeros(len(rows), length, dtype=torch.bool)
    for i, (ids, learned) in enumerate(rows):
        tokens[i, : len(ids)] = torch.from_numpy(ids.astype(np.int64))
        mask[i, : len(ids)] = torch.from_numpy(learned.astype(bool))
    device = model.embedding.weight.device
    tokens, mask = tokens.to(device), mask.to(device)
    features, _ = model.features(tokens[:, :-1])
    row, place = mask[:, 1:].nonzero(as_tuple=True)
    logits = F.linear(features[row, place], model.embedding.weight).float()
    own = -F.cross_entropy(logits, tokens[row, place + 1], reduction="none")
    return own.new_zeros(len(rows)).index_add(0, row, own), torch.bincount(row, minlength=len(rows))


def preference_loss(
    chosen: Tensor, rejected: Tensor, chosen_reference: Tensor, rejected_reference: Tensor, beta: float
) -> tuple[Tensor, Tensor]:
    """Log-likelihoods (B,) each -> each pair's loss and by how much its chosen one is preferred, (B,)."""
    margin = beta * ((chosen - chosen_reference) - (rejected - rejected_reference))
    return -F.logsigmoid(margin), margin


def main() -> None:
    """`duologue train text prefer`."""
    from tqdm import tqdm

    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--init", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--passes", type=float, default=1, help="over the pairs, at most")
    parser.add_argument("--batch", type=int, default=8, help="pairs")
    parser.add_argument("--lr", type=float, default=2e-5)
    parser.add_argument("--beta", type=float, default=0.1)
    parser.add_argument(
        "--likelihood", type=float, default=0.5, help="weight of the chosen answer's cross-entropy"
    )
    parser.add_argument("--longest", type=int, default=1024)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    model = load_model(args.init).to(args.device)
    pairs = read(args.pairs, args.longest)
    batches = [pairs[i : i + args.batch] for i in range(0, len(pairs), args.batch)]
    with torch.no_grad():
        reference = [
            (
                log_likelihoods(model, [p.chosen for p in b])[0],
                log_likelihoods(model, [p.rejected for p in b])[0],
            )
            for b in tqdm(batches, desc="reference")
        ]
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.lr, betas=(0.9, 0.98), weight_decay=0.0)
    steps = max(1, round(args.passes * len(batches)))
    order = [i for n in range(-(-steps // len(batches))) for i in random.Random(args.seed + n).sample(
        range(len(batches)), len(batches))][:steps]  # fmt: skip
    begun, losses, right = time.monotonic(), [], []
    with tqdm(order, desc=args.out.name) as bar:
        for step, i in enumerate(bar):
            spent = (time.monotonic() - begun) / 60 / args.minutes
            if spent >= 1:
                break
            scale = min(1.0, (step + 1) / 10, max(1 - spent, 0.05), (steps - step) / steps + 0.05)
            for group in optimiser.param_groups:
                group["lr"] = args.lr * scale
            chosen, count = log_likelihoods(model, [p.chosen for p in batches[i]])
            rejected, _ = log_likelihoods(model, [p.rejected for p in batches[i]])
            each, margin = preference_loss(chosen, rejected, reference[i][0], reference[i][1], args.beta)
            loss = each.mean() - args.likelihood * (chosen / count).mean()
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            losses.append(float(loss.detach()))
            right.append(float((margin > 0).float().mean()))
            bar.set_postfix(loss=f"{np.mean(losses[-20:]):.3f}", preferred=f"{np.mean(right[-20:]):.2f}")
    save_model(model, args.out)
    print(f"{args.out}: {len(losses)} steps of {args.batch} pairs, preferred {np.mean(right[-20:]):.2f}")


if __name__ == "__main__":
    main()
