"""Which stories matter most today, to this listener.

Design choices
- A score is a product of readable factors, each near 1: freshness (halved every 36 hours, counted from the
  newest story, so an archive ranks as on its day), how many publishers report it, what the listener asks for,
  its place in its feed, and whether there is enough of it to tell.
- An interest is met by a word of the title, the categories or the section, and half by one of the beginning.
- The order is total and repeatable: equal scores fall back on the title.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from duologue.studio import claims
from duologue.studio.daily.listener import Listener
from duologue.studio.daily.sections import section_of
from duologue.studio.daily.stories import Story

__all__ = ["Ranked", "rank"]

_HALF_LIFE = 36.0  # hours
_MORE, _LESS = 1.9, 0.45


@dataclass(frozen=True, slots=True)
class Ranked:
    """A story with its section and its score, the best of a briefing about 1 to 3."""

    story: Story
    section: str
    score: float


def _meets(story: Story, section: str, wishes: Sequence[str]) -> float:
    """How far one of the wishes is met: 0, 0.5 or 1."""
    near = frozenset(
        claims.content(" ".join([*(a.title for a in story.articles), *story.first.categories, section]))
    )
    far = frozenset(claims.content(story.first.text[:400]))
    best = 0.0
    for wish in wishes:
        stems = frozenset(claims.content(wish))
        if stems and stems <= near:
            return 1.0
        if stems and stems <= near | far:
            best = 0.5
    return best


def rank(stories: Sequence[Story], listener: Listener) -> list[Ranked]:
    """The stories worth telling, best first; those the listener never wants and old ones are left out."""
    dates = [s.published for s in stories if s.published]
    newest = max(dates, default=datetime.now(UTC))
    oldest = newest - timedelta(days=listener.max_age_days)
    found = []
    for story in stories:
        section = section_of(story)
        if _meets(story, section, listener.never) == 1.0:
            continue
        if story.published and story.published < oldest:
            continue
        hours = (newest - story.published).total_seconds() / 3600 if story.published else _HALF_LIFE
        score = 0.5 ** (hours / _HALF_LIFE)
        score *= 1 + 0.6 * math.log(max(len(story.publishers), 1))
        score *= _MORE ** _meets(story, section, listener.more)
        score *= _LESS ** _meets(story, section, listener.less)
        score *= 1 / (1 + 0.04 * story.first.place)
        score *= min(1.0, 0.35 + len(story.first.text) / 500)
        found.append(Ranked(story, section, score))
    return sorted(found, key=lambda r: (-r.score, r.story.title))
