"""What goes in and out of /v1/arena. Names of contestants leave by `state_of` and `Revealed` alone."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from duologue.arena.battle import MOST_TURNS, Battle, obstacle

__all__ = ["Ask", "BattleOrder", "BattleState", "Heard", "Result", "Revealed", "VoteOrder", "state_of"]


class BattleOrder(BaseModel):
    """What to battle about. left, right: names of contestants, for side by side; without them a blind
    battle."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["text", "speech"]
    prompt: str = Field(min_length=1, max_length=8_000)
    left: str = Field(default="", max_length=200)
    right: str = Field(default="", max_length=200)


class Ask(BaseModel):
    """The next prompt; the first turn takes the battle's."""

    model_config = ConfigDict(extra="forbid")

    prompt: str = Field(default="", max_length=8_000)


class Heard(BaseModel):
    """A clip that has been heard to its end."""

    model_config = ConfigDict(extra="forbid")

    side: Literal["left", "right"]


class VoteOrder(BaseModel):
    """The vote. consent: prompt, answers and vote may be exported to tune models."""

    model_config = ConfigDict(extra="forbid")

    winner: Literal["left", "right", "tie", "both_bad"]
    consent: bool = False


class BattleState(BaseModel):
    """A battle as its owner may see it. left, right: names, "" until they may be known. obstacle: why it
    can't be voted on, "" if it can."""

    id: str
    kind: str
    mode: str
    turns: int
    most: int
    votable: bool
    obstacle: str
    heard: list[str]
    winner: str
    left: str
    right: str


class Revealed(BaseModel):
    """Who it was. fact: rating and rank, where there are any."""

    name: str
    fact: str


class Result(BaseModel):
    """What came of a vote. note: why it doesn't count, "" if it does."""

    winner: str
    counted: bool
    note: str
    left: Revealed
    right: Revealed


def state_of(battle: Battle) -> BattleState:
    """The one place that decides which names are shown."""
    from duologue.arena.battles import now  # with the store; the bodies are read without it

    why = obstacle(battle, now())
    open_ = battle.mode == "named" or bool(battle.winner)
    return BattleState(
        id=battle.id,
        kind=battle.kind,
        mode=battle.mode,
        turns=len(battle.turns),
        most=MOST_TURNS if battle.kind == "text" else 1,
        votable=not why,
        obstacle=why,
        heard=[side for side in ("left", "right") if side in battle.heard],
        winner=battle.winner,
        left=battle.left if open_ else "",
        right=battle.right if open_ else "",
    )
