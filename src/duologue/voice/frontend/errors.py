"""The one exception of the front end, one kind of the voice room's."""

from __future__ import annotations

from duologue.voice.errors import VoiceError

__all__ = ["FrontendError"]


class FrontendError(VoiceError):
    """Input the front end can't take: says what was wrong, where, and what would be right.

    line and column count from 1; `position` is the character offset into the input. All three are
    None where the fault has no place in the text (an unknown language, say).
    """

    def __init__(
        self, message: str, *, line: int | None = None, column: int | None = None, position: int | None = None
    ) -> None:
        where = f"line {line}, column {column}: " if line is not None else ""
        super().__init__(where + message)
        self.line = line
        self.column = column
        self.position = position
