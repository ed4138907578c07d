"""What a prompt can ask of an answer's form and a program can check: limits, words, lists, case.

Design choices
- A constraint is a pair (kind, value) that JSON can hold; a set of them is a dict. One table names them all.
- A rule returns why the answer breaks it, or None: the reason is what a report counts.
- The same table serves rewriting tasks, instruction-following prompts and the benchmark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from duologue.text.errors import TextError
from duologue.text.facts import contains, fold
from duologue.text.sentences import split, words

__all__ = ["KINDS", "broken"]

_BULLET = re.compile(r"^\s*[-*•]\s+\S")
_NUMBERED = re.compile(r"^\s*\d+[.)]\s+\S")


def _lines(answer: str) -> list[str]:
    return [line for line in answer.strip().split("\n") if line.strip()]


def _bare(text: str) -> str:
    return fold(text).strip(" .!?\"'*`,:;")


def _max_words(answer: str, most: int) -> str | None:
    n = len(words(answer))
    return f"{n} words, at most {most} allowed" if n > most else None


def _min_words(answer: str, least: int) -> str | None:
    n = len(words(answer))
    return f"{n} words, at least {least} needed" if n < least else None


def _sentences(answer: str, wanted: int) -> str | None:
    n = len(split(answer))
    return f"{n} sentences instead of {wanted}" if n != wanted else None


def _without(answer: str, word: str) -> str | None:
    return f"holds '{word}'" if contains(answer, word) else None


def _with(answer: str, wanted: str | list[str]) -> str | None:
    lost = [w for w in ([wanted] if isinstance(wanted, str) else wanted) if not contains(answer, w)]
    return f"lacks '{lost[0]}'" if lost else None


def _any_of(answer: str, wanted: list[str]) -> str | None:
    return None if any(contains(answer, w) for w in wanted) else f"holds none of {', '.join(wanted[:4])}"


def _upper(answer: str, _: bool) -> str | None:
    return "not in capitals" if answer != answer.upper() or not any(map(str.isalpha, answer)) else None


def _lower(answer: str, _: bool) -> str | None:
    return "not in lower case" if answer != answer.lower() or not any(map(str.isalpha, answer)) else None


def _bullets(answer: str, wanted: int) -> str | None:
    lines = _lines(answer)
    marked = sum(bool(_BULLET.match(line)) for line in lines)
    if marked != len(lines):
        return "a line without a bullet"
    return f"{marked} bullets instead of {wanted}" if wanted and marked != wanted else None


def _numbered(answer: str, wanted: int) -> str | None:
    lines = _lines(answer)
    marked = [int(m[0]) for line in lines if _NUMBERED.match(line) and (m := re.search(r"\d+", line))]
    if marked != list(range(1, len(lines) + 1)):
        return "lines not numbered from 1"
    return f"{len(marked)} items instead of {wanted}" if wanted and len(marked) != wanted else None


def _items(answer: str, wanted: int) -> str | None:
    """A list of so many things, by lines or by commas."""
    lines = [line for line in _lines(answer) if _BULLET.match(line) or _NUMBERED.match(line)]
    if not lines:
        lines = _lines(answer)
    if len(lines) == 1:
        lines = [p for p in re.split(r",\s*(?:and\s+|or\s+)?|\s+and\s+|;\s*", _bare(lines[0])) if p.strip()]
    return f"{len(lines)} items instead of {wanted}" if len(lines) != wanted else None


def _starts(answer: str, start: str) -> str | None:
    return None if fold(answer).startswith(fold(start)) else f"doesn't start with '{start}'"


def _ends(answer: str, end: str) -> str | None:
    return None if _bare(answer).endswith(_bare(end)) else f"doesn't end with '{end}'"


def _equals(answer: str, wanted: str | list[str]) -> str | None:
    options = [wanted] if isinstance(wanted, str) else wanted
    return None if _bare(answer) in {_bare(o) for o in options} else f"isn't '{options[0][:60]}'"


def _exactly(answer: str, wanted: str) -> str | None:
    return None if " ".join(answer.split()) == " ".join(wanted.split()) else f"isn't exactly '{wanted[:60]}'"


def _lines_are(answer: str, wanted: int) -> str | None:
    n = len(_lines(answer))
    return f"{n} lines instead of {wanted}" if n != wanted else None


def _no_marks(answer: str, marks: str) -> str | None:
    found = next((c for c in marks if c in answer), None)
    return f"holds '{found}'" if found else None


def _question(answer: str, _: bool) -> str | None:
    return None if answer.rstrip().rstrip("\"'”’)").endswith("?") else "isn't a question"


_RULES: dict[str, Callable[[str, Any], str | None]] = {
    "max_words": _max_words,
    "min_words": _min_words,
    "sentences": _sentences,
    "without": _without,
    "with": _with,
    "any_of": _any_of,
    "upper": _upper,
    "lower": _lower,
    "bullets": _bullets,
    "numbered": _numbered,
    "items": _items,
    "starts": _starts,
    "ends": _ends,
    "equals": _equals,
    "exactly": _exactly,
    "lines": _lines_are,
    "no_marks": _no_marks,
    "question": _question,
}
KINDS = frozenset(_RULES)


def broken(constraints: Mapping[str, Any], answer: str) -> list[str]:
    """Why `answer` breaks any of the constraints, one reason each; empty if it keeps them all.

    Raises TextError for a kind that there isn't.
    """
    reasons = []
    for kind, value in constraints.items():
        rule = _RULES.get(kind)
        if rule is None:
            raise TextError(f"no constraint '{kind}'; there are {', '.join(sorted(KINDS))}")
        reason = rule(answer, value)
        if reason:
            reasons.append(reason)
    return reasons
