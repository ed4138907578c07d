"""What a server is told at its start, and nothing that a request may change.

Design choices
- One frozen record; `duologue serve` fills it from its arguments, a worker process from the environment
  variable `DUOLOGUE_SERVER` that its parent wrote.
- Every limit is a number here, with its unit, so that what is stated is what holds.
- Loopback unless told otherwise. Another address without keys is refused: nobody opens a door unknowingly.
"""

from __future__ import annotations

import ipaddress
import json
import os
from dataclasses import asdict, dataclass, fields
from typing import Any

__all__ = ["VARIABLE", "Settings", "SettingsError"]

VARIABLE = "DUOLOGUE_SERVER"


class SettingsError(ValueError):
    """Raised for settings that no server can run with; says what would be right."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """host, port: where HTTP listens; port 0 takes a free one. public: the URL people reach it by, "" for the
    address itself. keys_required: None is "as soon as a key exists, or the address isn't loopback". hosts:
    names accepted in the Host header beside the address. origins: other pages' origins that may call with a
    key.

    wyoming_port, wyoming_host: where Wyoming listens, None for nowhere; it knows no keys.

    lanes: renders at once, 0 for one a processor. max_requests: model requests under way or waiting, all
    callers together, and max_per_caller of one; beyond them 429. max_body: bytes. max_input: characters of
    one speech request. header_seconds, body_seconds: how long a client may take to send them. stall_seconds:
    how long it may take nothing of an answer. drain_seconds: how long an orderly stop waits for answers under
    way.
    """

    host: str = "127.0.0.1"
    port: int = 8700
    public: str = ""
    keys_required: bool | None = None
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    wyoming_port: int | None = None
    wyoming_host: str = "127.0.0.1"
    workers: int = 1
    config: str = ""
    database: str = ""
    lanes: int = 0
    max_requests: int = 64
    max_per_caller: int = 48
    max_body: int = 4_000_000
    max_header: int = 65_536
    max_input: int = 100_000
    header_seconds: float = 10.0
    body_seconds: float = 30.0
    stall_seconds: float = 60.0
    drain_seconds: float = 20.0
    log: str = "json"

    def __post_init__(self) -> None:
        if not 0 <= self.port < 65_536:
            raise SettingsError(f"port is {self.port}; give 0 to 65535, 0 for a free one")
        if self.wyoming_port is not None and not 0 <= self.wyoming_port < 65_536:
            raise SettingsError(f"the Wyoming port is {self.wyoming_port}; give 0 to 65535")
        if not 1 <= self.workers <= 64:
            raise SettingsError(f"workers is {self.workers}; give 1 to 64")
        if self.max_per_caller > self.max_requests:
            raise SettingsError("one caller can't have more requests than all together; lower max_per_caller")
        if not self.loopback and self.keys_required is False:
            raise SettingsError(
                f"{self.host} can be reached from other machines; without keys anybody could use it. "
                "Leave keys required, or bind to 127.0.0.1"
            )

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host in ("localhost", "testserver"):
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    def renders(self) -> int:
        """How many in-house renders run at once."""
        if self.lanes:
            return self.lanes
        count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return max(1, count // self.workers)

    def dump(self) -> str:
        """As a line of JSON, for a worker process."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, line: str) -> Settings:
        """What `dump` made."""
        known = {f.name for f in fields(cls)}
        read: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(line).items() if k in known
        }
        return cls(**read)
