"""Composition: which stories, and how much of each, so that the edition has the length asked for.

Design choices
- The length is counted on the whole script, phrases and pauses included, by a pace measured on real speech.
- First as many stories as the style likes, then sentence after sentence where it is worth most per second,
  scores counting by their root and a story's later sentences less; last, one exchange to meet the length.
- A section's second and third story count less than its first, so that a briefing has breadth.
- Where the sources hold less than was asked for, all of it is told and nothing is stretched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from duologue.studio.daily.listener import Listener
from duologue.studio.daily.material import Material
from duologue.studio.daily.script import Script
from duologue.studio.daily.sections import ORDER
from duologue.studio.episode import Turn

__all__ = ["choose", "section_order"]

_SECONDS = {"crisp": 19.0, "warm": 28.0, "in depth": 60.0}
"""Seconds that a style likes to give a story."""
_BREADTH = 0.8
_LATER = 0.86
_NEAR = 0.012
_CONNECTED = 1.6
"""A sentence is easier to follow where the one before it is told as well."""
_WORTH_A_CREDIT = 90
"""Characters a second publisher must have to say to be introduced."""


@dataclass(frozen=True, slots=True)
class _Move:
    """Sentences to add to a story, and what they are worth per second."""

    material: Material
    new: frozenset[int]
    seconds: float
    worth: float


def section_order(chosen: Sequence[Material], listener: Listener) -> list[str]:
    """The sections, the listener's order first; else the one with the best story, then the usual order."""
    wanted = [s for s in (x.lower() for x in listener.sections) if s in ORDER]
    if not wanted and chosen:
        wanted = [max(chosen, key=lambda m: m.ranked.score).ranked.section]
    return list(dict.fromkeys([*wanted, *ORDER]))


def _broad(materials: Sequence[Material]) -> list[Material]:
    """The materials in the order they are taken: by score, less for a section that has had its turn."""
    left, taken, order = list(materials), Counter[str](), list[Material]()
    while left:
        best = max(left, key=lambda m: m.ranked.score * _BREADTH ** taken[m.ranked.section])
        left.remove(best)
        taken[best.ranked.section] += 1
        order.append(best)
    return order


def choose(
    materials: Sequence[Material],
    listener: Listener,
    script: Callable[[dict[Material, set[int]]], Script],
    seconds: Callable[[Sequence[Turn]], float],
    spoken: Callable[[str], float],
) -> dict[Material, set[int]]:
    """What is told of each story.

    script: makes the script of a choice; seconds: of its turns with their pauses; spoken: of one sentence.
    """
    goal = listener.minutes * 60
    order = _broad(materials)

    def length(told: dict[Material, set[int]]) -> float:
        return seconds(script(told).turns)

    frame = length({})
    per = min(_SECONDS[listener.style], goal / 6)
    count = min(len(order), max(1, round((goal - frame) / per)))
    while count > 1 and length({m: m.lead() for m in order[:count]}) > goal * (1 + _NEAR):
        count -= 1
    told = {m: m.lead() for m in order[:count]}
    while True:
        _fill(told, goal, length, spoken)
        if count >= len(order) or goal - length(told) <= 0.04 * goal:
            break
        count += 1
        told[order[count - 1]] = order[count - 1].lead()
        if length(told) > goal * 1.03:
            del told[order[count - 1]]
            break
    _exchange(told, goal, length, spoken)
    return told


def _moves(material: Material, mine: set[int], spoken: Callable[[str], float]) -> list[_Move]:
    """Everything that could be added to a story, each sentence with what it needs."""
    found = []
    for i in sorted(material.reading.tellable - mine):
        new = material.reading.unit(i) - mine
        if not new:
            continue
        cost, bother = sum(spoken(material.text(j)) for j in new), 3.0
        if {material.owner[j] for j in new} - {material.owner[j] for j in mine}:
            if sum(len(material.text(j)) for j in new) < _WORTH_A_CREDIT:
                continue
            cost += 2.5  # the words that introduce another publisher
            bother += 4.0
        if min(new) - 1 in mine:
            bother /= _CONNECTED
        value = material.reading.value(new, mine) * material.ranked.score**0.5 * _LATER ** len(mine)
        found.append(_Move(material, frozenset(new), cost, value / (cost + bother)))
    return found


def _fill(
    told: dict[Material, set[int]],
    goal: float,
    length: Callable[[dict[Material, set[int]]], float],
    spoken: Callable[[str], float],
) -> None:
    """Add what is worth most while it fits."""
    room = goal * (1 + _NEAR) - length(told)
    moves = {material: _moves(material, mine, spoken) for material, mine in told.items()}
    while True:
        fitting = [m for of_one in moves.values() for m in of_one if m.seconds <= room]
        if not fitting:
            return
        best = max(fitting, key=lambda m: m.worth)
        told[best.material] = told[best.material] | best.new
        now = goal * (1 + _NEAR) - length(told)
        if now < -0.5:
            told[best.material] = told[best.material] - best.new
            room = min(room - 0.5, best.seconds - 0.1)
            continue
        room = now
        moves[best.material] = _moves(best.material, told[best.material], spoken)


def _exchange(
    told: dict[Material, set[int]],
    goal: float,
    length: Callable[[dict[Material, set[int]]], float],
    spoken: Callable[[str], float],
) -> None:
    """One addition, or one sentence for another, that brings the length nearest to the goal."""
    gap = goal - length(told)
    if abs(gap) <= 2 * _NEAR * goal:
        return
    best, nearest = None, abs(gap)
    for move in [m for material, mine in told.items() for m in _moves(material, mine, spoken)]:
        if abs(gap - move.seconds) < nearest:
            best, nearest = (move, None), abs(gap - move.seconds)
        mine = told[move.material]
        for i in mine - move.material.lead():
            if any(i in move.material.reading.unit(j) for j in (mine | move.new) - {i}):
                continue
            left = abs(gap - move.seconds + spoken(move.material.text(i)))
            if left < nearest:
                best, nearest = (move, i), left  # type: ignore[assignment]
    if best is not None:
        move, gone = best
        told[move.material] = (told[move.material] | move.new) - ({gone} if gone is not None else set())
