"""The tables of battles and of what automatic judges said about them.

Design choices
- A battle is written when it begins and when its answers are complete, so that it outlives a restart and any
  process of the server can go on with it; its vote is written by the ballot, in its own table with its own
  chain.
- Answers are kept: a vote can be looked into, judges can judge again, preferences can be exported (of votes
  with consent only).
- A judgement is no vote: another table, so that no query can take one for the other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from duologue.arena.battle import Battle, Turn
from duologue.store.base import Base, UtcTime

__all__ = ["BattleRow", "JudgementRow"]


class BattleRow(Base):
    """A battle; see `Battle` for its fields. turns: a list of {"prompt", "left", "right"}."""

    __tablename__ = "arena_battles"
    __table_args__ = (Index(None, "kind", "created"), Index(None, "owner", "created"))

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    created: Mapped[datetime] = mapped_column(UtcTime)
    owner: Mapped[str] = mapped_column(String(64))
    mode: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(8))
    task: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    length: Mapped[str] = mapped_column(String(8))
    left: Mapped[str] = mapped_column(String(200))
    right: Mapped[str] = mapped_column(String(200))
    prompt: Mapped[str] = mapped_column(Text)
    turns: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    ready: Mapped[datetime | None] = mapped_column(UtcTime)
    left_seconds: Mapped[float | None] = mapped_column(Float)
    right_seconds: Mapped[float | None] = mapped_column(Float)
    left_loudness: Mapped[float | None] = mapped_column(Float)
    right_loudness: Mapped[float | None] = mapped_column(Float)
    left_fetched: Mapped[datetime | None] = mapped_column(UtcTime)
    right_fetched: Mapped[datetime | None] = mapped_column(UtcTime)
    left_heard: Mapped[datetime | None] = mapped_column(UtcTime)
    right_heard: Mapped[datetime | None] = mapped_column(UtcTime)
    leak: Mapped[str] = mapped_column(String(200))
    winner: Mapped[str] = mapped_column(String(8))

    def battle(self) -> Battle:
        """The record."""

        def pair(left: float | None, right: float | None) -> tuple[float, float] | None:
            return None if left is None or right is None else (left, right)

        def times(left: datetime | None, right: datetime | None) -> dict[str, datetime]:
            return {s: t for s, t in (("left", left), ("right", right)) if t is not None}

        return Battle(
            id=self.id,
            created=self.created,
            owner=self.owner,
            mode=self.mode,  # type: ignore[arg-type]
            kind=self.kind,  # type: ignore[arg-type]
            task=self.task,
            language=self.language,
            length=self.length,
            left=self.left,
            right=self.right,
            prompt=self.prompt,
            turns=tuple(Turn(t["prompt"], t["left"], t["right"]) for t in self.turns),
            ready=self.ready,
            seconds=pair(self.left_seconds, self.right_seconds),
            loudness=pair(self.left_loudness, self.right_loudness),
            fetched=times(self.left_fetched, self.right_fetched),
            heard=times(self.left_heard, self.right_heard),
            leak=self.leak,
            winner=self.winner,
        )

    @classmethod
    def of(cls, battle: Battle) -> BattleRow:
        """A new row."""
        seconds, loudness = battle.seconds or (None, None), battle.loudness or (None, None)
        return cls(
            **{
                name: getattr(battle, name)
                for name in (
                    "id", "created", "owner", "mode", "kind", "task", "language", "length", "left", "right",
                    "prompt", "ready", "leak", "winner",
                )
            },
            turns=[{"prompt": t.prompt, "left": t.left, "right": t.right} for t in battle.turns],
            left_seconds=seconds[0],
            right_seconds=seconds[1],
            left_loudness=loudness[0],
            right_loudness=loudness[1],
        )  # fmt: skip


class JudgementRow(Base):
    """What an automatic judge made of a battle. winner: a word of OUTCOMES. left, right: its scores."""

    __tablename__ = "arena_judgements"

    battle: Mapped[str] = mapped_column(ForeignKey("arena_battles.id"), primary_key=True)
    judge: Mapped[str] = mapped_column(String(40), primary_key=True)
    created: Mapped[datetime] = mapped_column(UtcTime)
    winner: Mapped[str] = mapped_column(String(8))
    left: Mapped[float] = mapped_column(Float)
    right: Mapped[float] = mapped_column(Float)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
