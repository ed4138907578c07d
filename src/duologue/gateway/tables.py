"""What the gateway keeps: keys, their use, every request with its cost, feedback, audit, feeds, episodes.

Design choices
- Secrets are kept as SHA-256 only (see `keys`); nothing here lets anybody in.
- A request's words are not kept, only its figures; with feedback they are (see `feedback`).
- `Tally` is what a key used on one UTC day, kept beside the ledger so that a quota costs one row, not a sum.
- Audio is in whole milliseconds and money in billionths: sums are exact in both databases.
- Ids are ULIDs, so the order of ids is that of time. Keys are revoked, never deleted: the ledger refers to
  them.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from duologue.store.base import Base, Money, UtcTime

__all__ = [
    "AuditRow",
    "EpisodeRow",
    "FeedTokenRow",
    "FeedbackRow",
    "KeyRow",
    "QualityRow",
    "RequestRow",
    "Tally",
]


class KeyRow(Base):
    """A key. Quotas are per UTC day; None is no limit. scopes: words with spaces between."""

    __tablename__ = "keys"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    scopes: Mapped[str] = mapped_column(String(500))
    created: Mapped[datetime] = mapped_column(UtcTime)
    expires: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked: Mapped[datetime | None] = mapped_column(UtcTime)
    requests_per_day: Mapped[int | None]
    audio_seconds_per_day: Mapped[int | None]
    tokens_per_day: Mapped[int | None]
    money_per_day: Mapped[Decimal | None] = mapped_column(Money)


class Tally(Base):
    """What a key used on a day, what is in flight included at its estimate."""

    __tablename__ = "tallies"

    key_id: Mapped[str] = mapped_column(ForeignKey("keys.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    requests: Mapped[int] = mapped_column(Integer, default=0)
    audio_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    tokens: Mapped[int] = mapped_column(BigInteger, default=0)
    money: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))


class RequestRow(Base):
    """A row of the ledger: one request, served or not.

    asked: the model as the caller named it. served_by: the deployment. state: "done", "cancelled" (the caller
    went away), "broken" (it broke off after the first piece), "failed" (nobody served it). seconds: from the
    request to its end; compute_seconds: of them with the deployment.
    """

    __tablename__ = "requests"
    __table_args__ = (Index(None, "created"), Index(None, "key_id", "created"))

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    created: Mapped[datetime] = mapped_column(UtcTime)
    key_id: Mapped[str | None] = mapped_column(ForeignKey("keys.id"))
    caller: Mapped[str] = mapped_column(String(200))
    sort: Mapped[str] = mapped_column(String(16))
    task: Mapped[str] = mapped_column(String(100))
    asked: Mapped[str] = mapped_column(String(200))
    served_by: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(16))
    model: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    tried: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16))
    error: Mapped[str] = mapped_column(Text, default="")
    prompt_tokens: Mapped[int] = mapped_column(default=0)
    completion_tokens: Mapped[int] = mapped_column(default=0)
    cached_tokens: Mapped[int] = mapped_column(default=0)
    characters: Mapped[int] = mapped_column(default=0)
    audio_ms: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float] = mapped_column(default=0.0)
    compute_seconds: Mapped[float] = mapped_column(default=0.0)
    first_seconds: Mapped[float | None]
    money: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    currency: Mapped[str] = mapped_column(String(3))
    estimated: Mapped[bool] = mapped_column(default=False)


class FeedbackRow(Base):
    """What a person thought of an answer. rating: 1 or -1. content: question and answer, where known."""

    __tablename__ = "feedback"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    request_id: Mapped[str] = mapped_column(String(26), index=True)
    created: Mapped[datetime] = mapped_column(UtcTime)
    key_id: Mapped[str | None] = mapped_column(ForeignKey("keys.id"))
    rating: Mapped[int]
    text: Mapped[str] = mapped_column(Text, default="")
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class AuditRow(Base):
    """Who did what to keys, feeds and the like. hash: over the row and the hash before it."""

    __tablename__ = "audit"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcTime)
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(100))
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(64))


class FeedTokenRow(Base):
    """A token in the URL of a private feed."""

    __tablename__ = "feed_tokens"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    feed: Mapped[str] = mapped_column(String(200), index=True)
    name: Mapped[str] = mapped_column(String(200))
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    created: Mapped[datetime] = mapped_column(UtcTime)
    revoked: Mapped[datetime | None] = mapped_column(UtcTime)


class EpisodeRow(Base):
    """Where an episode lies, and in which feed. The episode itself is its folder's record."""

    __tablename__ = "episodes"
    __table_args__ = (Index(None, "feed", "created"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    created: Mapped[datetime] = mapped_column(UtcTime)
    key_id: Mapped[str | None] = mapped_column(ForeignKey("keys.id"))
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(500))
    feed: Mapped[str] = mapped_column(String(200), default="")
    folder: Mapped[str] = mapped_column(String(1000))
    audio_ms: Mapped[int] = mapped_column(default=0)
    money: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))


class QualityRow(Base):
    """How good a deployment is at a task, as the arena found."""

    __tablename__ = "qualities"

    task: Mapped[str] = mapped_column(String(100), primary_key=True)
    deployment: Mapped[str] = mapped_column(String(100), primary_key=True)
    quality: Mapped[float]
    at: Mapped[datetime] = mapped_column(UtcTime)
