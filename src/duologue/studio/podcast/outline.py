"""The outline: which statements are told, in which order, in which chapters, in how many breaths.

Design choices
- The order is the source's own: a journalist has already put it in one.
- A group is what is told in one breath: statements of one paragraph that stand together, up to fifty words or
  so; what needs its predecessor stays with it.
- Chapters follow the source's own headings where it has any, else the subject: each new one opens where most
  of the next paragraphs' cues say so, and takes its title from a short list. There are never two of the same
  title, and none is shorter than two groups.
- The end is kept apart: the last paragraph's statements close the episode.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from duologue.studio.podcast.document import Document
from duologue.studio.podcast.people import People
from duologue.studio.podcast.salience import choose, weights
from duologue.studio.podcast.statements import Statement, statements

__all__ = ["Group", "Material", "Outline", "Part", "outline"]

LONGEST = 52
"""Words told in one breath."""

_TITLES = {
    "money": "The money",
    "past": "How it began",
    "next": "What comes next",
    "people": "The people",
    "how": "How it works",
    "problem": "What went wrong",
    "evidence": "The evidence",
    "contrast": "The doubts",
}
_SIGNS = {
    "money": {"money", "cost"},
    "past": {"past"},
    "next": {"future"},
    "people": {"people", "quote"},
    "how": {"how"},
    "problem": {"problem"},
    "evidence": {"finding"},
    "contrast": {"contrast", "caution"},
}


@dataclass(frozen=True, slots=True)
class Group:
    """Statements told in one breath. opens: the title of the chapter that begins here, or empty; turns:
    whether that title is the source's own heading."""

    statements: tuple[Statement, ...]
    opens: str = ""
    turns: bool = False

    @property
    def words(self) -> int:
        """Words of all statements."""
        return sum(s.length for s in self.statements)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One document's share of the episode: its groups, the last of them apart as its close."""

    document: Document
    people: People
    groups: tuple[Group, ...]
    close: Group | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """All parts. `everything`: whether no statement was left out."""

    parts: tuple[Part, ...]
    everything: bool

    @property
    def words(self) -> int:
        """Words of all chosen statements."""
        return sum(g.words for p in self.parts for g in (*p.groups, *((p.close,) if p.close else ())))


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """A document with its people, statements and their weights, read once for all tries at a length."""

    document: Document
    people: People
    statements: tuple[Statement, ...]
    rank: NDArray[np.float64]

    @classmethod
    def read(cls, document: Document) -> Material:
        """What can be told of `document`."""
        people = People(document)
        told = tuple(statements(document, people))
        return cls(document=document, people=people, statements=told, rank=weights(told, document.title))

    @property
    def words(self) -> int:
        """Words of all statements."""
        return sum(s.length for s in self.statements)


def outline(materials: Sequence[Material], words: int) -> Outline:
    """What of `materials` is told in about `words` words of statements."""
    whole = sum(m.words for m in materials) or 1
    parts, everything = [], True
    for material in materials:
        chosen = choose(material.statements, material.rank, round(words * material.words / whole))
        everything = everything and len(chosen) == sum(not s.orphan for s in material.statements)
        parts.append(_part(material.document, material.people, chosen))
    return Outline(parts=tuple(parts), everything=everything)


def _part(document: Document, people: People, chosen: Sequence[Statement]) -> Part:
    groups = list(_groups(chosen))
    close = groups.pop() if len(groups) > 3 else None
    return Part(document=document, people=people, groups=tuple(_chaptered(groups)), close=close)


def _groups(chosen: Sequence[Statement]) -> list[Group]:
    made: list[list[Statement]] = []
    for statement in chosen:
        held = made[-1] if made else None
        if held is not None:
            size = sum(s.length for s in held) + statement.length
            linked = statement.needs == held[-1].index
            near = statement.paragraph == held[-1].paragraph
            lead = held[0].index == 0
            if (
                (linked and size <= LONGEST + 25)
                or (near and lead and size <= LONGEST + 20)
                or (near and size <= LONGEST and len(held) < 3)
            ):
                held.append(statement)
                continue
        made.append([statement])
    return [Group(tuple(held)) for held in made]


def _subject(groups: Sequence[Group]) -> str:
    """The title that fits these groups best, or empty."""
    votes: Counter[str] = Counter()
    for group in (groups[0], *groups):  # the first counts twice
        here = Counter(cue for s in group.statements for cue in s.cues)
        votes["money"] += 2 * here["money"] + here["cost"]
        votes["past"] += 2 * here["past"]
        votes["next"] += 2 * here["future"] - here["past"]
        votes["people"] += here["people"] + here["quote"]
        votes["how"] += here["how"]
        votes["evidence"] += here["finding"]
        votes["problem"] += here["problem"]
        votes["contrast"] += 2 * here["contrast"] + here["caution"]
    opening = {cue for s in groups[0].statements for cue in s.cues}
    fitting = [(n, name) for name, n in votes.items() if n >= 3 and _SIGNS[name] & opening]
    return _TITLES[max(fitting)[1]] if fitting else ""


def _chaptered(groups: Sequence[Group]) -> list[Group]:
    """The groups, a chapter opening at about every third where the subject is a new one."""
    made: list[Group] = []
    used: set[str] = set()
    since = 0
    explains = bool(groups) and groups[0].statements[0].explains
    headed = any(g.statements[0].heading for g in groups)
    last = groups[0].statements[0].heading if groups else ""
    for at, group in enumerate(groups):
        title = ""
        heading = group.statements[0].heading
        if at and headed and heading and heading != last and heading not in used:
            used.add(heading)
            last, since = heading, 1
            made.append(Group(group.statements, heading, turns=True))
            continue
        if at == 0:
            title = "What it is" if explains else "What happened"
        elif headed:
            pass
        elif explains:
            title = "In detail" if since >= 4 and len(groups) - at >= 2 and "In detail" not in used else ""
        elif since >= 3 and len(groups) - at >= 2:
            title = _subject(groups[at : at + 3])
            title = "" if title in used else title
        if title:
            used.add(title)
            since = 0
        since += 1
        made.append(Group(group.statements, title))
    return made
