"""The one exception of the voice room."""

from __future__ import annotations

__all__ = ["VoiceError"]


class VoiceError(ValueError):
    """Raised when the voice room is given what it can't take; says what was wrong and what would be right."""
