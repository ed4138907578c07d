"""Make tuning data from the text by programs: checked rows of every task, and a table of what passed.

`duologue train text tasks --out work/text/tasks --per-task 4500 --avoid benchmarks/text_prompts/*.jsonl`

Design choices
- One file per task, written beside and renamed; the same seed gives the same bytes.
- The table says per task how many were made, how many passed their checker, and the commonest reason for a
  refusal: a generator that fails often is a generator to mend.
- Rows of the train split that overlap the evaluation prompts by thirteen words are refused.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

from duologue.text.errors import TextError
from duologue.text.train.tasks.decontamination import Overlap
from duologue.text.train.tasks.grounded import evaluation
from duologue.text.train.tasks.mixture import TASKS, Tally, rows

__all__ = ["main"]


def _prompts(path: Path) -> list[str]:
    """The prompts of a file: its lines, or their "prompt"."""
    lines = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    return [json.loads(line).get("prompt", "") if line.startswith("{") else line for line in lines]


def _table(tallies: dict[str, Tally], sizes: dict[str, int]) -> str:
    lines = ["| task | made | passed | share | words | refused mostly for |", "|---|---|---|---|---|---|"]
    for task, tally in tallies.items():
        share = f"{100 * tally.kept / tally.made:.1f} %" if tally.made else "-"
        why = "; ".join(f"{reason} ({n})" for reason, n in tally.reasons.most_common(2)) or "-"
        lines.append(f"| {task} | {tally.made:,} | {tally.kept:,} | {share} | {sizes[task]:,} | {why} |")
    made, kept = sum(t.made for t in tallies.values()), sum(t.kept for t in tallies.values())
    share = f"{100 * kept / made:.1f} %" if made else "-"
    lines.append(f"| all | {made:,} | {kept:,} | {share} | {sum(sizes.values()):,} | |")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the rows and the table; returns the exit code. Raises TextError for what isn't there."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=Path("work/text/tasks"), help="folder to write to")
    parser.add_argument("--per-task", type=int, default=4500, help="rows of a task of weight 1")
    parser.add_argument("--split", choices=["train", "held-out"], default="train")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", help="only these tasks")
    parser.add_argument(
        "--avoid",
        type=Path,
        nargs="*",
        default=[],
        help="files of prompts never to train on: lines, or JSON lines",
    )
    args = parser.parse_args(argv)
    if unknown := set(args.only or ()) - set(TASKS):
        raise TextError(f"no task '{min(unknown)}'; there are {', '.join(TASKS)}")
    if args.per_task < 1:
        raise TextError("--per-task takes a number from 1")
    args.out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    avoid = None
    if args.split == "train":
        whole = [prompt for path in args.avoid for prompt in _prompts(path)]
        avoid = Overlap((record.source["text"] for record in evaluation()), whole)
    tallies: dict[str, Tally] = {}
    sizes: dict[str, int] = {}
    for task in args.only or TASKS:
        tally = tallies[task] = Tally()
        sizes[task] = 0
        count = max(1, round(args.per_task * TASKS[task][2]))
        path = args.out / f"{task}.jsonl"
        part = path.with_suffix(".jsonl.part")
        with part.open("w", encoding="utf-8") as file:
            for record in rows(task, count, args.split, args.seed, tally, avoid=avoid):
                file.write(record.line() + "\n")
                sizes[task] += sum(len(content.split()) for _, content in record.messages)
        part.replace(path)
        print(f"{task}: {tally.kept:,} rows, {time.monotonic() - began:.0f} s", flush=True)
    table = _table(tallies, sizes)
    report = f"# Tuning data, {args.split} split, seed {args.seed}\n\n{table}\n"
    (args.out / "tasks.md").write_text(report, encoding="utf-8")
    print(f"\n{table}\n\nwritten to {args.out} in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
