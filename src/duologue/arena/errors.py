"""The one exception of the arena room."""

from __future__ import annotations

__all__ = ["ArenaError"]


class ArenaError(ValueError):
    """Says what was wrong with the votes or the request and what would be right."""
