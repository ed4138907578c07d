"""Style as covariates: what may win votes without being better.

Design choices
- Text: length, headings, bold, lists, counted in the Markdown. Speech: duration (seconds), loudness (LUFS).
- A difference is (a - b) / (a + b) for lengths and durations, (a - b) / (a + b + 1) for counts that may be
  zero, so that ten words against twenty weigh like a hundred against two hundred; loudness is in decibels
  already.
- Differences are divided by their root mean square and not centred: turning a vote round turns its
  difference, and ratings don't depend on which side a contestant stood. A side's own advantage can be asked
  for as the covariate `side`.
- A vote with an unknown value counts, with a difference of zero. A covariate that never differs is left out.

Source: T. Li, A. Angelopoulos, W.-L. Chiang, Does style matter? (LMArena, 2024).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duologue.arena.errors import ArenaError
from duologue.arena.votes import Votes

__all__ = ["SIDE", "SPEECH_STYLE", "TEXT_STYLE", "Differences", "differences", "measure_text"]

Floats = NDArray[np.float64]
TEXT_STYLE = ("length", "headings", "bold", "lists")
SPEECH_STYLE = ("duration", "loudness")
SIDE = "side"
_PLAIN = {"loudness"}  # on a logarithmic scale as it is
_AMOUNTS = {"length", "duration"}  # never zero in an answer that is one

_FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.M | re.S)
_HEADING = re.compile(r"^ {0,3}#{1,6}(?=[ \t\n])", re.M)
_BOLD = re.compile(r"(\*\*|__)(?=\S)(?:(?!\1).)+?(?<=\S)\1", re.S)
_ITEM = re.compile(r"^[ \t]*(?:[-*+]|\d{1,9}[.)])(?=[ \t]+\S)", re.M)


def measure_text(markdown: str) -> dict[str, int]:
    """Length in words; headings, bold passages and list items of a Markdown text (outside code blocks)."""
    prose = _FENCE.sub("\n", markdown)
    return {
        "length": len(markdown.split()),
        "headings": len(_HEADING.findall(prose)),
        "bold": len(_BOLD.findall(prose)),
        "lists": len(_ITEM.findall(prose)),
    }


@dataclass(frozen=True, slots=True)
class Differences:
    """`values: (V, P)` of side a minus side b, in units of their root mean square `scale: (P,)`."""

    names: tuple[str, ...]
    values: Floats
    scale: Floats
    notices: tuple[str, ...] = ()


def differences(votes: Votes, names: Sequence[str]) -> Differences:
    """The covariates asked for, as differences. ArenaError names one that the votes don't have."""
    columns, kept, scales, notices = [], [], [], []
    for name in dict.fromkeys(names):
        if name == SIDE:
            raw = np.ones(len(votes))
        elif name in votes.covariates:
            raw = _difference(name, votes.covariates)
        else:
            known = ", ".join([*votes.covariates, SIDE])
            raise ArenaError(
                f"the votes have no covariate '{name}' (columns {name}_a and {name}_b); they have: {known}"
            )
        unknown = np.isnan(raw)
        if unknown.any():
            notices.append(
                f"{name} is unknown in {int(votes.count[unknown].sum())} votes, which count as even there"
            )
            raw = np.where(unknown, 0.0, raw)
        scale = float(np.sqrt(np.average(raw**2, weights=votes.count))) if votes.total else 0.0
        if scale < 1e-12:
            notices.append(f"{name} is the same on both sides of every vote and was left out")
            continue
        columns.append(raw / scale)
        kept.append(name)
        scales.append(scale)
    values = np.stack(columns, axis=1) if columns else np.zeros((len(votes), 0))
    return Differences(tuple(kept), values, np.array(scales), tuple(notices))


def _difference(name: str, covariates: Mapping[str, Any]) -> Floats:
    a, b = covariates[name]
    if name in _PLAIN:
        return np.asarray(a - b)
    with np.errstate(invalid="ignore", divide="ignore"):
        bottom = np.abs(a) + np.abs(b) + (0.0 if name in _AMOUNTS else 1.0)
        return np.asarray(np.where(bottom == 0, 0.0, (a - b) / bottom))
