"""Whether an answer keeps to its source and to what was asked."""

from __future__ import annotations

from duologue.text.facts import content, missing_names, missing_numbers

__all__ = ["on_topic", "shared", "ungrounded"]


def ungrounded(answer: str, source: str) -> list[str]:
    """The numbers and names of `answer` that `source` doesn't hold, as reasons."""
    return [f"number not in the source: {n}" for n in missing_numbers(answer, source)] + [
        f"name not in the source: {n}" for n in missing_names(answer, source)
    ]


def _stem(word: str) -> str:
    return word[: max(4, len(word) - 3)] if len(word) > 4 else word


def shared(answer: str, source: str) -> float:
    """The share of the content words of `answer` (by stem) that `source` has."""
    mine = [_stem(w) for w in content(answer)]
    theirs = {_stem(w) for w in content(source)}
    return sum(w in theirs or any(t.startswith(w) for t in theirs) for w in mine) / len(mine) if mine else 0.0


def on_topic(answer: str, question: str) -> bool:
    """Whether `answer` takes up a content word of `question` (questions without one are always met)."""
    asked = {_stem(w) for w in content(question)}
    return not asked or bool(asked & {_stem(w) for w in content(answer)})
