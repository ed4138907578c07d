"""The gateway's own budget of money per UTC day, whoever asks.

Design choices
- When it is spent, what costs nothing is still served: the policy leaves out the others.
- Known are the ledger's sum, read again every five seconds at most, what this process has charged since, and
  what it has in flight at its estimate. So one process passes it by no more than its requests in flight use
  beyond their estimates; what other processes charge is seen some five seconds later.
- Without a budget none of this costs anything.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from datetime import time as clock_time
from decimal import Decimal

from sqlalchemy import func, select

from duologue.gateway.errors import GatewayError
from duologue.gateway.tables import RequestRow
from duologue.store.errors import StoreError
from duologue.store.store import Store

__all__ = ["Budget"]

PERIOD = 5.0


class Budget:
    """money_per_day: None is no limit."""

    def __init__(
        self,
        money_per_day: Decimal | None,
        store: Store | None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.limit = money_per_day
        self._store, self._clock = store, clock
        self._lock = threading.Lock()
        self._day = clock().date()
        self._charged = Decimal(0)  # by this process today
        self._base = Decimal(0)  # by others today, and by this one before it was started
        self._in_flight = Decimal(0)
        self._read_at = float("-inf")

    def left(self) -> Decimal | None:
        """What is left of it today; None without a budget."""
        if self.limit is None:
            return None
        with self._lock:
            self._refresh()
            return self.limit - self._base - self._charged - self._in_flight

    def take(self, money: Decimal) -> None:
        """Take an estimate. Raises GatewayError 429 where it isn't there."""
        if self.limit is None or not money:
            return
        with self._lock:
            self._refresh()
            if self._base + self._charged + self._in_flight + money > self.limit:
                raise GatewayError(
                    f"the budget of {self.limit} a day is spent; it starts anew at midnight UTC",
                    status=429,
                    code="insufficient_quota",
                )
            self._in_flight += money

    def put_right(self, estimate: Decimal, money: Decimal) -> None:
        """A request ended that was taken for `estimate` and cost `money`."""
        if self.limit is None:
            return
        with self._lock:
            self._in_flight -= estimate
            self._charged += money

    def _refresh(self) -> None:
        now = self._clock()
        if now.date() != self._day:
            self._day, self._charged, self._base, self._read_at = now.date(), Decimal(0), Decimal(0), 0.0
        if self._store is None or time.monotonic() - self._read_at < PERIOD:
            return
        midnight = datetime.combine(now.date(), clock_time(), UTC)
        query = select(func.sum(RequestRow.money)).where(RequestRow.created >= midnight)
        self._read_at = time.monotonic()
        try:
            with self._store.reading() as session:
                total = session.scalar(query) or Decimal(0)
        except StoreError:
            return  # what was read before, and what this process knows itself, still counts
        # Own charges are in the sum once they are written; the larger of the two views counts.
        self._base = max(self._base, total - self._charged, Decimal(0))
