"""Who asks, and how much of it a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

__all__ = ["SCOPES", "Caller", "Quotas"]

SCOPES = ("speech", "chat", "studio", "arena", "costs", "admin")
"""speech, chat: may ask for that. studio: may make episodes. arena: may vote. costs: may see all costs.
admin: may manage keys and feeds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quotas:
    """Limits per UTC day; None is no limit. tokens: of prompts and answers together."""

    requests: int | None = None
    audio_seconds: int | None = None
    tokens: int | None = None
    money: Decimal | None = None

    @property
    def any(self) -> bool:
        """Whether there is a limit at all."""
        return any(
            limit is not None for limit in (self.requests, self.audio_seconds, self.tokens, self.money)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Somebody who may ask. key_id: None for the machine's own user."""

    key_id: str | None
    name: str
    scopes: frozenset[str] = frozenset()
    quotas: Quotas = field(default_factory=Quotas)

    @classmethod
    def local(cls) -> Caller:
        """The machine's own user: no key, no limit, every scope."""
        return cls(key_id=None, name="local", scopes=frozenset(SCOPES))

    def may(self, scope: str) -> bool:
        """Whether the scope is among the caller's."""
        return scope in self.scopes
