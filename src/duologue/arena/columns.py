"""Columns of words and numbers, as files hold them, turned into checked `Votes`.

Design choices
- Each distinct word is checked once: a column is mapped through a dictionary that learns (`_Codes`), and a
  bad word is found again by its place, so that the message can name the row.
- Times are seconds since 1970 or ISO 8601 with a zone (without one: UTC).
- Empty cells mean one vote in `count` and unknown elsewhere; they are an error in the three required columns.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duologue.arena.covariates import TEXT_STYLE, measure_text
from duologue.arena.errors import ArenaError
from duologue.arena.votes import OUTCOMES, Category, Votes

__all__ = ["ANSWER", "CONTEXT", "REQUIRED", "votes_from_columns", "votes_from_rows"]

REQUIRED = ("model_a", "model_b", "winner")
LABELS = ("kind", "task", "language", "length_class", "consent", "judge")
CONTEXT = ("count", "voter", "address", "prompt", "battle", "time", "seconds", *LABELS)
ANSWER = "answer"
"""The columns answer_a and answer_b hold texts whose style can be measured."""
RENAMED = {"time": "at", "length_class": "length"}
"""Columns of a file that are called otherwise in a ballot; `length_a` is a number, `length` a class."""
MOST_VOTES = 10**12
"""The most one row may stand for: beyond it sums would lose single votes."""

Place = Callable[[int], str]
_WORDS = {word: code for code, word in enumerate(OUTCOMES)} | {"tie (bothbad)": 3, "bothbad": 3}


class _Codes(dict[Any, Any]):
    """A dictionary that asks `learn` for what it doesn't hold, once."""

    def __init__(self, learn: Callable[[Any], Any]) -> None:
        super().__init__()
        self._learn = learn

    def __missing__(self, key: Any) -> Any:
        value = self[key] = self._learn(key)
        return value


def votes_from_columns(
    columns: dict[str, Sequence[Any]],
    name: str,
    place: Place | None = None,
    covariates: Sequence[str] | None = None,
) -> Votes:
    """Checked votes; `place(row)` names a row in messages. Raises ArenaError for the first bad row."""
    where = place or (lambda row: f"{name}, row {row + 1}")
    size = len(columns["model_a"])
    if not size:
        raise ArenaError(f"{name} holds no votes; give a row for each, or with a count")
    names: dict[str, int] = {}
    learned = _Codes(lambda word: _contestant(word, names))
    a = _mapped(columns["model_a"], learned, where, "model_a", "give the name of a contestant")
    b = _mapped(columns["model_b"], learned, where, "model_b", "give the name of a contestant")
    same = np.flatnonzero(a == b)
    if same.size:
        row = int(same[0])
        raise ArenaError(
            f"{where(row)}: '{list(names)[int(a[row])][:60]}' on both sides; give two contestants"
        )
    outcome = _mapped(
        columns["winner"], _Codes(_outcome), where, "winner", "give model_a, model_b, tie or both_bad"
    )
    counts = np.ones(size, np.int64)
    if "count" in columns:
        counts = _mapped(columns["count"], _Codes(_count), where, "count", "give a whole number, 0 or more")
    known: dict[str, Any] = {
        column: Category.of([None if v is None else str(v).strip() for v in columns[column]])
        for column in ("voter", "address", "prompt", "battle")
        if column in columns
    }
    known["labels"] = {
        column: Category.of([None if v is None else str(v).strip() for v in columns[column]])
        for column in LABELS
        if column in columns
    }
    known |= {
        column: _mapped(columns[column], _Codes(learn), where, column, right).astype(float)
        for column, learn, right in (
            ("time", _time, "give seconds since 1970 or a date and time such as 2026-11-25T22:00:00Z"),
            ("seconds", _seconds, "give a number of seconds, 0 or more"),
        )
        if column in columns
    }
    return Votes(
        names=tuple(names),
        a=a.astype(np.int32),
        b=b.astype(np.int32),
        outcome=outcome.astype(np.int8),
        count=counts.astype(np.int64),
        covariates=_covariates(columns, covariates, where),
        **known,
    )


