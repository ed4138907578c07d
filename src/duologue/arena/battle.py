"""A battle: what two contestants answered to the same, and when it may be voted on.

Design choices
- A record and rules, no I/O: `obstacle` says why a vote can't be taken yet, in words for the person.
- A battle belongs to who began it (`owner`, a hash): nobody else sees it, hears it or votes on it.
- Speech must be heard: each clip has to have been fetched at least as long ago as it lasts when its end is
  reported, and the vote comes no sooner than both lengths after the first fetch. The page reports ends; the
  clock here decides.
- `named` battles show their names from the start and take no votes; `batch` ones are made by a program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from duologue.arena.contestants import Kind
from duologue.arena.duet import SIDES, Side
from duologue.arena.votes import OUTCOMES

__all__ = ["CHOICES", "MOST_TURNS", "Battle", "Mode", "Turn", "obstacle"]

Mode = Literal["blind", "named", "batch"]
CHOICES: Mapping[str, str] = dict(zip(("left", "right", "tie", "both_bad"), OUTCOMES, strict=True))
"""What a voter says, and the word of a vote for it: left is model_a."""
MOST_TURNS = 8
SLACK = 0.4
"""Seconds of a clip that a clock may be off by: a decoder's padding, a sound card's buffer."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One prompt and both answers."""

    prompt: str
    left: str = ""
    right: str = ""

    def answer(self, side: Side) -> str:
        """What this side answered."""
        return self.left if side == "left" else self.right


@dataclass(frozen=True, kw_only=True, slots=True)
class Battle:
    """What is known of a battle. Times are UTC.

    left, right: names of contestants. prompt: the first one, or the text to be spoken. ready: when the last
    answers were complete, None while they aren't. seconds, loudness: of the clips, (left, right). fetched,
    heard: when a side's clip was first asked for and when its end was reported. leak: why it doesn't count,
    "" if it does.
    """

    id: str
    created: datetime
    owner: str
    mode: Mode
    kind: Kind
    task: str
    language: str
    length: str
    left: str
    right: str
    prompt: str = ""
    turns: tuple[Turn, ...] = ()
    ready: datetime | None = None
    seconds: tuple[float, float] | None = None
    loudness: tuple[float, float] | None = None
    fetched: Mapping[str, datetime] = field(default_factory=dict)
    heard: Mapping[str, datetime] = field(default_factory=dict)
    leak: str = ""
    winner: str = ""

    def contestant(self, side: Side) -> str:
        """The name of who is on this side."""
        return self.left if side == "left" else self.right

    def lasts(self, side: Side) -> float:
        """Seconds of this side's clip."""
        return self.seconds[SIDES.index(side)] if self.seconds else 0.0

    def messages(self, side: Side, system: str = "", prompt: str = "") -> list[dict[str, Any]]:
        """The conversation as this side has seen it, with `prompt` at its end where one is given."""
        out: list[dict[str, Any]] = [{"role": "system", "content": system}] if system else []
        for turn in self.turns:
            out.append({"role": "user", "content": turn.prompt})
            out.append({"role": "assistant", "content": turn.answer(side)})
        return [*out, {"role": "user", "content": prompt}] if prompt else out


def may_have_heard(battle: Battle, side: Side, now: datetime) -> bool:
    """Whether this side's clip can have been heard to its end by now."""
    begun = battle.fetched.get(side)
    return begun is not None and (now - begun).total_seconds() >= battle.lasts(side) - SLACK


def obstacle(battle: Battle, now: datetime) -> str:
    """Why a vote on this battle can't be taken now; "" if it can."""
    if battle.mode == "named":
        return "a battle with names isn't counted; begin a blind one to vote"
    if battle.winner:
        return "this battle has been voted on; begin another one"
    if battle.ready is None:
        return "the answers aren't complete yet; vote when both are"
    if battle.kind == "text" or battle.mode == "batch":
        return ""
    missing = [side for side in SIDES if side not in battle.heard]
    if missing:
        return f"hear the {' and the '.join(missing)} clip to the end before you vote"
    first = min(battle.fetched.values(), default=battle.ready)
    if (now - first).total_seconds() < sum(battle.seconds or (0.0, 0.0)) - 2 * SLACK:
        return "both clips can't have been heard yet; hear them to the end before you vote"
    return ""
