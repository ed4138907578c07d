"""The tasks by name, and the rows of each: drawn, made, checked, kept.

Design choices
- Every task draws from its own seeded generator, so a task's rows don't depend on which others are made.
- A row is kept only if its own answer passes the checker; the others are counted by why they failed.
- No prompt twice, and nothing that overlaps the evaluation prompts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from duologue.text.train.documents import Split
from duologue.text.train.tasks import (
    continuation,
    conversations,
    definition,
    everyday,
    extraction,
    factbook,
    headline,
    instruction,
    question,
    rewrite,
    script,
    summary,
    topic,
    trivia,
)
from duologue.text.train.tasks.decontamination import Overlap
from duologue.text.train.tasks.passages import Passage, books, passages
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["TASKS", "Tally", "rows"]

Feed = Callable[[Split], Sequence[Any]]
Make = Callable[[Any, Wording], Record | None]


@dataclass(slots=True)
class Tally:
    """What became of a task's tries: `made` records, `kept` of them, and why the others were refused."""

    made: int = 0
    kept: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@cache
def _articles(split: Split) -> Sequence[Passage]:
    return tuple(passages(split, Random(1)))


@cache
def _leads(split: Split) -> Sequence[Passage]:
    return tuple(p for p in _articles(split) if not p.section)


@cache
def _scenes(split: Split) -> Sequence[list[str]]:
    return tuple(books(split, Random(2), per_document=4))


def _halves(rows: Sequence[Any], split: Split) -> Sequence[Any]:
    """Sets without documents: every twentieth row is held out."""
    return [row for i, row in enumerate(rows) if (i % 20 == 19) == (split == "held-out")]


def _mixed(split: Split) -> Sequence[Any]:
    """Articles and books, in turn."""
    return [x for pair in zip(_articles(split), _scenes(split), strict=False) for x in pair]


def _pairs(split: Split) -> Sequence[tuple[Passage, Passage]]:
    articles = _articles(split)
    return [(p, articles[(i * 7919 + 13) % len(articles)]) for i, p in enumerate(articles)]


def _question(pair: tuple[Passage, Passage], wording: Wording) -> Record | None:
    """One in eight questions is asked of a passage that doesn't answer it."""
    return question.make(pair[0], wording, other=pair[1] if wording.rng.random() < 0.12 else None)


def _script(item: Any, wording: Wording) -> Record | None:
    return script.interview(item, wording) if isinstance(item, Passage) else script.scene(item, wording)


# name: (where its material comes from, what makes a record of it, share of --per-task)
TASKS: dict[str, tuple[Feed, Make, float]] = {
    "headline": (_articles, headline.make, 1.0),
    "summary": (_articles, summary.make, 1.0),
    "extraction": (_articles, extraction.make, 1.2),
    "rewrite": (_articles, rewrite.make, 1.6),
    "question": (_pairs, _question, 1.4),
    "continuation": (_mixed, continuation.make, 0.6),
    "script": (_mixed, _script, 0.6),
    "definition": (_leads, definition.make, 0.8),
    "topic": (lambda s: list(_leads(s)) * 2, topic.make, 2.0),
    "factbook": (lambda s: list(factbook.countries(held_out=s == "held-out")) * 60, factbook.make, 0.6),
    "trivia": (lambda s: _halves(list(trivia.rows()), s), trivia.make, 0.8),
    "small-talk": (lambda s: _halves(list(conversations.rows("small-talk")), s), conversations.make, 1.6),
    "service": (lambda s: _halves(list(conversations.rows("service")), s), conversations.make, 0.8),
    "everyday": (everyday.feed, everyday.make, 2.0),
    "instruction": (_articles, instruction.make, 0.8),
}


def rows(
    task: str, count: int, split: Split, seed: int, tally: Tally, *, avoid: Overlap | None = None
) -> Iterator[Record]:
    """Up to `count` checked rows of a task; `tally` is counted up as they come. No prompt comes twice."""
    feed, make, _ = TASKS[task]
    rng = Random(f"{seed}/{task}/{split}")
    wording = Wording(rng=rng, unseen=split == "held-out")
    material = list(feed(split))
    rng.shuffle(material)
    seen: set[int] = set()
    for item in material:
        if tally.kept >= count:
            return
        record = make(item, wording)
        if record is None or hash(record.prompt) in seen:
            continue
        tally.made += 1
        verdict = record.verdict()
        if not verdict.passed:
            tally.reasons.update(re.sub(r" ?'[^']*'$|:.*", "", reason) for reason in verdict.reasons)
            continue
        if avoid is not None and (record.prompt in avoid or record.messages[-2][1] in avoid):
            tally.reasons["overlaps an evaluation prompt"] += 1
            continue
        seen.add(hash(record.prompt))
        tally.kept += 1
        yield record
