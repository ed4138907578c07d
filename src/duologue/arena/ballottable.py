"""The tables of votes, of what is held against some of them, and of consent withdrawn.

Design choices
- A vote is written once and never changed: number, what was voted, what was known, and the hash of its chain.
- Quarantine is other rows: a finding says why, `arena_held` which votes. A vote counts unless a finding that
  stands holds it, so releasing is one change that loses nothing.
- Consent is given with the vote and is part of its record; taking it back later is a row of its own.
- Voters and addresses are hashes made by who calls; nothing here leads back to a person.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Double, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from duologue.store.base import Base, UtcTime

__all__ = ["ConsentRow", "FindingRow", "HeldRow", "VoteRow"]

NAME, HASH = 200, 64


class VoteRow(Base):
    """A vote, or `count` equal ones that were imported; see `Cast` for its fields."""

    __tablename__ = "arena_votes"
    __table_args__ = (Index(None, "voter", "at"), Index(None, "address", "at"), Index(None, "prompt"))

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcTime)
    battle: Mapped[str | None] = mapped_column(String(HASH), unique=True)
    model_a: Mapped[str] = mapped_column(String(NAME))
    model_b: Mapped[str] = mapped_column(String(NAME))
    winner: Mapped[str] = mapped_column(String(8))
    count: Mapped[int] = mapped_column(BigInteger)
    voter: Mapped[str] = mapped_column(String(HASH))
    address: Mapped[str] = mapped_column(String(HASH))
    prompt: Mapped[str] = mapped_column(String(HASH))
    seconds: Mapped[float | None] = mapped_column(Double)
    kind: Mapped[str] = mapped_column(String(8))
    task: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    length: Mapped[str] = mapped_column(String(8))
    consent: Mapped[bool] = mapped_column(Boolean)
    style: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(NAME))
    hash: Mapped[str] = mapped_column(String(HASH))


class FindingRow(Base):
    """Why votes are held. check: its name. subject: a voter, an address, a group. state: held, upheld,
    released.
    """

    __tablename__ = "arena_findings"
    __table_args__ = (Index(None, "check", "subject"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    created: Mapped[datetime] = mapped_column(UtcTime)
    check: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(NAME))
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8))
    reviewer: Mapped[str] = mapped_column(String(NAME))
    reviewed: Mapped[datetime | None] = mapped_column(UtcTime)
    note: Mapped[str] = mapped_column(Text)


class HeldRow(Base):
    """A vote that a finding holds while it stands."""

    __tablename__ = "arena_held"

    finding: Mapped[str] = mapped_column(ForeignKey("arena_findings.id"), primary_key=True)
    vote: Mapped[int] = mapped_column(ForeignKey("arena_votes.number"), primary_key=True, index=True)


class ConsentRow(Base):
    """Consent to export that was taken back, or given again, after the vote; the latest one says."""

    __tablename__ = "arena_consents"

    vote: Mapped[int] = mapped_column(ForeignKey("arena_votes.number"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    given: Mapped[bool] = mapped_column(Boolean)
