"""Stories: articles of several feeds about one event, put together.

Design choices
- Articles are alike if their titles and beginnings share rare words (cosine of tf-idf, title counted twice)
  and at least two of the names and numbers that mark an event; either alone joins what only sounds alike.
- A story grows only by articles that are like its first one, so no chain of likenesses joins strangers.
- The same address or the same text is the same article, whoever delivers it.
- The first article of a story, the one that is told, is the fullest of the freshest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from duologue.studio import claims
from duologue.studio.sources.article import Article
from duologue.studio.summarise.salience import vectors

__all__ = ["Story", "merge"]

_ALIKE = 0.24
_TWINS = 0.7  # alike enough without further proof
_APART = timedelta(days=4)
_LEAD = 500  # characters of a text that say what it is about


@dataclass(frozen=True, slots=True)
class Story:
    """Articles about one event, the one to tell first; never empty."""

    articles: tuple[Article, ...]

    @property
    def first(self) -> Article:
        """The article that is told."""
        return self.articles[0]

    @property
    def title(self) -> str:
        """Its headline."""
        return self.first.title

    @property
    def published(self) -> datetime | None:
        """When the latest of its articles appeared."""
        return max((a.published for a in self.articles if a.published), default=None)

    @property
    def publishers(self) -> tuple[str, ...]:
        """Who reports it, each once, the told one first."""
        return tuple(dict.fromkeys(a.publisher for a in self.articles if a.publisher))


def _marks(article: Article) -> set[str]:
    """Names and numbers of the beginning of an article, folded; the parts of a name count each."""
    head = f"{article.title}. {article.text[:_LEAD]}"
    found = {claims.fold(part) for name in claims.names(head) for part in name.split() if part[:1].isupper()}
    return {m for m in found if len(m) > 2} | {f"{n:g}" for n in claims.numbers(head) if n > 2}


def _distinct(articles: Sequence[Article]) -> list[Article]:
    seen: set[str] = set()
    kept = []
    for article in articles:
        keys = {article.url or article.sha256, article.sha256}
        if not keys & seen:
            kept.append(article)
        seen |= keys
    return kept


def _near(one: Article, other: Article) -> bool:
    return one.published is None or other.published is None or abs(one.published - other.published) <= _APART


def merge(articles: Sequence[Article]) -> list[Story]:
    """The stories that `articles` tell, in the order of their first articles."""
    kept = _distinct(articles)
    made = vectors([f"{a.title}. {a.title}. {a.text[:_LEAD]}" for a in kept])
    marks = [_marks(a) for a in kept]
    groups: list[list[int]] = []
    for i, article in enumerate(kept):
        best, home = _ALIKE, None
        for group in groups:
            j = group[0]
            alike = float(made[i] @ made[j])
            proof = len(marks[i] & marks[j]) >= 2 or alike >= _TWINS
            same_feed = any(kept[k].origin == article.origin for k in group) and alike < _TWINS
            if alike >= best and proof and not same_feed and _near(article, kept[j]):
                best, home = alike, group
        if home is None:
            groups.append([i])
        else:
            home.append(i)
    return [Story(tuple(sorted((kept[i] for i in g), key=_told_first, reverse=True))) for g in groups]


def _told_first(article: Article) -> tuple[bool, int]:
    return article.published is not None, min(len(article.text), 4000)
