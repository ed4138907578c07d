"""Casting: a voice for the narrator and one for each character, by sex, age and how much it says.

Design choices
- Voices come from what the bank has: its plain voices first, then blends of two of one sex, so that more
  characters than voices can still be told apart. A blend's mean pitch lies between its parts'.
- The narrator has a voice to itself as long as the main characters leave one over.
- Who speaks most chooses first. Age moves the rate of speech and the default style: the old are slower,
  children quick and bright, with the lightest voice of their sex (for boys a woman's, as on the stage).
- An unknown sex gets whichever voice is least used; a character keeps its voice for the whole story.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from duologue.studio.expressions.character import Character

__all__ = ["VOICES", "Part", "cast_voices"]

VOICES: dict[str, tuple[str, ...]] = {
    "female": (
        "heart",
        "emma",
        "heart(1)+emma(1)",
        "heart(3)+emma(1)",
        "emma(3)+heart(1)",
        "emma(3)+fable(1)",
        "heart(3)+fenrir(1)",
    ),
    "male": (
        "fenrir",
        "fable",
        "fenrir(1)+fable(1)",
        "fable(3)+fenrir(1)",
        "fenrir(3)+fable(1)",
        "fable(3)+emma(1)",
        "fenrir(3)+heart(1)",
    ),
    "child": ("emma(2)+heart(1)", "heart(2)+emma(1)", "heart(4)+emma(3)"),
}
"""Voices by sex in the order they are given out; a bank with others can hand in its own table."""

_SPEED = {"child": 1.06, "young": 1.03, "adult": 1.0, "old": 0.9}
_STYLE = {"child": "cheerful", "young": "neutral", "adult": "neutral", "old": "neutral"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """How a character is spoken."""

    name: str
    voice: str
    speed: float = 1.0
    style: str = "neutral"


def cast_voices(
    characters: Sequence[Character],
    lines: Mapping[str, int],
    *,
    narrator: str = "fable",
    voices: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Part]:
    """A part for each character by name. lines: how many words each one says; narrator: its voice, kept free
    while there are others."""
    table = voices or VOICES
    uses: dict[str, int] = {narrator: 1}
    parts: dict[str, Part] = {}
    for character in sorted(characters, key=lambda c: (-lines.get(c.name, 0), c.name)):
        sex = character.sex or _rarer(uses, table)
        pool = list(table[sex])
        if character.age == "child":
            pool = [*table.get("child", ()), *pool]
        voice = min(pool, key=lambda v: (uses.get(v, 0), pool.index(v)))
        uses[voice] = uses.get(voice, 0) + 1
        speed = _SPEED[character.age] * (1 + 0.06 * ((uses[voice] - 1) % 3))
        parts[character.name] = Part(
            name=character.name, voice=voice, speed=round(speed, 3), style=_STYLE[character.age]
        )
    return parts


def _rarer(uses: Mapping[str, int], table: Mapping[str, Sequence[str]]) -> str:
    counts = {sex: sum(uses.get(v, 0) for v in table[sex]) for sex in ("female", "male")}
    return min(counts, key=lambda sex: counts[sex])