def votes_from_rows(rows: Iterable[Mapping[str, Any]]) -> Votes:
    """Votes of a ballot's rows; their style (name -> two sides) becomes covariates. None is no error."""
    held = list(rows)
    columns: dict[str, Sequence[Any]] = {
        name: [row[name] for row in held]
        for name in (*REQUIRED, *CONTEXT)
        if name not in RENAMED and name != "judge"  # a ballot holds people's votes alone
    }
    for name, own in RENAMED.items():
        columns[name] = [row[own] for row in held]
    for name in sorted({name for row in held for name in row["style"]}):
        for side in (0, 1):
            column = [row["style"].get(name, (None, None))[side] for row in held]
            columns[f"{name}_{'ab'[side]}"] = column
    if not held:
        return Votes.of([], [], [])
    return votes_from_columns(columns, "the ballot")


def _mapped(column: Sequence[Any], codes: _Codes, where: Place, name: str, right: str) -> NDArray[Any]:
    """The column through its dictionary; the first value that maps to None is an error."""
    try:
        values = list(map(codes.__getitem__, column))
    except TypeError:  # a list or an object in a cell: not even a key
        values = [None if isinstance(v, (list, dict, set)) else codes[v] for v in column]
    if None in codes.values() or None in values:
        row = values.index(None)
        held = column[row]
        said = "empty" if held is None or held == "" else f"'{str(held)[:60]}'"
        raise ArenaError(f"{where(row)}: {name} is {said}; {right}")
    return np.array(values)


def _contestant(word: Any, names: dict[str, int]) -> int | None:
    if isinstance(word, (int, float)) and not isinstance(word, bool):
        word = str(word)
    if not isinstance(word, str) or not word.strip():
        return None
    return names.setdefault(unicodedata.normalize("NFC", word.strip()), len(names))


def _outcome(word: Any) -> int | None:
    return _WORDS.get(word.strip().lower()) if isinstance(word, str) else None


def _count(word: Any) -> int | None:
    if word is None or word == "":
        return 1
    try:
        value = int(word) if isinstance(word, str) and word.strip().isdecimal() else float(word)
    except (ValueError, TypeError):
        return None
    if not math.isfinite(value) or value != int(value) or not 0 <= value <= MOST_VOTES:
        return None
    return int(value)


def _number(word: Any) -> float | None:
    if word is None or word == "":
        return math.nan
    try:
        value = float(word)
    except (ValueError, TypeError):
        return None
    return value if math.isfinite(value) or math.isnan(value) else None


def _seconds(word: Any) -> float | None:
    value = _number(word)
    return None if value is not None and value < 0 else value


def _time(word: Any) -> float | None:
    value = _number(word) if not isinstance(word, datetime) else None
    if value is not None:
        return value
    try:
        when = word if isinstance(word, datetime) else datetime.fromisoformat(str(word).strip())
    except ValueError:
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _covariates(
    columns: dict[str, Sequence[Any]], asked: Sequence[str] | None, where: Place
) -> dict[str, NDArray[np.float64]]:
    """(2, V) for each pair of columns NAME_a and NAME_b; if none is asked for, of those that hold numbers."""
    pairs = [c[:-2] for c in columns if c.endswith("_a") and c != "model_a" and f"{c[:-2]}_b" in columns]
    out = {}
    for name in pairs:
        if name == ANSWER or (asked is not None and name not in asked):
            continue
        try:
            sides = [
                _mapped(columns[f"{name}_{side}"], _Codes(_number), where, f"{name}_{side}", "give a number")
                for side in "ab"
            ]
        except ArenaError:
            if asked is not None:
                raise
            continue
        out[name] = np.stack(sides).astype(float)
    wanted = [name for name in TEXT_STYLE if name not in out and (asked is None or name in asked)]
    if f"{ANSWER}_a" in columns and wanted:
        styles = [[_style(answer) for answer in columns[f"{ANSWER}_{side}"]] for side in "ab"]
        for name in wanted:
            out[name] = np.array([[style.get(name, math.nan) for style in side] for side in styles])
    return out


def _style(answer: Any) -> dict[str, int]:
    return measure_text(answer) if isinstance(answer, str) and answer else {}
