"""What was told on earlier days, so that today's briefing says what is new.

Design choices
- A story is remembered by the stems of its title and beginning and by those of every sentence its articles
  had, told or not: what was known yesterday isn't new today.
- What was told on the day of this edition doesn't count: making an edition again gives the same one.
- A story that comes back with sentences that say something new is an update and tells these; one without
  is left out. Sentences are new if less than six tenths of their content was in any sentence before.
- One JSON file, written whole; two weeks are kept. A file that can't be read is said to be so and begun anew.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from duologue.studio import claims
from duologue.studio.daily.stories import Story
from duologue.studio.errors import StudioError
from duologue.studio.files import write_whole
from duologue.studio.sentences import sentences

__all__ = ["Memory", "Told"]

_KEPT = timedelta(days=14)
_SAME = 0.4
_KNOWN = 0.6
_MOST = 120  # sentences remembered of a story


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A story told on `day`: its title, addresses, the stems of its head and of its sentences."""

    day: date
    title: str
    urls: frozenset[str]
    head: frozenset[str]
    known: tuple[frozenset[str], ...]

    def knows(self, sentence: str) -> bool:
        """Whether the sentence says nothing that wasn't known."""
        stems = frozenset(claims.content(sentence))
        figures = {f"{n:g}" for n in claims.numbers(sentence)}
        return not stems or any(
            len(stems & old) >= _KNOWN * len(stems) and figures <= old for old in self.known
        )


def _head(story: Story) -> frozenset[str]:
    return frozenset(claims.content(f"{story.title} {story.first.text[:300]}"))


def _bag(sentence: str) -> frozenset[str]:
    """Stems of a sentence, and its numbers by value."""
    return frozenset(claims.content(sentence)) | {f"{n:g}" for n in claims.numbers(sentence)}


@dataclass(slots=True)
class Memory:
    """What was told, the latest last."""

    told: list[Told] = field(default_factory=list)

    @classmethod
    def load(cls, path: str | Path) -> Memory:
        """The memory in the file, empty where there is none. Raises StudioError for a broken one."""
        try:
            data = json.loads(Path(path).read_text("utf-8"))
            return cls([_from_json(row) for row in data["told"]])
        except FileNotFoundError:
            return cls()
        except (ValueError, KeyError, TypeError) as error:
            raise StudioError(
                f"the memory '{path}' can't be read ({type(error).__name__}); move it away"
            ) from None

    def save(self, path: str | Path) -> Path:
        """Write it, whole or not at all."""
        rows = [
            {
                "day": t.day.isoformat(),
                "title": t.title,
                "urls": sorted(t.urls),
                "head": sorted(t.head),
                "known": [sorted(k) for k in t.known],
            }
            for t in self.told
        ]
        return write_whole(path, json.dumps({"told": rows}, ensure_ascii=False) + "\n")

    def recall(self, story: Story, today: date) -> Told | None:
        """The latest telling of `story` before `today`, joined with what earlier ones knew, or None."""
        head, urls = _head(story), {a.url for a in story.articles if a.url}
        found = [
            t
            for t in self.told
            if t.day < today
            and (urls & t.urls or len(head & t.head) >= _SAME * min(len(head), len(t.head)) > 0)
        ]
        if not found:
            return None
        last = max(found, key=lambda t: t.day)
        return Told(
            day=last.day,
            title=last.title,
            urls=last.urls,
            head=last.head,
            known=tuple(k for t in found for k in t.known),
        )

    def remember(self, stories: list[Story], today: date) -> Memory:
        """The memory after telling `stories` today; a day told again is replaced."""
        kept = [t for t in self.told if t.day != today and today - t.day <= _KEPT]
        for story in stories:
            parts = [s.text for a in story.articles for s in sentences(a.full)][:_MOST]
            kept.append(
                Told(
                    day=today,
                    title=story.title,
                    urls=frozenset(a.url for a in story.articles if a.url),
                    head=_head(story),
                    known=tuple(dict.fromkeys(_bag(p) for p in parts)),
                )
            )
        return Memory(kept)


def _from_json(row: dict[str, Any]) -> Told:
    return Told(
        day=date.fromisoformat(row["day"]),
        title=str(row["title"]),
        urls=frozenset(row["urls"]),
        head=frozenset(row["head"]),
        known=tuple(frozenset(k) for k in row["known"]),
    )
