"""How good each deployment is at each task: the arena's ratings where it has them, else the configuration's.

Design choices
- Ratings are kept in the store, so that every process has them; read at the start and again each half minute.
- The scale is the arena's or the owner's: only compared with each other and with a quality bar.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import select

from duologue.gateway.config import Config
from duologue.gateway.errors import GatewayError
from duologue.gateway.tables import QualityRow
from duologue.store.errors import StoreError
from duologue.store.store import Store

__all__ = ["Qualities"]

PERIOD = 30.0


class Qualities:
    """Scores by task and deployment."""

    def __init__(self, config: Config, store: Store | None) -> None:
        self._config, self._store = config, store
        self._lock = threading.Lock()
        self._rated: dict[tuple[str, str], float] = {}
        self._read_at = float("-inf")

    def of(self, deployment: str, task: str) -> float | None:
        """The score: rated at the task, configured for it, rated at all, configured for all, or None."""
        self._refresh()
        configured = self._config.deployments[deployment].quality
        for name in (task, "*"):
            found = self._rated.get((name, deployment), configured.get(name))
            if found is not None:
                return found
        return None

    def rate(self, task: str, ratings: Mapping[str, float]) -> None:
        """Keep ratings. Raises GatewayError for a deployment that there isn't."""
        unknown = set(ratings) - set(self._config.deployments)
        if unknown:
            raise GatewayError(
                f"no deployment {', '.join(sorted(unknown))}; there are {', '.join(self._config.deployments)}"
            )
        if self._store is not None:
            now = datetime.now(UTC)
            with self._store.session() as session:
                for name, rating in ratings.items():
                    session.merge(QualityRow(task=task, deployment=name, quality=float(rating), at=now))
        with self._lock:
            self._rated |= {(task, name): float(rating) for name, rating in ratings.items()}

    def _refresh(self) -> None:
        if self._store is None or time.monotonic() - self._read_at < PERIOD:
            return
        with self._lock:
            if time.monotonic() - self._read_at < PERIOD:
                return
            self._read_at = time.monotonic()
            try:
                with self._store.reading() as session:
                    rows = session.scalars(select(QualityRow)).all()
            except StoreError:
                return  # what was read before still counts
            self._rated = {(row.task, row.deployment): row.quality for row in rows}
