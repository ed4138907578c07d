"""Sections of a briefing, and which one a story belongs to.

Design choices
- What the publisher says counts most: the categories of the entry, then the title of the feed, each looked
  up in a list of words. Only a story without either is judged by the words of its own beginning.
- Few sections, in the order people know from the radio; what fits nowhere is "More news".
"""

from __future__ import annotations

from collections import Counter

from duologue.studio import claims
from duologue.studio.daily.stories import Story

__all__ = ["ORDER", "section_of"]

_WORDS = {
    "local": "local region regional county city town community council neighbourhood",
    "world": "world international foreign global europe asia africa america treaty border minister",
    "politics": "politics political parliament election government policy vote senate congress",
    "business": "business economy economic finance money market company trade jobs industry bank",
    "science": "science scientific research environment nature climate space physics biology astronomy study",
    "health": "health medicine medical hospital disease wellbeing doctor vaccine patient",
    "technology": "technology tech computing software internet digital ai gadgets science-tech",
    "culture": "culture arts art books book music film theatre museum museums literature stage entertainment",
    "sport": "sport sports football soccer rugby cricket tennis athletics rowing chess climbing cycling"
    " basketball golf olympics league match",
}
ORDER = (*_WORDS, "more")
_STEMS = {name: frozenset(claims.content(words)) for name, words in _WORDS.items()}


def _vote(text: str) -> Counter[str]:
    stems = claims.content(text)
    return Counter({name: n for name, known in _STEMS.items() if (n := sum(s in known for s in stems))})


def section_of(story: Story) -> str:
    """The name of the section, one of `ORDER`."""
    first = story.first
    for category in first.categories:
        if votes := _vote(category):
            return votes.most_common(1)[0][0]
    if votes := _vote(first.publisher):
        return votes.most_common(1)[0][0]
    votes = _vote(f"{first.title} {first.title} {first.text[:400]}")
    best = votes.most_common(1)
    return best[0][0] if best and best[0][1] >= 2 else "more"
