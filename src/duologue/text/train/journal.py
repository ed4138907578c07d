"""What a run writes about itself: `log.csv`, `curve.png`, `experts.png`.

Design choices
- One line per report, appended and flushed, so a run that is killed has lost nothing of its past.
- Plots are drawn anew with each checkpoint: loss and bits per byte over tokens, tokens per second over time,
  and the load of every expert in every layer.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["COLUMNS", "append", "plot", "read"]

COLUMNS = (
    "step", "tokens", "seconds", "loss", "lr", "tokens_per_second", "norm", "balance", "z", "load_max",
    "load_min", "eval_bpb", "eval_grammar",
)  # fmt: skip


def append(path: Path, row: dict[str, float]) -> None:
    """Add one line; columns that `row` lacks stay empty."""
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        if new:
            writer.writeheader()
        writer.writerow({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()})


def read(path: Path) -> dict[str, NDArray[np.float64]]:
    """The columns; NaN where a line has none."""
    rows = list(csv.DictReader(path.read_text().splitlines()))
    return {name: np.array([float(r[name]) if r.get(name) else np.nan for r in rows]) for name in COLUMNS}


def plot(folder: Path, load: NDArray[np.float64] | None = None) -> None:
    """Draw `folder`/log.csv; `load`: (layers, experts), each row a distribution."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    log = read(folder / "log.csv")
    tokens = log["tokens"] / 1e6
    figure, axes = plt.subplots(1, 3, figsize=(13, 3.8))
    axes[0].plot(tokens, log["loss"], label="training loss, nats a token", lw=1)
    at = ~np.isnan(log["eval_bpb"])
    axes[0].plot(tokens[at], log["eval_bpb"][at], marker=".", label="held-out bits a byte")
    axes[0].set_xlabel("million tokens")
    axes[0].legend()
    axes[1].plot(log["seconds"] / 60, log["tokens_per_second"], lw=1)
    axes[1].set_xlabel("minutes")
    axes[1].set_title("tokens per second", fontsize=10)
    axes[1].set_ylim(bottom=0)
    axes[2].plot(tokens, log["load_max"], label="busiest expert")
    axes[2].plot(tokens, log["load_min"], label="idlest expert")
    axes[2].set_xlabel("million tokens")
    axes[2].set_title("load, 1 = even", fontsize=10)
    axes[2].set_yscale("log")
    axes[2].legend()
    for a in axes:
        a.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(folder / "curve.png", dpi=90)
    plt.close(figure)
    if load is not None and load.size:
        figure, axis = plt.subplots(figsize=(7, 3.5))
        image = axis.imshow(load * load.shape[1], aspect="auto", cmap="viridis", vmin=0)
        axis.set_xlabel("expert")
        axis.set_ylabel("layer")
        figure.colorbar(image, label="load, 1 = even")
        figure.tight_layout()
        figure.savefig(folder / "experts.png", dpi=90)
        plt.close(figure)
