"""An article: one text with what is known of its origin, whatever it was read from.

Design choices
- Everything that reads (feed, page, PDF, EPUB, Markdown, text) makes this one record; what is behind it
  knows of no format.
- `text` is plain: paragraphs separated by one line break, single spaces, no markup.
- `full` is the title on a line of its own and the text behind it; spans of an episode point into exactly this
  string, so a headline that is read out has its span like everything else.
- What was wrong with an input is a `Problem`, collected and reported; the others go on.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from duologue.studio.episode import Source

__all__ = ["Article", "Problem"]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the input of that name, in words for the listener's report."""

    name: str
    message: str

    def __str__(self) -> str:
        return f"{self.name}: {self.message}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """title and text are plain and never empty; published is UTC or None; place is the position in its feed
    from 0; origin is the name of what it was read from."""

    title: str
    text: str
    url: str = ""
    publisher: str = ""
    published: datetime | None = None
    categories: tuple[str, ...] = ()
    language: str = ""
    origin: str = ""
    place: int = 0

    @property
    def full(self) -> str:
        """Title and text, as a source of an episode keeps them."""
        return self.text if self.text.split("\n", 1)[0] == self.title else f"{self.title}\n{self.text}"

    @property
    def sha256(self) -> str:
        """Of `full`, UTF-8."""
        return hashlib.sha256(self.full.encode()).hexdigest()

    def source(self, name: str) -> Source:
        """The record of it in an episode, under the id `name`."""
        return Source(
            id=name,
            url=self.url,
            title=self.title,
            publisher=self.publisher,
            published=self.published,
            sha256=self.sha256,
            text=self.full,
        )
