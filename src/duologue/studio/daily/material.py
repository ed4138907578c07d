"""A story made ready for telling: the sentences of all its articles, and what each adds.

Design choices
- One `Reading` over all articles: the first one's sentences, then what the others have beyond it. So
  a second source that says the same adds nothing, and one that knows more is heard with its name.
- Of a story that was told before, only sentences with something new count; the old ones may come along where
  a new one leans on them.
- A story that has only its headline is told with that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from duologue.studio import claims
from duologue.studio.daily.memory import Told
from duologue.studio.daily.ranking import Ranked
from duologue.studio.sentences import Sentence
from duologue.studio.sources.article import Article
from duologue.studio.summarise.reading import Reading, read
from duologue.studio.summarise.salience import similarity

__all__ = ["Material", "prepare"]

_SECOND = 0.75
"""What a sentence of a second source is worth beside one of the first."""
_COVERED = 0.6
_ANYWHERE = 24  # sentences of a story that are looked at per source


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """A ranked story. owner: for each sentence of the reading the place of its article in the story; before:
    the earlier telling that this one updates."""

    ranked: Ranked
    reading: Reading
    owner: tuple[int, ...]
    before: Told | None = None

    @property
    def articles(self) -> tuple[Article, ...]:
        """The articles of the story."""
        return self.ranked.story.articles

    def text(self, index: int) -> str:
        """Sentence `index` as it is said."""
        text = self.reading.sentences[index].text
        return text if text[-1:] in ".!?…”\"’'" else f"{text}."

    def lead(self) -> set[int]:
        """What must be told if the story is: of an update the first that is new."""
        if self.before is None:
            return self.reading.lead()
        fresh = (i for i in sorted(self.reading.tellable) if self.reading.weight[i] >= 0.1)
        return next((u for i in fresh if (u := self.reading.unit(i))), set())


def _beyond(second: Reading, first: Reading, title: str) -> frozenset[int]:
    """The tellable sentences of a second source that the first doesn't cover."""
    known = frozenset(claims.content(title)).union(*(claims.content(s.text) for s in first.sentences))
    found = set()
    for i in second.tellable:
        stems = claims.content(second.sentences[i].text)
        if stems and sum(s in known for s in stems) < _COVERED * len(stems):
            found.add(i)
    return frozenset(found)


def prepare(ranked: Ranked, before: Told | None = None) -> Material | None:
    """The material of a story, or None for one that was told and has nothing new."""
    parts = [read(a.title, a.full) for a in ranked.story.articles]
    first = parts[0]
    sentences: list[Sentence] = []
    weight: list[float] = []
    needs: list[set[int]] = []
    owner: list[int] = []
    tellable: set[int] = set()
    for place, part in enumerate(parts[:4]):
        offset = len(sentences)
        count = min(len(part.sentences), 200 if place == 0 else _ANYWHERE)
        mine = part.tellable if place == 0 else _beyond(part, first, ranked.story.title)
        sentences += part.sentences[:count]
        weight += [float(w) * (1.0 if place == 0 else _SECOND) for w in part.weight[:count]]
        needs += [{n + offset for n in need} for need in part.needs[:count]]
        owner += [place] * count
        tellable |= {i + offset for i in mine if i < count}
    if not tellable:
        title = parts[0].title if parts[0].title.text else Sentence(ranked.story.title, 0, 0)
        title = replace(title, end=title.start + len(title.text))
        sentences, weight, needs, owner, tellable = [title], [1.0], [set()], [0], {0}
    if before is not None:
        new = {i for i in tellable if not before.knows(sentences[i].text)}
        if not new:
            return None
        weight = [w if i in new else 0.02 for i, w in enumerate(weight)]
    reading = Reading(
        title=first.title,
        sentences=tuple(sentences),
        weight=np.asarray(weight),
        likeness=similarity([s.text for s in sentences]),
        needs=tuple(needs),
        tellable=frozenset(tellable),
    )
    made = Material(ranked, reading, tuple(owner), before)
    return made if made.lead() else None
