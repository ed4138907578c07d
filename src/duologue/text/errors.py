"""The one exception of the text room."""

from __future__ import annotations

__all__ = ["TextError"]


class TextError(ValueError):
    """Says what was wrong with the request and what would be right."""
