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
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, bindparam, text

from duologue.gateway.caller import Caller, Quotas
from duologue.gateway.errors import GatewayError
from duologue.gateway.ledger import Correction
from duologue.gateway.prices import Amounts
from duologue.gateway.tables import Tally
from duologue.store.base import Money
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
        values = {"requests": 1, "audio_ms": hold.audio_ms, "tokens": hold.tokens, "money": hold.money}
        limits = _limits(caller.quotas)
        place = {"key_id": hold.key_id, "day": hold.day}
        asked = {**place, **values, **{f"most_{name}": limit for name, limit in limits.items()}}
        with self._store.session(lazy=True) as session:
            connection = session.connection()
            if connection.execute(_TAKE, asked).rowcount == 1:
                return hold
            # Perhaps it is the key's first request of the day.
            connection.execute(_BEGIN, place)
            if connection.execute(_TAKE, asked).rowcount == 1:
                return hold
            tally = session.get_one(Tally, (hold.key_id, hold.day))
            full = [name for name, limit in limits.items() if getattr(tally, name) + values[name] > limit]
        name = full[0] if full else "requests"
        raise _spent(name, limits[name], values[name], now)

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


_ENDLESS = 2**62
_TAKE = text(
    "UPDATE tallies SET requests = requests + :requests, audio_ms = audio_ms + :audio_ms, "
    "tokens = tokens + :tokens, money = money + :money WHERE key_id = :key_id AND day = :day "
    "AND requests + :requests <= :most_requests AND audio_ms + :audio_ms <= :most_audio_ms "
    "AND tokens + :tokens <= :most_tokens AND money + :money <= :most_money"
).bindparams(
    bindparam("day", type_=Date()), bindparam("money", type_=Money()), bindparam("most_money", type_=Money())
)
_BEGIN = text(
    "INSERT INTO tallies (key_id, day, requests, audio_ms, tokens, money) VALUES (:key_id, :day, 0, 0, 0, 0) "
    "ON CONFLICT DO NOTHING"
).bindparams(bindparam("day", type_=Date()))
# Written out, as SQLAlchemy takes milliseconds to build such statements and this stands before a first piece.


def _limits(quotas: Quotas) -> dict[str, Any]:
    """By the columns of a tally, where there is none a number that no day reaches."""
    return {
        "requests": _ENDLESS if quotas.requests is None else quotas.requests,
        "audio_ms": _ENDLESS if quotas.audio_seconds is None else 1000 * quotas.audio_seconds,
        "tokens": _ENDLESS if quotas.tokens is None else quotas.tokens,
        "money": Decimal(10**9) if quotas.money is None else quotas.money,
    }


def _spent(name: str, limit: Any, value: Any, now: datetime) -> GatewayError:
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    what = "audio seconds" if name == "audio_ms" else name
    shown = Decimal(limit) / 1000 if name == "audio_ms" else Decimal(limit)
    why = "this request alone would pass it" if value > limit else "it starts anew at midnight UTC"
    return GatewayError(
        f"the key's quota of {what} a day ({shown.normalize():f}) is used up; {why}",
        status=429,
        code="insufficient_quota",
        retry_after=float(math.ceil((midnight - now).total_seconds())),
    )
