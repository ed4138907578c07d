"""One who speaks or is spoken of in a story, and what of a paragraph is told, not said."""

from __future__ import annotations

from dataclasses import dataclass, field

from duologue.studio.expressions.quotations import Paragraph
from duologue.studio.expressions.speech import Age
from duologue.studio.firstnames import Sex

__all__ = ["NARRATOR_I", "Character", "compatible", "narration"]

NARRATOR_I = "I"


@dataclass(slots=True, eq=False)
class Character:
    """name: the fullest form met; aliases: all forms, as they are written; said: quotations given to it."""

    name: str
    sex: Sex = ""
    age: Age = "adult"
    aliases: set[str] = field(default_factory=set)
    proper: bool = True


def narration(text: str, paragraph: Paragraph) -> list[tuple[int, str]]:
    """What isn't quoted in a paragraph: (offset in the text, words)."""
    pieces, at = [], paragraph.start
    for quotation in paragraph.quotations:
        if quotation.start > at:
            pieces.append((at, text[at : quotation.start]))
        at = quotation.end
    if at < paragraph.end:
        pieces.append((at, text[at : paragraph.end]))
    return pieces


def compatible(one: str, other: str) -> bool:
    """Whether two titled names of one surname can be one person: no two titles, no two first names."""
    a, b = [w.rstrip(".") for w in one.split()], [w.rstrip(".") for w in other.split()]
    if a[0] != b[0] and {a[0], b[0]} & {"Miss", "Mrs", "Aunt", "Uncle", "Master"}:
        return False
    first, second = a[1:-1], b[1:-1]
    return not first or not second or first == second
