"""The one exception of the studio room."""

from __future__ import annotations

__all__ = ["StudioError"]


class StudioError(ValueError):
    """Raised when the studio is given what it can't take; says what was wrong and what would be right."""
