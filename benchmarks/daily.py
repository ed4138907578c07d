"""How long a five-minute briefing takes, and how true it is: `duologue daily` on the example feeds, offline.

    python benchmarks/daily.py [--threads 2]

Each style in a process of its own with an empty cache: wall and processor time of the whole run, length
beside the one asked for, and the share of sentences, numbers and names that the sources support. The last run
repeats the first with its cache. The table goes to benchmarks/results/daily.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from report import machine, write

FEEDS = Path(__file__).resolve().parents[1] / "examples" / "feeds"


def measure(style: str, minutes: float, threads: int, place: Path) -> dict[str, float]:
    """One run of the command: seconds, processor seconds, length and shares."""
    out = place / style.replace(" ", "-")
    command = [
        *(sys.executable, "-m", "duologue.cli", "daily", "--feed", *map(str, sorted(FEEDS.glob("*.xml")))),
        *("--minutes", str(minutes), "--style", style, "--date", "2026-11-22", "--offline", "--no-memory"),
        *("--threads", str(threads), "-o", str(out)),
    ]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=os.environ | {"DUOLOGUE_CACHE": str(place)})
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = json.loads((out / "grounding.json").read_text("utf-8"))
    episode = json.loads((out / "episode.json").read_text("utf-8"))
    return {
        "wall": wall,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "length": episode["mastering"]["seconds"],
        "supported": report["supported"],
        "numbers": report["numbers_found"] / max(report["numbers"], 1),
        "names": report["names_found"] / max(report["names"], 1),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        runs = ["crisp", "warm", "in depth", "crisp"]
        for number, style in enumerate(runs):
            got = measure(style, args.minutes, args.threads, Path(folder))
            off = got["length"] / (60 * args.minutes) - 1
            row = {
                "run": style if number < 3 else f"{style}, again",
                "wall s": f"{got['wall']:.1f}",
                "CPU s": f"{got['cpu']:.1f}",
                "length s": f"{got['length']:.1f}",
                "off": f"{off:+.1%}",
                "sentences supported": f"{got['supported']:.0%}",
                "numbers found": f"{got['numbers']:.0%}",
                "names found": f"{got['names']:.0%}",
            }
            print(row, flush=True)
            rows.append(row)
    about = (
        f"`duologue daily` on examples/feeds, {args.minutes:g} minutes asked for, offline, without a text"
        f" model, on {args.threads} thread(s); everything from reading the feeds to the finished folder with"
        " MP3, captions, transcripts, cover and page. Wall time suffers from whatever else runs; CPU time"
        " much less."
    )
    print(write("daily", "A daily briefing", about, [("", rows)], machine()))


if __name__ == "__main__":
    main()
