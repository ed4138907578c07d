"""Minimal pairs of English grammar: a sentence that is right beside one that differs and is wrong.

Design choices
- The idea is BLiMP's (Warstadt et al. 2020); every template and word here is our own, made for the register
  of an encyclopaedia and of books from 1870 to 1930.
- A model prefers the right sentence if it gives it, as a whole, the higher probability.
- Made anew at each call from a fixed seed; the first n pairs of a phenomenon are the same whatever number is
  asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from duologue.text.train.grammar_phenomena import PHENOMENA, Draw

__all__ = ["Pair", "pairs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two sentences of which only `good` is grammatical."""

    phenomenon: str
    good: str
    bad: str


def _sentence(text: str) -> str:
    text = text[0].upper() + text[1:]
    return text if text.endswith("?") else text + "."


def pairs(count: int = 100, seed: int = 1870) -> dict[str, list[Pair]]:
    """`count` distinct pairs of each phenomenon, by its name. Raises ValueError if there are fewer."""
    made: dict[str, list[Pair]] = {}
    for make in PHENOMENA:
        name = make.__name__
        random = Random(f"{seed} {name}")
        found: dict[str, Pair] = {}
        tries = 0
        while len(found) < count:
            tries += 1
            if tries > 20 * count + 200:
                raise ValueError(f"{name} has no {count} different pairs")
            good, bad = map(_sentence, make(Draw(random, len(found) % 2 == 0)))
            found.setdefault(good, Pair(phenomenon=name, good=good, bad=bad))
        made[name] = list(found.values())
    return made
