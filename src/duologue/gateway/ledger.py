"""The ledger: every request with its cost, written behind the answers.

Design choices
- One thread writes what has gathered, at most a quarter of a second after it happened, so no first piece
  waits for a disk. `flush` waits until all is written; `close` flushes.
- What a kill of the process can lose: the rows of requests that ended in the last quarter of a second, and of
  those under way. Their quotas are not lost: they were taken before (see `quota`). A power cut can take back
  some seconds more, never half a row.
- A database that is busy or full makes rows wait, up to `LARGEST` of them; then the oldest are dropped,
  counted and logged. The answers go on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, bindparam, insert, text
from sqlalchemy.orm import Session

from duologue.gateway.costs import By, CostLine, Elsewhere, costs, elsewhere
from duologue.gateway.prices import Prices
from duologue.gateway.tables import RequestRow
from duologue.store.base import Money
from duologue.store.errors import StoreError
from duologue.store.store import Store

__all__ = ["LARGEST", "Correction", "Ledger"]

PERIOD = 0.25
CHECKPOINT = 500
"""Rows after which the store is asked to tidy up, here where nobody waits for it."""
LARGEST = 100_000
_LOG = logging.getLogger("duologue.gateway")
_DEFAULTS: dict[str, Any] = {
    "error": "", "prompt_tokens": 0, "completion_tokens": 0, "cached_tokens": 0, "characters": 0,
    "audio_ms": 0, "seconds": 0.0, "compute_seconds": 0.0, "first_seconds": None, "money": Decimal(0),
    "estimated": False,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """By how much a key's tally of a day differs from what was taken for a request when it began."""

    key_id: str
    day: date
    audio_ms: int
    tokens: int
    money: Decimal


_Line = tuple[dict[str, Any], Correction | None]


class Ledger:
    """Rows of requests, written behind. One for each process; a context manager, or `close` it."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.store = store
        self.clock = clock
        self.dropped = 0
        self._waiting: deque[_Line] = deque()
        self._condition = threading.Condition()
        self._batch: list[_Line] = []
        self._closing = self._abandoned = False
        self._ahead = 0
        self._hurry = False
        self._thread: threading.Thread | None = None

    def write(self, row: dict[str, Any], correction: Correction | None = None) -> None:
        """Have a row of `RequestRow` written, and a tally put right with it. Returns at once."""
        with self._condition:
            if len(self._waiting) >= LARGEST:
                self._waiting.popleft()
                self.dropped += 1
            self._waiting.append((row, correction))
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="duologue-ledger", daemon=True)
                self._thread.start()
            self._condition.notify_all()

    def corrects(self, key_id: str | None) -> bool:
        """Whether a correction of this key's tally still waits to be written."""
        with self._condition:
            return any(c is not None and c.key_id == key_id for _, c in (*self._waiting, *self._batch))

    def costs(
        self, by: By = "model", since: datetime | None = None, until: datetime | None = None
    ) -> list[CostLine]:
        """Sums of what is written; see `duologue.gateway.costs`."""
        return costs(self.store, by, since, until)

    def elsewhere(
        self, prices: Mapping[str, Prices], since: datetime | None = None, until: datetime | None = None
    ) -> list[Elsewhere]:
        """What the same work would have cost at other prices; see `duologue.gateway.costs`."""
        return elsewhere(self.store, prices, since, until)

    def flush(self, seconds: float = 10.0) -> bool:
        """Wait until all is written; False where it took longer than `seconds`."""
        until = time.monotonic() + seconds
        with self._condition:
            self._hurry = True
            self._condition.notify_all()
            while self._waiting or self._batch:
                if not self._condition.wait(max(0.0, until - time.monotonic())):
                    return False
        return True

    def close(self, seconds: float = 10.0) -> None:
        """Write what is left and stop; rows that couldn't be written in `seconds` are counted as dropped."""
        with self._condition:
            thread = self._thread
            self._closing = True
            self._condition.notify_all()
        if thread is not None:
            thread.join(seconds)
        with self._condition:
            self._abandoned = True
            lost = len(self._waiting)
            self.dropped += lost
            self._waiting.clear()
        if lost:
            _LOG.error("the ledger lost %d rows: the database couldn't be written", lost)

    def _work(self) -> None:
        while True:
            with self._condition:
                while not self._waiting and not self._closing:
                    self._hurry = False
                    self._condition.wait()
                if not self._closing and not self._hurry:
                    self._condition.wait_for(lambda: self._closing or self._hurry, PERIOD)
                batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), 1000))]
                self._batch = batch
                closing = self._closing
            if not batch and closing:
                return
            self._save(batch)
            self._tidy(len(batch))
            with self._condition:
                self._batch = []
                self._condition.notify_all()

    def _save(self, batch: Sequence[_Line]) -> None:
        try:
            with self.store.session(lazy=True) as session:
                _insert(session, [row for row, _ in batch])
                _correct(session, [correction for _, correction in batch if correction is not None])
        except StoreError as error:
            _LOG.warning("the ledger waits: %s", error)
            self._keep(batch, again=error.passing)
            time.sleep(PERIOD)
        except Exception:
            if len(batch) > 1:  # one row that can't be written must not take the others with it
                for line in batch:
                    self._save([line])
                return
            _LOG.exception("the ledger can't write the request %s", batch[0][0].get("id"))
            self._keep(batch, again=False)

    def _tidy(self, rows: int) -> None:
        self._ahead += rows
        if self._ahead < CHECKPOINT:
            return
        self._ahead = 0
        try:
            self.store.checkpoint()
        except StoreError as error:
            _LOG.warning("the database can't be tidied up: %s", error)

    def _keep(self, batch: Sequence[_Line], *, again: bool) -> None:
        with self._condition:
            if again and not self._abandoned:
                self._waiting.extendleft(reversed(batch))
                excess = max(0, len(self._waiting) - LARGEST)
                for _ in range(excess):
                    self._waiting.popleft()
                self.dropped += excess
            else:
                self.dropped += len(batch)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _insert(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Many rows in a statement where the driver would else ask the server once for each row (pg8000)."""
    statement: Any = insert(RequestRow)
    if session.get_bind().dialect.name == "postgresql":
        statement = statement.returning(RequestRow.id)  # this is what makes SQLAlchemy join them
    session.execute(statement, [_DEFAULTS | row for row in rows])


def _correct(session: Session, corrections: Sequence[Correction]) -> None:
    sums: dict[tuple[str, date], list[Any]] = {}
    for c in corrections:
        found = sums.setdefault((c.key_id, c.day), [0, 0, Decimal(0)])
        for place, value in enumerate((c.audio_ms, c.tokens, c.money)):
            found[place] += value
    for (key_id, day), (audio_ms, tokens, money) in sorted(sums.items()):
        values = {"key_id": key_id, "day": day, "audio_ms": audio_ms, "tokens": tokens, "money": money}
        session.connection().execute(_CORRECT, values)


_CORRECT = text(
    "UPDATE tallies SET audio_ms = audio_ms + :audio_ms, tokens = tokens + :tokens, money = money + :money "
    "WHERE key_id = :key_id AND day = :day"
).bindparams(bindparam("day", type_=Date()), bindparam("money", type_=Money()))
