"""Votes as columns: who met whom, who won, how often, and what is known about each vote.

Design choices
- Columns (NumPy arrays) and not objects: a million votes are seven arrays, and every statistic is a few
  operations on whole columns.
- Names are kept once and pointed at by code, for contestants as for voters, prompts and addresses
  (`Category`).
- Everything beyond contestants, outcome and count is optional: a file of pair counts and the arena's own
  votes with voter, time and style go through the same functions.
- Covariates are kept as measured on either side, NaN where unknown; `covariates.py` makes differences of
  them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duologue.arena.errors import ArenaError

__all__ = ["OUTCOMES", "Category", "Outcome", "Votes"]

Codes = NDArray[np.int32]
Floats = NDArray[np.float64]


class Outcome(IntEnum):
    """How a battle ended, in the order of the columns of a `Tally`."""

    MODEL_A = 0
    MODEL_B = 1
    TIE = 2
    BOTH_BAD = 3


OUTCOMES = ("model_a", "model_b", "tie", "both_bad")
"""The words of the `winner` column, by `Outcome`."""


@dataclass(frozen=True, slots=True)
class Category:
    """Values that repeat: `codes: (V,)` point into `names`; -1 where the value is unknown."""

    names: tuple[str, ...]
    codes: Codes

    @classmethod
    def of(cls, values: Iterable[str | None]) -> Category:
        """The category of a column of strings; empty and None are unknown."""
        index: dict[str, int] = {}
        codes = [index.setdefault(v, len(index)) if v else -1 for v in values]
        return cls(tuple(index), np.array(codes, np.int32))

    def select(self, rows: NDArray[Any]) -> Category:
        """The same names, only these rows."""
        return Category(self.names, self.codes[rows])


@dataclass(frozen=True, kw_only=True, slots=True)
class Votes:
    """V votes (or rows of equal votes) over K contestants.

    `a, b: (V,)` codes into `names`; `outcome: (V,)` of `Outcome`; `count: (V,)` how many votes the row stands
    for. `covariates[name] = (2, V)` holds what was measured on the two sides. `time` is in seconds since 1970
    (UTC), `seconds` how long the voter took; both NaN where unknown. `labels` are other words: kind, task,
    language.
    """

    names: tuple[str, ...]
    a: Codes
    b: Codes
    outcome: NDArray[np.int8]
    count: NDArray[np.int64]
    covariates: Mapping[str, Floats] = field(default_factory=dict)
    voter: Category | None = None
    address: Category | None = None
    prompt: Category | None = None
    battle: Category | None = None
    labels: Mapping[str, Category] = field(default_factory=dict)
    time: Floats | None = None
    seconds: Floats | None = None

    def __post_init__(self) -> None:
        if len({len(self.a), len(self.b), len(self.outcome), len(self.count)}) != 1:
            raise ArenaError("the columns of votes differ in length; give one entry per vote in each")
        if len(self.a) and np.any(self.a == self.b):
            row = int(np.argmax(self.a == self.b))
            raise ArenaError(
                f"vote {row + 1} has '{self.names[self.a[row]]}' on both sides; give two contestants"
            )

    def __len__(self) -> int:
        return len(self.a)

    @classmethod
    def of(
        cls,
        model_a: Sequence[str],
        model_b: Sequence[str],
        winner: Sequence[str],
        count: Sequence[int] | None = None,
        **known: Any,
    ) -> Votes:
        """Votes from columns of names and of the words model_a, model_b, tie, both_bad.

        Raises ArenaError for another word. `known` goes to the constructor as it is.
        """
        both = Category.of([*model_a, *model_b])
        words = {word: code for code, word in enumerate(OUTCOMES)}
        for row, word in enumerate(winner):
            if word not in words:
                raise ArenaError(
                    f"vote {row + 1}: winner is '{word}'; give {', '.join(OUTCOMES[:3])} or both_bad"
                )
        return cls(
            names=both.names,
            a=both.codes[: len(model_a)],
            b=both.codes[len(model_a) :],
            outcome=np.array([words[word] for word in winner], np.int8),
            count=np.ones(len(winner), np.int64) if count is None else np.array(count, np.int64),
            **known,
        )

    @property
    def score(self) -> Floats:
        """(V,) of side a: 1 for a win, 0 for a loss, a half for a tie and for both bad."""
        return np.array([1.0, 0.0, 0.5, 0.5])[self.outcome]

    @property
    def total(self) -> int:
        """How many votes the rows stand for."""
        return int(self.count.sum())

    def select(self, rows: NDArray[Any]) -> Votes:
        """Only these rows (a mask or indices); the contestants stay."""

        def part(column: Category | None) -> Category | None:
            return None if column is None else column.select(rows)

        return Votes(
            names=self.names,
            a=self.a[rows],
            b=self.b[rows],
            outcome=self.outcome[rows],
            count=self.count[rows],
            covariates={name: sides[:, rows] for name, sides in self.covariates.items()},
            voter=part(self.voter),
            address=part(self.address),
            prompt=part(self.prompt),
            battle=part(self.battle),
            labels={name: column.select(rows) for name, column in self.labels.items()},
            time=None if self.time is None else self.time[rows],
            seconds=None if self.seconds is None else self.seconds[rows],
        )
