"""What training costs and brings: tokens per second, share of the machine's peak, MoE beside its dense twin.

Design choices
- Cost is measured here and now, on one thread: whole training steps of both models in turn, with a matrix
  product between them whose best is the machine's peak. Processor seconds, not the clock's, so that a
  neighbour's load takes little from the figures. In float32, and in bfloat16 where the processor has it.
- MFU counts what the model needs (6 per active parameter and token, causal attention), nothing that an
  implementation does besides.
- Quality comes from the logs that runs wrote: bits per byte of held-out text at equal tokens. Runs of one
  machine at different times don't share a clock, so equal time means equal processor seconds at the costs
  measured here.

    python benchmarks/text_training.py [--logs MOE.csv DENSE.csv] [--rounds 5] [--depth 4] [--keep]

`--keep` copies the logs to docs/curves, from where they are read without --logs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
import torch

from duologue.text.model import Model, ModelConfig, dense, of_depth
from duologue.text.tokenizer import load
from duologue.text.train import journal
from duologue.text.train.loss import balance, linear_cross_entropy
from duologue.text.train.optimisers import optimisers
from duologue.text.train.profile import bf16_pays
from report import machine, table, write

CURVES = Path(__file__).resolve().parents[1] / "docs" / "curves"
NAMES = ("MoE", "dense twin")
Log = dict[str, np.ndarray]


@dataclass
class Stage:
    """A model that can take training steps. batch: rows; length: tokens of a row."""

    config: ModelConfig
    batch: int
    length: int
    bf16: bool = False

    def __post_init__(self) -> None:
        torch.manual_seed(0)
        self.model = Model(self.config)
        self.tuners = optimisers(self.model, bf16=self.bf16)
        self.best = float("inf")

    def step(self) -> None:
        """One whole step on random tokens; keeps the shortest time, in processor seconds."""
        tokens = torch.randint(3, self.config.vocabulary, (self.batch, self.length + 1))
        begun = time.process_time()
        for tuner in self.tuners:
            tuner.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            features, routings = self.model.features(tokens[:, :-1])
        loss = linear_cross_entropy(
            features.flatten(0, 1), self.model.embedding.weight, tokens[:, 1:].flatten(),
            dtype=torch.bfloat16 if self.bf16 else None,
        )  # fmt: skip
        if routings:
            even, z = balance(routings)
            loss = loss + 0.01 * even + 1e-3 * z
        loss.backward()
        for tuner in self.tuners:
            tuner.step()
        self.best = min(self.best, time.process_time() - begun)

    @property
    def speed(self) -> float:
        """Tokens per processor second."""
        return self.batch * self.length / self.best


def peak(dtype: torch.dtype, size: int = 1536, repeats: int = 3) -> float:
    """FLOP/s of the best of some matrix products, per processor second."""
    a, b = (torch.randn(size, size).to(dtype) for _ in range(2))
    best = float("inf")
    for _ in range(repeats):
        begun = time.process_time()
        a @ b
        best = min(best, time.process_time() - begun)
    return 2 * size**3 / best


def costs(
    rounds: int, depth: int, batch: int, length: int, size: int = 1536
) -> tuple[list[dict[str, str]], list[float]]:
    """Rows of the table of costs, and both models' tokens per processor second, in the faster arithmetic."""
    config = of_depth(depth, context=2048, vocabulary=load().get_vocab_size())
    kinds = (False, True) if bf16_pays() else (False,)
    stages = {
        (name, narrow): Stage(shape, batch, length, narrow)
        for narrow in kinds
        for name, shape in zip(NAMES, (config, dense(config)), strict=True)
    }
    tops = dict.fromkeys(kinds, 0.0)
    for _ in range(rounds):  # in turn, so that all see the same neighbours
        for narrow in kinds:
            tops[narrow] = max(tops[narrow], peak(torch.bfloat16 if narrow else torch.float32, size))
        for stage in stages.values():
            stage.step()
    rows = []
    for (name, narrow), stage in stages.items():
        flops, top = stage.config.flops_per_token(length), tops[narrow]
        rows.append(
            {
                "model": name,
                "matmuls in": "bfloat16" if narrow else "float32",
                "parameters": f"{stage.config.total_parameters / 1e6:.1f} M",
                "active": f"{stage.config.active_parameters / 1e6:.1f} M",
                "MFLOP a token": f"{flops / 1e6:.0f}",
                "tokens per second": f"{stage.speed:.0f}",
                "GFLOP/s": f"{stage.speed * flops / 1e9:.1f}",
                "peak GFLOP/s": f"{top / 1e9:.1f}",
                "MFU": f"{100 * stage.speed * flops / top:.0f} %",
            }
        )
    return rows, [stages[name, kinds[-1]].speed for name in NAMES]


