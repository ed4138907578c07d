"""Write the table of README.md from benchmarks/results, so that the two can't differ.

    python benchmarks/readme.py [--check]

`--check` writes nothing and exits with 1 if README.md is out of date; a test runs it.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from report import RESULTS, read, table

README = Path(__file__).parent.parent / "README.md"
_PLACE = re.compile(r"(<!-- table:[^>]*-->\n)(.*?)(<!-- /table -->)", re.DOTALL)


def _date_and_machine(name: str) -> str:
    text = (RESULTS / f"{name}.md").read_text("utf-8")
    date = re.search(r"^- date: (\S+)", text, re.MULTILINE)
    machine = re.search(r"^- machine: (.+)", text, re.MULTILINE)
    return f"{date[1] if date else '?'}, {machine[1] if machine else '?'}"


def _engine(name: str) -> str:
    """The name without its version."""
    return name.rsplit(" ", 1)[0] if name[-1:].isdigit() else name.split(" 1.0", 1)[0]


def main_table() -> str:
    """Speed on one thread beside quality, engine by engine; empty when nothing has been measured."""
    speed = [row for row in read("voice_speed") if row["threads"] == "1"]
    if not speed:
        return ""
    quality: dict[str, dict[str, str]] = {}
    for row in read("voice_quality"):
        if row["style"] == "neutral":
            quality.setdefault(_engine(row["engine"]), row)
    rows = []
    for row in speed:
        name = _engine(row["engine"])
        judged = quality.get(name, {})
        rows.append(
            {
                "one CPU thread": f"**{row['engine']}**" if name == "duologue" else row["engine"],
                "seconds of speech per CPU second": row["speech per CPU s"],
                "ten words": f"{row['ten words, CPU ms']} ms",
                "first audio of a minute": f"{row['first audio, CPU ms']} ms",
                "memory": f"{row['peak memory, MB']} MB",
                "DistillMOS": judged.get("DistillMOS", "not judged"),
                "words heard wrong": judged.get("WER", "not judged"),
            }
        )
    return (
        f"{table(rows)}\n\nMeasured {_date_and_machine('voice_speed')} "
        "([speed](benchmarks/results/voice_speed.md), [quality](benchmarks/results/voice_quality.md), "
        "[styles](benchmarks/results/voice_styles.md)).\n"
    )


def filled(readme: str) -> str:
    """README with its table written anew."""
    return _PLACE.sub(lambda m: m[1] + main_table() + m[3], readme)


def main() -> int:
    """Write, or check; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    before = README.read_text("utf-8")
    after = filled(before)
    if args.check:
        if before != after:
            print("README.md is out of date: run `python benchmarks/readme.py`", file=sys.stderr)
        return int(before != after)
    README.write_text(after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
