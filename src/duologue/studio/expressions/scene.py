"""What a reader of dialogue has in mind: who was mentioned, who spoke, who was spoken to.

Design choices
- A pronoun means the last one of its sex, but at the head of a paragraph rather the partner of whoever spoke
  last, for speakers change with paragraphs.
- A partner who hasn't been heard of for a few paragraphs gives way to whoever came in since.
"""

from __future__ import annotations

from duologue.studio.expressions.character import NARRATOR_I, Character
from duologue.studio.expressions.characters import Cast
from duologue.studio.firstnames import Sex

__all__ = ["REACH", "Scene"]

REACH = 6
"""Paragraphs back in which a speaker is still part of the conversation."""


class Scene:
    """What a reader has in mind: who was mentioned, who spoke, who was spoken to."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.mentioned: list[Character] = []
        self.spoke: list[tuple[int, Character]] = []
        self.addressed: Character | None = None
        self.seen: dict[int, int] = {}
        self.paragraph = 0
        self.focus: tuple[int, Character] | None = None
        """Whom the narration was about since somebody last spoke, and in which paragraph."""
        self.barred: set[int] = set()
        """Who is spoken to by name in the quotation looked at, and so isn't its speaker."""

    def mention(self, character: Character) -> None:
        self.seen[id(character)] = self.paragraph
        if character in self.mentioned:
            self.mentioned.remove(character)
        self.mentioned.append(character)

    def merge(self, one: Character, into: Character) -> None:
        """`one` turns out to be `into`."""
        self.cast.merge(one, into)
        self.mentioned = [into if c is one else c for c in self.mentioned]
        self.spoke = [(at, into if c is one else c) for at, c in self.spoke]

    def last_speaker(self, paragraph: int) -> Character | None:
        if self.spoke and paragraph - self.spoke[-1][0] <= REACH:
            return self.spoke[-1][1]
        return None

    def partner(self, paragraph: int) -> Character | None:
        """Who spoke before the last speaker, in this conversation."""
        last = self.last_speaker(paragraph)
        for at, who in reversed(self.spoke):
            if paragraph - at > REACH + 4:
                return None
            if who is not last:
                return who
        return None

    def newcomer(self, paragraph: int, partner: Character | None) -> Character | None:
        """Who was mentioned in narration after a partner who hasn't been heard of for a while."""
        last = self.last_speaker(paragraph)
        gone = paragraph - self.seen.get(id(partner), -99) if partner is not None else 99
        if gone <= 4:
            return None
        for character in reversed(self.mentioned):
            if character is last or character is partner or character.name == NARRATOR_I:
                continue
            return character if paragraph - self.seen.get(id(character), -99) < gone else None
        return None

    def meant(self, pronoun: str, paragraph: int, *, fresh: bool) -> Character | None:
        """Whom a pronoun means; fresh: nobody was mentioned in this paragraph yet."""
        low = pronoun.lower()
        if low in ("i", "we"):
            return self.cast.narrator()
        if low == "they":
            return None
        sex: Sex = "male" if low in ("he", "him", "his") else "female"
        here = [c for c in reversed(self.mentioned) if c.name != NARRATOR_I and id(c) not in self.barred]
        fits = [c for c in here if c.sex == sex]
        maybe = [c for c in here if c.sex == ""]
        last = self.last_speaker(paragraph)
        told = self.focus is not None and self.focus[0] >= paragraph - 1
        if fresh and not told and self.addressed in fits and self.addressed is not last:
            return self.addressed
        if self.focus is not None and self.focus[1] in fits and paragraph - self.focus[0] <= 2:
            return self.focus[1]
        if fresh and last is not None and last.sex == sex and len(fits) > 1:
            partner = self.partner(paragraph)
            if partner is not None and partner in fits:
                return partner
            if self.addressed is not None and self.addressed.sex == sex and self.addressed is not last:
                return self.addressed
        return fits[0] if fits else maybe[0] if maybe else self.cast.nameless(sex)
