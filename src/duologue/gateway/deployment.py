"""A deployment at work: its backend, how many requests it takes, how it has been doing.

Design choices
- The backend is made at the first use; a deployment that nobody asks for costs nothing.
- A turn is taken before the first piece and given back at the end; who waits longer than the deployment's
  `wait` hears 429 and may be sent elsewhere.
- The machine's time is shared out: while n requests are inside the backend, each is charged 1/n of the
  seconds.
- What failed cools down: as long as the partner said (`Retry-After`), else 1 s, doubled with each failure in
  a row up to 60 s. A cooling deployment is passed over while there is another.
- Latency is an exponential mean of the seconds to the first piece, of the requests that were served.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from duologue.gateway.config import DeploymentConfig, Sort
from duologue.gateway.errors import GatewayError
from duologue.gateway.prices import Amounts
from duologue.gateway.protocol import Backend

__all__ = ["Deployment"]

LONGEST_COOLING = 60.0
LONGEST_HEEDED = 3600.0
"""A partner's Retry-After is heeded up to an hour."""
_SMOOTHING = 0.2
_PACES: dict[Sort, float] = {"speech": 0.01, "chat": 0.01}
"""Seconds of compute for a second of speech and for a token, until they have been measured."""


class Deployment:
    """One model in one place, in use."""

    def __init__(
        self,
        config: DeploymentConfig,
        make: Callable[[DeploymentConfig], Backend],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.config = config
        self.name = config.name
        self._make, self._clock = make, clock
        self._backend: Backend | None = None
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(config.concurrency)
        self._closed = False
        self._inside = 0
        self._share = 0.0  # seconds that a request inside since ever would have been charged
        self._moved = 0.0
        self._failures = 0
        self._cool_until = 0.0
        self._latency: dict[Sort, float] = {}
        self._pace: dict[Sort, float] = dict(_PACES) if config.kind != "openai" else {}

    @property
    def backend(self) -> Backend:
        """The backend, made now if it wasn't. Raises GatewayError 503 once it is closed."""
        with self._lock:
            if self._closed:
                raise GatewayError("the gateway is closed", status=503, code="shutting_down")
            if self._backend is None:
                self._backend = self._make(self.config)
            return self._backend

    def take_turn(self) -> None:
        """Wait for one of the `concurrency` turns. Raises GatewayError 429 after `wait` seconds."""
        if not self._turns.acquire(timeout=self.config.wait):
            raise GatewayError(
                f"'{self.name}' is busy with {self.config.concurrency} requests; try again",
                status=429,
                code="rate_limit_exceeded",
                retry_after=1.0,
            )

    def give_back(self) -> None:
        """The turn is over."""
        self._turns.release()

    def enter(self) -> float:
        """The backend begins to work for a request; what it returns goes to `leave`."""
        with self._lock:
            share = self._move()
            self._inside += 1
            return share

    def leave(self, since: float) -> float:
        """It has stopped; the seconds that are this request's share."""
        with self._lock:
            share = self._move()
            self._inside -= 1
            return share - since

    def _move(self) -> float:
        now = time.perf_counter()
        if self._inside:
            self._share += (now - self._moved) / self._inside
        self._moved = now
        return self._share

    def served(self, sort: Sort, first_seconds: float) -> None:
        """A first piece came."""
        with self._lock:
            self._failures, self._cool_until = 0, 0.0
            before = self._latency.get(sort, first_seconds)
            self._latency[sort] = before + _SMOOTHING * (first_seconds - before)

    def failed(self, retry_after: float | None = None) -> None:
        """It couldn't serve; let it cool."""
        with self._lock:
            self._failures += 1
            seconds = min(2.0 ** (self._failures - 1), LONGEST_COOLING)
            if retry_after is not None:
                seconds = min(max(retry_after, 0.0), LONGEST_HEEDED)
            self._cool_until = max(self._cool_until, self._clock() + seconds)

    @property
    def cooling(self) -> float:
        """Seconds until it may be asked again, 0 where it may now."""
        with self._lock:
            return max(0.0, self._cool_until - self._clock())

    def latency(self, sort: Sort) -> float | None:
        """Seconds to the first piece; None where it isn't known yet."""
        with self._lock:
            return self._latency.get(sort)

    def paced(self, sort: Sort, amounts: Amounts) -> None:
        """A request ended that took so much; how long the next will take is estimated by it."""
        units = amounts.audio_seconds if sort == "speech" else float(amounts.tokens)
        if units and amounts.compute_seconds and self.config.kind != "openai":
            with self._lock:
                before = self._pace[sort]
                self._pace[sort] = before + _SMOOTHING * (amounts.compute_seconds / units - before)

    def cost(self, sort: Sort, estimate: Amounts) -> Decimal:
        """The money that so much will cost here, about."""
        units = estimate.audio_seconds if sort == "speech" else float(estimate.tokens)
        with self._lock:
            compute = self._pace.get(sort, 0.0) * units
        return self.config.prices.of(replace(estimate, compute_seconds=compute))

    @property
    def inside(self) -> int:
        """Requests the backend is working for now."""
        with self._lock:
            return self._inside

    def close(self) -> None:
        """Free the backend."""
        with self._lock:
            backend, self._backend, self._closed = self._backend, None, True
        if backend is not None:
            backend.close()

    def __repr__(self) -> str:
        return f"<Deployment {self.name} ({self.config.kind} {self.config.model})>"
