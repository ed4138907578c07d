"""A source taken apart, so that claims can be compared with it."""

from __future__ import annotations

import re
from functools import cached_property

from duologue.studio import claims
from duologue.studio.dates import spoken_parts
from duologue.studio.episode import Source
from duologue.studio.sentences import Sentence, sentences

__all__ = ["Evidence", "context_source"]


class Evidence:
    """A source, taken apart once."""

    def __init__(self, source: Source) -> None:
        self.id, self.text = source.id, source.text or ""
        day = spoken_parts(source.published) if source.published else ""
        self.about = " . ".join(filter(None, (source.title, source.publisher, day)))
        self.parts: list[Sentence] = sentences(self.text)
        self.stems = [frozenset(claims.content(s.text)) for s in self.parts]

    @cached_property
    def folded(self) -> str:
        return claims.fold(f"{self.about}\n{self.text}")

    @cached_property
    def stem_set(self) -> frozenset[str]:
        return frozenset(claims.content(self.about)).union(*self.stems)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(re.findall(r"[^\W_]+", self.folded))

    @cached_property
    def numbers(self) -> frozenset[float]:
        return frozenset(claims.numbers(self.about)) | frozenset(
            n for s in self.parts for n in claims.numbers(s.text)
        )

    def has_name(self, name: str) -> bool:
        """Whether the name, or each of its words, stands in the source."""
        folded = re.sub(r"'s?(?=\s|$)", "", claims.fold(name))
        return all(w in self.words for w in re.findall(r"[^\W_]+", folded) if w not in claims.STOP)


def context_source(text: str, name: str = "edition") -> Source:
    """A source for what the programme knows by itself: its date, its listener, how many sources it read."""
    return Source(id=name, title="About this edition", text=text)