def points(log: Log) -> tuple[np.ndarray, np.ndarray]:
    """(tokens, bits per byte) where a log has them, each number of tokens once."""
    there = ~np.isnan(log["eval_bpb"])
    tokens, at = np.unique(log["tokens"][there], return_index=True)
    return tokens, log["eval_bpb"][there][at]


def at(log: Log, tokens: float) -> float:
    """Bits per byte after so many tokens, between measurements on a straight line; NaN outside of them."""
    x, y = points(log)
    return float(np.interp(tokens, x, y, np.nan, np.nan)) if len(x) else float("nan")


def compare(logs: list[Log], speeds: list[float], count: int = 6) -> list[list[dict[str, str]]]:
    """Rows at equal tokens and rows at equal processor time, over the range that both logs cover."""
    ends = [points(log)[0] for log in logs]
    if not all(len(e) for e in ends):
        return []

    def row(label: str, value: str, bpb: list[float]) -> dict[str, str]:
        cells = {name: f"{x:.3f}" for name, x in zip(NAMES, bpb, strict=True)}
        return {label: value, **cells, "difference": f"{bpb[0] - bpb[1]:+.3f}"}

    low, high = max(e[0] for e in ends), min(e[-1] for e in ends)
    if low > high:
        return []  # no number of tokens lies in both
    tokens = [
        row("tokens", f"{n / 1e6:.2f} M", [at(log, n) for log in logs])
        for n in np.geomspace(low, high, count)
    ]
    seconds = [e / s for e, s in zip(ends, speeds, strict=True)]
    low, high = max(s[0] for s in seconds), min(s[-1] for s in seconds)
    times = [
        row(
            "minutes of one thread",
            f"{t / 60:.1f}",
            [at(g, t * s) for g, s in zip(logs, speeds, strict=True)],
        )
        for t in np.geomspace(low, high, count)
    ]
    return [tokens, times]


def draw(logs: list[Log], speeds: list[float], path: Path) -> None:
    """Training loss and bits per byte over tokens, bits per byte over time."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(13, 3.8))
    for name, log, speed in zip(NAMES, logs, speeds, strict=True):
        has = ~np.isnan(log["loss"])
        window = min(15, max(1, int(has.sum()) // 4))
        smooth = np.convolve(log["loss"][has], np.ones(window) / window, "valid")
        axes[0].plot(log["tokens"][has][window - 1 :] / 1e6, smooth, label=name)
        x, y = points(log)
        axes[1].plot(x / 1e6, y, marker=".", label=name)
        axes[2].plot(x / speed / 60, y, marker=".", label=name)
    for axis, title, label in zip(
        axes,
        ("training loss, nats a token", "held-out bits per byte", "held-out bits per byte"),
        ("million tokens", "million tokens", "minutes of one thread"),
        strict=True,
    ):
        axis.set_title(title, fontsize=10)
        axis.set_xlabel(label)
        axis.grid(alpha=0.3)
        axis.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=90)
    plt.close(figure)


def main() -> None:
    """Measure, print, draw and write results/text_training.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--logs", nargs=2, type=Path, metavar=("MOE", "DENSE"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--depth", type=int, default=4)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--length", type=int, default=512)
    parser.add_argument("--keep", action="store_true", help="copy the logs to docs/curves")
    parser.add_argument("--dry", action="store_true", help="print only, write no result")
    args = parser.parse_args()
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    kept = [CURVES / "text-moe.csv", CURVES / "text-dense.csv"]
    if args.logs and args.keep:
        for source, target in zip(args.logs, kept, strict=True):
            shutil.copyfile(source, target)
    rows, speeds = costs(args.rounds, args.depth, args.batch, args.length)
    parts = [("Cost of a training step", rows)]
    paths = args.logs or kept
    if all(path.exists() for path in paths):
        logs = [journal.read(path) for path in paths]
        headings = ("Bits per byte at equal tokens", "Bits per byte at equal time")
        parts += list(zip(headings, compare(logs, speeds), strict=False))
        if not args.dry:
            draw(logs, speeds, CURVES / "text.png")
    for heading, lines in parts:
        print(f"\n{heading}\n{table(lines)}")
    if not args.dry:
        about = (
            f"`python benchmarks/text_training.py --rounds {args.rounds}`: whole training steps (forward, "
            f"backward, Muon and AdamW) of {args.batch} rows of {args.length} tokens on one "
            "thread, the best of the rounds, both models and a matrix product in turn; processor seconds. "
            "Bits per byte from the logs of the two runs (docs/curves/text-moe.csv, text-dense.csv) over the "
            "range that both cover, which is where data, order and rates are the same; equal time at the "
            "costs of the first table."
        )
        print(write("text_training", "Training of the text model", about, parts, machine(("numpy", "torch"))))


if __name__ == "__main__":
    main()
