"""Pairs for preference tuning: the model's own answers, told apart by the tasks' checkers.

Design choices
- Several answers are sampled to each prompt and checked; the shortest that passes is paired with one that
  fails.
- Where none passes, the row's own answer (made by a program) is the chosen one, for at most half of all
  pairs: answers the model can't give yet teach it less than its own.
- Prompts where all pass say nothing and are left out; how many there were is printed.
- Lines are written as they come and a rerun goes on behind the last prompt, so a budget may be spent in
  parts.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from duologue.text.checks import check
from duologue.text.engine import Text
from duologue.text.train.pack import rows

__all__ = ["choose", "main"]


def choose(row: dict[str, Any], answers: list[str]) -> tuple[str, str, str] | None:
    """The chosen answer, the rejected one and whose the chosen is, "own" or "given"; None if all pass."""
    passed = [a for a in answers if check(row["task"], row["source"], a).passed]
    failed = [a for a in answers if a.strip() and not check(row["task"], row["source"], a).passed]
    if not failed:
        return None
    if passed:
        return min(passed, key=len), failed[0], "own"
    return row["messages"][-1]["content"], failed[0], "given"


def main() -> None:
    """`duologue train text pairs`."""
    from tqdm import tqdm

    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("files", nargs="+", type=Path, help="JSON lines with messages, task and source")
    parser.add_argument("--model", type=Path, required=True, help="a GGUF")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--answers", type=int, default=3, help="to each prompt")
    parser.add_argument("--temperature", type=float, default=0.8)
    parser.add_argument("--limit", type=int, default=300, help="rows of each file")
    parser.add_argument("--max-tokens", type=int, default=160)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    beside = args.out.with_suffix(".done")
    done = int(beside.read_text()) if beside.exists() else 0
    chosen = list(rows(args.files, args.limit))[done:]
    counts: Counter[str] = Counter()
    begun = time.monotonic()
    with (
        Text.load(args.model, threads=args.threads, slots=args.answers) as text,
        ThreadPoolExecutor(args.answers) as pool,
        args.out.open("a", encoding="utf-8") as file,
    ):
        for number, row in enumerate(tqdm(chosen, desc=args.out.name), done + 1):
            prompt = row["messages"][:-1]
            answers = [a.text for a in pool.map(
                lambda seed, prompt=prompt: text.chat(
                    prompt, max_tokens=args.max_tokens, temperature=args.temperature, seed=seed),
                range(args.answers))]  # fmt: skip
            pair = choose(row, answers)
            if pair is None:
                counts["all pass"] += 1
            elif pair[2] == "given" and counts["given"] > counts["own"]:
                counts["none passes, left out"] += 1
            else:
                counts[pair[2]] += 1
                kept = {"messages": prompt, "chosen": pair[0], "rejected": pair[1], "task": row["task"]}
                file.write(json.dumps(kept, ensure_ascii=False) + "\n")
                file.flush()
            beside.write_text(str(number))
            if time.monotonic() - begun > args.minutes * 60:
                break
    print(args.out, dict(counts))


if __name__ == "__main__":
    main()
