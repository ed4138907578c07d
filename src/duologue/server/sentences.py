"""Sentences of a text that is still being written, each as soon as it is whole.

Design choices
- The rules are those of `duologue.text.sentences`: a sentence is whole when the next one has begun, or a line
  has.
- A first sentence that grows long is handed out at a comma, so that the voice can begin.
- Joined, the sentences hold every word of the text.
"""

from __future__ import annotations

from duologue.text.sentences import split

__all__ = ["Sentences"]

EARLY, LONG = 90, 400
"""Characters after which a comma will do: for the first sentence, and for any."""


class Sentences:
    """Feed it pieces of text; it hands out sentences."""

    def __init__(self) -> None:
        self._rest = ""
        self._first = True

    def feed(self, text: str) -> list[str]:
        """Sentences that are whole now."""
        self._rest += text
        found: list[str] = []
        parts = split(self._rest)
        if len(parts) > 1:
            found = parts[:-1]
            self._rest = self._rest[self._rest.rindex(parts[-1]) :]
        elif self._rest.endswith("\n") and parts:
            found, self._rest = parts, ""
        elif len(self._rest) > (EARLY if self._first else LONG):
            at = max(self._rest.rfind(mark, 0, len(self._rest) - 1) for mark in (", ", "; ", ": ", " – "))
            if at < 0 and len(self._rest) > 2 * LONG:
                at = self._rest.rfind(" ", 0, 2 * LONG)
            if at > 20:
                found, self._rest = [self._rest[: at + 1].strip()], self._rest[at + 1 :]
        self._first = self._first and not found
        return found

    def finish(self) -> list[str]:
        """What is left."""
        rest, self._rest = self._rest, ""
        return split(rest)
