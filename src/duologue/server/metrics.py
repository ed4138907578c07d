"""What Prometheus is told: latency, time to first audio, queue, seconds of audio, tokens, money.

Design choices
- A registry of its own: two apps in one process, as in tests, don't meet.
- Labels are few and bounded: a route's pattern, a method, a class of status, a deployment.
- With several worker processes the figures lie in files that all of them write (prometheus_client's own way),
  and any worker answers for all.

prometheus.io/docs/practices/naming.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from duologue.server.bridge import Bridge

__all__ = ["SHARED", "Metrics"]

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder of several workers' figures."""
_FIRST = (0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.5, 1, 2, 5, 10)
_WHOLE = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120)


class Metrics:
    """The counters of one server."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        several = SHARED in os.environ
        how: dict[str, Any] = {"registry": self.registry}
        gauge = how | ({"multiprocess_mode": "livesum"} if several else {})
        self.requests = Counter(
            "duologue_requests", "HTTP requests by route and status", ["method", "route", "status"], **how
        )
        self.seconds = Histogram(
            "duologue_request_seconds",
            "Seconds from request to end of answer",
            ["route"],
            buckets=_WHOLE,
            **how,
        )
        self.first = Histogram(
            "duologue_first_piece_seconds",
            "Seconds from request to the first audio or token",
            ["kind"],
            buckets=_FIRST,
            **how,
        )
        self.audio = Counter("duologue_audio_seconds", "Seconds of speech made", ["deployment"], **how)
        self.characters = Counter("duologue_characters", "Characters spoken", ["deployment"], **how)
        self.tokens = Counter(
            "duologue_tokens", "Tokens read and written", ["deployment", "direction"], **how
        )
        self.money = Counter("duologue_money", "What answers cost", ["deployment", "currency"], **how)
        self.refused = Counter("duologue_refused", "Requests turned away for load", **how)
        self.cancelled = Counter("duologue_cancelled", "Answers whose reader left", **how)
        self.open = Gauge("duologue_open_requests", "HTTP requests under way", **gauge)
        self.queue = Gauge("duologue_queue_steps", "Steps that wait for a thread", **gauge)
        self.inside = Gauge("duologue_model_requests", "Model requests under way or waiting", **gauge)
        self._counted = 0

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an HTTP request that has ended."""
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def charge(self, deployment: str, charge: Any) -> None:
        """Count what an answer used and cost."""
        if charge is None:
            return
        if charge.audio_seconds:
            self.audio.labels(deployment).inc(charge.audio_seconds)
        if charge.characters:
            self.characters.labels(deployment).inc(charge.characters)
        for direction in ("prompt", "completion"):
            if count := getattr(charge, f"{direction}_tokens"):
                self.tokens.labels(deployment, direction).inc(count)
        if charge.money:
            self.money.labels(deployment, charge.currency).inc(float(charge.money))

    def text(self, bridge: Bridge) -> bytes:
        """The exposition format, of all workers."""
        self.queue.set(bridge.waiting)
        self.inside.set(bridge.inside)
        self.refused.inc(bridge.refused - self._counted)
        self._counted = bridge.refused
        if SHARED in os.environ:
            from prometheus_client.multiprocess import MultiProcessCollector

            everyone = CollectorRegistry()
            MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
            return generate_latest(everyone)
        return generate_latest(self.registry)
