"""Monologue: one speaker tells it all, as a summary or a column would.

Design choices
- The statements are the summary; what is written is only the hinge between two subjects, and only where the
  subject changes.
- A hinge fits what follows (money, history, doubts) or isn't there at all: silence between paragraphs is
  enough for a listener.
"""

from __future__ import annotations

from collections.abc import Sequence

from duologue.studio.podcast.moves import Moves
from duologue.studio.podcast.outline import Group, Part
from duologue.studio.podcast.statements import Statement
from duologue.studio.podcast.talk import Talk, Teller

__all__ = ["monologue"]

_HINGES = (
    ("contrast", "mono contrast"),
    ("past", "mono past"),
    ("problem", "mono problem"),
    ("people", "mono people"),
    ("money", "mono money"),
    ("future", "mono next"),
    ("finding", "mono evidence"),
)


def monologue(talk: Talk, part: Part, moves: Moves, speaker: int = 0) -> None:
    """The lines of one document, told by one speaker."""
    teller = Teller(part.people, part.document.common)
    groups = [*part.groups, *([part.close] if part.close is not None else [])]
    since = 2
    for at, group in enumerate(groups):
        if group.opens:
            talk.chapter(group.opens)
        talk.breathe()
        hinge = _hinge(group, moves, at, len(groups)) if at and since >= 2 else ""
        since = 0 if hinge else since + 1
        talk.say(speaker, hinge, "hinge")
        for index, statement in enumerate(group.statements):
            talk.say(speaker, teller.tell(statement, asked=bool(hinge) and index == 0), "tell", statement)


def _hinge(group: Group, moves: Moves, at: int, count: int) -> str:
    first = group.statements[0]
    if first.explains or first.quoted or _announces(group.statements):
        return ""
    for cue, pool in _HINGES:
        if cue not in first.cues or not moves.phrases.has(pool):
            continue
        if cue == "contrast" and not (first.connective in ("However", "But") or "warning" in first.cues):
            continue
        if cue == "future" and at < count * 0.6:
            continue
        if cue == "people" and "affected" not in first.cues:
            continue
        if cue == "money" and "cost" not in first.cues:
            continue
        if cue == "finding" and not ({"number", "percent"} & first.cues and "study" in first.raw):
            continue
        return moves.phrases.take(pool)
    return ""


def _announces(told: Sequence[Statement]) -> bool:
    return len(told) > 1 and told[0].length <= 10
