"""The audit log: who did what to keys and feeds, append only, each row chained to the one before.

Design choices
- A row's hash is the SHA-256 of its own words and the hash before it: a row changed or taken out breaks every
  hash after it, and `verify` says where. Someone who may write the database can still forge the whole chain
  from there on, unless its head was noted elsewhere: `head` is what to note.
- Written in the same transaction as what it tells of, so neither is there without the other.
- No secrets in `detail`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from duologue.gateway.tables import AuditRow
from duologue.store.store import Store

__all__ = ["AuditEntry", "entries", "head", "record", "verify"]

FIRST = "0" * 64
_LOCK = 0x6175_6469_74  # "audit", for pg_advisory_xact_lock


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEntry:
    """A row of the log."""

    number: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    hash: str


def record(
    session: Session, actor: str, action: str, subject: str, detail: Mapping[str, Any], at: datetime
) -> None:
    """Add a row, in the transaction of `session`; writers take turns."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    last = session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(1)).first()
    number, before = (1, FIRST) if last is None else (last.number + 1, last.hash)
    made = _hash(before, number, at, actor, action, subject, detail)
    session.add(
        AuditRow(
            number=number, at=at, actor=actor, action=action, subject=subject, detail=dict(detail), hash=made
        )
    )


def _hash(
    before: str, number: int, at: datetime, actor: str, action: str, subject: str, detail: Mapping[str, Any]
) -> str:
    when = at.astimezone(UTC).isoformat(timespec="microseconds")
    said = json.dumps([before, number, when, actor, action, subject, detail], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def entries(store: Store, limit: int = 100) -> list[AuditEntry]:
    """The latest rows, the newest first."""
    with store.reading() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(limit))
        return [
            AuditEntry(
                number=r.number, at=r.at, actor=r.actor, action=r.action, subject=r.subject, detail=r.detail,
                hash=r.hash,
            )
            for r in rows
        ]  # fmt: skip


def head(store: Store) -> str:
    """The newest hash, to be noted where nobody who can write the database can change it."""
    found = entries(store, 1)
    return found[0].hash if found else FIRST


def verify(store: Store) -> int | None:
    """The number of the first row that doesn't fit the chain; None where all fit."""
    with store.reading() as session:
        before, expected = FIRST, 1
        for row in session.scalars(select(AuditRow).order_by(AuditRow.number)):
            made = _hash(before, row.number, row.at, row.actor, row.action, row.subject, row.detail)
            if row.number != expected or made != row.hash:
                return expected
            before, expected = row.hash, expected + 1
        count = session.scalar(select(func.count()).select_from(AuditRow))
        return None if count == expected - 1 else expected
