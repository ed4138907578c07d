"""A quotation and who says it."""

from __future__ import annotations

from dataclasses import dataclass

from duologue.studio.expressions.character import Character

__all__ = ["Said"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A quotation [start, end) with its speaker, None where nobody is known; `how` names the rule."""

    start: int
    end: int
    inner: str
    speaker: Character | None
    how: str
    verb: str = ""
