"""What every room's tables stand on: the declarative base, times in UTC, money without rounding.

Design choices
- One `Base` for all rooms, so that one set of migrations and one test see all tables; a room's tables live in
  the room.
- Names of keys and indices are fixed by a convention: a migration on PostgreSQL has to name what it drops.
- Times are aware and UTC in Python, and plain UTC in the database, with microseconds: SQLite has no zones,
  and a naive time is refused rather than guessed at.
- Money is `Decimal` in Python and whole billionths in the database: both databases add integers exactly, and
  SQLite has no decimals. Nine digits hold the price of one token at 0.001 a million.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

__all__ = ["BILLIONTH", "Base", "Money", "UtcTime"]

BILLIONTH = Decimal("1e-9")

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=_NAMES)


class UtcTime(TypeDecorator[datetime]):
    """An aware `datetime`, whatever its zone; read back in UTC. Raises ValueError for a naive one."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone; give an aware one, such as datetime.now(UTC)")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Money(TypeDecorator[Decimal]):
    """A `Decimal`, kept as whole billionths; a finer part is rounded to even."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        if value is None:
            return None
        return int((Decimal(value) / BILLIONTH).to_integral_value(ROUND_HALF_EVEN))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        # PostgreSQL's sum of bigints is a numeric; int() takes both.
        return None if value is None else Decimal(int(value)).scaleb(-9)
