"""Whom narration is about, and whom it says that a quotation is for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from duologue.studio.expressions.beside import SENTENCE
from duologue.studio.expressions.character import Character
from duologue.studio.expressions.said import Said
from duologue.studio.expressions.scene import Scene

__all__ = ["focus", "only_pronouns", "spoken_to"]

_OBJECT = re.compile(
    r"\b(?:to|at|of|with|from|by|upon|on|for|towards?|after|behind|beside|over|in|about|that) "
    r"(?:the |his |her |my |poor |little )*$"
)
_SPOKEN_TO = re.compile(
    r"\b(?:to|at|upon|towards?|on|asked|told|answered|facing|faced) (?P<whom>him|her|[A-Z][a-z]+)\b"
)


_SEX = {"he": "male", "she": "female"}


def only_pronouns(piece: str) -> bool:
    """Whether a stretch of narration names nobody."""
    return re.search(r"(?<![.!?] )\b[A-Z][a-z]+", piece[1:]) is None and not re.match(
        r"[A-Z][a-z]+ [a-z]+ed\b", piece
    )


def focus(scene: Scene, number: int, piece: str) -> None:
    """Take note of whom a paragraph of narration is about: the subject of most of its sentences."""
    subjects: list[Character] = []
    last = scene.last_speaker(number)
    for sentence in SENTENCE.split(piece.strip()):
        opening = re.match(
            r"\W*(?:(?:And|But|Then|So|Once|Now|At last|Evidently|Presently)\W+)?(he|she)\b", sentence, re.I
        )
        if opening and not subjects and last is not None and last.sex == _SEX[opening[1].lower()]:
            subjects.append(last)
        if opening and subjects:
            subjects.append(subjects[-1])
            continue
        acting = [
            c
            for start, end, c in scene.cast.mentions(sentence)
            if c.sex and not _OBJECT.search(sentence[:start]) and not re.match(r"[’']s", sentence[end:])
        ]
        if acting and not opening:
            subjects.append(acting[0])
    if last := _brought_in(scene, piece):
        scene.focus = (number, last)
    elif subjects:
        scene.focus = (number, subjects[-1])


def _brought_in(scene: Scene, piece: str) -> Character | None:
    """Whoever the paragraph brings in as "a" somebody, and goes on to call he or she."""
    for start, end, character in reversed(scene.cast.mentions(piece)):
        new = re.search(r"\b(?:a|an|another) (?:[\w-]+ ){0,2}$", piece[:start]) is not None
        if new and not character.proper and re.search(r"\b(?:he|she)\b", piece[end:]):
            return character
    return None


def spoken_to(scene: Scene, told: str, made: Sequence[Said]) -> Character | None:
    """Whom the narration around a quotation says it is for."""
    speaker = made[-1].speaker
    match = _SPOKEN_TO.search(told)
    if match is None or speaker is None:
        return None
    if match["whom"] not in ("him", "her"):
        found = scene.cast.find(match["whom"])
        return found if found is not speaker else None
    sex = "male" if match["whom"] == "him" else "female"
    spoke = [c for _, c in reversed(scene.spoke) if c.sex == sex and c is not speaker]
    return spoke[0] if spoke else None
