"""Curves of the voice's training runs, drawn from the logs in docs/curves.

Each stage writes `log.csv` (duologue.voice.train.loop); the logs of runs worth keeping are copied to
docs/curves/voice-STAGE.csv. Solid: training, mean of the last 200 steps. Dashed: held out.

    python benchmarks/voice_curves.py        # writes docs/curves/voice.png
"""

from __future__ import annotations

import csv
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "docs" / "curves"
PANELS = {
    "voice-match-even-weights": ("match, even weights (12 min)", ("lh", "lr", "theta", "phi")),
    "voice-match": ("match, magnitudes first", ("lh", "lr", "theta", "phi")),
    "voice-waveform": ("waveform: other voices, first way", ("complex", "level", "lh", "lr")),
    "voice-transfer": ("transfer: other voices, second way", ("lh", "lr", "other_lh", "other_lr")),
    "voice-adversarial": ("adversarial: other voices", ("stft", "adversary", "judge", "lh", "lr")),
    "voice-prosody": ("prosody", ("duration", "f0", "voicing", "energy")),
}


def main() -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    found = [(name, *panel) for name, panel in PANELS.items() if (FOLDER / f"{name}.csv").exists()]
    figure, axes = plt.subplots(1, len(found), figsize=(4 * len(found), 4), squeeze=False)
    for axis, (name, title, terms) in zip(axes[0], found, strict=True):
        rows = list(csv.DictReader((FOLDER / f"{name}.csv").read_text().splitlines()))
        for k, term in enumerate(terms):
            for column, line in ((term, "-"), (f"eval_{term}", "--"), (f"eval_af_heart_{term}", "--")):
                points = [(float(r["seconds"]) / 60, float(r[column])) for r in rows if r.get(column)]
                if points:
                    axis.plot(
                        *zip(*points, strict=True), line, color=f"C{k}", label=term if line == "-" else None
                    )
        axis.set_title(title, fontsize=10)
        axis.set_xlabel("minutes on one CPU core")
        axis.set_yscale("log")
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(FOLDER / "voice.png", dpi=80)
    print(FOLDER / "voice.png")


if __name__ == "__main__":
    main()
