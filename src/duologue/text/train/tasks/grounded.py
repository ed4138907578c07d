"""The fixed evaluation set: 200 grounded prompts of the held-out text, fifty each of four tasks.

Design choices
- Made anew from the data with a fixed seed wherever it is needed: the data is not copied into the project.
- Headline, two-sentence summary, extraction into JSON, rewriting; wordings include those never trained on.
- The record's own answer is the generator's: it shows that the prompt can be met, and is no gold standard.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from random import Random

from duologue.text.sentences import split
from duologue.text.train.tasks import extraction, headline, rewrite, summary
from duologue.text.train.tasks.passages import Passage, passages
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["EACH", "evaluation", "of_passages"]

EACH = 50
_SEED = 2015
_MAKERS: dict[str, Callable[[Passage, Wording], Record | None]] = {
    "headline": headline.make,
    "summary": lambda passage, wording: summary.make(passage, wording, count=2),
    "extraction": extraction.make,
    "rewrite": rewrite.make,
}


def _drawn(material: Sequence[Passage], each: int, *, once: bool) -> tuple[Record, ...]:
    """`each` checked records of every task; `once`: no passage serves two of them."""
    found: list[Record] = []
    used: set[str] = set()
    for task, make in _MAKERS.items():
        wording = Wording(rng=Random(f"{_SEED}/{task}"), unseen=True)
        kept = 0
        for passage in material:
            if kept == each:
                break
            if passage.title in used:
                continue
            record = make(passage, wording)
            if record is None or not record.verdict().passed:
                continue
            if once:
                used.add(passage.title)
            found.append(record)
            kept += 1
    return tuple(found)


@cache
def evaluation() -> tuple[Record, ...]:
    """The 200 records of the held-out split, each of another article.

    Raises TextError where the data isn't there.
    """
    material = list(passages("held-out", Random(_SEED), per_document=1))
    material += [p for p in passages("held-out", Random(_SEED + 1)) if p.section]
    Random(_SEED).shuffle(material)
    return _drawn(material, EACH, once=True)


def of_passages(lines: Iterable[str]) -> tuple[Record, ...]:
    """The same four tasks of passages written for them: lines of JSON with "title" and "text"."""
    rows = [json.loads(line) for line in lines]
    material = [Passage(title=row["title"], section="", sentences=tuple(split(row["text"]))) for row in rows]
    return _drawn(material, len(material), once=False)
