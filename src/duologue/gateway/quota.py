"""Quotas per key and day: what is taken when a request begins, and put right when it ends.

The rule: a request is let in while what its key has used today (UTC), what is in flight included at its
estimate, stays within every quota with this request's own estimate. So the number of requests is exact,
however many processes and threads ask at once; audio, tokens and money can be passed by no more than what the
requests in flight use beyond their estimates. A request that would not fit even into an unused day is refused
as such.

Design choices
- One conditional UPDATE in the database decides and takes; there is no moment between.
- It is committed lazily (see `Store`): a kill loses nothing, and admission waits for no disk.
- What a killed process had in flight stays charged at its estimate: those answers were partly given.
- Callers without quotas cost no access to the database.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import Dialect, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from duologue.gateway.caller import Caller
from duologue.gateway.errors import GatewayError
from duologue.gateway.ledger import Correction
from duologue.gateway.prices import Amounts
from duologue.gateway.tables import Tally
from duologue.store.store import Store

__all__ = ["Hold", "Quota", "Used"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Used:
    """What a key has used on a day."""

    requests: int = 0
    audio_seconds: float = 0.0
    tokens: int = 0
    money: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """What was taken for a request."""

    key_id: str
    day: date
    audio_ms: int
    tokens: int
    money: Decimal

    def correction(self, amounts: Amounts, money: Decimal) -> Correction:
        """What puts the tally right, now that the request has ended."""
        return Correction(
            key_id=self.key_id,
            day=self.day,
            audio_ms=round(amounts.audio_seconds * 1000) - self.audio_ms,
            tokens=amounts.tokens - self.tokens,
            money=money - self.money,
        )


class Quota:
    """The tallies of a store."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._clock = store, clock

    def take(self, caller: Caller, estimate: Amounts, money: Decimal) -> Hold | None:
        """Take a request's estimate from the caller's quotas; None for a caller without.

        Raises GatewayError 429 where it doesn't fit, with the seconds until midnight UTC.
        """
        if caller.key_id is None or not caller.quotas.any:
            return None
        now = self._clock()
        hold = Hold(
            key_id=caller.key_id,
            day=now.date(),
            audio_ms=round(estimate.audio_seconds * 1000),
            tokens=estimate.tokens,
            money=money,
        )
        limits = caller.quotas
        asked = (
            ("requests", Tally.requests, limits.requests, 1),
            ("audio seconds", Tally.audio_ms, _thousand(limits.audio_seconds), hold.audio_ms),
            ("tokens", Tally.tokens, limits.tokens, hold.tokens),
            ("money", Tally.money, limits.money, hold.money),
        )
        with self._store.session(lazy=True) as session:
            _begin_day(session, hold)
            # The column alone on its side: a sum of money columns is no money to SQLAlchemy.
            fits = [column <= limit - value for _, column, limit, value in asked if limit is not None]
            taken = session.execute(
                update(Tally)
                .where(Tally.key_id == hold.key_id, Tally.day == hold.day, *fits)
                .values(
                    requests=Tally.requests + 1,
                    audio_ms=Tally.audio_ms + hold.audio_ms,
                    tokens=Tally.tokens + hold.tokens,
                    money=Tally.money + hold.money,
                )
            )
            if taken.rowcount == 1:  # type: ignore[attr-defined]
                return hold
            tally = session.get_one(Tally, (hold.key_id, hold.day))
            full = [
                (name, limit, value)
                for (name, column, limit, value) in asked
                if limit is not None and getattr(tally, column.key) + value > limit
            ]
        raise _spent(full, now)

    def used(self, key_id: str, day: date | None = None) -> Used:
        """What a key has used on a day, today by default, what is in flight included at its estimate."""
        with self._store.reading() as session:
            tally = session.get(Tally, (key_id, day or self._clock().date()))
        if tally is None:
            return Used()
        return Used(
            requests=tally.requests,
            audio_seconds=tally.audio_ms / 1000,
            tokens=tally.tokens,
            money=tally.money,
        )


def _thousand(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * 1000


def _begin_day(session: Session, hold: Hold) -> None:
    """Make the key's row of the day where there is none."""
    dialect: Dialect = session.get_bind().dialect
    insert = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    row = {"key_id": hold.key_id, "day": hold.day, "requests": 0, "audio_ms": 0, "tokens": 0, "money": 0}
    session.execute(insert(Tally).values(row).on_conflict_do_nothing())


def _spent(full: Sequence[tuple[str, int | Decimal | None, int | Decimal]], now: datetime) -> GatewayError:
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    name, limit, value = full[0] if full else ("requests", None, 0)
    shown = (
        ""
        if limit is None
        else f"{Decimal(limit / 1000 if name == 'audio seconds' else limit).normalize():f}"
    )
    alone = limit is not None and value > limit
    why = "this request alone would pass it" if alone else "it starts anew at midnight UTC"
    return GatewayError(
        f"the key's quota of {name} a day ({shown}) is used up; {why}",
        status=429,
        code="insufficient_quota",
        retry_after=float(math.ceil((midnight - now).total_seconds())),
    )
