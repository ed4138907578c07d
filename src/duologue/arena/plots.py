"""Plots of a leaderboard: ratings with their intervals, win rates and battles of each pair.

Design choices
- A dot with a line for each contestant, best on top: the eye compares intervals, which is what ranks are made
  of. An unbounded interval ends in an arrow, a contestant without a rank is hollow and stands below.
- Bytes of a PNG, SVG or PDF come back; who calls writes them. Figures are made without pyplot, so nothing
  global is touched and a server's threads may plot at the same time.
- Win rates run from brown over white to green, which people who don't see red beside green tell apart too.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from duologue.arena.errors import ArenaError
from duologue.arena.ratings import Leaderboard, Standing
from duologue.arena.tally import Tally

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["PLOT_FORMATS", "plot_battles", "plot_ratings", "plot_winrates"]

PLOT_FORMATS = ("png", "svg", "pdf")
_INK, _DIM, _LINE = "#1c2a33", "#5b6b75", "#2a6f97"
_MOST = 200


def plot_ratings(board: Leaderboard, format: str = "png", title: str = "") -> bytes:
    """Ratings with intervals, at most 200 contestants, as bytes of `format` (png, svg, pdf)."""
    shown = board.contestants[:_MOST]
    figure = _figure(8.0, 1.3 + 0.3 * len(shown), format)
    axes = figure.add_subplot()
    least, most = _range(shown)
    for place, standing in enumerate(shown):
        _draw(axes, -place, standing, least, most)
    axes.set_yticks([-k for k in range(len(shown))], [_plain(s.name) for s in shown])
    axes.set_ylim(-len(shown) + 0.4, 0.6)
    axes.set_xlim(least, most)
    right = axes.twinx()
    right.set_ylim(axes.get_ylim())
    right.set_yticks([-k for k in range(len(shown))], [_aside(s) for s in shown], color=_DIM, fontsize=8)
    for side in (axes, right):
        side.tick_params(length=0, pad=9)
        side.spines[["top", "right", "left"]].set_visible(False)
        side.spines["bottom"].set_color(_DIM)
    axes.xaxis.grid(True, color="#dfe5e8", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel(f"rating (points, {board.confidence:.0%} interval)", color=_DIM)
    axes.set_title(title or f"{board.votes:,} votes", loc="left", color=_INK, fontsize=11)
    return _bytes(figure, format)


def _draw(axes: Any, y: float, standing: Standing, least: float, most: float) -> None:
    """The interval as a line, with arrows where it has no end, and the rating as a dot."""
    known = standing.rank is not None
    colour = _LINE if known else _DIM
    left, right = max(standing.lower, least), min(standing.upper, most)
    axes.plot(
        [left, right], [y, y], color=colour, linewidth=2, alpha=0.55 if known else 0.25, solid_capstyle="butt"
    )
    for end, edge, mark in ((standing.lower, least, "<"), (standing.upper, most, ">")):
        if math.isinf(end):
            axes.plot([edge], [y], mark, color=colour, markersize=6, alpha=0.55, clip_on=False)
        else:
            axes.plot([end], [y], "|", color=colour, markersize=6, markeredgewidth=1.5)
    axes.plot(
        [standing.rating],
        [y],
        "o",
        color=colour,
        markersize=5.5,
        markerfacecolor=colour if known else "white",
    )


def _range(shown: Sequence[Standing]) -> tuple[float, float]:
    ends = [x for s in shown for x in (s.lower, s.rating, s.upper) if math.isfinite(x)]
    least, most = min(ends), max(ends)
    margin = max((most - least) * 0.04, 5.0)
    return least - margin, most + margin


def _aside(standing: Standing) -> str:
    rank = f"#{standing.rank}" if standing.rank is not None else "–"
    return f"{rank}   {standing.rating:.0f}   {standing.battles:,} battle{'s' * (standing.battles != 1)}"


def plot_winrates(tally: Tally, order: Sequence[str], format: str = "png") -> bytes:
    """Share of points of row against column (ties as half), in this order of names."""
    score, _ = tally.matrices()
    return _matrix(
        tally, order, score, "BrBG", "won by row against column", lambda x: f"{x:.0%}", format, (0, 1)
    )


def plot_battles(tally: Tally, order: Sequence[str], format: str = "png") -> bytes:
    """Votes of each pair, in this order of names."""
    _, met = tally.matrices()
    values = np.where(met > 0, met, np.nan).astype(float)
    return _matrix(tally, order, values, "Blues", "battles of each pair", lambda x: f"{x:.0f}", format, None)


def _matrix(
    tally: Tally,
    order: Sequence[str],
    values: Any,
    colours: str,
    title: str,
    word: Any,
    format: str,
    limits: tuple[float, float] | None,
) -> bytes:
    place = {name: k for k, name in enumerate(tally.names)}
    kept = [place[name] for name in order if name in place][:_MOST]
    if not kept:
        raise ArenaError("there is nobody to plot; give names of contestants")
    part = values[np.ix_(kept, kept)]
    size = 2.5 + 0.42 * len(kept)
    figure = _figure(size + 0.8, size, format)
    axes = figure.add_subplot()
    low, high = limits or (None, None)
    image = axes.imshow(np.ma.masked_invalid(part), cmap=colours, vmin=low, vmax=high)
    names = [_plain(tally.names[k]) for k in kept]
    axes.set_xticks(range(len(kept)), names, rotation=90, fontsize=8)
    axes.set_yticks(range(len(kept)), names, fontsize=8)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_title(title, loc="left", color=_INK, fontsize=11)
    if len(kept) <= 40:
        for y, x in zip(*np.nonzero(~np.isnan(part)), strict=True):
            red, green, blue, _ = image.cmap(image.norm(part[y, x]))
            light = 0.3 * red + 0.6 * green + 0.1 * blue > 0.55
            axes.text(
                x,
                y,
                word(part[y, x]),
                ha="center",
                va="center",
                fontsize=6.5,
                color=_INK if light else "white",
            )
    figure.colorbar(image, ax=axes, shrink=0.6)
    return _bytes(figure, format)


def _plain(name: str) -> str:
    """A name as matplotlib prints it: short, and without dollars, which would be mathematics."""
    return (name if len(name) <= 40 else name[:39] + "…").replace("$", r"\$")


def _figure(width: float, height: float, format: str) -> Figure:
    if format not in PLOT_FORMATS:
        raise ArenaError(f"'{format}' is no format of plots; give {', '.join(PLOT_FORMATS)}")
    from matplotlib.figure import Figure

    return Figure(figsize=(min(width, 90), min(height, 90)), layout="constrained", facecolor="white")


def _bytes(figure: Figure, format: str) -> bytes:
    import warnings

    held = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "Glyph .* missing", UserWarning
        )  # a name in a script without a font
        figure.savefig(held, format=format, dpi=150, metadata={"Creator": None} if format == "pdf" else None)
    return held.getvalue()
