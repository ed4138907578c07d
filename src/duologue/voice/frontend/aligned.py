"""Text that remembers where each of its characters came from.

Design choices
- A text that was not changed carries no map at all: the common case costs nothing.
- A changed one keeps two arrays, the original start and end of every character; both only ever grow, so
  any span of the new text maps to a span of the original, in order.
- Texts are built by appending runs: copied (character for character) or replaced (a whole run stands
  for a whole original span, as "&amp;" for "&" or an alias for what it replaces).
"""

from __future__ import annotations

from array import array

__all__ = ["Aligned", "AlignedBuilder"]


class Aligned:
    """`text`, and the original span of each of its characters (identity if no map is given)."""

    __slots__ = ("_ends", "_starts", "text")

    def __init__(self, text: str, starts: array[int] | None = None, ends: array[int] | None = None):
        self.text = text
        self._starts = starts
        self._ends = ends

    @property
    def identical(self) -> bool:
        """Whether every character stands where it stood in the original."""
        return self._starts is None

    def replaced(self, text: str) -> Aligned:
        """The same map under another text of the same length."""
        if len(text) != len(self.text):
            raise ValueError("a text replaced in place must keep its length")
        return Aligned(text, self._starts, self._ends)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original characters of text[start:end]; an empty span maps to an empty one."""
        if self._starts is None or self._ends is None:
            return start, end
        if start >= end:
            point = (
                self._starts[start] if start < len(self._starts) else (self._ends[-1] if self._ends else 0)
            )
            return point, point
        return self._starts[start], self._ends[end - 1]


class AlignedBuilder:
    """Builds an `Aligned` from runs in order."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._starts: array[int] = array("q")
        self._ends: array[int] = array("q")
        self.length = 0

    def copy(self, text: str, origin: int) -> None:
        """Append text whose characters stand one by one at `origin` and after."""
        self._pieces.append(text)
        self._starts.extend(range(origin, origin + len(text)))
        self._ends.extend(range(origin + 1, origin + len(text) + 1))
        self.length += len(text)

    def replace(self, text: str, start: int, end: int) -> None:
        """Append text that as a whole stands for original [start, end)."""
        self._pieces.append(text)
        self._starts.extend([start] * len(text))
        self._ends.extend([end] * len(text))
        self.length += len(text)

    def build(self) -> Aligned:
        """The text and its map."""
        return Aligned("".join(self._pieces), self._starts, self._ends)
