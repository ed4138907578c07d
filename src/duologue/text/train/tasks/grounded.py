"""The fixed evaluation set: 200 grounded prompts of the held-out text, fifty each of four tasks.

Design choices
- Made anew from the data with a fixed seed wherever it is needed: the data is not copied into the project.
- Headline, two-sentence summary, extraction into JSON, rewriting; wordings include those never trained on.
- The record's own answer is the generator's: it shows that the prompt can be met, and is no gold standard.
"""

from __future__ import annotations

from functools import cache
from random import Random

from duologue.text.train.tasks import extraction, headline, rewrite, summary
from duologue.text.train.tasks.passages import passages
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["EACH", "evaluation"]

EACH = 50
_SEED = 2015


@cache
def evaluation() -> tuple[Record, ...]:
    """The 200 records: the first four fifths of passages that yield each task, no passage twice.

    Raises TextError where the data isn't there.
    """
    material = list(passages("held-out", Random(_SEED), per_document=1))
    material += [p for p in passages("held-out", Random(_SEED + 1)) if p.section]
    Random(_SEED).shuffle(material)
    makers = {
        "headline": headline.make,
        "summary": lambda p, w: summary.make(p, w, count=2),
        "extraction": extraction.make,
        "rewrite": rewrite.make,
    }
    found: list[Record] = []
    titles: set[str] = set()
    for task, make in makers.items():
        wording = Wording(rng=Random(f"{_SEED}/{task}"), unseen=True)
        kept = 0
        for passage in material:
            if kept == EACH:
                break
            if passage.title in titles:
                continue
            record = make(passage, wording)
            if record is None or not record.verdict().passed:
                continue
            titles.add(passage.title)
            found.append(record)
            kept += 1
    return tuple(found)
