"""The leaderboard's plots, as places and words: ratings with intervals, shares won, battles per pair.

Design choices
- Only geometry and words are made here; the templates draw SVG from them, with classes for colours, so that
  both themes and a strict policy (no inline style) hold.
- Every chart has a sentence that says what it shows, for who doesn't see it; every figure is in a table, too.
- A chart of ratings is narrow with names above their lines: it fits a phone without shrinking its letters.
- An interval without an end leaves the scale with an arrow; the scale is made of finite ends alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from duologue.arena.ratings import Standing

__all__ = ["Matrix", "Ratings", "battles_chart", "ratings_chart", "shares_chart"]

WIDTH, ROW, TOP = 420, 40, 44
CELL, LABEL = 34, 150


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """A contestant's rating and interval; open_*: it has no end on that side."""

    label: str
    value: str
    y: float
    x: float
    low: float
    high: float
    open_low: bool
    open_high: bool
    retired: bool


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings with their intervals, best first."""

    width: int
    height: int
    confidence: int
    words: str
    ticks: tuple[Tick, ...]
    rows: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """A row and column of a matrix: its number, its name, where they stand."""

    number: int
    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One pair. shade: a class from s0 (least) to s10 (most), or "none"."""

    x: float
    y: float
    text: str
    words: str
    shade: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """A square of pairs; columns go by the numbers of the rows."""

    title: str
    words: str
    width: int
    height: int
    cell: int
    heads: tuple[Head, ...]
    cells: tuple[Cell, ...]


def _short(name: str, most: int) -> str:
    """A name that fits; of "deployment/voice" the voice is what tells them apart."""
    if len(name) > most and "/" in name:
        name = "…/" + name.rsplit("/", 1)[1]
    return name if len(name) <= most else name[: most - 1] + "…"


def _step(span: float) -> float:
    """A round step that gives four to eight ticks."""
    raw = max(span, 1.0) / 5
    size: float = 10 ** math.floor(math.log10(raw))
    return next(size * m for m in (1, 2, 5, 10) if size * m >= raw)


def ratings_chart(
    standings: Sequence[Standing], confidence: float = 0.95, retired: frozenset[str] = frozenset()
) -> Ratings | None:
    """The chart of the ranked contestants; None where nobody has a rank."""
    shown = [s for s in standings if s.rank is not None]
    if not shown:
        return None
    ends = [x for s in shown for x in (s.lower, s.rating, s.upper) if math.isfinite(x)]
    step = _step(max(ends) - min(ends))
    low, high = math.floor(min(ends) / step) * step, math.ceil(max(ends) / step) * step
    high = high if high > low else low + step
    left, right = 14.0, WIDTH - 14.0

    def at(value: float) -> float:
        if not math.isfinite(value):
            return left - 8 if value < 0 else right + 8
        return round(left + (right - left) * (value - low) / (high - low), 1)

    rows = tuple(
        Line(
            label=_short(s.name, 34),
            value=f"{s.rating:.0f}{_interval(s)}",
            y=TOP + ROW * k,
            x=at(s.rating),
            low=at(s.lower),
            high=at(s.upper),
            open_low=not math.isfinite(s.lower),
            open_high=not math.isfinite(s.upper),
            retired=s.name in retired,
        )
        for k, s in enumerate(shown)
    )
    count = round((high - low) / step)
    every = 1 if count <= 8 else 2
    ticks = tuple(Tick(at(low + k * step), f"{low + k * step:.0f}") for k in range(0, count + 1, every))
    best = shown[0]
    words = (
        f"{len(shown)} contestants from {best.name} at {best.rating:.0f} to {shown[-1].name} at "
        f"{shown[-1].rating:.0f}. Each line is an interval; the table below has all figures."
    )
    return Ratings(WIDTH, TOP + ROW * len(shown) - 14, round(100 * confidence), words, ticks, rows)


def _interval(s: Standing) -> str:
    up = f"+{s.upper - s.rating:.0f}" if math.isfinite(s.upper) else "+∞"
    down = f"−{s.rating - s.lower:.0f}" if math.isfinite(s.lower) else "−∞"
    return f" {up} {down}"


def _matrix(
    names: Sequence[str], title: str, words: str, cell: Callable[[int, int], tuple[str, str, str]]
) -> Matrix:
    heads = tuple(
        Head(k + 1, _short(name, 18), LABEL + CELL * k + CELL / 2 - 1, 22 + CELL * k + CELL / 2 + 3)
        for k, name in enumerate(names)
    )
    cells = []
    for i in range(len(names)):
        for j in range(len(names)):
            text, said, shade = cell(i, j)
            cells.append(Cell(LABEL + CELL * j, 22 + CELL * i, text, said, shade))
    side = CELL * len(names)
    return Matrix(title, words, LABEL + side, 22 + side, CELL, heads, tuple(cells))


def shares_chart(names: Sequence[str], shares: NDArray[Any], met: NDArray[Any]) -> Matrix:
    """How often the row won against the column, ties as half. shares, met: (K, K), NaN where they never
    met."""

    def cell(i: int, j: int) -> tuple[str, str, str]:
        if i == j:
            return "", names[i], "self"
        if not met[i, j]:
            return "", f"{names[i]} never met {names[j]}", "none"
        share = float(shares[i, j])
        return (
            f"{100 * share:.0f}",
            f"{names[i]} against {names[j]}: {100 * share:.0f} % of {int(met[i, j])} battles",
            f"s{round(10 * share)}",
        )

    words = (
        "Rows against columns, in per cent, ties counted as half. The number of a column is that of a row."
    )
    return _matrix(names, "Share won", words, cell)


def battles_chart(names: Sequence[str], met: NDArray[Any]) -> Matrix:
    """How many battles each pair had. met: (K, K)."""
    most = max(1, int(met.max(initial=0)))

    def cell(i: int, j: int) -> tuple[str, str, str]:
        if i == j:
            return "", names[i], "self"
        count = int(met[i, j])
        text = str(count) if count < 10_000 else f"{count / 1000:.0f}k"
        shade = f"c{math.ceil(10 * math.sqrt(count / most))}" if count else "none"
        return text, f"{names[i]} and {names[j]}: {count} battles", shade

    words = f"How often each pair has met, at most {most} times. The number of a column is that of a row."
    return _matrix(names, "Battles per pair", words, cell)
