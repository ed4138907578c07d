"""The judge of texts: what a program can find wrong with an answer.

Design choices
- The checks are those of `duologue.text.checks`, handed in as a function, so that a team can put its own in.
- A score is minus the number of reasons against an answer, so 0 is sound; equal numbers are a tie, and both
  bad where neither is sound.
- A prompt with a `source` is held to it: grounding, limits of form, a schema. A prompt of a person has none,
  so it stands for its own source where the task is about a text it brings (a headline, a summary, a rewriting
  of what follows), and otherwise only fluency, ending, loops and topic are checked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from duologue.arena.contestants import Kind
from duologue.arena.errors import ArenaError
from duologue.arena.judging import Exhibit, Score

__all__ = ["Check", "CheckJudge", "Found"]


class Found(Protocol):
    """What a check says."""

    @property
    def reasons(self) -> Sequence[str]: ...


class Check(Protocol):
    """`duologue.text.checks.check`, or another function like it."""

    def __call__(self, task: str, source: Mapping[str, Any], answer: str) -> Found: ...


_ABOUT_A_TEXT = ("headline", "summary", "rewrite", "script")
_SHORTEST = 25
"""Words that a prompt must have to be taken for bringing its text."""


class CheckJudge:
    """Counts the reasons against an answer."""

    name = "checks"
    kind: Kind = "text"
    margin = 0.5
    floor = 0.0

    def __init__(self, check: Check | None = None) -> None:
        if check is None:
            from duologue.text.checks import check as programmatic

            check = programmatic
        self._check = check

    def score(self, exhibit: Exhibit) -> Score:
        """See Judge. Raises ArenaError for a task or source that the checks don't know."""
        task, source = _as_checked(exhibit)
        try:
            found = self._check(task, source, exhibit.answer)
        except (ValueError, KeyError) as error:
            raise ArenaError(f"the checks can't judge this prompt: {error}") from error
        return Score(-float(len(found.reasons)), tuple(found.reasons))


def _as_checked(exhibit: Exhibit) -> tuple[str, dict[str, Any]]:
    """Task and source as the checks know them."""
    if exhibit.source:
        task = exhibit.task
        if "constraints" in exhibit.source and "text" not in exhibit.source:
            task = "instruction"
        return task, dict(exhibit.source)
    if exhibit.task in _ABOUT_A_TEXT and len(exhibit.prompt.split()) >= _SHORTEST:
        source: dict[str, Any] = {"text": exhibit.prompt}
        if exhibit.task == "summary":
            source["constraints"] = _asked(exhibit.prompt)
        return exhibit.task, source
    return "chat", {"topic": exhibit.prompt, "max_words": 400}


def _asked(prompt: str) -> dict[str, Any]:
    """The limits that a request for a summary names."""
    numbers = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
    found = re.search(r"\bin (one|two|three|four|five|\d+) (sentence|word)", prompt[:400], re.IGNORECASE)
    if not found:
        return {"max_words": 120}
    count = numbers.get(found[1].lower()) or int(found[1])
    return {"sentences": count} if found[2].lower() == "sentence" else {"max_words": count}
