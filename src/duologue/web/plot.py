"""Bars over days, as numbers that a template draws as SVG.

Design choices
- Drawn by the server: it is there without a script, prints, and needs no library.
- A day without work is a gap of its true width; the axis ends at a round number.
- The table beside it says the same for whoever can't see it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

__all__ = ["Bar", "Plot", "bars", "ceiling"]

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 800.0, 240.0, 64.0, 26.0, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A part of a day's bar. place: which series, from 0."""

    x: float
    y: float
    width: float
    height: float
    place: int
    day: str
    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """lines: (y, value) of the grid; ticks: (x, label) of the days."""

    bars: tuple[Bar, ...]
    lines: tuple[tuple[float, float], ...]
    ticks: tuple[tuple[float, str], ...]
    names: tuple[str, ...]
    total: float
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT
    base: float = HEIGHT - BOTTOM


def ceiling(value: float) -> float:
    """The next number of the form 1, 2, 2.5 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * (1 - 1e-12))


def _grid(top: float, whole: bool) -> tuple[float, ...]:
    """Where lines lie up to the ceiling `top`: at numbers as round as it is, whole ones for whole things."""
    if whole and top < 5:
        parts = math.ceil(top)
    else:
        parts = 4 if f"{top:e}".startswith("2.0") else 5
    return tuple(top * part / parts for part in range(parts + 1))


def bars(
    values: Mapping[tuple[str, str], float],
    first: date,
    last: date,
    names: Sequence[str],
    whole: bool = False,
) -> Plot:
    """values: by (day as ISO date, series); names: the series from the bottom up; whole: of things that are
    counted."""
    days = [(first + timedelta(n)).isoformat() for n in range((last - first).days + 1)]
    top = ceiling(max((sum(values.get((d, n), 0.0) for n in names) for d in days), default=0.0))
    room, tall = (WIDTH - LEFT) / len(days), HEIGHT - BOTTOM - TOP
    made = []
    for at, day in enumerate(days):
        base = HEIGHT - BOTTOM
        for place, name in enumerate(names):
            value = values.get((day, name), 0.0)
            if value <= 0:
                continue
            height = tall * value / top
            base -= height
            made.append(
                Bar(
                    x=round(LEFT + at * room + room * 0.12, 2), y=round(base, 2),
                    width=round(min(room * 0.76, 60), 2), height=round(height, 2), place=place, day=day,
                    name=name, value=value,
                )
            )  # fmt: skip
    every = max(1, math.ceil(len(days) / 8))
    return Plot(
        bars=tuple(made),
        lines=tuple((round(HEIGHT - BOTTOM - tall * value / top, 2), value) for value in _grid(top, whole)),
        ticks=tuple(
            (round(LEFT + (at + 0.5) * room, 2), day[5:]) for at, day in enumerate(days) if at % every == 0
        ),
        names=tuple(names),
        total=sum(values.values()),
    )
