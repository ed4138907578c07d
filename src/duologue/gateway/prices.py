"""What a piece of work costs: amounts of it, a price list, money.

Design choices
- `Decimal` from the file to the sum: 0.1 and 0.2 are 0.3 here.
- One list for all kinds: a partner's prices per token, character, minute and request, and our own machine's
  per second of compute. What isn't listed costs nothing.
- Cached prompt tokens are part of the prompt's; without a price of their own they cost as much as the others.
- Machine seconds are shared: while n requests work in one deployment each is charged 1/n of the time, so the
  sum over requests is the time the machine was busy (see `deployment`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal

__all__ = ["Amounts", "Prices"]

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True, kw_only=True, slots=True)
class Amounts:
    """How much was done. compute_seconds: the request's share of the machine. estimated: partly guessed."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    characters: int = 0
    audio_seconds: float = 0.0
    compute_seconds: float = 0.0
    estimated: bool = False

    @property
    def tokens(self) -> int:
        """Prompt and completion."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, kw_only=True, slots=True)
class Prices:
    """input, cached, output: per million tokens. characters: per million. audio_minute, request: each.
    machine_second: per second of compute."""

    input: Decimal = Decimal(0)
    cached: Decimal | None = None
    output: Decimal = Decimal(0)
    characters: Decimal = Decimal(0)
    audio_minute: Decimal = Decimal(0)
    request: Decimal = Decimal(0)
    machine_second: Decimal = Decimal(0)

    @property
    def free(self) -> bool:
        """Whether nothing costs anything."""
        return not any(getattr(self, f.name) for f in fields(self))

    def of(self, amounts: Amounts) -> Decimal:
        """The money for so much, exact up to the seconds' own precision."""
        cached = min(amounts.cached_tokens, amounts.prompt_tokens)
        fresh = amounts.prompt_tokens - cached
        tokens = (
            fresh * self.input
            + cached * (self.input if self.cached is None else self.cached)
            + amounts.completion_tokens * self.output
            + amounts.characters * self.characters
        ) / _MILLION
        minutes = Decimal(str(round(amounts.audio_seconds, 3))) / 60
        compute = Decimal(str(round(amounts.compute_seconds, 6)))
        return tokens + minutes * self.audio_minute + compute * self.machine_second + self.request
